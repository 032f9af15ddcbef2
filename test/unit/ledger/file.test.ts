import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildKubeconfig, kubeconfigEntries } from '../../../src/kubeconfig/buildKubeconfig.ts';
import { mergeKubeconfig } from '../../../src/kubeconfig/merge.ts';
import { renewToken } from '../../../src/kubeconfig/renew.ts';
import { entryOf, type IssuedToken } from '../../../src/issued/entry.ts';
import { lookInFile } from '../../../src/issued/file.ts';
import { boundClaims, jwt } from '../../support/tokens.ts';

const server = 'https://127.0.0.1:6443';
const context = { name: 'sandbox', cluster: 'sandbox', server };
const endpoint = {
  server,
  certificateAuthority: undefined,
  insecureSkipTlsVerify: false,
  proxyUrl: undefined,
  tlsServerName: undefined,
};
const tokenOf = (jti: string): string => jwt(boundClaims({}, { jti }));

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-file-'));
  file = join(folder, 'kubeconfig');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

function recorded(token: string): IssuedToken {
  const entry = entryOf({ token, context, form: 'kubeconfig', file }, crypto.randomUUID(), 1_800_000_000);
  if (!entry) throw new Error('It is no token of a ServiceAccount.');
  return entry;
}

describe('a record, where several tokens went into one file', () => {
  it('keeps its file when another user is merged into it, and loses it only when its own entry is renewed', async () => {
    const [first, second, third] = ['one', 'two', 'three'].map(tokenOf) as [string, string, string];
    const partsOf = (name: string, token: string) => ({
      endpoint,
      cluster: 'sandbox',
      serviceAccount: { namespace: 'ci', name },
      credential: { token },
    });
    const alone = buildKubeconfig(partsOf('deployer', first));
    const entries = kubeconfigEntries(partsOf('builder', second));
    const merged = mergeKubeconfig(alone, 'kubeconfig', entries).text;
    await writeFile(file, merged);
    const records = [first, second].map(recorded) as [IssuedToken, IssuedToken];
    expect(await Promise.all(records.map(lookInFile))).toMatchObject([
      { is: 'there', token: first },
      { is: 'there', token: second },
    ]);
    await writeFile(file, renewToken(merged, 'kubeconfig', entries.user.name, third));
    expect(await Promise.all(records.map(lookInFile))).toMatchObject([
      { is: 'there', token: first },
      { is: 'other', token: undefined },
    ]);
    expect((await lookInFile(recorded(third))).is).toBe('there');
  });
});

describe('the file of a record', () => {
  const record = (): IssuedToken => recorded(tokenOf('one'));

  it('is looked into for the token', async () => {
    await writeFile(file, `a: ${tokenOf('two')}\nb: ${tokenOf('one')}\n`);
    expect(await lookInFile(record())).toEqual({ is: 'there', token: tokenOf('one'), missing: '' });
  });

  it('is looked into on a share, which the person has named, and no further than any kubeconfig goes', async () => {
    await writeFile(file, tokenOf('one'));
    const here = process.platform;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    try {
      expect((await lookInFile({ ...record(), file: `/${file}` })).is).toBe('there');
    } finally {
      Object.defineProperty(process, 'platform', { value: here });
    }
    await truncate(file, 16 * 1024 * 1024);
    expect((await lookInFile(record())).is).toBe('there');
    await truncate(file, 16 * 1024 * 1024 + 1);
    expect(await lookInFile(record())).toMatchObject({
      is: 'unseen',
      missing: expect.stringContaining('too long to be read') as string,
    });
  });

  it('is said to be gone, unseen or of another token where it is', async () => {
    await writeFile(file, tokenOf('two'));
    expect(await lookInFile(record())).toEqual({
      is: 'other',
      token: undefined,
      missing: `${file} no longer has it`,
    });
    await rm(file);
    expect(await lookInFile(record())).toEqual({ is: 'gone', token: undefined, missing: `${file} is gone` });
    expect(await lookInFile({ ...record(), file: folder })).toEqual({
      is: 'unseen',
      token: undefined,
      missing: `${folder} cannot be read (${folder} is a folder, not a file. It was not read.)`,
    });
    expect(await lookInFile({ ...record(), file: `${file}\0` })).toMatchObject({ is: 'unseen' });
    expect(await lookInFile({ ...record(), file: undefined })).toEqual({
      is: 'unseen',
      token: undefined,
      missing: 'only what it says is remembered, never the token, and no file here has it',
    });
  });
});
