import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createAuthority } from '../../sandbox/certificates.ts';
import type { ContextInfo } from '../../src/cluster/api/contexts.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { startListener, type Listener } from '../support/cluster/listener.ts';

const { kubectl } = inject('controlPlane');
let folder: string;
let mark: string;
let evil: Listener;
let good: Listener;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hidden-'));
  mark = join(folder, 'ran');
  const authority = await createAuthority('hidden');
  evil = await startListener(await authority.forServer([], ['127.0.0.1']));
  good = await startListener(await authority.forServer([], ['127.0.0.1']));
});
afterAll(async () => {
  await evil[Symbol.asyncDispose]();
  await good[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** What we say of the one context of a file, after kubectl has used it. */
async function told(text: string): Promise<ContextInfo | undefined> {
  const file = join(folder, 'config');
  await writeFile(file, text);
  await new Promise((resolve) => {
    execFile(kubectl, ['--kubeconfig', file, '--context', 'x', 'get', '--raw', '/'], resolve).stdin?.end();
  });
  const { contexts } = clusterAccess.contexts({ files: [file] });
  expect(contexts).toHaveLength(1);
  return contexts[0];
}

const program = (): string =>
  `{apiVersion: client.authentication.k8s.io/v1, command: /usr/bin/touch, args: [${mark}], interactiveMode: Never}`;
const kubeconfig = (cluster: string, user: string): string =>
  `clusters:
- name: c
  cluster:
    insecure-skip-tls-verify: true
    ${cluster}
users:
- name: u
  user:
    ${user}
contexts:
- name: x
  context: {cluster: c, user: u}
`;

it.each<[string, () => string]>([
  ['a merge that comes later', () => `token: abc\n    <<: {token: "", exec: ${program()}}`],
  ['a merge in a merge', () => `token: abc\n    <<: {<<: {token: "", exec: ${program()}}}`],
  ['a list of merges', () => `token: abc\n    <<: [{exec: ${program()}}, {token: ""}]`],
  ['a field that is there twice', () => `exec: ${program()}\n    token: abc\n    token: ""`],
  ['a key that is an alias', () => `x: &k token\n    exec: ${program()}\n    token: abc\n    *k : ""`],
  ['a key in base64', () => `exec: ${program()}\n    token: abc\n    !!binary dG9rZW4= : ""`],
])('%s cannot hide a program', async (_what, user) => {
  await rm(mark, { force: true });
  const info = await told(kubeconfig(`server: ${good.url}`, user()));
  expect(existsSync(mark)).toBe(true);
  expect(info?.runs).toContain('/usr/bin/touch');
  expect(info?.terms).toBeDefined();
});

it.each<[string, () => string]>([
  ['a merge that comes later', () => `server: ${good.url}\n    <<: {server: "${evil.url}"}`],
  ['a field that is there twice', () => `server: ${good.url}\n    server: ${evil.url}`],
  ['a merge of an alias', () => `x: &m {server: "${evil.url}"}\n    server: ${good.url}\n    <<: *m`],
])('%s cannot pass another server for the one that is read', async (_what, cluster) => {
  const before = [evil.seen.length, good.seen.length];
  const info = await told(kubeconfig(cluster(), 'token: abc'));
  expect([evil.seen.length > (before[0] ?? 0), good.seen.length]).toEqual([true, before[1]]);
  expect(info?.server).toBe(evil.url);
});

it.each<[string, (first: string, second: string) => string]>([
  ['a second document', (first, second) => `${first}---\n${second}`],
  ['what follows an end', (first, second) => `${first}...\n${second}`],
  ['a second document that is none', (first) => `${first}---\n"`],
])('%s cannot stand for the first', async (_what, both) => {
  const before = [evil.seen.length, good.seen.length];
  const first = kubeconfig(`server: ${evil.url}`, 'token: abc');
  const info = await told(both(first, kubeconfig(`server: ${good.url}`, 'token: other')));
  expect([evil.seen.length > (before[0] ?? 0), good.seen.length]).toEqual([true, before[1]]);
  expect(info?.server).toBe(evil.url);
});
