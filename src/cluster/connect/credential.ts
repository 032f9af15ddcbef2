import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, Problem } from '../../errors.ts';
import { MOST_CREDENTIAL, readNamedFile, statNamedFile } from '../../files/named.ts';
import { redact } from '../../redact.ts';
import { pemOf, type OpenedContext } from './context.ts';
import { runCredentialProgram } from './exec.ts';
import { idTokenOf } from './oidc.ts';
import { OIDC, OIDC_KEYS } from '../../kubeconfig/credentialProgram.ts';
import { credentialOf } from '../../kubeconfig/credential.ts';
import type { UserEntry } from '../../kubeconfig/read.ts';

/** What a request carries to say who asks. */
export interface Credential {
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** PEM texts of a client certificate and its key. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** When it should be read again, in seconds since the epoch; undefined where it never changes by itself. */
  readonly renewAt: number | undefined;
}

/** kubectl reads a rotated tokenFile again after about 50 s; an API server accepts the old one for longer. */
const TOKEN_FILE_LIFE = 50;
/** In seconds: where this machine's clock is ahead, each credential of a program would seem to have ended at once. */
const SHORTEST_LIFE = 10;
/** How often the files of a refused credential are looked at, in milliseconds. */
const LOOK_EVERY = 1000;

/**
 * Keeps the credential of a context: reads files, runs programs (which `openContext` has allowed), and does so again
 * when it is due or when the server has refused it.
 */
export class CredentialKeeper {
  readonly #context: OpenedContext;
  #kept: Promise<Credential> | undefined;
  #renewAt: number | undefined;

  constructor(context: OpenedContext) {
    this.#context = context;
  }

  /** The credential to send now. Throws bad-kubeconfig or refused (the program failed). */
  async get(): Promise<Credential> {
    if (this.#renewAt !== undefined && Date.now() / 1000 >= this.#renewAt) this.#forget();
    if (!this.#kept) {
      this.#kept = readCredential(this.#context).then((credential) => {
        const soonest = Date.now() / 1000 + SHORTEST_LIFE;
        this.#renewAt = credential.renewAt === undefined ? undefined : Math.max(credential.renewAt, soonest);
        return credential;
      });
      this.#kept.catch(() => {
        this.#forget(); // The next request tries again.
      });
    }
    return await this.#kept;
  }

  /** Reads again after a refusal. Returns whether there is another credential than the one refused. */
  async renew(refused: Credential): Promise<boolean> {
    if ((await this.get()) === refused) this.#forget();
    return !sameCredential(await this.get(), refused);
  }

  /** Settles once a file that the credential or the CA is read from has changed, or the signal has ended it. Rejects never. */
  async change(signal: AbortSignal): Promise<void> {
    const { cluster, user } = this.#context;
    const files = [cluster.caFile, user?.tokenFile, user?.certFile, user?.keyFile].filter(
      (file) => file !== undefined,
    );
    const before = await stateOf(files);
    while (!signal.aborted && (await stateOf(files)) === before) {
      await sleep(LOOK_EVERY, undefined, { signal }).catch(() => undefined);
    }
    if (!signal.aborted) this.#forget();
  }

  #forget(): void {
    this.#kept = undefined;
    this.#renewAt = undefined;
  }
}

/** A text that differs when a file was changed, replaced, made or removed. */
async function stateOf(files: readonly string[]): Promise<string> {
  const states = files.map(async (file) => {
    const found = await statNamedFile(file).catch(() => undefined);
    return [found?.ino, found?.size, found?.mtimeMs].join(' ');
  });
  return (await Promise.all(states)).join('\n');
}

function sameCredential(one: Credential, other: Credential): boolean {
  return (
    one.cert === other.cert &&
    one.key === other.key &&
    one.headers['Authorization'] === other.headers['Authorization']
  );
}

