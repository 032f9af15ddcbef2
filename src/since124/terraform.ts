import type { Fix } from '../manifest/problem.ts';
import { since } from '../versions.ts';
import { readCode, SYNTAXES, type Code } from './code.ts';
import type { Outdated } from './finding.ts';

const SINCE = since('no token Secrets by itself');
const MOST = 200;

/** Lines of Terraform or OpenTofu that go by a ServiceAccount's Secret, or do not wait for one. */
export function outdatedInTerraform(text: string): readonly Outdated[] {
  const read = readCode(text, SYNTAXES.hcl);
  return [...secretNames(text, read), ...notAwaited(read)];
}

const SECRET_NAME =
  /\b((?:data\.)?kubernetes_(?:default_)?service_account(?:_v1)?\.[\w-]{1,80}(?:\[[\w."*]{1,40}\])?)\.(?:default_secret_name\b|secret(?:\[\d\]|\.\d)\.name\b)/g;

function secretNames(text: string, { code }: Code): Outdated[] {
  return [...code.matchAll(SECRET_NAME)].slice(0, MOST).map((match) => {
    const account = match[1] ?? '';
    return {
      rule: 'account-secrets-read',
      message: `This is empty since Kubernetes ${SINCE}: no token Secret is made for a ServiceAccount by itself, so there is none to name.`,
      start: match.index,
      end: match.index + match[0].length,
      fixes: () => ownSecret(text, account, match.index, match[0].length),
    };
  });
}

/** A Secret as a resource of its own, which Terraform waits for until the token is in it. */
function ownSecret(text: string, account: string, start: number, length: number): Fix[] {
  const name = /^kubernetes_service_account(?:_v1)?\.([\w-]+)$/.exec(account)?.[1];
  if (name === undefined) return [];
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const resource = [
    `resource "kubernetes_secret_v1" "${name}_token" {`,
    '  metadata {',
    `    name      = "\${${account}.metadata[0].name}-token"`,
    `    namespace = ${account}.metadata[0].namespace`,
    '    annotations = {',
    `      "kubernetes.io/service-account.name" = ${account}.metadata[0].name`,
    '    }',
    '  }',
    '  type                           = "kubernetes.io/service-account-token"',
    '  wait_for_service_account_token = true',
    '}',
    '',
  ].join(lineEnd);
  const has = text.includes(`resource "kubernetes_secret_v1" "${name}_token"`);
  const gap = text.endsWith('\n') ? lineEnd : lineEnd + lineEnd;
  return [
    {
      title: 'Make a token Secret that lasts, as a resource, and name that',
      edits: [
        { start, end: start + length, text: `kubernetes_secret_v1.${name}_token.metadata[0].name` },
        ...(has ? [] : [{ start: text.length, end: text.length, text: gap + resource }]),
      ],
      isPreferred: false,
    },
  ];
}

function notAwaited({ code }: Code): Outdated[] {
  return [...code.matchAll(/\bwait_for_service_account_token[ \t]{0,40}=[ \t]{0,40}false\b/g)]
    .slice(0, MOST)
    .map((match) => {
      const end = match.index + match[0].length;
      return {
        rule: 'terraform-token-not-awaited',
        message:
          'Terraform goes on before the token controller has filled this Secret: what reads its token gets none.',
        start: match.index,
        end,
        fixes: () => [
          {
            title: 'Wait for the token',
            edits: [{ start: end - 'false'.length, end, text: 'true' }],
            isPreferred: true,
          },
        ],
      };
    });
}
