import { isDeepStrictEqual } from 'node:util';
import { Problem } from '../../errors.ts';
import type {
  AppliedObject,
  ApplyOptions,
  ApplyPlan,
  FieldConflict,
  ManifestObject,
} from '../api/objects.ts';
import type { Server } from '../connect/server.ts';
import { field, list, record, text } from '../read/json.ts';
import { needOf, pathOf, ROLE_BINDINGS, SECRETS, SERVICE_ACCOUNTS, type Kind } from '../read/kinds.ts';
import { problemOfWrite } from './writing.ts';

/** Owns the fields of what is created or applied from here, so that others are told whose they are. */
export const FIELD_MANAGER = 'serviceaccount-tokens';
const APPLY = 'application/apply-patch+yaml'; // JSON is YAML.

const KINDS: Readonly<Record<ManifestObject['kind'], Kind>> = {
  Secret: SECRETS,
  ServiceAccount: SERVICE_ACCOUNTS,
  Role: { ...ROLE_BINDINGS, resource: 'roles' },
  RoleBinding: ROLE_BINDINGS,
};

/** What the server alone sets; it is left out of what is applied, and of what is shown. */
const SERVER_SIDE = [
  'managedFields',
  'resourceVersion',
  'uid',
  'creationTimestamp',
  'generation',
  'selfLink',
];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** See Cluster.planApply. Nothing but dry runs. */
export async function planApply(
  server: Server,
  manifest: ManifestObject,
  signal: AbortSignal,
): Promise<ApplyPlan> {
  const live = await readLive(server, manifest, signal);
  const first = await tryApply(server, manifest, { dryRun: true, force: false, create: false }, signal);
  const create = live === undefined && first instanceof Problem && first.reason === 'forbidden';
  const second = create
    ? await tryApply(server, manifest, { dryRun: true, force: false, create: true }, signal)
    : isConflict(first)
      ? await tryApply(server, manifest, { dryRun: true, force: true, create: false }, signal)
      : first;
  const conflicts = isConflict(first) ? first.conflicts : [];
  if (isConflict(second))
    throw new Problem('conflict', 'The server finds conflicts even when it is to ignore them.');
  const after = second instanceof Problem ? undefined : second.body;
  return {
    live: live === undefined ? undefined : shown(live, after ?? manifest.object),
    applied: after === undefined ? undefined : shown(after, live),
    problem: second instanceof Problem ? second : undefined,
    conflicts,
    create,
    isSame: live !== undefined && after !== undefined && isDeepStrictEqual(bare(live), bare(after)),
    warnings: second instanceof Problem ? [] : second.warnings,
  };
}

/** See Cluster.apply. */
export async function applyObject(
  server: Server,
  manifest: ManifestObject,
  options: ApplyOptions,
  signal: AbortSignal,
): Promise<AppliedObject> {
  const answer = await tryApply(server, manifest, { ...options, dryRun: false }, signal);
  if (answer instanceof Problem) throw answer;
  if (isConflict(answer)) {
    const fields = answer.conflicts
      .map(({ path, manager }) => `${path} (${manager ?? 'nobody knows who'})`)
      .join(', ');
    throw new Problem('conflict', `Meanwhile others own fields of it: ${fields}. Nothing was changed.`);
  }
  return { uid: text(field(answer.body, 'metadata'), 'uid') ?? '', warnings: answer.warnings };
}

interface Conflict {
  readonly conflicts: readonly FieldConflict[];
}
interface Success {
  readonly body: unknown;
  readonly warnings: readonly string[];
}

const isConflict = (answer: Conflict | Success | Problem): answer is Conflict => 'conflicts' in answer;

