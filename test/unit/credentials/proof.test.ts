import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { problemOfAnswer } from '../../../src/cluster/connect/answerProblems.ts';
import { proofInFull, type ProvedFile } from '../../../src/editor/credentials/prove.ts';

const proof: ProvedFile = {
  identity: {
    username: 'system:serviceaccount:ci:on',
    uid: '1e3',
    groups: ['system:serviceaccounts', 'yes'],
  },
  server: 'https://[::1]:6443/path #1',
  rights: {
    namespace: 'ci',
    isComplete: false,
    rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'], resourceNames: [] }],
  },
  witness: { is: 'refused', why: 'error: exec: "kubectl": executable file not found\nin $PATH' },
};
const life = [
  'It expires in 1 h; before, only deleting the ServiceAccount ends it. Mind: it is good until then.',
];

describe('the proof of a kubeconfig, in full', () => {
  it('is YAML whatever a server and kubectl say, a sentence a line', () => {
    const text = proofInFull('my.kubeconfig', 'a: b #c', proof, life);
    expect(parse(text)).toEqual({
      user: 'system:serviceaccount:ci:on',
      uid: '1e3',
      groups: ['system:serviceaccounts', 'yes'],
      server: 'https://[::1]:6443/path #1',
      context: 'a: b #c',
      life: [
        'It expires in 1 h; before, only deleting the ServiceAccount ends it.',
        'Mind: it is good until then.',
      ],
      kubectl:
        'kubectl on this machine fails with it: error: exec: "kubectl": executable file not found\nin $PATH',
      rights: ['get: pods'],
    });
    expect(text).toContain('there may be more');
    expect(proofInFull('x', 'c', { ...proof, rights: undefined }, [])).toContain('the server does not tell');
  });
});

describe('a right that is missing', () => {
  it('is in a namespace, in every one, or in none', () => {
    const answer = { status: 403, body: {} } as Parameters<typeof problemOfAnswer>[0];
    const words = (resource: string, namespace?: string): string =>
      problemOfAnswer(answer, 's', 'u', { verb: 'create', resource, namespace }).message;
    expect(words('secrets', 'ci')).toContain('create secrets in namespace ci (403)');
    expect(words('secrets')).toContain('create secrets in every namespace (403)');
    expect(words('selfsubjectreviews')).toContain('create selfsubjectreviews (403)');
  });
});
