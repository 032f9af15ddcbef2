import { secretIn, seenInFull, type Seen, type SeenInLog } from '../../audit/seen.ts';
import type { OpenLogs } from '../workbench/openLogs.ts';
import type { Plan } from './plan.ts';
import type { Target } from './target.ts';

/** The plan with who used the token lately, as far as an audit log that is open tells. `now` in seconds since the epoch. */
export function withLogs(plan: Plan, target: Target, logs: Pick<OpenLogs, 'account'>, now: number): Plan {
  if (plan.is !== 'delete' && plan.is !== 'only-with-account') return plan;
  const { namespace, serviceAccount, serviceAccountUid: uid } = target;
  const account = logs.account({ namespace, name: serviceAccount, uid });
  if (!account) return plan;
  const { log, use } = account;
  const isWhole = plan.is === 'only-with-account';
  const seen = isWhole ? use : useOf(target, account);
  const words = seen
    ? `Whoever used ${isWhole ? 'any token of it' : 'it'}, in ${log}: ${seenInFull(seen, now)}.`
    : undefined;
  const silence = `${log} saw its ServiceAccount, and no use of this token.`;
  if (plan.is === 'only-with-account')
    return words === undefined ? plan : { ...plan, breaks: [words, ...plan.breaks] };
  return words === undefined
    ? { ...plan, notes: [silence, ...plan.notes] }
    : { ...plan, breaks: [words, ...plan.breaks] };
}

/** The uses of what ends with a token: of its Secret, of all that its Pod has, or of itself. */
function useOf({ ends, jti }: Target, account: SeenInLog): Seen | undefined {
  if (ends?.kind === 'tokenSecret') return secretIn(account, ends.name)?.use;
  const own = account.tokens.filter(({ jti: id, podUid }) =>
    ends?.kind === 'Pod' && ends.uid !== undefined ? podUid === ends.uid : id === jti,
  );
  const used = own.flatMap(({ used }) => used ?? []);
  if (used.length === 0) return undefined;
  return {
    count: used.reduce((sum, { count }) => sum + count, 0),
    first: Math.min(...used.map(({ first }) => first)),
    last: Math.max(...used.map(({ last }) => last)),
    places: own.flatMap(({ places }) => places),
  };
}
