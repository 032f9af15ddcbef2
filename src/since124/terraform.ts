import type { Fix } from '../manifest/problem.ts';
import { since } from '../versions.ts';
import { readCode, SYNTAXES, type Code } from './code.ts';
import { isOlder } from './dependencies.ts';
import type { Outdated } from './finding.ts';
import { WHY } from './mounted.ts';

const SINCE = since('no token Secrets by itself');
const MOST = 200;

/** Lines of Terraform or OpenTofu that go by a ServiceAccount's Secret, or do not wait for one. */
export function outdatedInTerraform(text: string): readonly Outdated[] {
  const read = readCode(text, SYNTAXES.hcl);
  return [
    ...secretNames(text, read),
    ...notAwaited(read),
    ...oldProviders(read),
    ...keptRequests(read),
    ...copies(read),
  ];
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

/** The first version of hashicorp/kubernetes that does not wait for a Secret (its pull request 1792). */
const PROVIDER_SINCE = [2, 13, 0];
const OWN_SOURCE = /"(?:registry\.(?:terraform\.io|opentofu\.org)\/)?hashicorp\/kubernetes"/g;
/** How far from its source a version is looked for, in UTF-16 units. */
const NEAR = 2000;
const VERSION = /\bversion[ \t]{0,20}=[ \t]{0,4}"([^"\n]{1,80})"/;

/** Constraints that let no provider in but one that waits for a Secret of each ServiceAccount. */
function oldProviders({ code }: Code): Outdated[] {
  const results: Outdated[] = [];
  const declared = [
    ...code.matchAll(OWN_SOURCE),
    ...code.matchAll(/\bprovider[ \t]{1,4}"kubernetes"[ \t]{0,4}\{/g),
  ];
  for (const { index, 0: whole } of declared.slice(0, MOST)) {
    const before = code.slice(Math.max(0, index - NEAR), index);
    const isBlock = whole.endsWith('{') || /\bprovider[ \t]{1,4}$/.test(before);
    const start = isBlock ? index : index - before.length + before.lastIndexOf('{') + 1;
    const behind = code.slice(index, index + NEAR);
    const closed = behind.indexOf('}');
    const body = code.slice(start, index + (closed < 0 ? behind.length : closed));
    const version = VERSION.exec(body);
    const constraint = version?.[1] ?? '';
    if (!version || !isBelow(constraint)) continue;
    const at = start + version.index + version[0].indexOf(constraint, version[0].indexOf('"'));
    results.push({
      rule: 'provider-too-old',
      message: `The provider before ${PROVIDER_SINCE.join('.')} waits for a token Secret of each ServiceAccount that it makes, and since Kubernetes ${SINCE} none comes: "Waiting for default secret … to appear".`,
      start: at,
      end: at + constraint.length,
      fixes: () => [],
    });
  }
  return results;
}

/** Whether each version that a constraint lets in is older than the first that does not wait. */
function isBelow(constraint: string): boolean {
  return constraint.split(',').some((one) => {
    const parts = /^(=|~>|<=?|) {0,8}v?(\d(?:\.\d{1,4}){0,2})$/.exec(one.trim());
    if (!parts) return false;
    const [, operator = '', version = ''] = parts;
    const numbers = version.split('.').map(Number);
    switch (operator) {
      case '~>': {
        const upper = numbers.length > 1 ? numbers.slice(0, -1) : numbers;
        return !isOlder(PROVIDER_SINCE, [...upper.slice(0, -1), (upper.at(-1) ?? 0) + 1]);
      }
      case '<':
        return !isOlder(PROVIDER_SINCE, numbers);
      default:
        return isOlder(numbers, PROVIDER_SINCE);
    }
  });
}

const REQUESTED = /\bkubernetes_token_request(?:_v1)?\.[\w-]{1,80}(?:\[[\w."*]{1,40}\])?\.token\b/g;

/** A token that Terraform asks for once: the provider's resource reads nothing again (its resourceKubernetesTokenRequestV1Read). */
function keptRequests({ code }: Code): Outdated[] {
  return [...code.matchAll(REQUESTED)]
    .filter(({ index }) => !/\bephemeral\.$/.test(code.slice(Math.max(0, index - 12), index)))
    .slice(0, MOST)
    .map(({ index, 0: whole }) => ({
      rule: 'token-request-kept',
      message:
        'Terraform asks for this token once and keeps it: it ends after its expiration_seconds, an hour unless the cluster gives more, and no later plan makes another. As an ephemeral resource it is asked for each time; a token Secret lasts.',
      start: index,
      end: index + whole.length,
      fixes: () => [],
    }));
}

/** Fields of other systems that keep a ServiceAccount's token, filled from a Pod's own. */
const COPIED =
  /\b(?:token_reviewer_jwt|kubernetes_token|kubernetes_service_account_token|bearer_token)[ \t]{0,20}=[ \t]{0,4}(?:trimspace\()?file\("[^"\n]{0,80}\/run\/secrets\/kubernetes\.io\/serviceaccount\/token"\)/g;

function copies({ code }: Code): Outdated[] {
  return [...code.matchAll(COPIED)].slice(0, MOST).map(({ index, 0: whole }) => ({
    rule: 'mounted-token-copied',
    message: `${WHY} What keeps this copy is refused from then on.`,
    start: index,
    end: index + whole.length,
    fixes: () => [],
  }));
}
