/** A kubeconfig from elsewhere names files of this machine: what is none, or has no end, stops nobody, and nothing is sent. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAuthority } from '../../sandbox/certificates.ts';
import type { KubeconfigDocument } from '../../src/cluster/api/contexts.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { Problem } from '../../src/errors.ts';
import { agreedDocument } from '../support/cluster/agreedSending.ts';
import { kubectlIs } from '../support/cluster/kubectl.ts';
import { startListener, type Listener } from '../support/cluster/listener.ts';

const { kubectl } = inject('controlPlane');
const signal = AbortSignal.timeout(110_000);

let folder: string;
let socket: Server;
let listener: Listener;
let ca: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-files-'));
  const authority = await createAuthority('ours');
  ca = Buffer.from(authority.certificate).toString('base64');
  listener = await startListener(await authority.forServer(['localhost'], ['127.0.0.1']));
  await promisify(execFile)('mkfifo', [join(folder, 'pipe')]);
  await mkdir(join(folder, 'folder'));
  await symlink('/dev/zero', join(folder, 'device'));
  await symlink('/proc/self/pagemap', join(folder, 'endless'));
  await writeFile(join(folder, 'long'), 'x'.repeat(1024 * 1024 + 1));
  socket = createServer().listen(join(folder, 'socket'));
  await once(socket, 'listening');
});
afterAll(async () => {
  socket.close();
  await listener[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** A kubeconfig of one context with these fields; `extra` is what its user and its cluster have besides. */
function naming(cluster: object, user: object): KubeconfigDocument {
  const text = JSON.stringify({
    clusters: [{ name: 'c', cluster: { server: listener.url, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
  return { text, folder, context: 'x' };
}

const odd = [
  ['pipe', /pipe is a pipe, not a file/],
  ['device', /device is a device, not a file/],
  ['socket', /socket is a socket, not a file/],
  ['folder', /folder is a folder, not a file/],
  ['endless', /endless is longer than 1,048,576 bytes/],
  ['long', /long is longer than 1,048,576 bytes/],
] as const;

describe.each(odd)('a kubeconfig that names a %s', (name, why) => {
  const withCa = (): object => ({ 'certificate-authority-data': ca });

  it('as its CA cannot stop who reads it', async () => {
    const document = naming({ 'certificate-authority': name }, { token: 'theirs' });
    expect(() => clusterAccess.describe(document)).toThrow(why);
    await expect(clusterAccess.prove(document, signal)).rejects.toThrow(why);
    expect(() => clusterAccess.openAnonymously({ ...document, origin: 'theirs' })).toThrow(why);
  });

  it.each(['client-certificate', 'client-key'])('as its %s cannot have anything sent', async (field) => {
    const other = field === 'client-key' ? { 'client-certificate-data': ca } : { 'client-key': 'gone' };
    const pair = { ...other, [field]: name };
    await expect(clusterAccess.prove(naming(withCa(), pair), signal)).rejects.toThrow(why);
    expect(listener.seen).toEqual([]);
  });

  it('as its tokenFile cannot have anything sent, nor be taken into a kubeconfig for kubectl', async () => {
    const document = agreedDocument(naming(withCa(), { tokenFile: name }));
    await expect(clusterAccess.prove(document, signal)).rejects.toThrow(why);
    await expect(clusterAccess.alone(document)).rejects.toThrow(why);
    expect(listener.seen).toEqual([]);
  });
});

describe('a kubeconfig', () => {
  it.each(odd.filter(([name]) => name !== 'long'))('that is a %s cannot stop who reads it', (name) => {
    const file = join(folder, name);
    const reading = (): unknown => clusterAccess.contexts({ files: [file] });
    expect(reading).toThrow(Problem);
    expect(reading).toThrow(`The kubeconfig ${file} cannot be read`);
  });

  it('whose tokenFile cannot be read has its token sent instead, as by kubectl, where its own token is agreed to', async () => {
    const user = { tokenFile: 'folder', token: 'inline' };
    const document = agreedDocument(naming({ 'certificate-authority-data': ca }, user));
    await expect(clusterAccess.prove(document, signal)).rejects.toMatchObject({ reason: 'unauthorized' });
    const ours = listener.credentials.length;
    expect(listener.credentials).toEqual(Array.from({ length: ours }, () => 'Bearer inline'));
    const file = join(folder, 'config');
    await writeFile(file, document.text);
    await kubectlIs(kubectl, file).catch(() => undefined);
    expect(listener.credentials.slice(ours)[0]).toBe('Bearer inline');
  });
});
