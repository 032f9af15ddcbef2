import type { Life, Moment, TokenView } from '../../src/inspection/protocol.ts';
import { localTime } from '../../src/token/localTime.ts';
import { relativeTime } from '../../src/token/relativeTime.ts';
import { button, el, section, svg } from './dom.ts';
import { keep, recall } from './host.ts';

const LEFT = 8;
const LANE = 34;
/** From one row of labels over the bars to the next. */
const ROW = 14;
/** From a line to the label that stands to its right. */
const GAP = 4;
/** About what a character and a date take, in CSS pixels: text cannot be measured before it is on the page. */
const CHARACTER = { label: 6.6, lane: 6, date: 80 } as const;
const LEAST = 60;
const MOST = 100 * 365 * 86_400;

/** What is in view, in seconds since the epoch; undefined: everything. It outlives new evidence. */
let view = recall().view;
/** How wide the picture is, in CSS pixels. It is drawn as wide as it is shown, so that its text is never scaled down. */
let width = 500;

const scales: readonly (readonly [seconds: number, name: string])[] = [
  [10 * 365 * 86_400, '10 years'],
  [365 * 86_400, '1 year'],
  [30 * 86_400, '30 days'],
  [86_400, '1 day'],
  [3600, '1 hour'],
  [600, '10 minutes'],
];

/** Draws when a token is valid and how long what it hangs on lives: to look at, to zoom, and in words. */
export function timeline(token: TokenView): HTMLElement {
  const marks = [...token.moments, { label: 'Now', at: token.now }].toSorted(
    (one, other) => one.at - other.at,
  );
  const picture = el('div', {
    class: 'picture',
    tabindex: 0,
    id: 'timeline',
    role: 'group',
    'aria-label': 'Timeline. Plus and minus zoom, the arrow keys move, Home shows everything.',
  });
  const shown = el('span', { class: 'note', 'aria-live': 'polite' });
  const draw = (): void => {
    const range = view ?? everything(token, marks);
    picture.replaceChildren(drawing(token, marks, range));
    shown.textContent = `Shown: ${spanInWords(range.to - range.from)}`;
  };
  const change = (next: (range: { from: number; to: number }) => { from: number; to: number }): void => {
    const { from, to } = next(view ?? everything(token, marks));
    const span = Math.min(MOST, Math.max(LEAST, to - from));
    const middle = (from + to) / 2;
    view = { from: middle - span / 2, to: middle + span / 2 };
    keep({ view });
    draw();
  };
  const zoom = (by: number, at?: number): void => {
    change(({ from, to }) => {
      const around = at ?? (from + to) / 2;
      return { from: around - (around - from) * by, to: around + (to - around) * by };
    });
  };
  const move = (part: number): void => {
    change(({ from, to }) => ({ from: from + (to - from) * part, to: to + (to - from) * part }));
  };
  const showAll = (): void => {
    view = undefined;
    keep({ view });
    draw();
  };
  const showSpan = (seconds: number): void => {
    change(() => ({ from: token.now - seconds / 2, to: token.now + seconds / 2 }));
  };
  new ResizeObserver(() => {
    const { clientWidth } = picture;
    if (clientWidth === 0 || clientWidth === width) return;
    width = clientWidth;
    draw();
  }).observe(picture);
  listen(picture, { zoom, move, showAll, timeAt: (part) => timeAt(view ?? everything(token, marks), part) });
  draw();
  const controls = [
    button('zoom-in', 'Zoom In', () => {
      zoom(0.5);
    }),
    button('zoom-out', 'Zoom Out', () => {
      zoom(2);
    }),
    button('zoom-all', 'Everything', showAll),
    ...scales.map(([seconds, name]) =>
      button(`zoom-${seconds}`, name, () => {
        showSpan(seconds);
      }),
    ),
    shown,
  ];
  for (const control of controls.slice(0, -1)) control.classList.add('quiet', 'small');
  return section('time', 'Its lifetime', [
    el('div', { class: 'timeline' }, [
      picture,
      el('div', { class: 'actions' }, controls),
      el(
        'ol',
        { class: 'moments' },
        marks.map((one) => momentItem(one, token.now)),
      ),
    ]),
  ]);
}

function momentItem({ label, at }: Moment, now: number): HTMLElement {
  const away = label === 'Now' ? '' : ` · ${relativeTime(at, now)}`;
  return el('li', {}, [el('strong', {}, [label]), ` ${localTime(at)}${away}`]);
}

