/** Manifests as generated values, the same value as people and tools lay it out, and what became of its text. */
import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { Problem } from '../../../src/errors.ts';
import { findWorkloads } from '../../../src/manifest/workload.ts';
import { applyEdits, type Edit } from '../../../src/yaml/edit.ts';

export const valuesOf = (text: string): unknown[] =>
  [...parseAllDocuments(text, { version: '1.1' })].map((document) => document.toJS() as unknown);

/** The result with what was put in taken out again. */
export function undone(text: string, edits: readonly Edit[]): string {
  let result = applyEdits(text, edits);
  for (const { start, end, text: added } of edits.toSorted((one, other) => one.start - other.start)) {
    if (result.slice(start, start + added.length) !== added)
      throw new Error(`"${added}" is not at ${start}.`);
    result = result.slice(0, start) + text.slice(start, end) + result.slice(start + added.length);
  }
  return result;
}

/** The words of a refusal; `none` where there is none. */
export function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (Problem.is(error, 'bad-input')) return error.message;
    throw error;
  }
  return 'none';
}

export const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/);
const scalar = fc.oneof(
  word,
  fc.integer(),
  fc.boolean(),
  fc.constantFrom('on', '', 'a: b', '# no', 'two\nlines\n', 'ünï'),
);
export const extra = fc.dictionary(
  word.map((one) => `x${one}`),
  fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(word, scalar, { maxKeys: 3 })),
  { maxKeys: 3 },
);
export const list = (item: fc.Arbitrary<object>): fc.Arbitrary<object[] | null | undefined> =>
  fc.option(fc.oneof(fc.constant(null), fc.array(item, { maxLength: 2 })), { nil: undefined });

export const join = (...all: readonly (object | null)[]): object => Object.assign({}, ...all) as object;
export const maybe = (key: string, value: unknown): object => (value === undefined ? {} : { [key]: value });

const container = (name: string): fc.Arbitrary<object> =>
  fc
    .tuple(extra, list(fc.record({ name: word, mountPath: fc.constant('/data') })), extra)
    .map(([before, mounts, after]) => join({ name }, before, maybe('volumeMounts', mounts), after));
const podSpec = fc
  .tuple(
    extra,
    container('one'),
    fc.option(container('two')),
    list(fc.record({ name: word, emptyDir: fc.constant({}) })),
    fc.boolean(),
  )
  .map(([more, one, two, volumes, volumesFirst]) => {
    const own = maybe('volumes', volumes);
    const containers = { containers: two ? [one, two] : [one] };
    return volumesFirst ? join(own, more, containers) : join(containers, more, own);
  });
export const workload = fc
  .tuple(
    fc.constantFrom('Pod', 'Deployment', 'DaemonSet', 'StatefulSet', 'Job', 'CronJob'),
    podSpec,
    extra,
    fc.boolean(),
  )
  .map(([kind, spec, more, inList]) => {
    const template = { metadata: { labels: { app: 'x' } }, spec };
    const whole =
      kind === 'Pod'
        ? spec
        : kind === 'CronJob'
          ? { schedule: '* * * * *', jobTemplate: { spec: { template } } }
          : join({ template }, more);
    const object = { kind, metadata: { name: 'app', namespace: 'ci' }, spec: whole };
    return inList ? { kind: 'List', items: [{ kind: 'ConfigMap' }, object] } : object;
  });

/** The same value as people and tools lay it out. */
export const layout = (value: object): fc.Arbitrary<string> =>
  fc
    .record({
      style: fc.constantFrom('block', 'compact', 'wide', 'flow', 'json', 'jsonLines'),
      comments: fc.array(fc.nat(40), { maxLength: 6 }),
      crlf: fc.boolean(),
      end: fc.constantFrom('\n', '', '\n\n', '\n# the end\n', '\n# the end'),
      bom: fc.boolean(),
    })
    .map(({ style, comments, crlf, end, bom }) => {
      const options = { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false } as const;
      let text =
        style === 'json'
          ? JSON.stringify(value)
          : style === 'jsonLines'
            ? JSON.stringify(value, undefined, 4)
            : style === 'flow'
              ? stringify(value, { ...options, collectionStyle: 'flow' }).trimEnd()
              : stringify(value, {
                  ...options,
                  indent: style === 'wide' ? 4 : 2,
                  indentSeq: style !== 'compact',
                }).trimEnd();
      if (!style.startsWith('json')) {
        const lines = text.split('\n');
        for (const at of comments) lines.splice(at % (lines.length + 1), 0, '# a comment: [of no matter');
        const marked = lines.join('\n');
        // A comment inside a text of several lines is a part of it, and in some of them ends it.
        const same =
          messageOf(() => findWorkloads(marked)) === 'none' &&
          JSON.stringify(valuesOf(marked)) === JSON.stringify(valuesOf(text));
        if (same) text = marked;
        text += end;
      }
      if (crlf) text = text.replaceAll('\n', '\r\n');
      return (bom ? '\uFEFF' : '') + text;
    });
