import { since } from '../versions.ts';
import type { Outdated } from './finding.ts';
import { guardsOf } from './guards.ts';
import { tokenSecretsOfCharts } from './helm.ts';
import { ownSecretInstead, readsOfLookups } from './lookups.ts';

const SINCE = since('no token Secrets by itself');
const MOST = 200;
/** How far around a read its conditions are looked for, in UTF-16 units. */
const NEAR = 2000;

/** What Ansible's k8s_info gave, of which the first object's secrets are read. */
const RESOURCES =
  /\bresources(?:\[0\]|\.0)\.secrets\b|\(\w{1,60}\.resources[ \t]{0,4}\|[ \t]{0,4}first\)\.secrets\b|\bresources[ \t]{0,4}\|[ \t]{0,4}json_query\('\[\*\]\.secrets/g;
/** Pulumi's YAML: the secrets of a resource. */
const OF_ACCOUNT = /^type: ["']?kubernetes:core(?:\/v1)?:ServiceAccount\b/;
const OF_RESOURCE = /\$\{(\w{1,60})\.secrets\[\d\]\.name\}/g;
/** A name that the token controller gave (see secretsByName.ts), as the Secret of a volume or of a variable. */
const GENERATED =
  /^[ \t-]{0,60}(?:secretName|name):[ \t]{0,4}["']?([a-z0-9][a-z0-9.-]{0,200}-token-[bcdfghjklmnpqrstvwxz2456789]{5})["']?[ \t]{0,4}\r?$/gm;

/** Lines of YAML and of its templates that read a ServiceAccount's secrets, or name a generated token Secret. */
export function outdatedInYaml(path: string, text: string): readonly Outdated[] {
  return [...secretsRead(path, text), ...generatedNames(text), ...tokenSecretsOfCharts(text)];
}

function secretsRead(path: string, text: string): Outdated[] {
  const isAnsible = /\bkind:\s{0,4}["']?ServiceAccount\b/.test(text) && /\bk8s(?:_info|_facts)?:/.test(text);
  const found = [
    ...readsOfLookups(text).map((read): Outdated => {
      const { start, end, isWhole } = read;
      const message = `A ServiceAccount's secrets are empty since Kubernetes ${SINCE}, as no token Secret is made by itself: ${isWhole ? 'nothing is rendered of them' : 'there is no first one, and Helm ends with an error'}.`;
      return {
        rule: 'account-secrets-read',
        message,
        start,
        end,
        fixes: () => ownSecretInstead(path, text, read),
      };
    }),
    ...[...(isAnsible ? text.matchAll(RESOURCES) : []), ...ofPulumi(text)].map((match): Outdated => ({
      rule: 'account-secrets-read',
      message: `A ServiceAccount's secrets are empty since Kubernetes ${SINCE}: no token Secret is made by itself.`,
      start: match.index,
      end: match.index + match[0].length,
      fixes: () => [],
    })),
  ];
  return found.slice(0, MOST).filter(({ start }) => !isComment(text, start) && !isDecidedBy(text, start));
}

/** Whether what stands around a place decides by the server's version. */
function isDecidedBy(text: string, at: number): boolean {
  return guardsOf(text.slice(Math.max(0, at - NEAR), at + NEAR)).isGuarded;
}

function ofPulumi(text: string): RegExpExecArray[] {
  if (!text.includes('.secrets[')) return [];
  const lines = text.split('\n').map((line) => line.trim());
  const accounts = new Set(
    lines.flatMap((line, index) => (OF_ACCOUNT.test(line) ? [lines[index - 1] ?? ''] : [])),
  );
  return [...text.matchAll(OF_RESOURCE)].filter(([, name]) => accounts.has(`${name}:`));
}

function generatedNames(text: string): Outdated[] {
  // What `kubectl get -o yaml` printed of a Secret or a ServiceAccount is a record, not a wish.
  if (
    /^kind:\s{0,4}["']?(?:Secret|ServiceAccount)\b|\b(?:creationTimestamp|resourceVersion|uid):/m.test(text)
  )
    return [];
  return [...text.matchAll(GENERATED)]
    .filter((match) => isOfSecret(text, match.index))
    .slice(0, MOST)
    .map((match) => {
      const name = match[1] ?? '';
      const start = match.index + match[0].indexOf(name);
      return {
        rule: 'token-secret-by-name',
        message: `Kubernetes made up this name for a token Secret, and has made none by itself since ${SINCE}: in a newer cluster there is no such Secret.`,
        start,
        end: start + name.length,
        fixes: () => [],
      };
    });
}

/** Whether a `name` is a Secret's: of a secretKeyRef, a secretRef or a projected source. */
function isOfSecret(text: string, at: number): boolean {
  const line = text.slice(at, at + 100).trimStart();
  if (/^(?:-[ \t]+)?secretName:/.test(line)) return true;
  const above = text
    .slice(Math.max(0, at - 300), at)
    .split('\n')
    .slice(0, -1)
    .slice(-2)
    .map((one) => one.trim());
  const [nearest = '', further = ''] = above.toReversed();
  return HOLDER.test(nearest) || (/^\w+:\s\S/.test(nearest) && HOLDER.test(further));
}

const HOLDER = /^(?:-\s{1,4})?(?:secretKeyRef|secretRef|secret):$/;

function isComment(text: string, at: number): boolean {
  const before =
    text
      .slice(Math.max(0, at - 400), at)
      .split('\n')
      .at(-1) ?? '';
  return /^\s*(?:#|\{\{-?\s*\/\*)/.test(before);
}
