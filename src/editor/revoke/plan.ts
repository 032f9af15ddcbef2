import type { Cluster } from '../../cluster/api/cluster.ts';
import type {
  ObjectRef,
  PodUse,
  SecretInfo,
  SecretMention,
  Uses,
  UsesOptions,
} from '../../cluster/api/objects.ts';
import { Problem } from '../../errors.ts';
import { namingOneOf } from '../workbench/lookedThrough.ts';
import { notedBy } from '../../inventory/onDemand.ts';
import { useMeaning } from '../../inventory/tokenUse.ts';
import type { IssuedToken } from '../../issued/entry.ts';
import type { Target } from './target.ts';

type OnPods = UsesOptions['onPods'];

/** What revoking a token comes to. All texts may hold a stranger's words. */
export type Plan =
  | {
      readonly is: 'delete';
      readonly object: Deletable;
      /** What stops working, a line each. */
      readonly breaks: readonly string[];
      /** What else to know before saying yes. */
      readonly notes: readonly string[];
      /** For how long the server may go on accepting it, in seconds. */
      readonly patience: number;
    }
  /** Nothing that could be deleted ends this token alone; `account` may be deleted where it can be told apart. */
  | {
      readonly is: 'only-with-account';
      readonly account: (ObjectRef & { readonly uid: string }) | undefined;
      readonly breaks: readonly string[];
      readonly patience: number;
    }
  /** It has ended already. */
  | { readonly is: 'over'; readonly why: string }
  /** It ends with something that this extension deletes for nobody. */
  | { readonly is: 'left-to-you'; readonly why: string };

export interface Deletable extends ObjectRef {
  readonly kind: 'Secret' | 'Pod' | 'ServiceAccount';
  readonly uid: string;
}

/** The server remembers for 10 s that it accepted a token (kubernetes pkg/kubeapiserver/options/authentication.go), and its informers lag a little. In seconds. */
const CACHED = 15;
/** A Pod's token is good for a minute beyond the Pod's deletionTimestamp, while the Pod is there (claims.go). In seconds. */
const POD_LEEWAY = 60;

/**
 * Finds out what ends a token and what breaks with it; reads metadata, and changes nothing. `issued` is what is
 * remembered. Throws a Problem, as where the token is of another cluster.
 */
export async function planRevocation(
  target: Target,
  cluster: Cluster,
  issued: readonly IssuedToken[],
  signal: AbortSignal,
  onPods?: OnPods,
): Promise<Plan> {
  const account = await accountOf(target, cluster, signal);
  if (account.is === 'over') return account;
  const { ends, namespace } = target;
  switch (ends?.kind) {
    case 'tokenSecret':
      return await ofTokenSecret({ ...target, ends }, cluster, issued, signal, onPods);
    case 'sentinel':
    case 'Secret':
      return await ofSecret({ ...target, ends }, cluster, issued, signal, onPods);
    case 'Pod':
      return await ofPod({ ...target, ends }, cluster, issued, signal);
    case 'Node':
    case 'other':
      return {
        is: 'left-to-you',
        why: `It ends with ${ends.kind === 'Node' ? `Node ${ends.name}` : `${ends.name}, which it is bound to`}, and with ServiceAccount ${namespace}/${target.serviceAccount}. Deleting a Node takes it out of the cluster with all its Pods, so that is left to you.`,
      };
    case undefined:
      return await ofAccount(target, account.uid, cluster, issued, signal, onPods);
  }
}

type Account = { readonly is: 'there'; readonly uid: string | undefined } | (Plan & { readonly is: 'over' });

/** Whether the token's ServiceAccount is in this cluster: the uid tells it from one of the same name, here or elsewhere. */
async function accountOf(target: Target, cluster: Cluster, signal: AbortSignal): Promise<Account> {
  const { namespace, serviceAccount: name, serviceAccountUid } = target;
  const what = `ServiceAccount ${namespace}/${name}`;
  const where = `in context ${cluster.context.name}`;
  const elsewhere = 'If the token is of another cluster, select its context first.';
  try {
    const { uid } = await cluster.serviceAccount({ namespace, name }, signal);
    if (serviceAccountUid === undefined || uid === serviceAccountUid) return { is: 'there', uid };
    return {
      is: 'over',
      why: `${what} ${where} is another than the token's (uid ${uid}, the token has ${serviceAccountUid}): it was made again, which ended the token. ${elsewhere}`,
    };
  } catch (error) {
    if (Problem.is(error, 'forbidden')) return { is: 'there', uid: undefined };
    if (!Problem.is(error, 'not-found')) throw error;
    return { is: 'over', why: `There is no ${what} ${where}, and its tokens ended with it. ${elsewhere}` };
  }
}

type With<T extends Target['ends']> = Target & { readonly ends: NonNullable<T> };

