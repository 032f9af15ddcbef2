import { expect, it } from 'vitest';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import { known, unknown, type Evidence } from '../../../src/authentication/evidence.ts';
import { reportOf } from '../../../src/authentication/report.ts';
import { inspectorModel } from '../../../src/inspection/inspectorModel.ts';
import { redact } from '../../../src/redact.ts';
import type { InspectorModel } from '../../../src/inspection/protocol.ts';
import { bound, NOW, podBound, seen } from '../../support/texts/evidence.ts';

const state = {
  now: NOW,
  name: '',
  server: undefined,
  isBusy: false,
  problem: undefined,
  searched: undefined,
  compared: undefined,
};
const modelOf = async (evidence: Evidence): Promise<InspectorModel> =>
  inspectorModel(await explainAuthentication(evidence, NOW), evidence, state);

it('reports every step with its evidence and the server’s words, and no token', async () => {
  const token = await podBound();
  const report = reportOf(
    await explainAuthentication(seen(token, { boundObject: known(undefined, 'get pods') }), NOW),
  );
  expect(report).toContain('## The Pod it is bound to is gone');
  expect(report).toContain('\nPod-bound token of kube-system/mycontroller.\n');
  expect(report).toContain('The server’s reason: `service account token has been invalidated`');
  expect(report).toContain('1. **The Pod it is bound to is gone**');
  expect(report).toContain('`kubectl -n kube-system create token mycontroller`');
  for (const part of token.split('.')) expect(report).not.toContain(part);
});

const circumstances = {
  at: NOW,
  context: 'sandbox',
  release: 'v1.37.2',
  distribution: undefined,
  extension: 'serviceaccount-tokens 0.1.0',
};

it('says when, in which context, by which server and by which version of the extension', async () => {
  const explanation = await explainAuthentication(seen(await podBound()), NOW);
  expect(reportOf(explanation, circumstances)).toContain(
    '\n- Time: 2027-01-15T08:16:40Z\n- Context: `sandbox`\n- API server: `v1.37.2`\n- Extension: serviceaccount-tokens 0.1.0\n',
  );
  const distribution = { name: 'Amazon EKS', sign: 'its release, v1.30.4-eks-a737599' };
  expect(reportOf(explanation, { ...circumstances, distribution })).toContain(
    '- Distribution: Amazon EKS, by its release, v1.30.4-eks-a737599\n- Extension:',
  );
  const unasked = { ...circumstances, context: undefined, release: undefined };
  expect(reportOf(explanation, unasked)).toContain('\n- Context: none, no cluster was asked\n- Extension:');
});

it('repeats the server’s words as they are, also when it is masked', async () => {
  const error = '[invalid bearer token, service account token has been invalidated]';
  const review = known({ authenticated: false, username: undefined, error }, 'TokenReview');
  const report = reportOf(await explainAuthentication(seen(await podBound(), { review }), NOW));
  expect(redact(report)).toContain(`status.error: \`${error}\` from TokenReview`);
  expect(redact(report)).toBe(report);
});

it('asks for no right to tell what the server has told', async () => {
  const boundObject = unknown('forbidden to you', 'get pods in kube-system');
  const told = known({ authenticated: true, username: 'u', error: undefined }, 'TokenReview');
  const token = await podBound();
  const before = reportOf(await explainAuthentication(seen(token, { boundObject }), NOW));
  expect(before).toContain('  - It needs: `get pods in kube-system`');
  const after = await explainAuthentication(seen(token, { boundObject, review: told }), NOW);
  expect(after.steps.filter(({ needs, isSuspect }) => needs !== undefined || isSuspect)).toEqual([]);
  expect(reportOf(after)).not.toContain('It needs');
});

it('has the token renewed in its file by what a new token mends, and by nothing else', async () => {
  const evidence = seen(await podBound(), { boundObject: known(undefined, 'get pods') });
  const explanation = await explainAuthentication(evidence, NOW);
  const actions = ({ causes }: InspectorModel): unknown[] =>
    causes.filter(({ isFound }) => isFound).map(({ action }) => action);
  expect(actions(inspectorModel(explanation, evidence, { ...state, canRenew: true }))).toEqual([
    'regenerateKubeconfig',
  ]);
  expect(actions(inspectorModel(explanation, evidence, state))).toEqual(['createTokenSecret']);
  const gone = seen(await podBound(), { serviceAccount: known(undefined, 'get serviceaccounts') });
  const other = await explainAuthentication(gone, NOW);
  expect(actions(inspectorModel(other, gone, { ...state, canRenew: true }))).toEqual(['requestToken']);
});

