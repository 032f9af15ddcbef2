import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';

/**
 * Why a regular expression may take more than linear time in its text's length, with the text that does it when it is
 * repeated; undefined: proved linear, for V8's backtracking and for a search that begins at every place of the text.
 * `restarts`: it is searched for again behind each match, as `replaceAll`, `matchAll` and `split` do.
 *
 * All that backtracking can do is a path of the expression's position automaton (Glushkov's), with an edge for each way
 * without a character between two positions. Two kinds of position are the spine, which is walked once: the places
 * where the search begins, and a position behind which the expression may end at once, as nothing that is tried from
 * there can fail it. All others are excursions, and may be walked again. The walk is linear where the number of
 * excursions that are at the same place of the text is bounded, which it is unless (Weber and Seidl, 1991)
 *   one position comes back to itself over some text in two ways: exponential, or
 *   over some text p comes back to p, p comes to q, and q comes back to q, which is no spine: quadratic at least.
 * Look-arounds of bounded length cost a bounded time, and are taken for true. That proves less than it could, and never
 * too much: excursions that nothing could fail count too. As `a{0,50}` may be as bad as `a*` long before a text is
 * long, counts are taken for endless unless there are few ways to count in all.
 */
export function superlinear(
  pattern: string,
  flags: string,
  restarts = flags.includes('g'),
): string | undefined {
  const parsed = new RegExpParser().parsePattern(pattern, undefined, undefined, {
    unicode: flags.includes('u'),
    unicodeSets: flags.includes('v'),
  });
  const endless = new Automaton(parsed, flags, restarts, true);
  const counted = new Automaton(parsed, flags, restarts, false);
  return (
    counted.problem ??
    endless.exponential() ??
    (waysToCount(parsed) > MOST_WAYS ? endless : counted).quadratic()
  );
}

/** How many times longer than linear a bounded count may make it. */
const MOST_WAYS = 300;

function waysToCount(pattern: AST.Pattern): number {
  let ways = 1;
  visitRegExpAST(pattern, {
    onQuantifierEnter: ({ min, max }) => {
      if (max !== Infinity && max > 1) ways *= max - min + 1;
    },
  });
  return ways;
}

/** What may be counted within a look-around. */
const MOST_AROUND = 100;

/** What has to hold between two characters, as bits. */
const START = 1;
const END = 2;
const LINE_START = 4;
const LINE_END = 8;
const BOUNDARY = 16;
const NO_BOUNDARY = 32;
/** A look-around, which may hold or not. */
const UNKNOWN = 64;

/** One character of the expression. */
interface Position {
  readonly number: number;
  /** What it takes, a bit for each kind of character. */
  readonly takes: bigint;
  readonly isLineEnd: boolean;
  readonly isWord: boolean;
  /** The positions behind it, and in how many ways each is reached. */
  readonly next: Map<Position, number>;
  /** Whether the walk never comes back from here. */
  isSpine: boolean;
}

interface Reached {
  readonly position: Position;
  /** What holds on the way without a character. */
  readonly guards: number;
}

interface Part {
  readonly first: readonly Reached[];
  readonly last: readonly Reached[];
  /** The ways through it without a character, by what holds on each. */
  readonly empty: readonly number[];
}

const NOTHING: Part = { first: [], last: [], empty: [0] };
const MOST_POSITIONS = 2000;
const LINE_ENDS = '[\\n\\r\\u2028\\u2029]';