async function ofTokenSecret(
  target: With<Target['ends']>,
  cluster: Cluster,
  issued: readonly IssuedToken[],
  signal: AbortSignal,
  onPods?: OnPods,
): Promise<Plan> {
  const { namespace, ends, serviceAccountUid, algorithm } = target;
  const secret = await secretOf(target, cluster, signal);
  if ('is' in secret) return secret;
  const { serviceAccountUid: owner } = secret;
  if (owner !== undefined && serviceAccountUid !== undefined && owner !== serviceAccountUid) {
    return {
      is: 'over',
      why: `Secret ${namespace}/${ends.name} is of another ServiceAccount than the token (uid ${owner}): the token ended with the one before.`,
    };
  }
  const revives =
    algorithm?.startsWith('ES') === true
      ? []
      : [
          `Never make a Secret again under the name ${ends.name}: it would get the very same token, and whoever has a copy could use it. A new one needs a new name.`,
        ];
  const use = useMeaning(secret, await notedBy(cluster, signal), Date.now() / 1000);
  return {
    is: 'delete',
    object: { kind: 'Secret', namespace, name: ends.name, uid: secret.uid },
    breaks: [
      ...(secret.isForPulls === true ? [PULLS] : []),
      ...(secret.lastUsed === undefined
        ? []
        : [`Whoever used its token on ${secret.lastUsed} (UTC), the last day that is noted.`]),
      ...(await whoNames(target, cluster, signal, onPods)),
      ...filesOf(target, cluster, issued),
    ],
    notes:
      secret.lastUsed === undefined
        ? [`${use} That nothing was seen is no proof that nobody has it.`, ...revives]
        : revives,
    patience: CACHED,
  };
}

async function ofSecret(
  target: With<Target['ends']>,
  cluster: Cluster,
  issued: readonly IssuedToken[],
  signal: AbortSignal,
  onPods?: OnPods,
): Promise<Plan> {
  const { namespace, ends } = target;
  const secret = await secretOf(target, cluster, signal);
  if ('is' in secret) return secret;
  if (ends.uid !== undefined && secret.uid !== ends.uid) {
    return {
      is: 'over',
      why: `Secret ${namespace}/${ends.name} was deleted and made again, and the token ended with the one it was bound to.`,
    };
  }
  const holds = secret.keys.length === 0 ? '' : `, with all that is in it (${secret.keys.join(', ')})`;
  return {
    is: 'delete',
    object: { kind: 'Secret', namespace, name: ends.name, uid: secret.uid },
    breaks: [
      ...(holds === '' ? [] : [`Secret ${namespace}/${ends.name} goes${holds}.`]),
      ...(await whoNames(target, cluster, signal, onPods)),
      ...filesOf(target, cluster, issued),
    ],
    notes: [],
    patience: CACHED,
  };
}