it('marks a token that nothing is against as open, and in doubt only where something points to a cause', async () => {
  const nothing = seen(await podBound(), { boundObject: unknown('forbidden to you', 'get pods') });
  expect((await modelOf(nothing)).tone).toBe('open');
  const apiAudiences = unknown('the server alone knows them', 'create tokenreviews');
  expect((await modelOf(seen(await bound({}, { aud: ['vault'] }), { apiAudiences }))).tone).toBe('doubt');
});

it('escapes only what would be markup, and leaves a sentence’s stop outside of code', async () => {
  const own = { serviceaccount: { name: 'a_b', uid: 'u' }, namespace: 'n&m', pod: { name: 'p', uid: 'u' } };
  const finding = 'Its issuer is https://a.example. (See “https://b.example”, snake_case & _this_: 1*2.)';
  const explanation = await explainAuthentication(seen(await bound(own)), NOW);
  const [step] = explanation.steps;
  const report = reportOf({ ...explanation, steps: step ? [{ ...step, finding }] : [] });
  expect(report).toContain('\nPod-bound token of n&m/a_b.\n');
  expect(report).toContain(
    'Its issuer is `https://a.example`. (See “`https://b.example`”, snake_case & \\_this\\_: 1\\*2.)\n',
  );
});

const hostile = [
  '[click](https://evil.example) <b> @all\n# Title',
  '``` `x` https://evil.example @all',
  '`@all`',
  ' @all ',
  'www.evil.example #1 ![x](y)',
];
it.each(hostile)('lets no claim write Markdown, a link or a mention into a report: %j', async (words) => {
  const own = { serviceaccount: { name: words, uid: 'u' }, namespace: words, pod: { name: words, uid: 'u' } };
  for (const token of [await bound({}, { aud: [words] }), await bound(own)]) {
    const report = reportOf(await explainAuthentication(seen(token), NOW));
    expect(report).not.toContain('\n# Title');
    // What stands between as many backticks is code (CommonMark 6.1), in which nothing else is found.
    const outside = report.replaceAll(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
    expect(outside).not.toMatch(/evil|@|<b>|\[click\]|`/);
  }
});

it('shows every claim with its meaning, the moments, and the chain with its broken link', async () => {
  const token = await podBound({ warnafter: 1 });
  const gone = seen(token, { boundObject: known(undefined, 'get pods') });
  const model = await modelOf(gone);
  expect(model.claims.find(({ name }) => name === 'kubernetes.io.pod.name')).toMatchObject({
    value: 'mycontroller-x7k2p',
    meaning: 'The Pod it dies with',
  });
  expect(model.moments.map(({ label }) => label)).toEqual(['Issued', 'Kubelet refreshes', 'Expires']);
  expect(model.chain.map(({ what, state: held }) => `${what} ${held}`)).toEqual([
    'ServiceAccount holds',
    'Pod broken',
    'Signing key holds',
  ]);
});

it('gives the page no part of the token, not even one that a claim repeats', async () => {
  const inner = await podBound();
  const token = await bound({}, { note: inner });
  const model = JSON.stringify(await modelOf(seen(token)));
  for (const part of [...token.split('.'), ...inner.split('.')]) expect(model).not.toContain(part);
});

it('sets what a failed check points to apart from what could not be ruled out', async () => {
  const expired = seen(await bound({}, { exp: NOW - 61 }), {
    keys: unknown('forbidden', 'get /openid/v1/jwks'),
  });
  const { causes } = await modelOf(expired);
  expect(causes.filter(({ isFound }) => isFound).map(({ title }) => title)).toEqual(['It has expired']);
  expect(causes.filter(({ isFound }) => !isFound).map(({ title }) => title)).toContain(
    'The token is from another cluster with the same issuer name',
  );
});
