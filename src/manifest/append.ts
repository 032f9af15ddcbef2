import { isMap, isScalar, type Document } from 'yaml';
import { Problem } from '../errors.ts';
import { isRecord } from '../token/decode.ts';
import { manifestYaml, type ManifestPart } from './buildManifest.ts';
import { readDocuments, type YamlDocument } from '../yaml/documents.ts';
import { addItems, checkedEdits } from '../yaml/addItems.ts';
import { lineEndOf, type Edit } from '../yaml/edit.ts';

/**
 * The edits that put objects at the end of a manifest, each as a document of its own; in JSON, which has no documents,
 * into its List. What is there stays byte for byte. Throws bad-input where the manifest cannot be read, or is JSON of
 * another shape.
 */
export function appendParts(text: string, parts: readonly ManifestPart[]): readonly Edit[] {
  const documents = readDocuments(text);
  if (/^\uFEFF?\s*[{[]/.test(text)) return intoList(text, documents, parts);
  const last = documents.at(-1);
  const isOpen = last === undefined || isEmpty(last.document);
  const before = documents.map(({ value }) => value);
  const edits = [appended(text, manifestYaml(parts), isOpen)];
  return checkedEdits(text, edits, [...before, ...parts.map(({ object }) => object)]);
}

/** The same for a Helm template, which is no YAML before it is rendered. */
export function appendToTemplate(text: string, parts: readonly ManifestPart[]): readonly Edit[] {
  const written = text.trimEnd();
  const last = written.slice(written.lastIndexOf('\n') + 1);
  const isOpen = /^---[ \t]*(?:#.*)?$/s.test(last) || /^\uFEFF?$/.test(written);
  return [appended(text, manifestYaml(parts), isOpen)];
}

/** `isOpen`: nothing stands in the last document yet. */
function appended(text: string, yaml: string, isOpen: boolean): Edit {
  const eol = lineEndOf(text);
  const endsLine = text === '' || text === '\uFEFF' || text.endsWith('\n');
  const added = `${endsLine ? '' : '\n'}${isOpen ? '' : '---\n'}${yaml}`;
  return { start: text.length, end: text.length, text: added.replaceAll('\n', eol) };
}

function isEmpty({ contents }: Document): boolean {
  if (contents === null) return true;
  return (
    isScalar(contents) && contents.source === '' && contents.tag === undefined && contents.type === 'PLAIN'
  );
}

function intoList(
  text: string,
  [one, ...more]: readonly YamlDocument[],
  parts: readonly ManifestPart[],
): readonly Edit[] {
  const root = one?.document.contents;
  const value = one?.value;
  const items = isRecord(value) ? (value['items'] ?? []) : undefined;
  if (
    !one ||
    more.length > 0 ||
    !isMap(root) ||
    !isRecord(value) ||
    value['kind'] !== 'List' ||
    !Array.isArray(items)
  ) {
    const kind = isRecord(value) && typeof value['kind'] === 'string' ? value['kind'] : 'something else';
    throw new Problem(
      'bad-input',
      `This file is JSON and has ${kind}: nothing can be appended to JSON but a List. Choose a new file, or make it { "apiVersion": "v1", "kind": "List", "items": […] } first.`,
    );
  }
  const objects = parts.map(({ object }) => object);
  const edits = addItems(text, one.document, root, { items: objects });
  return checkedEdits(text, edits, [{ ...value, items: [...(items as readonly unknown[]), ...objects] }]);
}