interface Gestures {
  readonly zoom: (by: number, at?: number) => void;
  readonly move: (part: number) => void;
  readonly showAll: () => void;
  readonly timeAt: (part: number) => number;
}

function listen(picture: HTMLElement, { zoom, move, showAll, timeAt }: Gestures): void {
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => {
      zoom(0.5);
    },
    '=': () => {
      zoom(0.5);
    },
    '-': () => {
      zoom(2);
    },
    ArrowLeft: () => {
      move(-0.2);
    },
    ArrowRight: () => {
      move(0.2);
    },
    Home: showAll,
    '0': showAll,
  };
  picture.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const run = keys[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });
  const partOf = (x: number): number => {
    const { left, width } = picture.getBoundingClientRect();
    return (x - left) / width;
  };
  picture.addEventListener(
    'wheel',
    (event) => {
      // A page scrolls by wheel: only with a key does it zoom, as maps do; sideways it moves.
      if (event.ctrlKey || event.metaKey) zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(partOf(event.clientX)));
      else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) move(event.deltaX / 500);
      else return;
      event.preventDefault();
    },
    { passive: false },
  );
  picture.addEventListener('dblclick', ({ clientX }) => {
    zoom(0.5, timeAt(partOf(clientX)));
  });
  let last: number | undefined;
  picture.addEventListener('pointerdown', (event) => {
    last = event.clientX;
    picture.setPointerCapture(event.pointerId);
  });
  picture.addEventListener('pointermove', ({ clientX }) => {
    if (last === undefined) return;
    move(partOf(last) - partOf(clientX));
    last = clientX;
  });
  for (const end of ['pointerup', 'pointercancel'] as const) {
    picture.addEventListener(end, () => {
      last = undefined;
    });
  }
}

function timeAt({ from, to }: { from: number; to: number }, part: number): number {
  return from + (to - from) * Math.min(1, Math.max(0, part));
}

/**
 * Every moment with some room around it. What it hangs on may be older by years, and then begins at
 * the edge; it counts where the token itself has no time. */
function everything({ now, lives }: TokenView, marks: readonly Moment[]): { from: number; to: number } {
  const own = marks.map(({ at }) => at);
  const begun = own.length > 1 ? [] : lives.flatMap(({ from }) => from ?? []);
  const times = [...own, ...begun].filter((at) => Math.abs(at - now) < MOST);
  const from = Math.min(...times);
  const to = Math.max(...times);
  const span = Math.max(LEAST, to - from);
  const last = wideOf(marks.findLast(({ at }) => at === to)?.label ?? '');
  const most = Math.max(LEAST, width - 2 * LEFT - last);
  return { from: from - span * 0.06, to: to + span * Math.max(0.08, Math.min(0.5, (last * 1.1) / most)) };
}

/** About how wide a label is, in CSS pixels. */
function wideOf(label: string): number {
  return label.length * CHARACTER.label + 6;
}

/** How long a view is, as its buttons have it. */
function spanInWords(seconds: number): string {
  const units = [
    [365 * 86_400, 'years'],
    [86_400, 'days'],
    [3600, 'hours'],
    [60, 'minutes'],
  ] as const;
  const [size, name] = units.find(([one]) => seconds >= 2 * one) ?? [1, 'seconds'];
  return `${Math.round(seconds / size)} ${name}`;
}

function drawing(
  { lives, now }: TokenView,
  marks: readonly Moment[],
  { from, to }: { from: number; to: number },
): SVGElement {
  const right = width - LEFT;
  const x = (at: number): number => LEFT + ((at - from) / (to - from)) * (right - LEFT);
  const clamp = (at: number): number => Math.min(right, Math.max(LEFT, x(at)));
  const inView = marks.filter(({ at }) => at >= from && at <= to);
  const labels = placed(inView, x, right);
  const top = 16 + ROW * Math.max(1, ...labels.map(({ row }) => row + 1));
  const bottom = top + lives.length * LANE;
  const parts: SVGElement[] = [];
  for (const [index, life] of lives.entries()) parts.push(...bar(life, top + index * LANE, clamp, now));
  for (const { label, place, start, row } of labels) {
    const y = top - 8 - row * ROW;
    const isBeside = start > place;
    const line = { x1: place, y1: isBeside ? y - 9 : y + 4, x2: place, y2: bottom };
    parts.push(
      svg('line', { ...line, class: label === 'Now' ? 'now' : 'tick' }),
      svg('text', { x: start, y, class: label === 'Now' ? 'now' : '' }, [label]),
    );
  }
  parts.push(...scale(from, to, x, bottom));
  // Words stand over lines, with a rim that keeps them apart (see the style).
  const isText = ({ tagName }: SVGElement): number => Number(tagName === 'text');
  parts.sort((one, other) => isText(one) - isText(other));
  const spoken = marks.map(({ label, at }) => `${label} ${relativeTime(at, now)}`).join(', ');
  return svg(
    'svg',
    { viewBox: `0 0 ${width} ${bottom + 22}`, role: 'img', 'aria-label': `Timeline: ${spoken}` },
    parts,
  );
}

