import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { does, since, upTo } from '../../src/versions.ts';

describe('what a server does by its version', () => {
  it('is done from its version on, and not known of a server that does not say', () => {
    expect([26, 27, undefined].map((minor) => does(minor, 'notes uses'))).toEqual([false, true, undefined]);
    expect([upTo('notes uses'), since('notes uses')]).toEqual(['1.26', '1.27']);
  });

  it.each([
    ['tree.md', `notes the day of a use, from Kubernetes ${since('notes uses')} on`],
    ['tree.md', `The server is of Kubernetes ${upTo('notes uses')} or older`],
    ['tree.md', `marked it, from Kubernetes ${since('cleans up legacy tokens')} on: its token is refused`],
    ['tree.md', `without harm, from Kubernetes ${since('refuses what is marked invalid')} on`],
    ['tree.md', `on from Kubernetes ${since('impersonates within limits')}`],
    ['tree.md', `(up to Kubernetes ${upTo('wants create to connect')} also \`get\`)`],
    ['why-unauthorized.md', `up to Kubernetes ${upTo('chooses keys by kid')} every key is tried`],
    ['why-unauthorized.md', `\`square/go-jose: …\` up to Kubernetes ${upTo('says go-jose/go-jose')}`],
    ['why-unauthorized.md', `\`iat\` from Kubernetes ${since('judges iat')} on`],
    [
      'why-unauthorized.md',
      `from Kubernetes ${since('refuses what is marked invalid')} on; older servers accept it`,
    ],
    [
      'why-unauthorized.md',
      `(\`/flagz\`, from Kubernetes ${since('tells its flags')} on, for administrators)`,
    ],
    ['why-unauthorized.md', `by its flags (\`/flagz\`, from Kubernetes ${since('tells its flags')} on`],
    [
      'why-unauthorized.md',
      `Up to Kubernetes ${upTo('judges uid before deletion')} one that is also being deleted is told by that first`,
    ],
    ['why-unauthorized.md', `Tokens are bound to Nodes from Kubernetes ${since('binds tokens to Nodes')} on`],
    [
      'why-unauthorized.md',
      `the server is ${upTo('validates Node bindings by default')} or has the gate off, which it can up to Kubernetes ${upTo('validates Node bindings')}`,
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
  ])('is told in %s as it is here: %s', async (file, statement) => {
    const text = await readFile(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
    expect(text).toContain(statement);
  });
});
