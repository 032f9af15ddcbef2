import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { rules } from '../../../src/problems/catalog.ts';
import { nextChange, problemsOf } from '../../../src/problems/tokenRules.ts';
import { silenced } from '../../../src/silenced.ts';
import { scanText } from '../../../src/token/find.ts';
import { placer } from '../../support/place.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const issued = 1_800_000_000;
const pod = jwt(boundClaims({ pod: { name: 'p-1', uid: 'u' } }));
const plain = jwt(boundClaims());
const legacy = jwt(legacyClaims());
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function judge(text: string, now = issued, isTracked = false): string[] {
  const placeOf = placer(text);
  return [...scanText(text)].flatMap((found) =>
    problemsOf(found, { ...placeOf(found), isTracked }, { now, soon: 600 }).map(({ rule }) => rule),
  );
}

const kubeconfig = (token: string): string =>
  `apiVersion: v1\nkind: Config\nusers:\n- name: u\n  user:\n    token: ${token}\n`;
const secret = (section: string, token: string): string =>
  `kind: Secret\nmetadata: {name: s}\n${section}:\n  token: ${token}\n`;

describe('problemsOf', () => {
  it('finds nothing wrong with a token that is where it should be', () => {
    expect(judge(kubeconfig(plain))).toEqual([]);
    expect(judge(secret('data', base64(legacy)))).toEqual([]);
    expect(judge(secret('stringData', legacy))).toEqual([]);
    expect(judge(`data: ${legacy}`)).toEqual([]);
    expect(judge(kubeconfig(`|-\n      ${plain}`))).toEqual([]);
    expect(judge(kubeconfig(`|\n      ${plain}`).trimEnd())).toEqual([]);
  });

  it('takes nothing else for a kubeconfig or a Secret because there is one beside it', () => {
    const map = `kind: ConfigMap\ndata:\n  token: ${legacy}\n`;
    expect(judge(`${secret('data', base64(legacy))}---\n${map}`)).toEqual([]);
    expect(judge(`kind: List\nitems:\n- ${map.replaceAll('\n', '\n  ')}`)).toEqual([]);
    expect(judge(`${kubeconfig(plain)}---\n${secret('data', base64(legacy))}`)).toEqual([]);
    expect(judge(`data: {}\nkind: Secret\nmetadata:\n  annotations:\n    note: ${legacy}\n`)).toEqual([]);
    expect(judge(`user:\n  token: ${pod}\n`)).toEqual([]);
  });

  it.each([
    ['pod-bound-in-kubeconfig', kubeconfig(pod)],
    ['encoded-in-kubeconfig', kubeconfig(base64(plain))],
    ['audience-in-kubeconfig', kubeconfig(jwt(boundClaims({}, { aud: ['px'] })))],
    ['bearer-caught', kubeconfig(`"Bearer ${plain}"`)],
    ['quotes-caught', kubeconfig(`'"${plain}"'`)],
    ['quotes-caught', kubeconfig(`"\\"${plain}\\""`)],
    ['line-break-caught', kubeconfig(`|\n      ${plain.slice(0, 100)}\n      ${plain.slice(100)}`)],
    ['line-break-caught', kubeconfig(`|\n      ${plain}`)],
    ['line-break-caught', kubeconfig(`>+ # a note\n      ${plain}`)],
    ['line-break-caught', kubeconfig(`"${plain}\\n"`)],
    ['line-break-caught', kubeconfig(`" ${plain}"`)],
    ['bearer-caught', kubeconfig(`|-\n      Bearer ${plain}`)],
    ['raw-in-data', secret('data', legacy)],
    ['raw-in-data', `kind: List\nitems:\n- ${secret('data', legacy).replaceAll('\n', '\n  ')}`],
    ['raw-in-data', JSON.stringify({ data: { 'ca.crt': 'QQ'.repeat(5000), token: legacy }, kind: 'Secret' })],
    [
      'pod-bound-in-kubeconfig',
      `clusters:\n${'- cluster: {certificate-authority-data: QUJD}\n'.repeat(900)}${kubeconfig(pod)}`,
    ],
    ['pod-bound-in-kubeconfig', secret('stringData', `|\n${kubeconfig(pod).replaceAll(/^/gm, '    ')}`)],
    ['encoded-in-string-data', secret('stringData', base64(legacy))],
    ['contradictory-claims', kubeconfig(jwt(boundClaims({}, { sub: 'system:serviceaccount:a:b' })))],
    ['malformed', kubeconfig(plain.slice(0, 80))],
    ['malformed', kubeconfig(plain.slice(0, -9))],
  ])('names %s', (rule, text) => {
    expect(judge(text)).toEqual([rule]);
  });

  it('names a token that expires soon, and then one that has expired, at the server’s time', () => {
    expect(judge(plain, issued + 2999)).toEqual([]);
    expect(judge(plain, issued + 3000)).toEqual(['expires-soon']);
    expect(judge(plain, issued + 3660)).toEqual(['expires-soon']);
    expect(judge(plain, issued + 3661)).toEqual(['expired']);
  });

  it('says nothing of the end of an id token that kubectl renews by its refresh-token', () => {
    const user = (...config: readonly string[]): string =>
      kubeconfig('x').replace(
        'token: x',
        [
          'auth-provider:',
          '      name: oidc',
          '      config:',
          ...config.map((line) => `        ${line}`),
        ].join('\n'),
      );
    const ended = issued + 9000;
    const id = `id-token: ${plain}`;
    expect(judge(user(id, 'client-id: c'), ended)).toEqual(['expired']);
    expect(judge(user(id, 'client-id: c', 'refresh-token: r'), ended)).toEqual([]);
    expect(judge(user('refresh-token: r', id), ended)).toEqual([]);
    expect(judge(user('refresh-token: r', id), issued + 3500)).toEqual([]);
    const flow = `users: [{name: u, user: {auth-provider: {name: oidc, config: {${id}, refresh-token: r}}}}]`;
    expect(judge(flow, ended)).toEqual([]);
    const json = {
      users: [{ user: { 'auth-provider': { config: { 'id-token': plain, 'refresh-token': 'r' } } } }],
    };
    expect(judge(JSON.stringify(json), ended)).toEqual([]);
    expect(judge(JSON.stringify(json, undefined, 2), ended)).toEqual([]);
    const other = { config: { 'id-token': plain }, more: { 'refresh-token': 'r' } };
    expect(judge(JSON.stringify(other), ended)).toEqual(['expired']);
  });

  it('takes a token for several audiences, or for none, for one that an API server may accept', () => {
    const of = (aud: unknown): string => kubeconfig(jwt(boundClaims({}, { aud })));
    expect(judge(of(['vault', 'https://kubernetes.default.svc.cluster.local']))).toEqual([]);
    expect(judge(of(undefined))).toEqual([]);
    expect(judge(of(['kubernetes.svc.default']))).toEqual([]);
    expect(judge(`TOKEN=${jwt(boundClaims({}, { aud: ['vault'] }))}`)).toEqual([]);
  });

  it.each([0, 1, 2])('sees a line break at the end of base64 of a token, however long that is', (more) => {
    const token = jwt(boundClaims({}, { note: 'x'.repeat(more) }));
    for (const after of ['\n', '\r\n', '\n\n']) {
      expect(judge(secret('data', base64(token + after)))).toEqual(['line-break-in-secret']);
    }
    expect(judge(secret('data', base64(token)))).toEqual([]);
    const lines = (base64(`${token}\n`).match(/.{1,76}/g) ?? []).map((line) => `    ${line}\n`).join('');
    expect(judge(secret('data', `|\n${lines}`.trimEnd()))).toEqual(['line-break-in-secret']);
    const right = (base64(token).match(/.{1,76}/g) ?? []).map((line) => `    ${line}\n`).join('');
    expect(judge(secret('data', `|\n${right}`.trimEnd()))).toEqual([]);
  });

  it('sees a line break after a token that is all of a text in a Secret', () => {
    expect(judge(secret('stringData', `|\n    ${legacy}`))).toEqual(['line-break-in-secret']);
    expect(judge(secret('stringData', `"${legacy}\\n"`))).toEqual(['line-break-in-secret']);
    expect(judge(secret('stringData', `|-\n    ${legacy}`))).toEqual([]);
    expect(judge(secret('stringData', `|\n    TOKEN=${legacy}`))).toEqual([]);
    expect(judge(secret('stringData', `|\n    ${legacy}\n    ${plain}`))).toEqual([]);
  });

  it('says that what a Secret holds was encoded twice', () => {
    expect(judge(secret('data', base64(base64(legacy))))).toEqual(['encoded-twice']);
    expect(judge(`kind: ConfigMap\ndata:\n  token: ${base64(base64(legacy))}\n`)).toEqual([]);
  });

  it('says that the credential of another program is encoded, or is a Pod’s own', () => {
    const config = (token: string, quote = '"'): string =>
      `{${quote}bearerToken${quote}: ${quote}${token}${quote}, ${quote}tlsClientConfig${quote}: {}}`;
    const argo = (text: string): string => `kind: Secret\nstringData:\n  config: ${text}\n`;
    expect(judge(argo(`'${config(base64(legacy))}'`))).toEqual(['encoded-in-configuration']);
    expect(judge(argo(`"${config(base64(legacy), '\\"')}"`))).toEqual(['encoded-in-configuration']);
    expect(judge(argo(`|\n    ${config(base64(legacy))}`))).toEqual(['encoded-in-configuration']);
    expect(judge(secret('data', base64(config(base64(legacy)))))).toEqual(['encoded-in-configuration']);
    expect(judge(argo(`'${config(legacy)}'`))).toEqual([]);
    expect(judge(argo(`'${config(pod)}'`))).toEqual(['pod-bound-in-configuration']);
    expect(judge(`token_reviewer_jwt = "${pod}"`)).toEqual(['pod-bound-in-configuration']);
    expect(judge(`        token_reviewer_jwt: ${pod}\n`)).toEqual(['pod-bound-in-configuration']);
    for (const field of [
      'bearer_token: ',
      'KUBE_TOKEN: "',
      'KUBE_TOKEN=',
      'kubernetes_token = "',
      'kubernetes_service_account_token = "',
      'platform_kubernetes_attributes[token]=',
    ]) {
      expect([field, judge(`${field}${pod}\n`)]).toEqual([field, ['pod-bound-in-configuration']]);
      expect([field, judge(`${field}${base64(legacy)}\n`)]).toEqual([field, ['encoded-in-configuration']]);
      expect([field, judge(`${field}${legacy}\n`)]).toEqual([field, []]);
    }
    // Flux and Cluster API, Istio, and Spinnaker's halyard hold a kubeconfig within YAML.
    const within = kubeconfig(pod).replaceAll(/^(?=.)/gm, '    ');
    for (const field of ['value', 'istio-remote', 'kubeconfigContents']) {
      expect([field, judge(`kind: Secret\nstringData:\n  ${field}: |\n${within}`)]).toEqual([
        field,
        ['pod-bound-in-kubeconfig'],
      ]);
    }
    expect(judge(`MY_KUBE_TOKEN_HASH=${pod}\n`)).toEqual([]);
    expect(judge(`kind: Secret\ndata:\n  bearerToken: ${base64(legacy)}\n`)).toEqual([]);
    expect(judge(`bearerToken: ${base64(legacy)}\n`)).toEqual([]);
  });

  it('looks into a kubeconfig that is base64-encoded as a whole, on one line and on several', () => {
    const of = (token: string): string => base64(kubeconfig(token));
    expect(judge(secret('data', of(pod)))).toEqual(['pod-bound-in-kubeconfig']);
    expect(judge(`KUBECONFIG_DATA=${of(pod)}\n`)).toEqual(['pod-bound-in-kubeconfig']);
    const wrapped = (of(pod).match(/.{1,76}/g) ?? []).join('\n');
    expect(judge(wrapped)).toEqual(['pod-bound-in-kubeconfig']);
    expect(judge(secret('data', `|\n    ${wrapped.replaceAll('\n', '\n    ')}`))).toEqual([
      'pod-bound-in-kubeconfig',
    ]);
    expect(judge(secret('data', of(plain)))).toEqual([]);
    expect(judge(secret('data', base64(`Bearer ${pod}`)))).toEqual([]);
  });

  it('looks into no more of a run of base64 than a kubeconfig takes', () => {
    const many = base64(`${kubeconfig(plain)}# ${'x'.repeat(200_000)}\n${kubeconfig(pod)}`);
    expect(judge(secret('data', many))).toEqual([]);
  });

  it('takes a bound token of the legacy issuer for one that servers accept', () => {
    expect(judge(jwt(boundClaims({}, { iss: 'kubernetes/serviceaccount', aud: ['api'] })))).toEqual([]);
  });

  it('names a legacy token only where git tracks the file', () => {
    expect(judge(legacy)).toEqual([]);
    expect(judge(legacy, issued, true)).toEqual(['never-expires-in-git']);
  });
});

