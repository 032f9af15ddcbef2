import { isMap, isSeq, type Node } from 'yaml';
import type { Field, YamlText } from '../yaml/yamlText.ts';
import { POD_SPECS } from './kinds.ts';

/** A Kubernetes object in a document. */
export interface ObjectInText {
  readonly yaml: YamlText;
  readonly node: Node;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  /** Undefined where the manifest leaves it to the context. */
  readonly namespace: string | undefined;
  /** Whether it is all of its document, and not one of a List. */
  readonly isAlone: boolean;
}

/** The objects of a document; of a List or of OpenShift's Template, those in it. */
export function objectsOf(yaml: YamlText): ObjectInText[] {
  const kind = yaml.string(yaml.field(yaml.root, 'kind')) ?? '';
  const list = kind.endsWith('List') ? 'items' : kind === 'Template' ? 'objects' : undefined;
  const items = list === undefined ? undefined : yaml.field(yaml.root, list);
  const nodes = items ? yaml.items(items) : yaml.root ? [yaml.root] : [];
  return nodes
    .filter((node) => isMap(node))
    .map((node) => ({
      yaml,
      node,
      kind: yaml.string(yaml.field(node, 'kind')),
      name: yaml.string(yaml.at(node, 'metadata', 'name')),
      namespace: yaml.filled(yaml.at(node, 'metadata', 'namespace')),
      isAlone: !items,
    }));
}

/**
 * The specs of the Pods that an object is or makes. A kind that is not Kubernetes' own (a Knative Service, an Argo Rollout, a
 * Tekton Task) is known by its shape: what has volumes.
 */
export function podSpecsOf({ yaml, node, kind }: ObjectInText): readonly (Field | Node)[] {
  const path = POD_SPECS.get(kind);
  const known = path && yaml.at(node, ...path);
  if (known) return [known];
  const found: Node[] = [];
  const seen = new Set<Node>();
  const look = (value: unknown): void => {
    const one = yaml.resolve(value);
    if (!one || seen.has(one)) return;
    seen.add(one);
    if (isSeq(one)) for (const item of one.items) look(item);
    if (!isMap(one)) return;
    if (isSeq(yaml.field(one, 'volumes')?.value)) found.push(one);
    for (const pair of one.items) look(pair.value);
  };
  look(node);
  return found;
}
