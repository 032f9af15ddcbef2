import { credentialOf } from './credential.ts';
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

/** The one auth-provider that kubectl has had since 1.26. */
export const OIDC = 'oidc';
/** What it reads of its config (client-go plugin/pkg/client/auth/oidc/oidc.go); the rest is nobody's. */
export const OIDC_KEYS = [
  'idp-issuer-url',
  'client-id',
  'client-secret',
  'idp-certificate-authority',
  'idp-certificate-authority-data',
  'extra-scopes',
  'id-token',
  'refresh-token',
] as const;
/** Those that say whom it asks. */
const OIDC_ACTS = ['idp-issuer-url', 'client-id'] as const;

/** Characters of a line that a narrow editor shows. */
const WIDTH = 80;

/**
 * What would be started, or asked, to get this user's credential. Undefined where nothing is: another credential of the
 * entry comes first, and an auth-provider that kubectl does not have is refused.
 */
export function programOf(user: UserEntry | undefined): CredentialProgram | undefined {
  const credential = user && credentialOf(user);
  if (credential === 'exec' && user?.exec) {
    const { command, args, env } = user.exec;
    return { kind: 'exec', name: command, args, env };
  }
  if (credential !== 'oidc' || user?.authProvider?.name !== OIDC) return undefined;
  const { name, config } = user.authProvider;
  const args = OIDC_ACTS.flatMap((key) => {
    const value = config[key];
    return value === undefined || value === '' ? [] : [`${key}=${value}`];
  });
  return { kind: 'auth-provider', name, args, env: {} };
}

/**
 * A program with all its arguments on one line. What is not plainly a word stands in quotes, and a character that
 * cannot be seen (control, direction, zero width) as its number, so that no kubeconfig can hide what it runs.
 */
export function commandLine(program: CredentialProgram): string {
  return `${program.kind}: ${wordsOf(program).join(' ')}`;
}

/** The same in lines that fit on a screen, each word on its own; what goes on is indented, so that no end is out of sight. */
export function commandLines(program: CredentialProgram): readonly string[] {
  const lines = wordsOf(program).flatMap((word) =>
    Array.from({ length: Math.ceil(word.length / WIDTH) }, (_, index) => {
      const part = word.slice(index * WIDTH, (index + 1) * WIDTH);
      return index === 0 ? part : `    ${part}`;
    }),
  );
  return [`${program.kind}:`, ...lines];
}

function wordsOf({ name, args, env }: CredentialProgram): readonly string[] {
  const variables = Object.entries(env).map(([key, value]) => `${plain(key)}=${plain(value)}`);
  return [...variables, ...[name, ...args].map(plain)];
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