class Automaton {
  problem: string | undefined;
  #count = 0;
  readonly #start: Position = {
    number: -1,
    takes: 0n,
    isLineEnd: false,
    isWord: false,
    next: new Map(),
    isSpine: true,
  };
  readonly #characters: Characters;
  readonly #isMultiline: boolean;

  readonly #isEndless: boolean;

  constructor(parsed: AST.Pattern, flags: string, restarts: boolean, isEndless: boolean) {
    this.#isEndless = isEndless;
    this.#isMultiline = flags.includes('m');
    this.#characters = new Characters(flags);
    for (const source of new Set(['[^]', LINE_ENDS, '\\w', ...charactersOf(parsed)]))
      this.#characters.know(source);
    const search = this.#characterPart('[^]');
    for (const { position } of search.first) position.isSpine = true;
    const whole = this.#alternatives(parsed.alternatives);
    for (const { position, guards } of whole.last) if (guards === 0) position.isSpine = true;
    const walked = this.#inTurn([this.#repeated(search), whole]);
    // Where a match ends in another way, the next search begins as if nothing had been found.
    const ends = whole.last.filter(({ guards }) => guards === 0);
    if (restarts) this.#join({ ...NOTHING, last: ends }, either([search, whole]));
    for (const { position, guards } of walked.first) this.#connect(this.#start, position, guards);
  }

  #alternatives(alternatives: readonly AST.Alternative[]): Part {
    return either(alternatives.map(({ elements }) => this.#inTurn(elements.map((one) => this.#part(one)))));
  }

  #part(element: AST.Element): Part {
    switch (element.type) {
      case 'Assertion':
        return this.#assertion(element);
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
      case 'ExpressionCharacterClass':
        return this.#characterPart(element.raw);
      case 'CapturingGroup':
      case 'Group':
        return this.#alternatives(element.alternatives);
      case 'Quantifier':
        return this.#quantified(element);
      case 'Backreference':
        this.problem = 'refers back to a group, which nothing is proved of';
        return NOTHING;
    }
  }

  #assertion(assertion: AST.Assertion): Part {
    switch (assertion.kind) {
      case 'start':
        return { ...NOTHING, empty: [this.#isMultiline ? LINE_START : START] };
      case 'end':
        return { ...NOTHING, empty: [this.#isMultiline ? LINE_END : END] };
      case 'word':
        return { ...NOTHING, empty: [assertion.negate ? NO_BOUNDARY : BOUNDARY] };
      case 'lookahead':
      case 'lookbehind':
        if (isUnbounded(assertion)) this.problem = `looks around without a bound: ${assertion.raw}`;
        return { ...NOTHING, empty: [UNKNOWN] };
    }
  }

  /** `x{2,4}` is `xx(?:x(?:x)?)?`: what is tried again is only what is behind the last that was found. */
  #quantified({ min, max, element }: AST.Quantifier): Part {
    const copies: Part[] = [];
    for (let count = 0; count < min; count++) copies.push(this.#part(element));
    if (max === Infinity || (this.#isEndless && max > min + 1))
      return this.#inTurn([...copies, this.#repeated(this.#part(element))]);
    let rest = NOTHING;
    for (let count = min; count < max && this.#isSmall(); count++) {
      const some = this.#inTurn([this.#part(element), rest]);
      rest = { ...some, empty: [0] };
    }
    return this.#inTurn([...copies, rest]);
  }

  #isSmall(): boolean {
    if (this.#count > MOST_POSITIONS) this.problem = 'is too large to prove anything of';
    return this.#count <= MOST_POSITIONS;
  }

  #inTurn(parts: readonly Part[]): Part {
    return parts.reduce((before, after) => {
      this.#join(before, after);
      const first = [...before.first, ...through(before.empty, after.first)];
      const last = [...through(after.empty, before.last), ...after.last];
      return { first, last, empty: before.empty.flatMap((one) => after.empty.map((other) => one | other)) };
    }, NOTHING);
  }

  /** A round that takes no character is no round (ECMA-262, RepeatMatcher), so it adds no way. */
  #repeated(part: Part): Part {
    this.#join(part, part);
    return { ...part, empty: [0] };
  }

  #join(before: Part, after: Part): void {
    for (const { position: from, guards } of before.last) {
      for (const to of after.first) this.#connect(from, to.position, guards | to.guards);
    }
  }

  #connect(from: Position, to: Position, guards: number): void {
    const isStart = from === this.#start;
    const isBoundary = from.isWord !== to.isWord;
    const isRefuted =
      (guards & START && !isStart) ||
      guards & END ||
      (guards & LINE_START && !isStart && !from.isLineEnd) ||
      (guards & LINE_END && !to.isLineEnd) ||
      (guards & BOUNDARY && !isBoundary) ||
      (guards & NO_BOUNDARY && isBoundary);
    if (!isRefuted) from.next.set(to, (from.next.get(to) ?? 0) + 1);
  }

  /** Line ends, letters and all else are positions of their own, so that it is known what stands beside an assertion. */
  #characterPart(source: string): Part {
    const takes = this.#characters.kinds(source);
    const lineEnds = this.#characters.kinds(LINE_ENDS);
    const word = this.#characters.kinds('\\w');
    const reached = [
      { takes: takes & lineEnds, isLineEnd: true, isWord: false },
      { takes: takes & word, isLineEnd: false, isWord: true },
      { takes: takes & ~lineEnds & ~word, isLineEnd: false, isWord: false },
    ]
      .filter((one) => one.takes !== 0n)
      .map((one) => ({
        position: { ...one, number: this.#count++, next: new Map(), isSpine: false },
        guards: 0,
      }));
    return { first: reached, last: reached, empty: [] };
  }

  /** A position that comes back to itself over one text in two ways. */
  exponential(): string | undefined {
    for (const position of this.#looping()) {
      if (position.isSpine) continue;
      const ring = this.#ring(position);
      const text = this.#walk(
        [position, position],
        false,
        (from, to, isApart) =>
          isApart || to[0] !== to[1] || from.some((one, at) => (ways(one, to[at]) ?? 0) > 1),
        ([one, other], isApart) => isApart && one === position && other === position,
        (_index, one) => ring.has(one),
      );
      if (text !== undefined) return `is exponential in ${JSON.stringify(text)}`;
    }
    return undefined;
  }

  /** Two positions that a text keeps where they are, and that it leads to from the first. */
  quadratic(): string | undefined {
    const looping = this.#looping();
    for (const p of looping) {
      const fromP = this.#ring(p);
      for (const q of looping) {
        if (q === p || q.isSpine) continue;
        const fromQ = this.#ring(q);
        const text = this.#walk(
          [p, p, q],
          false,
          () => false,
          ([one, two, three]) => one === p && two === q && three === q,
          (index, one) => (index === 0 ? fromP.has(one) : index === 1 || fromQ.has(one)),
        );
        if (text !== undefined) return `is quadratic in ${JSON.stringify(text)}`;
      }
    }
    return undefined;
  }

  /**
   * The shortest text over which several walks come at once from `from` to where `isThere` says. No walk comes back from
   * an excursion to the spine: that is another spine, and the only one then.
   */
  #walk(
    from: readonly Position[],
    mark: boolean,
    marks: (from: readonly Position[], to: readonly Position[], mark: boolean) => boolean,
    isThere: (at: readonly Position[], mark: boolean) => boolean,
    isAllowed: (walk: number, position: Position) => boolean,
  ): string | undefined {
    const key = (at: readonly Position[], marked: boolean): string =>
      `${at.map((one) => one.number).join()}${marked}`;
    const seen = new Set<string>();
    let edge: { at: readonly Position[]; mark: boolean; text: string }[] = [{ at: from, mark, text: '' }];
    while (edge.length > 0) {
      const further: typeof edge = [];
      for (const { at, mark: before, text } of edge) {
        for (const to of together(at, isAllowed)) {
          const after = marks(at, to, before);
          const longer = text + this.#characters.example(shared(to));
          if (isThere(to, after)) return longer;
          const known = key(to, after);
          if (seen.has(known)) continue;
          seen.add(known);
          further.push({ at: to, mark: after, text: longer });
        }
      }
      edge = further;
    }
    return undefined;
  }

  #looping(): Position[] {
    const reachable = reachedFrom(this.#start, () => true);
    return [...reachable].filter((one) => this.#reach(one).has(one));
  }

  readonly #reached = new Map<Position, ReadonlySet<Position>>();

  /** What is reached from a position without leaving the spine, or an excursion. */
  #reach(position: Position): ReadonlySet<Position> {
    const known = this.#reached.get(position);
    if (known) return known;
    const reached = reachedFrom(position, ({ isSpine }) => isSpine === position.isSpine);
    this.#reached.set(position, reached);
    return reached;
  }

  readonly #rings = new Map<Position, ReadonlySet<Position>>();

  /** What is reached from a position and leads back to it. */
  #ring(position: Position): ReadonlySet<Position> {
    const known = this.#rings.get(position);
    if (known) return known;
    const there = this.#reach(position);
    const ring = new Set([...there].filter((one) => this.#reach(one).has(position)));
    this.#rings.set(position, ring);
    return ring;
  }
}