async function secretOf(
  { namespace, ends }: With<Target['ends']>,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<SecretInfo | (Plan & { readonly is: 'over' })> {
  try {
    return await cluster.secret({ namespace, name: ends.name }, signal);
  } catch (error) {
    if (!Problem.is(error, 'not-found')) throw error;
    const why = `There is no Secret ${namespace}/${ends.name} in context ${cluster.context.name}, and the token ended with it.`;
    return { is: 'over', why };
  }
}

async function ofPod(
  target: With<Target['ends']>,
  cluster: Cluster,
  issued: readonly IssuedToken[],
  signal: AbortSignal,
): Promise<Plan> {
  const { namespace, ends } = target;
  let pod: PodUse;
  try {
    pod = await cluster.pod({ namespace, name: ends.name }, signal);
  } catch (error) {
    if (!Problem.is(error, 'not-found')) throw error;
    return {
      is: 'over',
      why: `There is no Pod ${namespace}/${ends.name} in context ${cluster.context.name}, and its tokens ended with it.`,
    };
  }
  if (ends.uid !== undefined && pod.uid !== ends.uid) {
    return {
      is: 'over',
      why: `Pod ${namespace}/${ends.name} was deleted and made again, and the token ended with the one it was bound to.`,
    };
  }
  const again =
    pod.owner === undefined
      ? 'Nothing makes it again.'
      : `${pod.owner} makes another, whose tokens are new ones.`;
  return {
    is: 'delete',
    object: { kind: 'Pod', namespace, name: ends.name, uid: pod.uid },
    breaks: [
      `The Pod’s containers are stopped; they are given ${pod.graceSeconds} s. ${again}`,
      'Every other token of this Pod ends too.',
      ...filesOf(target, cluster, issued),
    ],
    notes: ['Its tokens are accepted until the Pod is gone.'],
    patience: pod.graceSeconds + POD_LEEWAY + CACHED,
  };
}

async function ofAccount(
  target: Target,
  uid: string | undefined,
  cluster: Cluster,
  issued: readonly IssuedToken[],
  signal: AbortSignal,
  onPods?: OnPods,
): Promise<Plan> {
  const { namespace, serviceAccount: name } = target;
  const keeps = ({ serviceAccount }: PodUse): boolean => serviceAccount === name;
  const { pods } = await cluster.uses(namespace, signal, { keeps, onPods });
  const its = pods.items.map((pod) => pod.name);
  const secrets = await listedOrWhy(async () => await cluster.tokenSecretsOf({ namespace, name }, signal));
  return {
    is: 'only-with-account',
    account: uid === undefined ? undefined : { namespace, name, uid },
    breaks: [
      ...(pods.problem === undefined
        ? its.length === 0
          ? []
          : [`${counted(its.length, 'Pod')} that run as it: ${some(its)}.`]
        : [`Cannot tell which Pods run as it. ${pods.problem}`]),
      ...(typeof secrets === 'string'
        ? [`Cannot tell which token Secrets it has. ${secrets}`]
        : secrets.length === 0
          ? []
          : [
              `${counted(secrets.length, 'token Secret')} and the tokens in them: ${some(secrets.map((one) => one.name))}.`,
            ]),
      ...filesOf(target, cluster, issued),
      'Every other token of it, wherever it is used.',
    ],
    patience: CACHED,
  };
}

async function listedOrWhy<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[] | string> {
  try {
    return await ask();
  } catch (error) {
    if (Problem.is(error, 'forbidden')) return error.message;
    throw error;
  }
}

/** The Pods and ServiceAccounts that name the Secret. */
async function whoNames(
  { namespace, ends }: With<Target['ends']>,
  cluster: Cluster,
  signal: AbortSignal,
  onPods?: OnPods,
): Promise<readonly string[]> {
  const keeps = namingOneOf([{ namespace, name: ends.name }]);
  return mentionsInWords(await cluster.uses(namespace, signal, { keeps, onPods }), ends.name);
}

/** Who names a Secret, a line each, and what could not be looked at. */
function mentionsInWords({ pods, serviceAccounts }: Uses, secret: string): readonly string[] {
  const how = (mentions: readonly SecretMention[]): string =>
    mentions
      .filter(({ name }) => name === secret)
      .map((mention) => mention.how)
      .join(', ');
  const lines = pods.items.flatMap((pod) => {
    const ways = how(pod.secrets);
    const owner = pod.owner === undefined ? '' : ` of ${pod.owner}`;
    return ways === '' ? [] : [`Pod ${pod.name}${owner} uses it (${ways}).`];
  });
  const shown = lines.slice(0, MOST_LINES);
  const rest = lines.length - shown.length;
  return [
    ...shown,
    ...(rest > 0 ? [`${counted(rest, 'more Pod')} use it.`] : []),
    ...serviceAccounts.items.flatMap((account) => {
      const ways = how(account.secrets);
      return ways === '' ? [] : [`ServiceAccount ${account.name} lists it (${ways}).`];
    }),
    ...[pods.problem, serviceAccounts.problem].flatMap((problem) =>
      problem === undefined ? [] : [`Cannot tell who else uses it. ${problem}`],
    ),
  ];
}

/** The files that are remembered to hold a token that ends with this one. */
function filesOf(target: Target, cluster: Cluster, issued: readonly IssuedToken[]): readonly string[] {
  const files = issued
    .filter((entry) => endsTogether(entry, target, cluster))
    .flatMap(({ file }) => file ?? []);
  return [...new Set(files)].map((file) => `The file ${file}.`);
}

/** Whether an issued token ends with what ends another one: its object, or without any its ServiceAccount. */
export function endsTogether(
  entry: IssuedToken,
  { namespace, serviceAccount, serviceAccountUid, ends }: Omit<Target, 'hand' | 'algorithm' | 'expires'>,
  { context }: Pick<Cluster, 'context'>,
): boolean {
  if (entry.server !== context.server || entry.namespace !== namespace) return false;
  if (!ends) {
    return (
      entry.serviceAccount === serviceAccount &&
      (serviceAccountUid === undefined || entry.serviceAccountUid === serviceAccountUid)
    );
  }
  const { endsWith } = entry;
  const isSecret = ends.kind === 'tokenSecret' || ends.kind === 'sentinel' || ends.kind === 'Secret';
  const sameKind = isSecret
    ? endsWith?.kind === 'tokenSecret' || endsWith?.kind === 'sentinel' || endsWith?.kind === 'Secret'
    : endsWith?.kind === ends.kind;
  if (!sameKind || endsWith?.name !== ends.name) return false;
  return endsWith.uid === undefined || ends.uid === undefined || endsWith.uid === ends.uid;
}

const MOST_LINES = 8;
const PULLS =
  'Pulls from the cluster’s own registry: OpenShift made it for a pull Secret (-dockercfg-), which rests on it.';

function some(names: readonly string[]): string {
  const rest = names.length - MOST_LINES;
  return names.slice(0, MOST_LINES).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
