import { harmless } from '../../src/harmless.ts';
import { keep, recall } from './host.ts';

type Attributes = Readonly<Record<string, string | number>>;

/** No text of the page is longer, in UTF-16 units. */
const LONGEST = 10_000;

/** A text as the page shows it. */
export const plain = (text: string): string => harmless(text, LONGEST);

const shown = (child: Node | string): Node | string => (typeof child === 'string' ? plain(child) : child);

/** Makes an element. Every text becomes a text node: nothing that a token says is read as HTML, hides something or turns it around. */
export function el(
  tag: string,
  attributes: Attributes = {},
  children: readonly (Node | string)[] = [],
): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, plain(String(value)));
  made.append(...children.map(shown));
  return made;
}

/** Makes an SVG element. */
export function svg(
  tag: string,
  attributes: Attributes,
  children: readonly (Node | string)[] = [],
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, plain(String(value)));
  made.append(...children.map(shown));
  return made;
}

export function button(id: string, label: string, press: () => void, className = ''): HTMLElement {
  const made = el('button', { id, type: 'button', ...(className && { class: className }) }, [label]);
  made.addEventListener('click', press);
  return made;
}

export function section(name: string, title: string, children: readonly Node[]): HTMLElement {
  const id = `title-${name}`;
  return el('section', { class: name, 'aria-labelledby': id }, [el('h2', { id }, [title]), ...children]);
}

export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | Node)[])[],
): HTMLElement {
  const top = head.map((text) => el('th', { scope: 'col' }, [text]));
  const body = rows.map(([first = '', ...rest]) =>
    el('tr', {}, [el('th', { scope: 'row' }, [first]), ...rest.map((cell) => el('td', {}, [cell]))]),
  );
  return el('table', {}, [
    el('caption', { class: 'spoken' }, [caption]),
    el('thead', {}, [el('tr', {}, top)]),
    el('tbody', {}, body),
  ]);
}

const paths = {
  passed: 'M4.5 8.5l2.5 2.5 4.5-5.5',
  failed: 'M5 5l6 6M11 5l-6 6',
  'cannot-tell': 'M6 6.2a2 2 0 1 1 2.9 1.9c-.6.3-.9.7-.9 1.4M8 11.6v.2',
  'not-reached': 'M5.5 8h5',
  open: 'M5.5 8h5',
  busy: 'M8 4v4l2.5 1.5',
} as const;

/** A round mark for a state; what it means stands beside it in words. */
export function mark(state: keyof typeof paths): SVGElement {
  return svg('svg', { viewBox: '0 0 16 16', class: `icon ${state}`, 'aria-hidden': 'true' }, [
    svg('circle', { cx: 8, cy: 8, r: 7 }),
    svg('path', { d: paths[state] }),
  ]);
}

/** Details that are open stay open when new evidence draws the page again. */
const opened = new Set<string>(recall().opened);

export function details(
  id: string,
  summary: string | readonly (Node | string)[],
  content: readonly Node[],
): HTMLElement {
  return el('details', opened.has(id) ? { open: '', 'data-id': id } : { 'data-id': id }, [
    el('summary', { id: `details-${id}` }, typeof summary === 'string' ? [summary] : summary),
    ...content,
  ]);
}

/** Notes which details are open, before the page is drawn again; the event that says so comes too late. */
export function noteOpened(): void {
  for (const one of document.querySelectorAll<HTMLDetailsElement>('details')) {
    const id = one.dataset['id'] ?? '';
    if (one.open) opened.add(id);
    else opened.delete(id);
  }
  keep({ opened: [...opened] });
}

/** Code that breaks after the dots and slashes of a long name, and elsewhere only where it must. */
export function code(text: string): HTMLElement {
  return el('code', {}, breakable(text));
}

export function breakable(text: string): (Node | string)[] {
  return text
    .split(/(?<=[./])(?=\w)/)
    .flatMap((part, index) => (index === 0 ? [part] : [document.createElement('wbr'), part]));
}
