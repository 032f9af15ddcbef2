/** What stages tokens on servers that are configured otherwise than the shared one, and judges the explanation of each. */
import { createPrivateKey } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT, type JWTPayload } from 'jose';
import {
  startControlPlane,
  type ControlPlane,
  type ControlPlaneOptions,
} from '../../../sandbox/controlPlane.ts';
import type { CauseId } from '../../../src/authentication/causes.ts';
import type { Explanation } from '../../../src/authentication/explanation.ts';
import type { Cluster } from '../../../src/cluster/api/cluster.ts';
import { clusterAccess } from '../../../src/cluster/client.ts';
import { decodeToken } from '../../../src/token/decode.ts';
import { sendingTo } from './agreedSending.ts';
import { explainOn, reviewOn } from './judge.ts';
import { hasDefault, stranger } from './stage.ts';

const NAMESPACE = 'configured';
export const OWN_ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** A token on a configured server, what its TokenReview must say, and how much can be told without sending it. */
export interface Case {
  readonly name: string;
  readonly token: string;
  readonly accepted: boolean;
  /** Why it is refused, as the explanation has to find once the server was asked. */
  readonly cause?: CauseId;
  /**
   * Who can tell without sending it; others have to say that they cannot. `nobody` has no right but to the keys,
   * `reader` may read every object and request tokens, the administrator also sees the server's flags.
   */
  readonly toldTo: 'nobody' | 'reader' | 'administrator' | 'no one';
  /** What the reader takes for the default, and says so, where only the flags tell that it is not. */
  readonly restsOn?: RegExp;
}

/** A server and what is judged there. */
export interface Staged {
  readonly cluster: Configured;
  readonly cases: readonly Case[];
  readonly stop: () => Promise<void>;
}

/** A control plane with three people who ask. */
export interface Configured extends ControlPlane {
  readonly people: Readonly<Record<Person, Cluster>>;
}
const PEOPLE = ['nobody', 'reader', 'administrator'] as const;
type Person = (typeof PEOPLE)[number];

