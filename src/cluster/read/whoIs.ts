import type { V1SelfSubjectReview } from '@kubernetes/client-node';
import type { ClusterAnswer, ClusterRequest } from '../api/cluster.ts';
import type { Identity } from '../api/credentials.ts';
import { field, list, text } from './json.ts';

/** GA in 1.28; the older ones answer back to 1.26, as `kubectl auth whoami` tries them. */
const VERSIONS = ['v1', 'v1beta1', 'v1alpha1'];
/** What every API server has, and everybody may read unless an administrator has taken that right away. */
export const VERSION_PATH = '/version';

export interface Asked {
  readonly path: string;
  readonly answer: ClusterAnswer;
  /** Whom the server takes the sender for; undefined where it took the request for nobody's: then the answer says why. */
  readonly identity: Identity | undefined;
}

/**
 * Asks a server who the sender is: by SelfSubjectReview, and where it does not serve that, by any request, as it judges the
 * credential of each before all else (k8s.io/apiserver pkg/server/config.go, DefaultBuildHandlerChain): 401 is a refusal, and
 * what is answered or forbidden was accepted. `ask` throws what it throws.
 */
export async function askWhoIs(ask: (request: ClusterRequest) => Promise<ClusterAnswer>): Promise<Asked> {
  for (const version of VERSIONS) {
    const apiVersion = `authentication.k8s.io/${version}`;
    const path = `/apis/${apiVersion}/selfsubjectreviews`;
    const answer = await ask({
      method: 'POST',
      path,
      body: { apiVersion, kind: 'SelfSubjectReview' } satisfies V1SelfSubjectReview,
    });
    if (answer.status !== 404) return { path, answer, identity: identityOf(answer) };
  }
  const path = VERSION_PATH;
  const answer = await ask({ path });
  // Whoever answers with a version is an API server, and has taken the credential.
  const isAnswered = answer.status === 200 && text(answer.body, 'gitVersion') !== undefined;
  return {
    path,
    answer,
    identity: isAnswered ? { username: undefined, uid: undefined, groups: [] } : namedIn(answer),
  };
}

function identityOf(answer: ClusterAnswer): Identity | undefined {
  if (answer.status < 200 || answer.status > 299) return namedIn(answer);
  const userInfo = field(field(answer.body, 'status'), 'userInfo');
  const username = text(userInfo, 'username');
  if (username === undefined) return undefined;
  return {
    username,
    uid: text(userInfo, 'uid'),
    groups: list(userInfo, 'groups').filter((group) => typeof group === 'string'),
  };
}

/**
 * Whom an API server forbids something to, which names them in its refusal (k8s.io/apiserver
 * pkg/endpoints/handlers/responsewriters/errors.go); not who may not act as somebody else, as nothing is answered then.
 */
function namedIn({ status, body }: ClusterAnswer): Identity | undefined {
  if (status !== 403 || text(body, 'kind') !== 'Status') return undefined;
  const message = text(body, 'message') ?? '';
  const begin = message.indexOf('User "');
  const quoted =
    begin < 0 ? undefined : QUOTED.exec(message.slice(begin + 'User '.length, begin + LONGEST))?.[0];
  if (/" cannot impersonate /.test(message)) return undefined;
  return { username: unquoted(quoted), uid: undefined, groups: [] };
}

/** No user's name in a message is longer, in UTF-16 units. */
const LONGEST = 2000;
/** A text as Go's %q writes it. */
const QUOTED = /^"(?:[^"\\]|\\.)*"/;

/** What Go quoted, where JSON reads that too; else undefined. */
function unquoted(quoted: string | undefined): string | undefined {
  if (quoted === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined; // It holds what only Go writes so: the name is not told.
  }
}
