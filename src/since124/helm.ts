import { OWNER_ANNOTATION, TOKEN_SECRET_TYPE } from '../kubernetes.ts';
import type { Fix } from '../manifest/problem.ts';
import type { Outdated } from './finding.ts';
import { outlinesOf, type Outline } from './outline.ts';

const HOOK = 'helm.sh/hook';
const DELETED = 'helm.sh/hook-delete-policy';
const OF_HOOKS = [HOOK, DELETED, 'helm.sh/hook-weight', 'helm.sh/hook-output-log-policy'] as const;
const KEPT = 'helm.sh/resource-policy';
/** What is another at each rendering (Sprig's functions, and Helm's own objects). */
const CHANGES =
  /\{\{[^}]{0,200}?(?:\brand(?:AlphaNum|Alpha|Numeric|Ascii|Bytes|Int)\b|\buuidv4\b|\bnow\b|\.Release\.(?:Revision|Time)\b)/;

/** Token Secrets of a chart that Helm makes too early, or that an upgrade takes away. */
export function tokenSecretsOfCharts(text: string): Outdated[] {
  if (!text.includes(TOKEN_SECRET_TYPE)) return [];
  const outlines = outlinesOf(text);
  return outlines
    .filter(({ kind, type }) => kind === 'Secret' && type === TOKEN_SECRET_TYPE)
    .flatMap((secret) => renamed(secret).concat(asHook(secret, outlines)));
}

/** A name that each upgrade makes anew: Helm deletes what is no longer in the chart (helm pkg/kube, Client.Update). */
function renamed({ name, annotations }: Outline): Outdated[] {
  if (!name || annotations.has(HOOK) || annotations.has(KEPT)) return [];
  if (!CHANGES.test(name.text) || /\blookup\b/.test(name.text)) return [];
  return [
    {
      rule: 'token-secret-remade',
      message:
        'Each helm upgrade gives this Secret another name, and deletes the one before: the token in use ends with it.',
      start: name.start,
      end: name.end,
      fixes: () => [],
    },
  ];
}

/** What is a hook Helm deletes before it makes it again, unless it is told otherwise (helm pkg/action/hooks.go). */
function asHook({ annotations }: Outline, outlines: readonly Outline[]): Outdated[] {
  const hook = annotations.get(HOOK);
  if (!hook || hook.text.includes('{{')) return [];
  const events = hook.text.split(',').map((one) => one.trim());
  const { start, end } = hook;
  const fixes = (): Fix[] => [
    {
      title: 'Let it be no hook',
      edits: OF_HOOKS.flatMap((name) => annotations.get(name)?.line ?? [])
        .map(({ start: from, end: to }) => ({ start: from, end: to, text: '' }))
        .toSorted((one, other) => one.start - other.start),
      isPreferred: false,
    },
  ];
  const owner = annotations.get(OWNER_ANNOTATION)?.text;
  const account = outlines.find(({ kind, name }) => kind === 'ServiceAccount' && name?.text === owner);
  if (events.includes('pre-install') && account && !account.annotations.has(HOOK)) {
    const message =
      'Helm makes a pre-install hook before the rest of the chart, and its ServiceAccount is of the rest: the token controller deletes a Secret whose ServiceAccount does not exist.';
    return [{ rule: 'hook-before-account', message, start, end, fixes }];
  }
  const policy = annotations.get(DELETED)?.text ?? 'before-hook-creation';
  const when = ['upgrade', 'rollback'].filter((one) =>
    events.some((event) => event === `pre-${one}` || event === `post-${one}`),
  );
  if (when.length === 0 || !policy.includes('before-hook-creation')) return [];
  const message = `Helm deletes a hook before it makes it again: at each ${when.join(' and ')} the token in use is refused, until the token controller has filled the new Secret. With an RSA key it is the same token then, so that this revokes none.`;
  return [{ rule: 'token-secret-remade', message, start, end, fixes }];
}