interface Label {
  readonly label: string;
  /** Of its line. */
  readonly place: number;
  readonly start: number;
  readonly row: number;
}

/** Labels stand to the right of their lines like flags, the later ones lower, so that no line goes through a label. */
function placed(marks: readonly Moment[], x: (at: number) => number, right: number): Label[] {
  const done: (Label & { readonly end: number })[] = [];
  for (const { label, at } of marks.toReversed()) {
    const [place, wide] = [x(at), wideOf(label)];
    const start = Math.max(LEFT, Math.min(place + GAP, right - wide));
    const end = start + wide;
    const over = done.filter(
      (one) => (one.start < end && start < one.end) || (one.place > start && one.place < end),
    );
    done.push({ label, place, start, end, row: 1 + Math.max(-1, ...over.map(({ row }) => row)) });
  }
  return done;
}

function bar(life: Life, y: number, clamp: (at: number) => number, now: number): SVGElement[] {
  const left = clamp(life.from ?? Number.NEGATIVE_INFINITY);
  const right = clamp(life.to ?? (life.state === 'gone' ? now : Number.POSITIVE_INFINITY));
  const box = { x: left, y: y + 2, width: Math.max(2, right - left), height: 13, rx: 3 };
  const room = width - 2 * LEFT;
  const most = Math.floor(room / CHARACTER.lane);
  const label = life.label.length > most ? `${life.label.slice(0, most - 1)}…` : life.label;
  const wide = label.length * CHARACTER.lane;
  const [begin, line] = [left + 2, clamp(now)];
  // The line of now goes down through every bar, and should go through no word.
  const beside = begin < line && line < begin + wide ? line + GAP : begin;
  const start = Math.max(LEFT, Math.min(beside, width - LEFT - wide));
  const isOpen = life.to === undefined && life.state !== 'gone';
  return [
    svg('rect', { ...box, class: `life ${life.state}` }),
    ...(isOpen ? [svg('path', { d: `M${right - 7} ${y + 4}l6 4.5-6 4.5`, class: 'onward' })] : []),
    svg('text', { x: start, y: y + 27, class: 'lane' }, [label]),
  ];
}

/** Some round points of time along the bottom. */
function scale(from: number, to: number, x: (at: number) => number, y: number): SVGElement[] {
  const steps = [
    10,
    60,
    300,
    900,
    3600,
    3 * 3600,
    12 * 3600,
    86_400,
    7 * 86_400,
    30 * 86_400,
    91 * 86_400,
    182 * 86_400,
    365 * 86_400,
    3650 * 86_400,
  ];
  const most = Math.max(2, Math.floor(width / CHARACTER.date));
  const step = steps.find((one) => (to - from) / one <= most) ?? MOST;
  const right = width - LEFT;
  const parts = [svg('line', { x1: LEFT, y1: y + 4, x2: right, y2: y + 4, class: 'axis' })];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const date = new Date(at * 1000);
    if (Number.isNaN(date.getTime())) break;
    const text =
      step < 86_400
        ? date.toLocaleTimeString(undefined, {
            hour: '2-digit',
            minute: '2-digit',
            ...(step < 60 && { second: '2-digit' }),
          })
        : date.toLocaleDateString(undefined, {
            year: 'numeric',
            month: 'short',
            ...(step < 30 * 86_400 && { day: 'numeric' }),
          });
    const place = x(at);
    parts.push(svg('line', { x1: place, y1: y + 2, x2: place, y2: y + 7, class: 'axis' }));
    if (place > LEFT + 24 && place < right - 24) {
      parts.push(svg('text', { x: place, y: y + 19, class: 'date', 'text-anchor': 'middle' }, [text]));
    }
  }
  return parts;
}
