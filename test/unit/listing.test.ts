import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../package.json' with { type: 'json' };

interface Field {
  readonly type: string;
  readonly attributes: { readonly label?: string; readonly description?: string; readonly value?: string };
}

const forms = readdirSync('.github/ISSUE_TEMPLATE')
  .filter((name) => name !== 'config.yml')
  .map((name) => {
    const text = readFileSync(`.github/ISSUE_TEMPLATE/${name}`, 'utf8');
    return { name, body: (parse(text) as { body: readonly Field[] }).body };
  });

describe('the form of an issue', () => {
  it.each(forms)(
    'asks for what Copy Report gives, and says first never to paste a token: $name',
    ({ body }) => {
      expect(body[0]?.attributes.value).toMatch(/^Never paste a token, a kubeconfig or a client key here/);
      const asked = body.map(({ attributes: { label = '', description = '' } }) => `${label} ${description}`);
      expect(asked.some((text) => text.includes('"Copy Report"'))).toBe(true);
      expect(asked.filter((text) => /paste (?:the|your) (?:token|kubeconfig)/i.test(text))).toEqual([]);
    },
  );
});

describe('the listing', () => {
  it('says in SUPPORT.md of which versions of Kubernetes servers were asked, as the records have them', () => {
    const recorded = readdirSync('test/fixtures/servers')
      .map((name) => Number(/^1\.(\d+)\.json$/.exec(name)?.[1]))
      .filter((minor) => minor > 0)
      .toSorted((one, other) => one - other);
    const named = /is tried on ([\d., and]+)\./.exec(readFileSync('SUPPORT.md', 'utf8'))?.[1] ?? '';
    expect([...named.matchAll(/1\.(\d+)/g)].map(([, minor]) => Number(minor))).toEqual(recorded);
  });

  it('has words to be found by, at most the thirty that the Marketplace takes', () => {
    expect(manifest.keywords.length).toBeLessThanOrEqual(30);
    expect(manifest.keywords).toEqual(manifest.keywords.toSorted());
    expect(manifest.pricing).toBe('Free');
  });
});
