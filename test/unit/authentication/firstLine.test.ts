import { expect, it } from 'vitest';
import { allCauses } from '../../../src/authentication/causes.ts';
import { known, offlineEvidence, unknown, type Evidence } from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import { remedyOf } from '../../../src/authentication/remedy.ts';
import { classifyToken } from '../../../src/token/classify.ts';
import { bound, NOW, podBound, seen } from '../../support/texts/evidence.ts';
import { boundClaims, legacyClaims } from '../../support/tokens.ts';

const good = await podBound();
const vault = await bound({}, { aud: ['vault'] });
const hidden = unknown('forbidden to you', 'get pods in kube-system');
const heard = known(undefined, '/version');
const refuses = (error?: string): Partial<Evidence> => ({
  review: known({ authenticated: false, username: undefined, error }, 'TokenReview'),
});
const SELF = 'system:serviceaccount:kube-system:mycontroller';
const accepts = known({ authenticated: true, username: SELF, error: undefined }, 'TokenReview');
const gone = known(undefined, 'get');

it.each([
  [
    'no cluster was asked',
    offlineEvidence(good),
    'Nothing wrong can be seen in the token itself; no cluster was asked',
  ],
  [
    'the token itself points to it',
    offlineEvidence(vault),
    'Probably it is for another audience; no cluster was asked',
  ],
  ['a check fails', seen(good, { boundObject: gone }), 'The Pod it is bound to is gone'],
  [
    'one check is open',
    seen(good, { boundObject: hidden, gateway: heard }),
    'Nothing wrong was found, but one check could not be made: What it is bound to',
  ],
  [
    'many checks are open',
    seen(good, { boundObject: hidden, serviceAccount: hidden, keys: hidden, gateway: heard }),
    'Nothing wrong was found, but 3 of 8 checks could not be made',
  ],
  [
    'an open check has something that points to a cause',
    seen(vault, { boundObject: hidden, apiAudiences: hidden, gateway: heard }),
    'Probably it is for another audience',
  ],
  [
    'the server does not say why, and a check is open',
    seen(good, { boundObject: hidden, whoAmI: gone }),
    'The server refuses it. Probably the Pod it is bound to is gone',
  ],
  [
    'the server’s words fit two causes',
    {
      ...offlineEvidence(good),
      ...refuses('[invalid bearer token, service account token has been invalidated]'),
    },
    'Probably the Pod it is bound to is gone',
  ],
  [
    'the server contradicts every check',
    seen(good, refuses('[invalid bearer token, out of cheese]')),
    'Probably the key that signed it is gone: it was rotated, or the control plane was rebuilt',
  ],
  ['every check passes', seen(good), 'Every check passes: the server should accept this token'],
  ['the server was asked', seen(good, { review: accepts }), 'The server accepts this token'],
  [
    'it lives on in the server’s cache',
    seen(good, { boundObject: gone, review: accepts }),
    'The server still accepts it, for at most about 10 seconds (its cache), though a check fails',
  ],
])('the first line is the answer where %s', async (_when, evidence, line) => {
  const { headline } = await explainAuthentication(evidence, NOW);
  expect(headline).toBe(line);
});

it('repeats the server’s own words where it knows no such words', async () => {
  const { steps } = await explainAuthentication(
    seen(good, refuses('[invalid bearer token, out of cheese]')),
    NOW,
  );
  expect(steps.at(-1)?.serverMessage).toBe('[invalid bearer token, out of cheese]');
});

it('says times as people read them, and whose clock it was', async () => {
  const expired = await bound({}, { exp: NOW - 7200 });
  const { steps } = await explainAuthentication(offlineEvidence(expired), NOW);
  const time = steps.find(({ id }) => id === 'time');
  expect(time?.finding).toBe('It expired 2 h ago by this machine’s clock.');
  expect(time?.exhibits.map(({ value }) => value)).toContain(`${NOW - 7200} (2027-01-15T06:16:40Z)`);
});

it('says that an immutable Secret is never filled, and that a Secret went with its ServiceAccount', async () => {
  const claims = { header: {}, claims: legacyClaims() };
  const immutable = { ...seen('', { storedToken: known('empty and immutable', 'get') }), claims };
  const first = (await explainAuthentication(immutable as Evidence, NOW)).steps.find(
    ({ state }) => state === 'failed',
  );
  expect([first?.causes, first?.finding]).toEqual([
    ['never-filled'],
    'The Secret has no token, and is immutable: the token controller cannot fill it.',
  ]);
  const both = { ...seen('', { boundObject: gone, serviceAccount: gone }), claims };
  const secret = (await explainAuthentication(both as Evidence, NOW)).steps.find(
    ({ state }) => state === 'failed',
  );
  expect(secret?.finding).toMatch(
    /no ServiceAccount kube-system\/mycontroller: the token controller deletes/,
  );
});

it('offers commands with the right names in them, and none that a stranger’s name could change', () => {
  const token = (claims: object) => classifyToken({ header: {}, claims: claims as Record<string, unknown> });
  const pod = token(boundClaims({ pod: { name: 'mycontroller-x7k2p', uid: 'u' } }));
  const commands = new Map(allCauses().map(({ id }) => [id, remedyOf(id, pod)]));
  expect(commands.get('pod-gone')).toBe('kubectl -n kube-system create token mycontroller');
  expect(remedyOf('marked-invalid', token(legacyClaims()))).toBe(
    'kubectl -n kube-system label secret mycontroller-token kubernetes.io/legacy-token-invalid-since-',
  );
  expect(remedyOf('serviceaccount-gone', pod)).toBe(
    'kubectl -n kube-system create serviceaccount mycontroller && kubectl -n kube-system create token mycontroller',
  );
  for (const name of ['x; rm -rf ~', '$(id)', '-o', '../x', 'X', '']) {
    const hostile = token(boundClaims({ serviceaccount: { name, uid: 'u' } }));
    const offered = allCauses().flatMap(({ id }) => remedyOf(id, hostile) ?? []);
    expect(offered.filter((command) => command.includes('kube-system'))).toEqual([]);
  }
});
