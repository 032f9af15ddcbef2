type Attributes = Readonly<Record<string, string | number>>;

/** Makes an element. Every text becomes a text node: nothing that a token says is read as HTML. */
export function el(tag: string, attributes: Attributes, children: readonly (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/** Makes an SVG element. */
export function svg(tag: string, attributes: Attributes, children: readonly Node[] = []): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

export function button(id: string, label: string, press: () => void): HTMLElement {
  const made = el('button', { id, type: 'button' }, [label]);
  made.addEventListener('click', press);
  return made;
}

export function section(title: string, children: readonly Node[]): HTMLElement {
  return el('section', {}, [el('h2', {}, [title]), ...children]);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): HTMLElement {
  const top = head.map((text) => el('th', { scope: 'col' }, [text]));
  const body = rows.map((row) =>
    el(
      'tr',
      {},
      row.map((text) => el('td', {}, [text])),
    ),
  );
  return el('table', {}, [el('thead', {}, [el('tr', {}, top)]), el('tbody', {}, body)]);
}
