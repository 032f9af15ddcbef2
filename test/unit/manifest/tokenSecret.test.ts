import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { Problem } from '../../../src/errors.ts';
import { nameProblem, namespaceProblem } from '../../../src/manifest/names.ts';
import { readTokenSecrets, tokenSecretYaml } from '../../../src/manifest/tokenSecret.ts';

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.'));

const secret = (more: object = {}, metadata: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: {
      name: 'one',
      annotations: { 'kubernetes.io/service-account.name': 'builder' },
      ...metadata,
    },
    ...more,
  });

function problemOf(text: string): string {
  try {
    readTokenSecrets(text);
  } catch (error) {
    if (Problem.is(error, 'bad-input')) return error.message;
    throw error;
  }
  return 'none';
}

describe('the manifest of a token Secret', () => {
  it('is what the token controller needs, and holds no data', () => {
    const yaml = tokenSecretYaml({ namespace: 'ci', name: 'deployer-token', serviceAccount: 'deployer' });
    expect(parse(yaml)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'deployer-token',
        namespace: 'ci',
        annotations: { 'kubernetes.io/service-account.name': 'deployer' },
      },
      type: 'kubernetes.io/service-account-token',
    });
  });

  it('reads back as it was built, whatever YAML makes of its names', () => {
    fc.assert(
      fc.property(label, name, name, (namespace, secretName, serviceAccount) => {
        const names = { namespace, name: secretName, serviceAccount };
        expect(readTokenSecrets(tokenSecretYaml(names))).toMatchObject([names]);
      }),
      {
        examples: [
          ['on', '1e3', '0o17'],
          ['y', 'null', '1-2'],
          ['123', 'true', 'no'],
        ],
      },
    );
  });

  it('is found among other documents and in a List, with where its document stands', () => {
    const text = `kind: ConfigMap\n---\n${secret()}\n---\nkind: SecretList\nitems: [${secret({}, { name: 'two' })}]\n`;
    const found = readTokenSecrets(text);
    expect(found.map((one) => one.name)).toEqual(['one', 'two']);
    expect(text.slice(found[0]?.start, found[0]?.end)).toContain(secret());
    expect(found[1]?.start).toBeGreaterThanOrEqual(found[0]?.end ?? Infinity);
  });

  it.each([
    ['', 'found nothing'],
    ['kind: ConfigMap', 'found ConfigMap'],
    ['kind: Secret', 'found a Secret of type Opaque'],
    ['a: [', 'not valid YAML at line 1'],
    [secret({}, { annotations: {} }), 'needs the annotation kubernetes.io/service-account.name'],
    [secret({ immutable: true }), 'immutable'],
    [secret({}, { name: 'Upper' }), 'Only lower-case letters'],
    [secret({}, { name: undefined }), 'has no metadata.name'],
    [secret({}, { namespace: 12 }), 'put it in quotes'],
    [secret({}, { namespace: 'a.b' }), 'bad metadata.namespace'],
  ])('that cannot be created says why: %s', (text, why) => {
    expect(problemOf(text)).toContain(why);
  });

  it('is looked for in any text without another error than bad-input', () => {
    const pieces = fc.constantFrom(
      'a: &a [',
      '*a, ',
      ']',
      '\n---\n',
      'kind: Secret\n',
      '{',
      '}',
      '\t',
      '? ',
      '- ',
      '"',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join('')),
        ),
        (text) => {
          expect(problemOf(text)).not.toBe('none');
        },
      ),
    );
  });
});

describe('names', () => {
  it('are accepted as Kubernetes accepts them', () => {
    expect([nameProblem('a.b-c.9'), nameProblem('a'.repeat(253)), namespaceProblem('kube-system')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(['', 'A', '-a', 'a-', 'a..b', 'a_b', 'a/b', 'ä', 'a'.repeat(254), 'a b'])('refuse %j', (bad) => {
    expect(nameProblem(bad)).toBeTypeOf('string');
  });

  it.each(['a.b', 'a'.repeat(64)])('of namespaces refuse %j', (bad) => {
    expect(namespaceProblem(bad)).toBeTypeOf('string');
  });
});
