import { isMap, isSeq, type YAMLMap } from 'yaml';
import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import { readDocuments } from '../yaml/documents.ts';
import { placedObjects } from './placedObjects.ts';
import { addItems, checkedEdits, refuseShared } from '../yaml/addItems.ts';
import type { Edit } from '../yaml/edit.ts';
import { POD_SPECS } from './kinds.ts';
import type { ProjectedVolume } from './projected.ts';

export interface ContainerInText {
  readonly name: string;
  readonly isInit: boolean;
  readonly mountPaths: readonly string[];
}

/** An object with a Pod's spec in a manifest. */
export interface WorkloadInText {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  /** spec.serviceAccountName of its Pods; undefined: `default`. */
  readonly serviceAccount: string | undefined;
  readonly containers: readonly ContainerInText[];
  readonly volumeNames: readonly string[];
  /** Where the object begins and ends, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

interface Found extends WorkloadInText {
  /** Which document, counted from 0, and the way to the Pod's spec in it. */
  readonly index: number;
  readonly path: readonly (string | number)[];
}

/** The workloads of a manifest; Lists are looked into. Throws bad-input where the text is no YAML. */
export function findWorkloads(text: string): readonly WorkloadInText[] {
  return find(text);
}

/**
 * The edits that add a volume to a workload's Pods and mount it in the containers named, each list made where there
 * is none. All else stays byte for byte. Throws bad-input where the text is laid out in a way that does not let it.
 */
export function addVolume(
  text: string,
  workload: WorkloadInText,
  projected: ProjectedVolume,
  containers: readonly string[],
): readonly Edit[] {
  const found = find(text).find((one) => one.start === workload.start && one.name === workload.name);
  if (!found) throw new Problem('bad-input', `${workload.kind} ${workload.name} is no longer there.`);
  const edits: Edit[] = [];
  const documents = readDocuments(text);
  const document = documents[found.index]?.document;
  const spec = document?.getIn(found.path, true);
  if (!document || !isMap(spec))
    throw new Problem('bad-input', `${workload.kind} ${workload.name} has no Pod spec.`);
  refuseShared(text, document, spec);
  for (const container of containerNodes(spec)) {
    const name = container.get('name');
    if (typeof name !== 'string' || !containers.includes(name)) continue;
    refuseShared(text, document, container);
    edits.push(...addItems(text, document, container, { volumeMounts: [projected.mount] }));
  }
  edits.push(...addItems(text, document, spec, { volumes: [projected.volume] }));
  const expected = documents.map(({ value }, index) =>
    index === found.index ? structuredClone(value) : value,
  );
  mutate(at(expected[found.index], found.path), projected, containers);
  return checkedEdits(text, edits, expected);
}

function find(text: string): readonly Found[] {
  return readDocuments(text).flatMap((document, index) =>
    placedObjects(document).flatMap(({ object, path: objectPath, start, end }) => {
      const specPath = POD_SPECS.get(object['kind']);
      if (!specPath) return [];
      const path = [...objectPath, ...specPath];
      const spec = at(document.value, path);
      if (!isRecord(spec)) return [];
      const metadata = isRecord(object['metadata']) ? object['metadata'] : {};
      return [
        {
          kind: String(object['kind']),
          name: textOf(metadata['name']) ?? '',
          namespace: textOf(metadata['namespace']),
          serviceAccount: textOf(spec['serviceAccountName']) ?? textOf(spec['serviceAccount']),
          containers: [
            ...records(spec['initContainers']).map((one) => containerOf(one, true)),
            ...records(spec['containers']).map((one) => containerOf(one, false)),
          ],
          volumeNames: records(spec['volumes']).map(({ name }) => textOf(name) ?? ''),
          start,
          end,
          index,
          path,
        },
      ];
    }),
  );
}

function containerOf(container: Record<string, unknown>, isInit: boolean): ContainerInText {
  return {
    name: textOf(container['name']) ?? '',
    isInit,
    mountPaths: records(container['volumeMounts']).flatMap(({ mountPath }) => textOf(mountPath) ?? []),
  };
}

function containerNodes(spec: YAMLMap): readonly YAMLMap[] {
  return ['initContainers', 'containers'].flatMap((key) => {
    const list: unknown = spec.get(key);
    return isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
  });
}

/** What `addVolume` is to make of a Pod's spec. */
function mutate(spec: unknown, { volume, mount }: ProjectedVolume, containers: readonly string[]): void {
  if (!isRecord(spec)) return;
  for (const container of [...records(spec['initContainers']), ...records(spec['containers'])]) {
    if (!containers.includes(textOf(container['name']) ?? '')) continue;
    container['volumeMounts'] = [...records(container['volumeMounts']), mount];
  }
  spec['volumes'] = [...records(spec['volumes']), volume];
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return (inner as readonly unknown[])[Number(key)];
    return isRecord(inner) ? inner[key] : undefined;
  }, value);
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
