import { localTime } from '../../token/localTime.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { Row } from './row.ts';
import type { EndsWith, IssuedToken } from '../../issued/entry.ts';
import type { FileState } from '../../issued/file.ts';
import type { IssuedState } from '../../issued/state.ts';

const ICONS: Readonly<Record<IssuedState['is'], string>> = {
  valid: 'pass',
  'expires-soon': 'warning',
  expired: 'history',
  revoked: 'circle-slash',
  ended: 'circle-slash',
};

/**
 * A token that was issued from here: where it went (`place`), how it stands, and what ends it. `isOneOfSeveral`: others
 * went to the same place.
 */
export function issuedRow(
  entry: IssuedToken,
  inventory: Inventory,
  place: string,
  isOneOfSeveral: boolean,
): Row {
  const { state, file } = inventory.standing(entry);
  const icon = ICONS[state.is];
  const ends = endsInWords(entry);
  return {
    label: place,
    description: [
      state.words,
      fileInWords(file),
      ...(isOver(state) ? [] : [shortly(entry.endsWith)]),
      isOneOfSeveral ? `issued ${localTime(entry.issued)}` : '',
    ]
      .filter(Boolean)
      .join(' · '),
    tooltip: [
      entry.file ?? 'It was put on the clipboard.',
      ...(file === 'other' ? ['The file has another token now; this one is as good as it was.'] : []),
      ...(entry.expires === undefined ? ['It never expires.'] : [`Expires ${localTime(entry.expires)}.`]),
      `Issued ${localTime(entry.issued)} in context ${entry.context}.`,
      ...(entry.revoked === undefined ? [] : [`Revoked from here ${localTime(entry.revoked)}.`]),
      ...(isOver(state) ? [] : [ends]),
      ...(entry.audiences.length === 0 ? [] : [`Audience ${entry.audiences.join(', ')}`]),
      'Only its metadata is stored, never the token.',
    ],
    icon,
    isWarning: icon === 'warning',
    spoken: 'Issued token',
  };
}

/** What menus ask for: `issuedToken valid file`, `issuedToken over`, say. */
export function issuedContext(entry: IssuedToken, inventory: Inventory): string {
  const { state, file } = inventory.standing(entry);
  const isRenewable = file === 'there' && entry.expires !== undefined && entry.form !== 'otherForm';
  return [
    'issuedToken',
    isOver(state) ? 'over' : 'living',
    ...(entry.file !== undefined && file !== 'gone' ? ['file'] : []),
    ...(isRenewable ? ['renewable'] : []),
  ].join(' ');
}

/** A group of issued tokens in a few words. */
export function issuedInWords(entries: readonly IssuedToken[], inventory: Inventory): string {
  if (entries.length === 0) return 'none';
  const living = entries.filter((entry) => !isOver(inventory.standing(entry).state));
  const soon = living.filter((entry) => inventory.standing(entry).state.is === 'expires-soon');
  return [
    living.length === entries.length ? String(living.length) : `${living.length} of ${entries.length} live`,
    ...(soon.length === 0 ? [] : [soon.length === 1 ? '1 expires soon' : `${soon.length} expire soon`]),
  ].join(' · ');
}

/** Whether it is expired, revoked or ended: nothing is left to do about it. */
export function hasEnded(entry: IssuedToken, inventory: Inventory): boolean {
  return isOver(inventory.standing(entry).state);
}

function isOver({ is }: IssuedState): boolean {
  return is === 'expired' || is === 'revoked' || is === 'ended';
}

function fileInWords(file: FileState): string {
  if (file === 'gone') return 'file gone';
  return file === 'other' ? 'no longer in its file' : '';
}

function shortly(ends: EndsWith | undefined): string {
  switch (ends?.kind) {
    case 'sentinel':
      return 'revocable';
    case 'tokenSecret':
      return `token Secret ${ends.name}`;
    case 'Secret':
    case 'Pod':
    case 'Node':
    case 'other':
      return `bound to ${ends.kind === 'other' ? '' : `${ends.kind} `}${ends.name}`;
    case undefined:
      return 'not revocable alone';
  }
}

function endsInWords({ endsWith: ends, namespace }: IssuedToken): string {
  if (!ends) return 'It ends only when it expires, or when its ServiceAccount is deleted.';
  const place = ends.kind === 'Node' || ends.kind === 'other' ? '' : `${namespace}/`;
  const kind = ends.kind === 'tokenSecret' || ends.kind === 'sentinel' ? 'Secret' : ends.kind;
  return `It ends with ${kind === 'other' ? '' : `${kind} `}${place}${ends.name}, within about 10 s.`;
}