/** Whatever takes one character of a pattern, as it is written there. */
function charactersOf(pattern: AST.Pattern): string[] {
  const found: string[] = [];
  const take = ({ raw, parent }: AST.Character | AST.CharacterSet | AST.CharacterClass): void => {
    if (parent?.type === 'Alternative' || parent?.type === 'Quantifier') found.push(raw);
  };
  visitRegExpAST(pattern, {
    onCharacterEnter: take,
    onCharacterSetEnter: take,
    onCharacterClassEnter: take,
    onExpressionCharacterClassEnter: ({ raw }) => found.push(raw),
  });
  return found;
}

function isUnbounded(assertion: AST.LookaroundAssertion): boolean {
  let found = false;
  visitRegExpAST(assertion, {
    onQuantifierEnter: ({ max }) => {
      found ||= max > MOST_AROUND;
    },
    onBackreferenceEnter: () => {
      found = true;
    },
  });
  return found;
}

function either(parts: readonly Part[]): Part {
  return {
    first: parts.flatMap(({ first }) => first),
    last: parts.flatMap(({ last }) => last),
    empty: parts.flatMap(({ empty }) => empty),
  };
}

function through(empty: readonly number[], reached: readonly Reached[]): Reached[] {
  return empty.flatMap((held) =>
    reached.map(({ position, guards }) => ({ position, guards: guards | held })),
  );
}

