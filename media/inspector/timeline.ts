import type { Moment } from '../../src/editor/inspector/model.ts';
import { relativeTime } from '../../src/token/describe.ts';
import { button, el, svg } from './dom.ts';

const WIDTH = 600;
const MARGIN = 16;
const AXIS = 34;

/** How many seconds are in view at each step of the zoom; the first shows all. */
const views: readonly (readonly [name: string, span: number | undefined])[] = [
  ['everything', undefined],
  ['one year', 31_536_000],
  ['30 days', 2_592_000],
  ['one day', 86_400],
  ['one hour', 3600],
  ['ten minutes', 600],
];

let zoom = 0;

/** Draws when a token is valid, around `now` (seconds since the epoch): numbered marks, and the same in words. */
export function timeline(moments: readonly Moment[], now: number): HTMLElement {
  const marks = [...moments, { label: 'Now', at: now }].sort((one, other) => one.at - other.at);
  const picture = el('div', {}, []);
  const shown = el('span', { class: 'note', role: 'status' }, []);
  const draw = (by: number): void => {
    zoom = Math.min(views.length - 1, Math.max(0, zoom + by));
    const [name, span] = views[zoom] ?? ['everything', undefined];
    picture.replaceChildren(drawing(marks, now, span));
    shown.textContent = `Shown: ${name}`;
  };
  const zoomButton = (id: string, label: string, by: number): HTMLElement => {
    const made = button(id, label, () => {
      draw(by);
    });
    made.classList.add('quiet');
    return made;
  };
  draw(0);
  const items = marks.map(({ label, at }) => {
    const away = label === 'Now' ? '' : `, ${relativeTime(at, now)}`;
    return el('li', {}, [el('strong', {}, [label]), ` ${new Date(at * 1000).toLocaleString()}${away}`]);
  });
  const zooming = [zoomButton('zoom-in', 'Zoom In', 1), zoomButton('zoom-out', 'Zoom Out', -1), shown];
  return el('div', { class: 'timeline' }, [
    picture,
    el('div', { class: 'actions' }, zooming),
    el('ol', {}, items),
  ]);
}

function drawing(marks: readonly Moment[], now: number, span: number | undefined): SVGElement {
  const times = marks.map(({ at }) => at);
  const from = span === undefined ? Math.min(...times) : now - span / 2;
  const to = span === undefined ? Math.max(...times, from + 1) : now + span / 2;
  const x = (at: number): number => MARGIN + ((at - from) / (to - from)) * (WIDTH - 2 * MARGIN);
  const inView = (at: number): number => x(Math.min(to, Math.max(from, at)));
  const timeOf = (...labels: string[]): number | undefined =>
    marks.find(({ label }) => labels.includes(label))?.at;
  const left = inView(timeOf('Not before', 'Issued') ?? from);
  const right = inView(timeOf('Expires') ?? to);
  const parts = [
    svg('line', { x1: MARGIN, y1: AXIS, x2: WIDTH - MARGIN, y2: AXIS, class: 'axis' }),
    svg('rect', { x: left, y: AXIS - 5, width: Math.max(0, right - left), height: 10, class: 'valid' }),
  ];
  let last = Number.NEGATIVE_INFINITY;
  for (const [index, { label, at }] of marks.entries()) {
    if (at < from || at > to) continue;
    const isNow = label === 'Now';
    parts.push(
      svg('line', { x1: x(at), y1: AXIS - 10, x2: x(at), y2: AXIS + 10, class: isNow ? 'now' : 'tick' }),
    );
    // Marks that nearly coincide keep one number; the list below has them all.
    if (!isNow && x(at) - last < 14) continue;
    if (!isNow) last = x(at);
    const text = svg('text', { x: x(at), y: isNow ? AXIS + 24 : AXIS - 14, 'text-anchor': 'middle' });
    text.textContent = isNow ? 'now' : String(index + 1);
    parts.push(text);
  }
  const label = `Timeline: ${marks.map((mark) => `${mark.label} ${relativeTime(mark.at, now)}`).join(', ')}`;
  return svg('svg', { viewBox: `0 0 ${WIDTH} 64`, role: 'img', 'aria-label': label }, parts);
}
