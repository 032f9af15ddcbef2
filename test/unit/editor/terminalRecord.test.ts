import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  kubeconfigOf,
  makeFolder,
  readRecords,
  recordOf,
  removeFolder,
  removeKubeconfig,
  writeRecord,
  type TerminalRecord,
} from '../../../src/files/terminalRecord.ts';

const sentinel = { name: 'web-revocable-abcde', uid: 'u' };
const known = {
  context: 'c',
  server: 'https://a',
  namespace: 'ci',
  serviceAccount: 'web',
  sentinel,
  issued: undefined,
  expires: 1,
  host: 2,
  shell: 3,
};
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'terminal-record-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('what is remembered of a terminal', () => {
  it('is read again as it was written', async () => {
    const folder = await makeFolder(root, 'one');
    const record: TerminalRecord = { folder, ...known };
    await writeRecord(record);
    expect(await readRecords(root)).toEqual([{ folder, record }]);
  });

  it('is nothing where there was none', async () => {
    expect(await readRecords(join(root, 'none'))).toEqual([]);
  });

  it.each(['', '{', '[]', 'null', '{"host":1}', JSON.stringify({ ...known, sentinel: 'a' })])(
    'is not taken from what is no record: %s',
    (text) => {
      expect(recordOf('/a', text)).toBeUndefined();
    },
  );

  it('is told also of a folder whose record cannot be read, so that it can be taken away', async () => {
    const folder = await makeFolder(root, 'two');
    await mkdir(join(folder, 'record.json'));
    expect(await readRecords(root)).toEqual([{ folder, record: undefined }]);
    await removeFolder(folder);
    expect(await readRecords(root)).toEqual([]);
  });

  it('stays where its kubeconfig is taken away', async () => {
    const folder = await makeFolder(root, 'three');
    const record: TerminalRecord = { folder, ...known };
    await writeRecord(record);
    await writeFile(kubeconfigOf(record), 'a');
    await removeKubeconfig(record);
    await removeKubeconfig(record);
    expect(await readRecords(root)).toEqual([{ folder, record }]);
  });
});
