import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../errors.ts';
import { isRecord } from '../token/decode.ts';

/** What has to be ended of a terminal that is a ServiceAccount's: metadata alone, in a folder of its own beside its kubeconfig. */
export interface TerminalRecord {
  /** Absolute path of that folder. */
  readonly folder: string;
  readonly context: string;
  readonly server: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The Secret that its token is bound to. */
  readonly sentinel: { readonly name: string; readonly uid: string };
  /** The token's record in the ledger. */
  readonly issued: string | undefined;
  /** The claim exp, in seconds since the epoch. */
  readonly expires: number;
  /** The process of the extension that opened it, and the shell's, once it is known. */
  readonly host: number;
  readonly shell: number | undefined;
}

const KUBECONFIG = 'kubeconfig';
const RECORD = 'record.json';

/** Absolute path of the kubeconfig of a terminal. */
export function kubeconfigOf({ folder }: Pick<TerminalRecord, 'folder'>): string {
  return join(folder, KUBECONFIG);
}

/** Makes a terminal's folder, readable by its owner alone. Throws what the disk does. */
export async function makeFolder(root: string, name: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Writes a record beside the kubeconfig. Throws what the disk does. */
export async function writeRecord({ folder, ...record }: TerminalRecord): Promise<void> {
  await writeFile(join(folder, RECORD), JSON.stringify(record), { mode: 0o600 });
}

/** What terminals have left in a folder; one without a record that can be read is undefined. Throws what the disk does, but for a folder that is not there. */
export async function readRecords(
  root: string,
): Promise<readonly { readonly folder: string; readonly record: TerminalRecord | undefined }[]> {
  const names = await readdir(root).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return await Promise.all(
    names.map(async (name) => {
      const folder = join(root, name);
      const text = await readFile(join(folder, RECORD), 'utf8').catch(() => '');
      return { folder, record: recordOf(folder, text) };
    }),
  );
}

/** Takes the kubeconfig away, at once and whatever becomes of its token. */
export async function removeKubeconfig(record: Pick<TerminalRecord, 'folder'>): Promise<void> {
  await rm(kubeconfigOf(record), { force: true });
}

/** Takes all away: there is nothing left to end. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Reads a record field by field; undefined where it is none. */
export function recordOf(folder: string, text: string): TerminalRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { context, server, namespace, serviceAccount, sentinel, issued, expires, host, shell } = value;
  if (![context, server, namespace, serviceAccount].every((one) => typeof one === 'string')) return undefined;
  if (!isRecord(sentinel) || typeof expires !== 'number' || typeof host !== 'number') return undefined;
  if (typeof sentinel['name'] !== 'string' || typeof sentinel['uid'] !== 'string') return undefined;
  return {
    folder,
    context: String(context),
    server: String(server),
    namespace: String(namespace),
    serviceAccount: String(serviceAccount),
    sentinel: { name: sentinel['name'], uid: sentinel['uid'] },
    issued: typeof issued === 'string' ? issued : undefined,
    expires,
    host,
    shell: typeof shell === 'number' ? shell : undefined,
  };
}