it('nextChange is the very second at which a problem reads differently', () => {
  const [found] = [...scanText(plain)];
  if (!found) throw new Error('no token');
  expect(nextChange(found, { now: issued, soon: 600 })).toBe(issued + 3000);
  expect(nextChange(found, { now: issued + 3000, soon: 600 })).toBe(issued + 3006);
  expect(nextChange(found, { now: issued + 3660, soon: 600 })).toBe(issued + 3661);
  expect(nextChange(found, { now: issued + 3661, soon: 600 })).toBe(issued + 3662);
});

it('a comment silences the rules it names, or all', () => {
  expect([...silenced('# serviceaccount-tokens: ignore expired, expires-soon')]).toEqual([
    'expired',
    'expires-soon',
  ]);
  expect([...silenced('// serviceaccount-tokens: ignore')]).toEqual(['*']);
  expect([...silenced('token: x')]).toEqual([]);
});

it('each rule can be graded by a setting that explains it, with its own severity as default, and is documented', async () => {
  const { properties } = manifest.contributes.configuration.properties['serviceAccountTokens.problems'];
  expect(
    Object.fromEntries(Object.entries(properties).map(([rule, grade]) => [rule, grade.default])),
  ).toEqual(rules);
  for (const grade of Object.values(properties)) {
    expect(grade.enum).toEqual(['error', 'warning', 'information', 'hint', 'off']);
    // The settings editor shows it beside the rule's name, as plain text alone.
    expect(grade.description).toMatch(/^[^`*]+\.$/);
  }
  const docs = await readFile(new URL('../../../docs/problems.md', import.meta.url), 'utf8');
  expect([...docs.matchAll(/^## ([\w-]+)$/gm)].map((match) => match[1])).toEqual(Object.keys(rules));
  for (const section of docs.split(/^## /m).slice(1)) expect(section).toContain('\n\n**Do:** ');
});