export async function startConfigured(options: ControlPlaneOptions): Promise<Configured> {
  const cluster = await startControlPlane(options);
  try {
    const { request } = cluster;
    await request('POST', '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
    await request('POST', `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, {
      metadata: { name: 'nobody' },
    });
    await request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: 'reader' },
      rules: [
        { apiGroups: [''], resources: ['*'], verbs: ['get'] },
        { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
        { nonResourceURLs: ['/openid/*', '/.well-known/*'], verbs: ['get'] },
      ],
    });
    await request('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reader' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'reader' }],
    });
    const { certificate, key } = await cluster.clientCertificate('reader');
    const administrator = clusterAccess.open({ files: [cluster.kubeconfig], context: 'sandbox' });
    await hasDefault(administrator, `/api/v1/namespaces/${NAMESPACE}`);
    const people = {
      administrator,
      reader: await opened(cluster, 'reader', {
        'client-certificate-data': btoa(certificate),
        'client-key-data': btoa(key),
      }),
      nobody: await opened(cluster, 'nobody', { token: await requested(cluster, 'nobody') }),
    };
    return {
      ...cluster,
      people,
      stop: async () => {
        for (const person of Object.values(people)) person.dispose();
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function opened(
  { folder, server, caFile }: ControlPlane,
  name: string,
  user: object,
): Promise<Cluster> {
  const file = join(folder, `${name}.kubeconfig`);
  const ca = (await readFile(caFile)).toString('base64');
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'u', user }],
    contexts: [{ name, context: { cluster: 'c', user: 'u' } }],
  });
  await writeFile(file, text, { mode: 0o600 });
  return clusterAccess.open({ files: [file], context: name });
}

/** A token of a ServiceAccount, as its server makes it. */
export async function requested(
  { request }: ControlPlane,
  name = 'default',
  spec: object = {},
): Promise<string> {
  const path = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts/${name}/token`;
  return ((await request('POST', path, { spec })) as { status: { token: string } }).status.token;
}

/** Creates an object of the namespace; returns its uid. */
export async function created(
  { request }: ControlPlane,
  resource: string,
  name: string,
  more: object = {},
): Promise<string> {
  const { metadata = {}, ...rest } = more as { metadata?: object };
  const path = `/api/v1/namespaces/${NAMESPACE}/${resource}`;
  const made = await request('POST', path, { ...rest, metadata: { ...metadata, name } });
  return (made as { metadata: { uid: string } }).metadata.uid;
}

/** A token that was bound to a Pod which is gone. */
export async function ofPodThatIsGone(cluster: ControlPlane): Promise<string> {
  const token = await ofPod(cluster, 'gone');
  await cluster.request('DELETE', `/api/v1/namespaces/${NAMESPACE}/pods/gone`, { gracePeriodSeconds: 0 });
  return token;
}

/** Claims signed with a private key in PEM; `kid` where it has one. */
export async function signed(claims: object, pem: string, kid: string, alg = 'RS256'): Promise<string> {
  return await new SignJWT(claims as JWTPayload).setProtectedHeader({ alg, kid }).sign(createPrivateKey(pem));
}

export const claimsOf = (token: string): Record<string, unknown> => ({ ...decodeToken(token)?.claims });
export const keyIdOf = (token: string): string => String(decodeToken(token)?.header['kid']);

/** A token as that of another cluster's ServiceAccount. */
export async function ofAnotherCluster(like: string): Promise<string> {
  return await new SignJWT({ ...claimsOf(like), iss: 'https://kubernetes.another.example' })
    .setProtectedHeader({ alg: 'RS256', kid: 'anothers' })
    .sign(stranger.privateKey);
}

/** A legacy token's claims, of a Secret that need not be there. */
export function legacyClaims(secret: string, name: string, uid: string): object {
  const own = 'kubernetes.io/serviceaccount/';
  return {
    iss: 'kubernetes/serviceaccount',
    sub: `system:serviceaccount:${NAMESPACE}:${name}`,
    [`${own}namespace`]: NAMESPACE,
    [`${own}secret.name`]: secret,
    [`${own}service-account.name`]: name,
    [`${own}service-account.uid`]: uid,
  };
}

/** In which ways the explanation of a token differs from what the server says of it. */
async function differencesOf({ people }: Configured, one: Case): Promise<string[]> {
  const { token, accepted, cause, toldTo, restsOn } = one;
  const server = await reviewOn(people.administrator, token);
  const outcome = server.accepted ? 'accepted' : 'refused';
  const differences: string[] = [];
  const check = (isRight: boolean, what: string): void => {
    if (!isRight) differences.push(`${one.name}: ${what}`);
  };
  check(server.accepted === accepted, `staged wrongly: TokenReview says ${outcome} ${server.error}`);
  const causeOf = ({ causes }: Explanation): CauseId | undefined => causes[0]?.id;
  for (const person of PEOPLE) {
    const [unsent] = await explainOn(people[person], token);
    const says = `${person}, unsent: “${unsent.headline}” (${unsent.outcome}, ${causeOf(unsent) ?? ''})`;
    const canTell = toldTo !== 'no one' && PEOPLE.indexOf(person) >= PEOPLE.indexOf(toldTo);
    if (person === 'reader' && restsOn) {
      check(
        unsent.steps.some(({ finding }) => restsOn.test(finding)),
        `${says} does not say what it rests on`,
      );
    }
    check(unsent.outcome === (canTell ? outcome : 'cannot-tell'), says);
    if (unsent.outcome === 'refused') check(causeOf(unsent) === cause, says);
    if (unsent.outcome === 'cannot-tell') {
      const isNamed = unsent.steps.some(({ state, needs }) => state === 'cannot-tell' && needs !== undefined);
      check(isNamed, `${says} does not say what is missing`);
    }
    const [heard, evidence] = await explainOn(people[person], token, sendingTo(people[person], token));
    const heardSays = `${person}, sent: “${heard.headline}” (${heard.outcome}, ${causeOf(heard) ?? ''})`;
    check(heard.outcome === outcome, heardSays);
    check(!heard.headline.includes('10 seconds') || restsOn?.test(heard.headline) === true, heardSays);
    if (accepted) continue;
    const found = evidence.review.known ? [causeOf(heard)] : heard.causes.map(({ id }) => id);
    check(found.includes(cause), heardSays);
    if (!evidence.review.known) continue;
    const failing = heard.steps.find(({ state }) => state === 'failed');
    const message = failing?.serverMessage;
    check(
      message !== undefined && server.error.includes(message),
      `“${message ?? ''}”, not “${server.error}”`,
    );
  }
  return differences;
}

/** The private key with which a cluster signs ServiceAccount tokens, as PEM. */
export async function signingKeyOf({ folder }: ControlPlane): Promise<string> {
  return await readFile(join(folder, 'sa.key'), 'utf8');
}

/** Where the explanations of the tokens that are staged on a server differ from what it says of them. */
export async function differencesOn({ cluster, cases }: Staged): Promise<string[]> {
  const all: string[] = [];
  for (const one of cases) all.push(...(await differencesOf(cluster, one)));
  return all;
}

/** Writes a file of configuration; returns its path. */
export async function written(folder: string, name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

/** Creates a Pod of the ServiceAccount default, and a token that is bound to it. */
export async function ofPod(cluster: ControlPlane, name: string, spec: object = {}): Promise<string> {
  const containers = [{ name: 'c', image: 'none' }];
  await created(cluster, 'pods', name, { spec: { serviceAccountName: 'default', containers } });
  const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name };
  return await requested(cluster, 'default', { ...spec, boundObjectRef });
}