/** Which credential a user entry gives, in client-go's order: tokenFile while it can be read, token, basic; exec or auth-provider only without them. */
async function readCredential(context: OpenedContext): Promise<Credential> {
  const { user } = context;
  if (!user) return { headers: {}, cert: undefined, key: undefined, renewAt: undefined };
  const fixed = { ...certificateOf(user), renewAt: undefined };
  const withHeader = (authorization: string): Credential => ({
    ...fixed,
    headers: { ...user.impersonate, Authorization: authorization },
  });
  if (user.tokenFile !== undefined) {
    const token = await readTokenFile(user, user.tokenFile);
    return { ...withHeader(`Bearer ${token}`), renewAt: Date.now() / 1000 + TOKEN_FILE_LIFE };
  }
  if (user.token !== undefined) return withHeader(`Bearer ${user.token}`);
  if (user.username !== undefined) {
    return withHeader(`Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`);
  }
  if (user.exec && credentialOf(user) === 'exec') {
    const printed = await runCredentialProgram(user.exec, context);
    const base =
      printed.token === undefined
        ? { ...fixed, headers: user.impersonate }
        : withHeader(`Bearer ${printed.token}`);
    return {
      ...base,
      cert: printed.cert ?? fixed.cert,
      key: printed.key ?? fixed.key,
      renewAt: printed.expires,
    };
  }
  if (credentialOf(user) === 'oidc') return withHeader(await askAuthProvider(user));
  return { ...fixed, headers: user.impersonate };
}

/** A user whose files have been read: what they hold stands in their place. Throws bad-kubeconfig. */
export async function withFilesInside(user: UserEntry): Promise<UserEntry> {
  const { cert, key } = certificateOf(user);
  const inBase64 = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : Buffer.from(text).toString('base64');
  return {
    ...user,
    token: user.tokenFile === undefined ? user.token : await readTokenFile(user, user.tokenFile),
    tokenFile: undefined,
    certData: inBase64(cert),
    certFile: undefined,
    keyData: inBase64(key),
    keyFile: undefined,
  };
}

/** A user's client certificate with its key. Throws bad-kubeconfig where one is without the other, or cannot be read. */
export function certificateOf(user: UserEntry): Pick<Credential, 'cert' | 'key'> {
  const cert = pemOf(user.certData, user.certFile, `client certificate of user "${user.name}"`);
  if (cert === undefined) return { cert, key: undefined }; // kubectl looks at no key without a certificate.
  const key = pemOf(user.keyData, user.keyFile, `client key of user "${user.name}"`);
  if (key !== undefined) return { cert, key };
  throw new Problem('bad-kubeconfig', `User "${user.name}" has a client certificate without its key.`);
}

/** What a tokenFile holds, trimmed. Throws what reading it throws, and where it is empty. */
export async function tokenOfFile(file: string): Promise<string> {
  const token = (await readNamedFile(file, { most: MOST_CREDENTIAL })).trim();
  if (token === '') throw new Error('it is empty');
  return token;
}

async function readTokenFile(user: UserEntry, file: string): Promise<string> {
  try {
    return await tokenOfFile(file);
  } catch (error) {
    if (user.token !== undefined) return user.token;
    throw new Problem(
      'bad-kubeconfig',
      `The tokenFile of user "${user.name}" cannot be used: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Only kubectl's own provider, with the keys that it knows. */
async function askAuthProvider({ name: user, authProvider }: UserEntry): Promise<string> {
  const given = authProvider?.config ?? {};
  const config = Object.fromEntries(
    OIDC_KEYS.flatMap((key) => {
      const value = given[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const what = `The auth-provider "${OIDC}" of user "${user}"`;
  let token: string | undefined;
  try {
    token = await idTokenOf(config);
  } catch (error) {
    throw new Problem('refused', redact(`${what} gave no credential: ${messageOf(error)}`), { cause: error });
  }
  if (token !== undefined) return `Bearer ${token}`;
  throw new Problem('bad-kubeconfig', `${what} gave no credential: log in again.`);
}
