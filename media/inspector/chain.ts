import type { InspectorModel } from '../../src/inspection/protocol.ts';
import { breakable, el, section, svg } from './dom.ts';

/** Drawn in a 24-unit square. */
const icons: Readonly<Record<string, string>> = {
  ServiceAccount: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-4 3.5-7 8-7s8 3 8 7',
  Pod: 'M12 2l9 5v10l-9 5-9-5V7zM3 7l9 5 9-5M12 12v10',
  Secret: 'M6 11h12v10H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 15v2.5',
  Node: 'M3 4h18v6H3zM3 14h18v6H3zM6.5 7h.1M6.5 17h.1',
  'Signing key': 'M8 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 12h10M18 12v4M22 12v3',
};
const other = 'M4 4h16v16H4zM8 9h8M8 13h8';

/** What the token hangs on, as a picture: one link broken is enough. */
export function chain({ chain: links }: InspectorModel): HTMLElement {
  const items = links.map(({ what, name, state, note }) =>
    el('li', { class: state }, [
      svg('svg', { viewBox: '0 0 24 24', class: 'thing', 'aria-hidden': 'true' }, [
        svg('path', { d: icons[what] ?? other }),
      ]),
      el('span', { class: 'what' }, [what]),
      el('strong', {}, breakable(name)),
      el('span', { class: 'word' }, [note]),
    ]),
  );
  const title = links.some(({ state }) => state === 'broken')
    ? 'What it depends on, and where that broke'
    : 'What it depends on';
  return section('hangs', title, [el('ol', { class: 'chain', role: 'list' }, items)]);
}
