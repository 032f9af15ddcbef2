import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

it('the workflow runs nothing but npm test, with steps that there are', async () => {
  const { jobs } = parse(await readFile(`${root}.github/workflows/test.yml`, 'utf8')) as Workflow;
  const script = await readFile(`${root}scripts/test.ts`, 'utf8');
  const there = [...script.matchAll(/name: '([^']+)'|vitest\((?:'[^']+', )?'([^']+)'\)/g)].map(
    ([, name, project]) => name ?? project,
  );
  const commands = Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run }) => (run === undefined ? [] : [run])),
  );
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) {
    expect(command).toMatch(/^npm test -- /);
    const named = [...command.slice('npm test -- '.length).matchAll(/"([^"]+)"|(\S+)/g)];
    for (const [, quoted, plain] of named) expect(there).toContain(quoted ?? plain);
  }
});