function reachedFrom(start: Position, isAllowed: (position: Position) => boolean): Set<Position> {
  const reached = new Set<Position>();
  const open = [start];
  for (let one = open.pop(); one; one = open.pop()) {
    for (const next of one.next.keys()) {
      if (reached.has(next) || !isAllowed(next)) continue;
      reached.add(next);
      open.push(next);
    }
  }
  return reached;
}

const ways = (from: Position, to: Position | undefined): number | undefined => to && from.next.get(to);

const shared = (positions: readonly Position[]): bigint =>
  positions.reduce((kinds, { takes }) => kinds & takes, -1n);

/** Where several walks may be one character further, all by the same one. */
function together(
  at: readonly Position[],
  isAllowed: (walk: number, position: Position) => boolean,
): Position[][] {
  return at.reduce<Position[][]>(
    (done, from, walk) =>
      done.flatMap((before) =>
        [...from.next.keys()]
          .filter((to) => isAllowed(walk, to) && (from.isSpine || !to.isSpine))
          .map((to) => before.concat(to))
          .filter((one) => shared(one) !== 0n),
      ),
    [[]],
  );
}

const codes = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);
const written = (points: readonly number[]): string =>
  points.map((one) => String.fromCodePoint(one)).join('');
/** Every code unit, the low surrogates before the high ones, so that no two are a pair. */
const BASIC_CODES = [
  ...codes(0, 0xd800),
  ...codes(0xdc00, 0xe000),
  ...codes(0xd800, 0xdc00),
  ...codes(0xe000, 0x1_0000),
];
const BASIC = written(BASIC_CODES);
let beyond: string | undefined;
const astral = (): string => (beyond ??= written(codes(0x1_0000, 0x11_0000)));

/** The characters that an expression tells apart, as kinds: V8 itself is asked which of all it takes. */
class Characters {
  static readonly #known = new Map<string, Uint8Array>();
  readonly #flags: string;
  readonly #kinds = new Map<string, bigint>();
  /** The kind of each character, in the order of `BASIC` and what is beyond, and one character of each kind. */
  #kindOf: Uint32Array;
  #examples: number[] = [0];

  constructor(flags: string) {
    this.#flags = flags.replaceAll(/[^iuvs]/g, '');
    this.#kindOf = new Uint32Array(/[uv]/.test(flags) ? 0x11_0000 : 0x1_0000);
  }

  know(source: string): void {
    const takes = this.#taken(source);
    const split: number[] = [];
    const examples: number[] = [];
    for (let at = 0; at < takes.length; at++) {
      const half = 2 * (this.#kindOf[at] ?? 0) + (takes[at] ?? 0);
      if (split[half] === undefined) {
        split[half] = examples.length;
        examples.push(at);
      }
      this.#kindOf[at] = split[half];
    }
    this.#examples = examples;
    this.#kinds.clear();
  }

  kinds(source: string): bigint {
    const known = this.#kinds.get(source);
    if (known !== undefined) return known;
    const takes = this.#taken(source);
    const kinds = this.#examples.reduce(
      (all, at, kind) => all | (BigInt(takes[at] ?? 0) << BigInt(kind)),
      0n,
    );
    this.#kinds.set(source, kinds);
    return kinds;
  }

  example(kinds: bigint): string {
    const at = this.#examples.findLast((_, kind) => kinds & (1n << BigInt(kind))) ?? 0;
    return String.fromCodePoint(BASIC_CODES[at] ?? at);
  }

  #taken(source: string): Uint8Array {
    const key = `${this.#flags} ${source}`;
    const known = Characters.#known.get(key);
    if (known) return known;
    const taken = new Uint8Array(this.#kindOf.length);
    const all = taken.length > BASIC.length ? BASIC + astral() : BASIC;
    const at = (unit: number): number => Math.min(unit, BASIC.length) + Math.max(0, unit - BASIC.length) / 2;
    for (const { 0: run, index } of all.matchAll(new RegExp(`${source}+`, `g${this.#flags}`))) {
      taken.fill(1, at(index), at(index + run.length));
    }
    Characters.#known.set(key, taken);
    return taken;
  }
}
