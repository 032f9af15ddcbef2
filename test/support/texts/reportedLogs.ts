import {
  bound,
  deployer,
  HOUR,
  inTime,
  legacy,
  lines,
  ofRunner,
  OWNER,
  pod,
  TYPE,
  type PeoplesFile,
} from './reportedTexts.ts';
import { base64, jwt } from '../tokens.ts';

const ended = bound('kube-system/weave-net', { own: pod('weave-net-x7k2'), age: 3 * HOUR, life: 3607 });
const WHOLE = /cut short|characters, and RS256|Not a whole/;
/** As mail breaks it: 75 characters and a sign that the line goes on. */
const quoted = (text: string): string => (text.match(/.{1,75}/g) ?? []).join('=\r\n');
/** Tokens in what programs print, send and log. */
export const logs: readonly PeoplesFile[] = [
  {
    who: 'has a token in a line of the journal, as klog wrote it',
    file: 'journal.log',
    text: `Nov 30 10:11:12 worker-3 multus[1942]: E1130 10:11:12.123456    1942 request.go:1058] Unexpected error when reading response body: "Authorization: Bearer ${deployer}"\n`,
    hovers: [[deployer, [/Legacy/, /ci\/deployer/], WHOLE]],
    problems: {},
  },
  {
    who: 'has one in a log of JSON lines that has ended',
    file: 'weave.jsonl',
    text: `{"level":"error","ts":1.7e9,"msg":"unauthorized","token":"${ended}"}\n`,
    hovers: [[ended, [/Pod-bound/, /weave-net-x7k2/, /expired/]]],
    problems: { expired: /weave-net/ },
  },
  {
    who: 'has requests in a file of an editor',
    file: 'requests.http',
    text: `@token = ${inTime}\n\nGET https://10.0.0.1:6443/api/v1/pods\nAuthorization: Bearer {{token}}\n`,
    hovers: [[inTime, [/ci\/runner/], WHOLE]],
    problems: {},
  },
  {
    who: 'has base64 of a token in a request’s header',
    file: 'encoded.http',
    text: `GET https://10.0.0.1:6443/api\nAuthorization: Bearer ${base64(deployer)}\n`,
    hovers: [[base64(deployer), [/Legacy/, /ci\/deployer/]]],
    problems: { 'encoded-in-configuration': /base64/ },
  },
  {
    who: 'has one in what a page escaped',
    file: 'page.html',
    text: `<code>&quot;token&quot;: &quot;${inTime}&quot;</code>\n<secret>${deployer}</secret>\n`,
    hovers: [
      [inTime, [/ci\/runner/], WHOLE],
      [deployer, [/ci\/deployer/], WHOLE],
    ],
    problems: {},
  },
  {
    who: 'has one in an address',
    file: 'access.log',
    text: `10.0.0.9 - - "GET /api/v1/watch?token=${inTime}&watch=1 HTTP/1.1" 401 0 "Bearer%20${deployer}"\n`,
    hovers: [
      [inTime, [/ci\/runner/], WHOLE],
      [deployer, [/ci\/deployer/], WHOLE],
    ],
    problems: {},
  },
  {
    who: 'has base64 of one in an address',
    file: 'form.txt',
    text: `csrf=1&token=${encodeURIComponent(base64(`${deployer} `))}&cluster=a\n`,
    hovers: [[base64(deployer).slice(0, 800), [/ci\/deployer/], WHOLE]],
    problems: {},
  },
  {
    who: 'was sent one by mail',
    file: 'mail.eml',
    text: `Content-Transfer-Encoding: quoted-printable\r\n\r\nThe token is:\r\n\r\n${quoted(deployer)}\r\n\r\nRegards\r\n`,
    hovers: [[deployer.slice(0, 60), [/Legacy/, /ci\/deployer/], WHOLE]],
    problems: {},
  },
  {
    who: 'copied one from a terminal of 80 columns',
    file: 'terminal.txt',
    text: `$ kubectl create token runner\n${(inTime.match(/.{1,80}/g) ?? []).join('\n')}\n$\n`,
    hovers: [[inTime.slice(0, 60), [/ci\/runner/], WHOLE]],
    problems: {},
  },
  {
    who: 'has a whole data as jsonpath prints it',
    file: 'map.txt',
    text: `map[ca.crt:LS0tLS1CRUdJTg== namespace:Y2k= token:${base64(deployer)}]\n`,
    hovers: [[base64(deployer), [/ci\/deployer/], WHOLE]],
    problems: {},
  },
  {
    who: 'has a token Secret as kubectl prints JSON',
    file: 'get.json',
    text: JSON.stringify(
      {
        apiVersion: 'v1',
        kind: 'List',
        items: [
          {
            apiVersion: 'v1',
            kind: 'Secret',
            type: TYPE.slice(6),
            metadata: {
              name: 'deployer-token',
              namespace: 'ci',
              annotations: { [OWNER]: 'deployer', 'kubernetes.io/service-account.uid': 'u-1' },
            },
            data: { token: base64(deployer) },
          },
        ],
      },
      undefined,
      4,
    ),
    hovers: [[base64(deployer), [/Legacy/, /ci\/deployer/, /base64/i]]],
    problems: { 'account-uid-copied': /uid/, 'account-not-in-file': /deployer/ },
  },
  {
    who: 'has one in a table, in Python’s words and in a string of a string',
    file: 'table.csv',
    text: `cluster,token\na,"${inTime}"\nb,b'${deployer}'\nc,"{\\\\\\"token\\\\\\":\\\\\\"${legacy('ci/nested')}\\\\\\"}"\n`,
    hovers: [
      [inTime, [/ci\/runner/], WHOLE],
      [deployer, [/ci\/deployer/], WHOLE],
      [legacy('ci/nested'), [/ci\/nested/], WHOLE],
    ],
    problems: {},
  },
  {
    who: 'has base64 with its padding escaped, as Go’s JSON has it',
    file: 'escaped.json',
    text: `{"data":{"token":"${base64(`${deployer} `).replaceAll('=', '\\u003d')}"}}\n`,
    hovers: [[base64(deployer).slice(0, 800), [/ci\/deployer/], WHOLE]],
    problems: {},
  },
  {
    who: 'has a log that leaves the most of a token out',
    file: 'shortened.log',
    text: `level=info msg="using token ${deployer.slice(0, 60)}..." cluster=a\n`,
    problems: {},
  },
  {
    who: 'has kubectl’s own log, which masks tokens',
    file: 'verbose.log',
    text: `I1130 round_trippers.go:466] curl -v -XGET -H "Authorization: Bearer <masked>" 'https://10.0.0.1:6443/api'\n`,
    problems: {},
  },
  {
    who: 'has tokens that are no ServiceAccount’s',
    file: 'others.txt',
    text: `${jwt({ sub: 'spiffe://example.org/ns/a/sa/b', aud: ['x'], exp: 4e9 })}\n${jwt({ iss: 'https://token.actions.githubusercontent.com', sub: 'repo:a/b:ref:refs/heads/main', aud: 'x', exp: 4e9 })}\n`,
    hovers: [
      [jwt({ sub: 'spiffe://example.org/ns/a/sa/b', aud: ['x'], exp: 4e9 }), [/SPIFFE/], /ServiceAccount/],
    ],
    problems: {},
  },
  {
    who: 'has a Pod’s token in the environment of a service',
    file: 'agent.service',
    text: `[Service]\nEnvironment="KUBE_TOKEN=${ofRunner}"\nExecStart=/usr/bin/agent\n`,
    hovers: [[ofRunner, [/Pod-bound/, /runner-7f9/]]],
    problems: { 'pod-bound-in-configuration': /runner-7f9/ },
  },
  {
    who: 'has it in a script of PowerShell',
    file: 'deploy.ps1',
    text: `$env:KUBE_TOKEN = "${ofRunner}"\n& helm list\n`,
    hovers: [[ofRunner, [/Pod-bound/]]],
    problems: { 'pod-bound-in-configuration': /runner-7f9/ },
  },
  {
    who: 'has base64 of one broken over lines in a string of JSON',
    file: 'broken.json',
    text: `{"token":"${lines(base64(deployer)).replaceAll('\n', '\\n')}\\n"}\n`,
    hovers: [[base64(deployer).slice(0, 70), [/ci\/deployer/], WHOLE]],
    problems: {},
  },
];
