import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../../src/check/main.ts', import.meta.url));
const reads = "kubectl get sa x -o jsonpath='{.secrets[0].name}'";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-'));
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules', 'other.sh'), reads);
  writeFileSync(join(folder, 'deploy.sh'), `#!/bin/sh\necho 😀; ${reads}\n`);
  writeFileSync(join(folder, 'oc.sh'), 'oc sa get-token x\n');
  writeFileSync(
    join(folder, 'silent.sh'),
    `# serviceaccount-tokens: ignore account-secrets-read\n${reads}\n${reads} # serviceaccount-tokens: ignore\n`,
  );
  symlinkSync('deploy.sh', join(folder, 'link.sh'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const check = (...args: readonly string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });

describe('serviceaccount-tokens check', () => {
  it('names each line that breaks with its place, and ends with 1 where one is an error', () => {
    const { status, stdout } = check('check');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => line.split(': ').slice(0, 2))).toEqual([
      ['deploy.sh:2:10', 'error'],
      ['oc.sh:1:1', 'warning'],
    ]);
    expect(lines[0]).toMatch(/\[account-secrets-read\]$/);
    expect(status).toBe(1);
  });

  it('ends with 0 where there are warnings alone, or nothing', () => {
    expect(check('check', 'oc.sh').status).toBe(0);
    expect(check('check', 'silent.sh')).toMatchObject({ status: 0, stdout: '' });
  });

  it('writes SARIF and JSON', () => {
    const sarif: unknown = JSON.parse(check('check', 'deploy.sh', '--format', 'sarif').stdout);
    expect(sarif).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          results: [
            {
              ruleId: 'account-secrets-read',
              level: 'error',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'deploy.sh' },
                    region: { startLine: 2, startColumn: 10, endLine: 2, endColumn: 10 + reads.length },
                  },
                },
              ],
            },
          ],
        },
      ],
    });
    expect(JSON.parse(check('check', 'oc.sh', '--format=json').stdout)).toMatchObject([
      { rule: 'oc-get-token' },
    ]);
  });

  it('says how it is used, and what it cannot read, and ends with 2', () => {
    expect(check('look')).toMatchObject({ status: 2, stdout: '' });
    expect(check('check', '--format', 'xml').stderr).toContain('--format text|sarif|json');
    expect(check('check', 'nowhere').stderr).toContain('nowhere');
    expect(check('check', 'nowhere').status).toBe(2);
    expect(execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' })).toContain(
      'check [PATH…]',
    );
  });

  it('finds nothing in what the page of before and after recommends', () => {
    const { stdout } = check('check', fileURLToPath(new URL('../../../docs/after-1.24.md', import.meta.url)));
    expect(stdout).toBe('');
  });

  it('shows nothing that a terminal acts on', () => {
    const name = 'a\u001B[31m.sh';
    writeFileSync(join(folder, name), reads);
    const { stdout } = check('check', name);
    expect(stdout).toMatch(/^a\uFFFD\[31m\.sh:1:1: error/);
    rmSync(join(folder, name));
  });
});
