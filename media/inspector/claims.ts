import type { ClaimRow, InspectorModel, Parts, TokenView } from '../../src/inspection/protocol.ts';
import { localTime } from '../../src/token/localTime.ts';
import { relativeTime } from '../../src/token/relativeTime.ts';
import { breakable, code, details, el, section, table } from './dom.ts';

/** The token's three parts in their colours, as long as they are in it, and masked. */
function ribbon(parts: Parts): HTMLElement {
  const names = ['header', 'claims', 'signature'] as const;
  const made = el('div', { class: 'ribbon', role: 'img', 'aria-label': spoken(parts) });
  for (const name of names) {
    const piece = el('span', { class: `piece ${name}` }, [
      el('span', { class: 'letters' }, [name === 'signature' ? '•••' : 'eyJ•••']),
      el('span', { class: 'name' }, [`${name} · ${parts[name]}`]),
    ]);
    piece.style.flexGrow = String(parts[name]);
    made.append(piece);
  }
  return made;
}

function spoken({ header, claims, signature }: Parts): string {
  return `The token, masked: a header of ${header}, claims of ${claims} and a signature of ${signature} characters`;
}

/** Every claim with its meaning and where it is defined. */
export function tokenParts({ header, claims, parts, now }: InspectorModel): HTMLElement {
  const part = (title: string, name: string, rows: readonly ClaimRow[]): HTMLElement =>
    el('div', { class: `part ${name}` }, [
      el('h3', {}, [title]),
      table(
        `${title} of the token`,
        ['Claim', 'Value', 'Meaning', 'Defined by'],
        rows.map((row) => [code(row.name), valueOf(row, now), row.meaning, row.source]),
      ),
    ]);
  const about =
    parts === undefined
      ? 'Not kept.'
      : 'Never shown: with it, anybody could use the token. It is compared with the cluster’s keys on this machine.';
  return section('says', 'What it says', [
    ...(parts ? [ribbon(parts)] : []),
    ...(header.length > 0 ? [part('Header', 'header', header)] : []),
    part('Claims', 'claims', claims),
    el('div', { class: 'part signature' }, [el('h3', {}, ['Signature']), el('p', {}, [about])]),
  ]);
}

function valueOf({ value, at }: ClaimRow, now: number): HTMLElement {
  const made = el('span', {}, [code(value)]);
  if (at !== undefined) {
    made.append(el('span', { class: 'when' }, [` ${localTime(at)} · ${relativeTime(at, now)}`]));
  }
  return made;
}

/** Two tokens side by side: what each is like, then every claim, with the differing ones marked. */
export function comparison(one: TokenView, other: TokenView): HTMLElement[] {
  const claimsOf = ({ header, claims }: TokenView): Pair[] =>
    [...header, ...claims].map(({ name, value }) => [name, value]);
  const heads = [one, other].map(({ kind, owner, name }) => `${kind} of ${owner} · ${name}`);
  return [
    el(
      'div',
      { class: 'ribbons' },
      [one, other].flatMap(({ parts }, index) =>
        parts ? [el('p', { class: 'kind' }, [heads[index] ?? '']), ribbon(parts)] : [],
      ),
    ),
    pairTable('Two tokens compared', heads, pairs(one.traits, other.traits, 'span')),
    details('claims', 'Every claim of both', [
      pairTable('The claims of both tokens', heads, pairs(claimsOf(one), claimsOf(other), 'code')),
    ]),
  ];
}

function pairTable(
  caption: string,
  heads: readonly string[],
  rows: readonly { readonly cells: (string | Node)[]; readonly differs: boolean }[],
): HTMLElement {
  const made = table(
    caption,
    ['What', ...heads],
    rows.map(({ cells }) => cells),
  );
  made.classList.add('compared');
  for (const [index, row] of [...made.querySelectorAll('tbody tr')].entries()) {
    if (rows[index]?.differs) row.classList.add('differs');
    // Where the columns do not fit side by side, each value says whose it is.
    for (const [column, cell] of [...row.querySelectorAll('td')].entries()) {
      cell.dataset['of'] = heads[column]?.replace(/^.* · /, '') ?? '';
    }
  }
  return made;
}

type Pair = readonly [name: string, value: string];

function pairs(
  one: readonly Pair[],
  other: readonly Pair[],
  tag: 'span' | 'code',
): { cells: (string | Node)[]; differs: boolean }[] {
  const names = [...new Set([...one, ...other].map(([name]) => name))];
  return names.map((name) => {
    const [left, right] = [one, other].map((all) => all.find(([own]) => own === name)?.[1]);
    const differs = left !== right;
    const cell = (value: string | undefined): Node =>
      value === undefined
        ? el('span', { class: 'none' }, ['none'])
        : tag === 'code'
          ? code(value)
          : el('span', {}, breakable(value));
    const label = el('span', {}, [tag === 'code' ? code(name) : name]);
    if (differs) label.append(el('span', { class: 'differing' }, [' differs']));
    return { cells: [label, cell(left), cell(right)], differs };
  });
}
