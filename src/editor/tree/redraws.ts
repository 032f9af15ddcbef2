import type { LiveChange } from '../../cluster/api/live.ts';

/** The least time between two redraws, in milliseconds. */
const REDRAW = 250;

/** Gathers changes, and has them drawn at most four times a second, the first at once. */
export class Redraws {
  readonly #draw: (change: LiveChange) => void;
  #news: LiveChange | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last = 0;

  constructor(draw: (change: LiveChange) => void) {
    this.#draw = draw;
  }

  add(change: LiveChange): void {
    this.#news = together(this.#news, change);
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#last = Date.now();
        const news = this.#news;
        this.#news = undefined;
        if (news) this.#draw(news);
      },
      Math.max(0, this.#last + REDRAW - Date.now()),
    );
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#news = undefined;
  }
}

/** What two changes are together. */
function together(one: LiveChange | undefined, other: LiveChange): LiveChange {
  if (!one) return other;
  return {
    namespaces: new Set([...one.namespaces, ...other.namespaces]),
    access: one.access || other.access,
    states: one.states || other.states,
  };
}
