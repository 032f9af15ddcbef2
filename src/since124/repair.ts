import type { Dialect } from './shell.ts';

/** A ServiceAccount as a command line names it: its words as they are written, with their quotes. */
export interface Account {
  readonly raw: string;
  /** The flags that say which cluster and namespace, each with a blank before it. */
  readonly where: string;
  /** kubectl, as it is called there. */
  readonly program: string;
}

/** A command that prints a token which ends after an hour. */
export function createToken({ raw, where, program }: Account): string {
  return `${program} create token ${raw}${where} --duration=1h`;
}

/** Commands that make a token Secret and wait until the token controller has filled it, and the Secret's name. */
export function ensureSecret(
  { raw, where, program }: Account,
  dialect: Dialect,
): { readonly name: string; readonly makes: string; readonly waits: string } {
  const name = `${raw}-token`;
  const manifest =
    '{"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/service-account-token","metadata":{"name":"%s","annotations":{"kubernetes.io/service-account.name":"%s"}}}';
  const quiet = dialect === 'make' ? '@' : '';
  return {
    name,
    makes: `${quiet}printf '${manifest}' ${name} ${raw} | ${program} apply${where} -f - >&2`,
    waits: `${quiet}until ${program} get secret ${name}${where} -o jsonpath='{.data.token}' | grep -q .; do sleep 1; done`,
  };
}
