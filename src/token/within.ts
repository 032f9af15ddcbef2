import { decodeWhileToken, readAsToken, sixBitsAt } from './base64.ts';
import { MAX_LENGTH, type Finding } from './finding.ts';
import { base64LineEnd } from './gap.ts';

/**
 * How a JWT's `eyJ` reads within base64 of some other text, as of a whole kubeconfig, where it does not begin with a group
 * of four characters but two bytes or one byte later. Its first character shares six bits with the byte before.
 */
export const WITHIN = 'leU[o-r]|V5S[g-v]';

/** Less is not taken for a token's text: something else may begin within it. In UTF-16 units. */
const MIN_LENGTH = 28;

/** Reads the JWT whose beginning within base64 stands at `at`; `next`: nothing is left to be found before this offset. */
export function readWithin(
  text: string,
  at: number,
  inner: (text: string) => Iterable<Finding>,
): { readonly finding: Finding | undefined; readonly next: number } {
  const none = { finding: undefined, next: at + 1 };
  const before = at === 0 ? 255 : sixBitsAt(text, at - 1);
  const first = text[at];
  // What of `eyJ` was read already, and where whole groups follow.
  const lead = first === 'l' ? 'e' : first === 'V' ? 'ey' : '';
  if (lead === 'e' && (before > 63 || (before & 0b11) !== 0b01)) return none;
  if (lead === 'ey' && (before > 63 || (before & 0b1111) !== 0b0110)) return none;
  const from = at + lead.length;
  const { end: groupsEnd, dots } = readAsToken(text, from, from + MAX_LENGTH);
  if (groupsEnd < from + MIN_LENGTH) return none;
  // Most of what begins like a token is none: that is told before anything is decoded.
  if (dots < 2) return { finding: undefined, next: groupsEnd };
  const run = text.slice(from, base64LineEnd(text, groupsEnd, groupsEnd + 4));
  const decoded = decodeWhileToken(run, 0);
  const [found] = inner(lead + decoded.text);
  if (found?.kind !== 'jws' || found.start > 0) return { finding: undefined, next: from + decoded.end };
  const start = lead === '' ? at : at - 1;
  const end = from + Math.ceil(((found.end - lead.length) * 4) / 3);
  const finding: Finding = { ...found, start, end, encoding: 'base64', wrapped: false, isWithin: true };
  return { finding, next: end };
}
