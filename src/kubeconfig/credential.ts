import type { UserEntry } from './read.ts';

/** Which credential of a user counts. Beside a tokenFile, a token counts while that cannot be read. */
export type EffectiveCredential = 'token' | 'tokenFile' | 'password' | 'exec' | 'oidc' | 'certificate';

/**
 * Which credential of a user counts where TLS is spoken; undefined where there is none, and kubectl asks for a user name. A
 * client certificate goes along with each of them but exec, which is not asked beside one.
 */
export function credentialOf(user: UserEntry): EffectiveCredential | undefined {
  if (user.tokenFile !== undefined) return 'tokenFile';
  if (user.token !== undefined) return 'token';
  if (user.username !== undefined) return 'password';
  if (user.exec && !hasCertificate(user)) return 'exec';
  if (user.authProvider && !user.exec) return 'oidc';
  return hasCertificate(user) ? 'certificate' : undefined;
}

/** Whether a user has a client certificate. */
export function hasCertificate({ certData, certFile }: UserEntry): boolean {
  return certData !== undefined || certFile !== undefined;
}

/** Programs that are not asked beside something else (plugin/pkg/client/auth/exec/exec.go, oidc/oidc.go), and why. */
export function programsPassedOver(user: UserEntry): string[] {
  const credential = credentialOf(user);
  const first = credential && FIRST[credential];
  if (first === undefined) return [];
  const { exec, authProvider } = user;
  return [
    ...(exec ? [`exec ${exec.command}: ${first} comes first`] : []),
    ...(authProvider ? [`auth-provider ${authProvider.name}: ${first} comes first`] : []),
  ];
}

/** What comes before a program. */
const FIRST: Readonly<Partial<Record<EffectiveCredential, string>>> = {
  token: 'a token',
  tokenFile: 'a token',
  password: 'a password',
  certificate: 'a client certificate',
};
