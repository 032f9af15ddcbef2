import { isMap, isPair, isScalar, visit, type Pair } from 'yaml';
import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import { MOST_ALIASES, readDocuments, type YamlDocument } from '../yaml/documents.ts';
import { blockYaml } from '../yaml/blockYaml.ts';
import { checkedEdits, refuseShared } from '../yaml/addItems.ts';
import { lineEndOf, type Edit } from '../yaml/edit.ts';

/** The life of a projected token that takes a token Secret's place, in seconds: not the 3607 of which the server makes a year. */
const SECONDS = 3600;

/**
 * The edits that mount a projected token wherever a manifest's Pods mount a token Secret: the same volume, so that the
 * same files are at the same paths, the token renewed by the kubelet. All else stays byte for byte. None where nothing
 * mounts it. Throws bad-input where a volume takes keys of the Secret that a projection does not have.
 */
export function projectInstead(text: string, secret: string): readonly Edit[] {
  const documents = readDocuments(text);
  const edits = documents.flatMap(({ document }) =>
    mountsOf(document, secret).map((pair) => {
      if (isMap(pair.value)) refuseShared(text, document, pair.value);
      return editOf(text, pair, plain(pair, document));
    }),
  );
  if (edits.length === 0) return [];
  return checkedEdits(
    text,
    edits,
    documents.map(({ value }) => projected(value, secret, false)),
  );
}

/** The fields `secret` of volumes that hold a Secret. */
function mountsOf(document: YamlDocument['document'], secret: string): readonly Pair[] {
  const found: Pair[] = [];
  visit(document, {
    Pair(_key, pair, path) {
      const inVolumes = path.some((one) => isPair(one) && isScalar(one.key) && one.key.value === 'volumes');
      const { key, value } = pair;
      if (!inVolumes || !isScalar(key) || key.value !== 'secret' || !isMap(value)) return;
      if (value.get('secretName') === secret) found.push(pair);
    },
  });
  return found;
}

function plain({ value }: Pair, document: YamlDocument['document']): unknown {
  return isMap(value) ? value.toJS(document, { maxAliasCount: MOST_ALIASES }) : {};
}

function editOf(text: string, pair: Pair, source: unknown): Edit {
  const { key, value } = pair;
  if (!isScalar(key) || !key.range || !isMap(value) || !value.range) {
    throw new Problem('bad-input', 'A volume names the Secret in a way that cannot be edited.');
  }
  const start = key.range[0];
  const last = value.items.at(-1)?.value;
  const end = value.flow === true || !isRanged(last) ? value.range[1] : last.range[1];
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const isInFlow = /^[^#]*[{]/.test(text.slice(lineStart, start)) || text[start] === '"';
  if (isInFlow) {
    const name = text[start] === '"' ? '"projected"' : 'projected';
    return { start, end, text: `${name}: ${JSON.stringify(volumeOf(source))}` };
  }
  const margin = ' '.repeat(start - lineStart);
  const block = blockYaml({ projected: volumeOf(source) }).trimEnd();
  return { start, end, text: block.replaceAll('\n', `${lineEndOf(text)}${margin}`) };
}

function isRanged(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range);
}

/** A value with every such volume projected. */
function projected(value: unknown, secret: string, inVolumes: boolean): unknown {
  if (Array.isArray(value)) return value.map((one) => projected(one, secret, inVolumes));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      inVolumes && key === 'secret' && isRecord(inner) && inner['secretName'] === secret
        ? ['projected', volumeOf(inner)]
        : [key, projected(inner, secret, inVolumes || key === 'volumes')],
    ),
  );
}

/** What gives the files of a token Secret by other means (kubernetes plugin/pkg/admission/serviceaccount, generateTokenVolume). */
function volumeOf(source: unknown): object {
  const { items, defaultMode } = isRecord(source) ? source : {};
  const wanted = Array.isArray(items)
    ? items.filter(isRecord)
    : ['token', 'ca.crt', 'namespace'].map((key) => ({ key, path: key }));
  return {
    ...(typeof defaultMode === 'number' && { defaultMode }),
    sources: wanted.map((item) => sourceOf(String(item['key']), String(item['path']))),
  };
}

function sourceOf(key: string, path: string): object {
  switch (key) {
    case 'token':
      return { serviceAccountToken: { path, expirationSeconds: SECONDS } };
    case 'ca.crt':
      return { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path }] } };
    case 'namespace':
      return {
        downwardAPI: { items: [{ path, fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
      };
    default:
      throw new Problem(
        'bad-input',
        `A volume mounts the key ${key} of the Secret, which no projection gives.`,
      );
  }
}
