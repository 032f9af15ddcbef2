import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { does, since, upTo } from '../../src/versions.ts';

/** What docs/ says of versions, each statement with the number of the table. */
const STATED: readonly (readonly [file: string, statement: string])[] = [
  ['tree.md', `records the day of the last use from Kubernetes ${since('notes uses')} on`],
  ['tree.md', `The server runs Kubernetes ${upTo('notes uses')} or older`],
  ['tree.md', `The cleaner of legacy tokens (from Kubernetes ${since('cleans up legacy tokens')} on) marked`],
  ['tree.md', `without doing harm, from Kubernetes ${since('refuses what is marked invalid')} on`],
  ['tree.md', `on from Kubernetes ${since('impersonates within limits')}`],
  ['tree.md', `(up to Kubernetes ${upTo('wants create to connect')} also \`get\`)`],
  ['why-unauthorized.md', `up to Kubernetes ${upTo('chooses keys by kid')} every key is tried`],
  ['why-unauthorized.md', `\`square/go-jose: …\` up to Kubernetes ${upTo('says go-jose/go-jose')}`],
  ['why-unauthorized.md', `\`iat\` from Kubernetes ${since('judges iat')} on`],
  [
    'why-unauthorized.md',
    `from Kubernetes ${since('refuses what is marked invalid')} on; older servers accept it`,
  ],
  ['why-unauthorized.md', `(\`/flagz\`, from Kubernetes ${since('tells its flags')} on, for administrators)`],
  [
    'why-unauthorized.md',
    `Up to Kubernetes ${upTo('judges uid before deletion')}, the server checks first whether`,
  ],
  [
    'why-unauthorized.md',
    `Tokens can be bound to Nodes from Kubernetes ${since('binds tokens to Nodes')} on`,
  ],
  [
    'why-unauthorized.md',
    `the server is ${upTo('validates Node bindings by default')} or has the feature gate turned off, which is possible up to Kubernetes ${upTo('validates Node bindings')}`,
  ],
  ['why-unauthorized.md', `Upgrade the cluster to ${since('validates Node bindings by default')} or later`],
  [
    'why-unauthorized.md',
    `\`kubectl auth whoami\` (from Kubernetes ${since('serves SelfSubjectReview')} on) with the token alone`,
  ],
  [
    'why-unauthorized.md',
    `allowed to only some paths (from Kubernetes ${since('limits anonymous requests to paths')} on, by an AuthenticationConfiguration)`,
  ],
  ['tree.md', `the rule since Kubernetes ${since('no token Secrets by itself')}`],
  [
    'problems.md',
    `Since Kubernetes ${since('no token Secrets by itself')}, no token Secret is created automatically, and`,
  ],
  [
    'problems.md',
    `Since Kubernetes ${since('no token Secrets by itself')} there is none, and kubectl prints`,
  ],
  [
    'problems.md',
    `Since Kubernetes ${since('no token Secrets by itself')}, no such Secret is created automatically`,
  ],
  ['problems.md', `one that Kubernetes created on its own up to ${upTo('no token Secrets by itself')}`],
  ['why-unauthorized.md', `of servers up to ${upTo('chooses keys by kid')} and of tokens without a key ID`],
  ['kubeconfigs.md', `A server can answer that from Kubernetes ${since('serves SelfSubjectReview')} on`],
];

/** Statements of one version alone, and of what kubectl, not a server, has by its own version. */
const OTHERS: readonly (readonly [file: string, statement: string])[] = [
  // APIServerWebhookAuthenticationToken (kubernetes pkg/features/kube_features.go), alpha.
  ['why-unauthorized.md', 'but token is webhook bound` (Kubernetes 1.37)'],
  // kubernetes CHANGELOG-1.26 and CHANGELOG-1.24, of client-go.
  ['problems.md', '(`gcp` and `azure` are gone since 1.26)'],
  ['problems.md', '`v1alpha1` (gone since 1.24)'],
  // kubernetes CHANGELOG-1.35: kubectl describe and get serviceaccounts.
  ['problems.md', 'the column `SECRETS` from version 1.35 on'],
  ['kubeconfigs.md', 'needs kubectl 1.24 or later'],
];

const docs = async (file: string): Promise<string> =>
  await readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8');

describe('what a server does by its version', () => {
  it('is done from its version on, and not known of a server that does not say', () => {
    expect([26, 27, undefined].map((minor) => does(minor, 'notes uses'))).toEqual([false, true, undefined]);
    expect([upTo('notes uses'), since('notes uses')]).toEqual(['1.26', '1.27']);
  });

  it.each([...STATED, ...OTHERS])('is told in %s as it is here: %s', async (file, statement) => {
    expect(await docs(file)).toContain(statement);
  });

  it.each(['why-unauthorized.md', 'tree.md', 'kubeconfigs.md', 'problems.md'])(
    'is told in %s with no version that the table does not have',
    async (file) => {
      const stated = [...STATED, ...OTHERS].filter(([one]) => one === file);
      let rest = await docs(file);
      for (const [, statement] of stated) {
        rest = rest.replace(statement, '');
      }
      expect(rest.match(/.{0,60}\b1\.[23]\d\b.{0,20}/g) ?? []).toEqual([]);
    },
  );
});
