import { describe, expect, it } from 'vitest';
import { argumentOf } from '../../../src/editor/subject/subject.ts';
import { questionOf, readLink, useOf } from '../../../src/editor/subject/link.ts';

const link = (query: string, path = '/why'): { path: string; query: string } => ({ path, query });

describe('a link to "Why Unauthorized?"', () => {
  it('names a context, or a ServiceAccount in it', () => {
    expect(readLink(link('context=prod'))).toEqual({ context: 'prod', account: undefined });
    expect(readLink(link('context=a%2Fb@c&namespace=ci&serviceAccount=web'))).toEqual({
      context: 'a/b@c',
      account: { namespace: 'ci', name: 'web' },
    });
  });

  it.each([
    link('context=prod', '/revoke'),
    link(''),
    link('context='),
    link('context=prod&token=eyJhbGciOi'),
    link('context=prod&command=x'),
    link('context=prod&namespace=ci'),
    link('context=prod&serviceAccount=web'),
    link('context=prod&namespace=..&serviceAccount=web'),
    link('context=prod&namespace=ci&serviceAccount=a%20b'),
  ])('is refused where it asks for anything else: %o', (uri) => {
    expect(() => readLink(uri)).toThrow(/^The link /);
  });

  it('leads to the claims of a token of that ServiceAccount, in the files that have the context', () => {
    const asked = { context: 'prod', account: { namespace: 'ci', name: 'web' } };
    expect(argumentOf(useOf(asked, ['/a']))).toEqual({
      kind: 'command',
      files: ['/a'],
      context: 'prod',
      claims: { 'kubernetes.io': { namespace: 'ci', serviceaccount: { name: 'web' } } },
    });
  });

  it('asks before anything is sent, and says where', () => {
    const { question, detail, first } = questionOf(
      { context: 'prod', account: undefined },
      'https://a:6443/x',
    );
    expect(question.text).toBe('A link asks to look into why context prod is refused. Look?');
    expect(detail.text).toContain('https://a:6443/x');
    expect(first).toBe('Don’t Look');
  });
});
