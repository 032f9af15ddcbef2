import type { UserEntry } from './read.ts';

/** A program that a kubeconfig names to get a credential. */
export interface CredentialProgram {
  readonly kind: 'exec' | 'auth-provider';
  /** The command of an exec entry, or the name of an auth-provider. */
  readonly name: string;
  /** Of an auth-provider: what it would start, or whom it would ask. */
  readonly args: readonly string[];
  /** Variables that the kubeconfig sets for it. */
  readonly env: Readonly<Record<string, string>>;
}

/** The entries of an auth-provider's config that say what it does; the others hold tokens, and change. */
const AUTH_PROVIDER_ACTS = ['cmd-path', 'cmd-args', 'idp-issuer-url'];

/** What would be started to get this user's credential; undefined where nothing is: a token in the entry comes first (client-go exec.go, HasTokenAuth). */
export function programOf(user: UserEntry | undefined): CredentialProgram | undefined {
  if (!user || user.token !== undefined || user.tokenFile !== undefined) return undefined;
  if (user.exec) {
    const { command, args, env } = user.exec;
    return { kind: 'exec', name: command, args, env };
  }
  if (!user.authProvider) return undefined;
  const { name, config } = user.authProvider;
  const args = AUTH_PROVIDER_ACTS.flatMap((key) => {
    const value = config[key];
    return value === undefined || value === '' ? [] : [`${key}=${value}`];
  });
  return { kind: 'auth-provider', name, args, env: {} };
}

/**
 * A program with all its arguments on one line. What is not plainly a word stands in quotes, and a character that
 * cannot be seen (control, direction, zero width) as its number, so that no kubeconfig can hide what it runs.
 */
export function commandLine({ kind, name, args, env }: CredentialProgram): string {
  const variables = Object.entries(env).map(([key, value]) => `${plain(key)}=${plain(value)}`);
  return `${kind}: ${[...variables, ...[name, ...args].map(plain)].join(' ')}`;
}

function plain(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  const seen = word
    .replaceAll(/["\\]/g, '\\$&')
    .replaceAll(/[\p{C}\p{Z}]/gu, (hidden) =>
      hidden === ' ' ? hidden : `\\u{${(hidden.codePointAt(0) ?? 0).toString(16)}}`,
    );
  return `"${seen}"`;
}