/** Applies, or creates; what was refused comes back as a Problem, what could not be asked is thrown. */
async function tryApply(
  server: Server,
  manifest: ManifestObject,
  { dryRun, force, create }: ApplyOptions & { readonly dryRun: boolean },
  signal: AbortSignal,
): Promise<Conflict | Success | Problem> {
  const { namespace, name } = manifest;
  const kind = KINDS[manifest.kind];
  const query = { fieldManager: FIELD_MANAGER, ...(dryRun && { dryRun: 'All' }) };
  const body = sent(manifest);
  const need = needOf(create ? 'create' : 'patch', kind, namespace, name);
  const answer = await server.ask(
    create
      ? { method: 'POST', path: pathOf(kind, namespace), query, body }
      : {
          method: 'PATCH',
          path: pathOf(kind, namespace, name),
          query: { ...query, force },
          body,
          contentType: APPLY,
        },
    signal,
  );
  if (answer.status >= 200 && answer.status <= 299) return { body: answer.body, warnings: answer.warnings };
  const conflicts = answer.status === 409 ? conflictsOf(answer.body) : [];
  return conflicts.length > 0 ? { conflicts } : problemOfWrite(server, answer, need);
}

/** Who owns what, as the server says it (kubernetes apimachinery structured-merge-diff, NewConflictError). */
/** Who a server names for fields that are older than its record of owners (k8s.io/apimachinery pkg/util/managedfields). */
const UNKNOWN_MANAGER = 'before-first-apply';

function conflictsOf(status: unknown): readonly FieldConflict[] {
  return list(field(status, 'details'), 'causes').flatMap((cause) => {
    if (text(cause, 'reason') !== 'FieldManagerConflict') return [];
    const message = text(cause, 'message') ?? '';
    const manager = quotedIn(message) ?? message;
    return [{ path: text(cause, 'field') ?? '', manager: manager === UNKNOWN_MANAGER ? undefined : manager }];
  });
}

function quotedIn(message: string): string | undefined {
  const [start, end] = [message.indexOf('"'), message.lastIndexOf('"')];
  return end > start + 1 ? message.slice(start + 1, end) : undefined;
}

async function readLive(
  server: Server,
  { kind, namespace, name }: ManifestObject,
  signal: AbortSignal,
): Promise<unknown> {
  const need = needOf('get', KINDS[kind], namespace, name);
  const answer = await server.ask({ path: pathOf(KINDS[kind], namespace, name) }, signal);
  if (answer.status === 200) return answer.body;
  const problem = problemOfWrite(server, answer, need);
  if (problem.reason === 'not-found' || problem.reason === 'forbidden') return undefined;
  throw problem;
}

function sent({ object, namespace, name }: ManifestObject): unknown {
  const { status: _status, ...rest } = object;
  return { ...rest, metadata: { ...without(record(rest['metadata']), SERVER_SIDE), name, namespace } };
}

/** An object without what the server alone sets. */
function bare(object: unknown): Record<string, unknown> {
  const { status: _status, ...rest } = record(object);
  const metadata = without(record(rest['metadata']), SERVER_SIDE);
  const annotations = without(record(metadata['annotations']), [LAST_APPLIED]);
  const { annotations: _annotations, ...others } = metadata;
  return { ...rest, metadata: { ...others, ...(Object.keys(annotations).length > 0 && { annotations }) } };
}

/** The same with the values of a Secret masked; a value that is another in `other` says so. */
function shown(object: unknown, other: unknown): Record<string, unknown> {
  const result = bare(object);
  for (const key of ['data', 'stringData']) {
    if (result[key] === undefined || result['kind'] !== 'Secret') continue;
    const values = Object.entries(record(result[key])).map(([name, value]) => {
      const known = field(field(other, key), name);
      const isOther = other !== undefined && known !== value;
      return [name, mask(value, key === 'data', isOther)] as const;
    });
    result[key] = Object.fromEntries(values);
  }
  return result;
}

function mask(value: unknown, isBase64: boolean, isOther: boolean): string {
  const bytes = Buffer.byteLength(String(value), isBase64 ? 'base64' : 'utf8');
  return `(${bytes} bytes, not shown${isOther ? ', another value' : ''})`;
}

function without(
  object: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
