import { createHash } from 'node:crypto';
import type { Sent } from '../../authentication/evidence.ts';
import { destinationText } from '../../kubeconfig/sameDestination.ts';
import { OIDC_KEYS } from '../../kubeconfig/credentialProgram.ts';
import type { ClusterEntry, UserEntry } from '../../kubeconfig/read.ts';
import type { ClusterEndpoint } from '../../kubeconfig/buildKubeconfig.ts';
import type { Agreement } from '../api/contexts.ts';
import { Problem } from '../../errors.ts';
import { credentialOf } from '../../kubeconfig/credential.ts';

/**
 * The terms of using a user entry at an endpoint: a fingerprint of everything that decides what runs, which file is
 * read, and where what they give is sent. Undefined where no program runs and no tokenFile is read.
 */
export function termsOf(
  user: UserEntry | undefined,
  endpoint: ClusterEndpoint,
  { execConfig }: Pick<ClusterEntry, 'execConfig'>,
): string | undefined {
  const does = user && actOf(user, execConfig);
  return does && fingerprint([...does, destinationText(endpoint)]);
}

/** The terms of sending a token to an endpoint. */
export function termsOfSending(token: string, endpoint: ClusterEndpoint): string {
  return fingerprint(['token', token, destinationText(endpoint)]);
}

/** The terms of showing an endpoint what a kubeconfig sends that is no token: which certificate, or that it is a password. */
export function termsOfShowing({ kind, certificate }: Sent, endpoint: ClusterEndpoint): string {
  return fingerprint([kind, certificate?.fingerprint ?? null, destinationText(endpoint)]);
}

/** Throws not-allowed-here where the terms are not those that were agreed to: what was agreed to has changed since. */
export function mustBeAgreed(terms: string, agreed: Agreement | undefined, what: string): void {
  if (agreed?.terms === terms) return;
  throw new Problem(
    'not-allowed-here',
    agreed
      ? `${what} is not what you agreed to: it has changed since. Nothing was run and nothing was sent. Try again to see it as it is now.`
      : `${what} has not been allowed.`,
  );
}

/** What is done to get a credential, in client-go's order. */
function actOf(user: UserEntry, execConfig: unknown): readonly unknown[] | undefined {
  const credential = credentialOf(user);
  if (credential === 'tokenFile') return ['tokenFile', user.tokenFile];
  if (credential === 'exec' && user.exec) {
    const { command, args, env, apiVersion, interactiveMode, provideClusterInfo } = user.exec;
    const given = provideClusterInfo ? execConfig : null;
    const variables = Object.entries(env).toSorted(([one], [other]) => (one < other ? -1 : 1));
    return ['exec', command, args, variables, apiVersion, interactiveMode ?? null, provideClusterInfo, given];
  }
  if (credential !== 'oidc' || !user.authProvider) return undefined;
  const { name, config } = user.authProvider;
  // The tokens change with each renewal; they go where the rest says.
  const fixed = OIDC_KEYS.filter((key) => !['id-token', 'refresh-token'].includes(key));
  return ['auth-provider', name, fixed.map((key) => config[key] ?? null)];
}

function fingerprint(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
