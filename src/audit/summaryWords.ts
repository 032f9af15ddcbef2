import type { Place, TokenUse } from './summary.ts';
import { localTime } from '../token/localTime.ts';
import { relativeTime } from '../token/relativeTime.ts';

/** So many rows of a table are shown. */
export const MOST_ROWS = 50;

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** When that was; both in seconds since the epoch. */
export const when = (at: number, now: number): string =>
  at === 0 ? 'not told when' : `${relativeTime(Math.round(at), now)}, ${localTime(at)}`;

/** The first addresses, and how many more; `elsewhere`: so many requests came from places that are not kept. */
export function fromOf(places: readonly Place[], elsewhere = 0): string {
  const all = [...new Set(places.map(({ address }) => address))].filter((one) => one !== '');
  if (all.length === 0) return 'not told';
  const more = all.length - 2;
  const others = elsewhere > 0 ? ' and perhaps others' : '';
  const rest = more > 0 ? ` and ${elsewhere > 0 ? 'at least ' : ''}${more} more` : others;
  return `${all.slice(0, 2).join(', ')}${rest}`;
}

/** That requests came from places which are not kept; nothing where there is none. */
export const elsewhereOf = (elsewhere: number): string[] =>
  elsewhere === 0 ? [] : [`${counted(elsewhere, 'request')} from more places than are kept`];

/** A row of a table of places; `strange`: the addresses that are not the Pod's, nor its Node's. */
export const placeRow =
  (now: number, strange: readonly string[] = []) =>
  ({ address, forwarded, agent, pod, node, count, last }: Place): string[] => {
    const where = [pod === '' ? '' : `Pod ${pod}`, node === '' ? '' : `Node ${node}`].filter(
      (one) => one !== '',
    );
    const notes = [
      ...(forwarded === '' ? [] : [`said to be for ${forwarded}`]),
      ...(strange.includes(address) ? ['away from its Pod'] : []),
    ];
    return [
      `${address === '' ? 'not told' : address}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`,
      agent === '' ? 'not told' : agent,
      where.length === 0 ? '–' : where.join(' on '),
      count.toLocaleString('en'),
      when(last, now),
    ];
  };

/** What a token is bound to, as far as the log tells. */
export function boundTo({ pod, node, issued, used }: TokenUse): string {
  if (pod !== undefined) return `Pod ${pod}${node === undefined ? '' : ` on ${node}`}`;
  return (
    issued?.boundTo ??
    (used && node === undefined ? 'no Pod' : node === undefined ? 'not told' : `Node ${node}`)
  );
}
