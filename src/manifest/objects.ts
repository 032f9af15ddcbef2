import { isMap, type Node } from 'yaml';
import type { Field, YamlText } from './yamlText.ts';

/** A Kubernetes object in a document. */
export interface ObjectInText {
  readonly yaml: YamlText;
  readonly node: Node;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  /** Undefined where the manifest leaves it to the context. */
  readonly namespace: string | undefined;
  /** Whether it is all of its document, and not an item of a List. */
  readonly isAlone: boolean;
}

/** The objects of a document; of a List, its items. */
export function objectsOf(yaml: YamlText): ObjectInText[] {
  const kind = yaml.string(yaml.field(yaml.root, 'kind'));
  const items = kind?.endsWith('List') ? yaml.field(yaml.root, 'items') : undefined;
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

/** Where each kind that makes Pods has their spec (core/v1, apps/v1, batch/v1). */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  PodTemplate: ['template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  Deployment: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** The spec of the Pods that an object is or makes. */
export function podSpecOf({ yaml, node, kind }: ObjectInText): Field | undefined {
  const path = kind !== undefined && Object.hasOwn(POD_SPECS, kind) ? POD_SPECS[kind] : undefined;
  return path && yaml.at(node, ...path);
}
