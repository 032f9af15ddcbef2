/** What needs a YAML parser: an entry of its own in scripts/build.ts, loaded with the first document that needs it. */
import {
  checkKubeconfig,
  ignoredDocument,
  isKubeconfig,
  type KubeconfigRule,
  type UserInText,
} from '../kubeconfig/check.ts';
import { certificatesInText, type CertificateInText } from '../kubeconfig/certificatePlaces.ts';
import { checkProjections, type ProjectionRule } from '../manifest/checkProjection.ts';
import { Around, checkListed, checkOrder, type AccountRule, type Placed } from '../manifest/checkAccount.ts';
import { accountsByName, type AccountInText } from '../manifest/accounts.ts';
import {
  checkSecret,
  isTokenSecret,
  ownerOf,
  type Beside,
  type SecretRule,
} from '../manifest/checkSecret.ts';
import { isJson, placeOf } from '../yaml/fields.ts';
import { isFilledIn, knownNamespace } from '../manifest/names.ts';
import { objectsOf, type ObjectInText } from '../manifest/objectsInText.ts';
import type { Piece, Pieces } from '../manifest/pieces.ts';
import type { DocumentProblem, Fix } from '../manifest/problem.ts';
import { readYaml, type Reading, type YamlText } from '../yaml/yamlText.ts';

/** How much of a text is checked, in words of its documents: what is more would keep a processor busy for too long. */
const MOST_WORDS = 400_000;
/** What a document takes besides its words, in words. */
const WORDS_OF_DOCUMENT = 20;

export type CheckRule = AccountRule | KubeconfigRule | ProjectionRule | SecretRule;

/** A token Secret of a text. */
export interface SecretPlace {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly serviceAccount: string;
  readonly start: number;
  /** Where its token is, if it holds one. */
  readonly tokenAt: number | undefined;
}

/** What a text's kubeconfigs and manifests have and lack; all offsets are the whole text's, in UTF-16 units. */
export interface CheckedText {
  readonly problems: readonly DocumentProblem<CheckRule>[];
  readonly secrets: readonly SecretPlace[];
  readonly users: readonly UserInText[];
  readonly accounts: readonly AccountInText[];
  /** Of the kubeconfig that counts. */
  readonly certificates: readonly CertificateInText[];
  /** The key of the users of the first kubeconfig with a credential in it. */
  readonly credential: { readonly start: number; readonly end: number } | undefined;
  /** Where the first document begins that is too large to be checked; undefined: there is none. */
  readonly leftOutFrom: number | undefined;
  readonly read: ReadPieces;
}

/** Documents that were read before, by their text. */
export type ReadPieces = ReadonlyMap<string, Reading>;

/** Checks a text's documents, and yields each few milliseconds. What was read `before` is not read again. */
export function* checkText(found: Pieces, before: ReadPieces): Generator<undefined, CheckedText> {
  const { documents, read, leftOutFrom } = yield* readPieces(found, before);
  const accounts = documents.flatMap(({ objects }) => objects.flatMap(accountOf));
  const beside = accountsByName(
    accounts.map(({ name, namespace }) => ({ name, namespace: knownNamespace(namespace) })),
  );
  const hasAnyName = accounts.some(({ name }) => isFilledIn(name));
  const placed = documents.flatMap(({ piece, objects }) =>
    objects.map((object): Placed => ({ object, start: piece.start, text: piece.text })),
  );
  const around = new Around(placed);
  const problems: DocumentProblem<CheckRule>[] = [];
  const secrets: SecretPlace[] = [];
  const users: UserInText[] = [];
  const certificates: CertificateInText[] = [];
  let credential: CheckedText['credential'];
  let kubeconfigs = 0;
  for (const { piece, yaml, objects } of documents) {
    yield;
    const { start } = piece;
    if (piece.kind === 'kubeconfig' && isKubeconfig(yaml)) {
      const facts = checkKubeconfig(yaml);
      const found = countingProblems(facts.problems, yaml, kubeconfigs);
      if (kubeconfigs === 0) certificates.push(...certificatesInText(yaml).map((one) => moved(one, start)));
      kubeconfigs += 1;
      problems.push(...found.map((problem) => movedProblem(problem, start)));
      users.push(
        ...facts.users.map((user) => ({
          ...user,
          start: user.start + start,
          tokenAt: user.tokenAt === undefined ? undefined : user.tokenAt + start,
        })),
      );
      credential ??= facts.credential && moved(facts.credential, start);
    }
    const insertBefore = startOfContent(piece, yaml);
    for (const object of objects) {
      yield;
      const placed = { object, start, text: piece.text };
      const found = checkObject(placed, { accounts: beside, hasAnyName, insertBefore }, around);
      problems.push(...found.map((problem) => movedProblem(problem, start)));
      const { name, namespace } = object;
      const serviceAccount = ownerOf(object);
      if (!isTokenSecret(object) || name === undefined || serviceAccount === undefined) continue;
      const token = heldToken(object);
      secrets.push({
        name,
        namespace,
        serviceAccount,
        start: placeOf(object.node).start + start,
        tokenAt: token === undefined ? undefined : token + start,
      });
    }
  }
  return {
    problems: onlyOnce(problems),
    secrets,
    users,
    accounts,
    certificates,
    credential,
    leftOutFrom,
    read,
  };
}

interface ReadDocument {
  readonly piece: Piece;
  readonly yaml: YamlText;
  readonly objects: readonly ObjectInText[];
}

function* readPieces(
  { pieces, leftOutFrom: first = Number.POSITIVE_INFINITY }: Pieces,
  before: ReadPieces,
): Generator<
  undefined,
  Pick<CheckedText, 'leftOutFrom' | 'read'> & { readonly documents: readonly ReadDocument[] }
> {
  let leftOutFrom = first;
  const read = new Map<string, Reading>();
  const documents: ReadDocument[] = [];
  let words = 0;
  for (const piece of pieces) {
    yield;
    const reading = before.get(piece.text) ?? (yield* readYaml(piece.text));
    words += WORDS_OF_DOCUMENT + reading.words;
    if (words > MOST_WORDS) {
      leftOutFrom = Math.min(leftOutFrom, piece.start);
      break;
    }
    read.set(piece.text, reading);
    const { yaml } = reading;
    if (yaml === 'too-large') leftOutFrom = Math.min(leftOutFrom, piece.start);
    else if (yaml) documents.push({ piece, yaml, objects: piece.kind === 'manifest' ? objectsOf(yaml) : [] });
  }
  return { documents, read, leftOutFrom: Number.isFinite(leftOutFrom) ? leftOutFrom : undefined };
}

function checkObject(placed: Placed, beside: Beside, around: Around): DocumentProblem<CheckRule>[] {
  const { object } = placed;
  return [
    ...checkSecret(object, beside),
    ...(isTokenSecret(object) ? checkOrder(placed, around, beside.insertBefore) : []),
    ...(object.kind === 'ServiceAccount' ? checkListed(object, around) : []),
    ...checkProjections(object),
  ];
}

/** Of a file's kubeconfigs kubectl reads the first; that the others are ignored is said once. */
function countingProblems(
  problems: readonly DocumentProblem<CheckRule>[],
  yaml: YamlText,
  before: number,
): readonly DocumentProblem<CheckRule>[] {
  if (before === 0) return problems;
  return before === 1 ? [ignoredDocument(yaml)] : [];
}

/** Where the token of a filled token Secret is, as `kubectl get -o yaml` shows it. */
function heldToken({ yaml, node }: ObjectInText): number | undefined {
  const held = ['data', 'stringData']
    .map((section) => yaml.at(node, section, 'token'))
    .find((field) => /^\s*(?:eyJ|ZXlK)/.test(yaml.string(field) ?? ''));
  return held?.value ? placeOf(held.value).start : undefined;
}

function accountOf({ kind, name, namespace }: ObjectInText): AccountInText[] {
  return kind === 'ServiceAccount' && name !== undefined ? [{ name, namespace }] : [];
}

/** Where another document can be put before a piece's; undefined where it would be no YAML any more. */
function startOfContent({ start, text }: Piece, yaml: YamlText): number | undefined {
  if (isJson(yaml)) return undefined;
  if (start === 0) return /^[%{["']/.test(text) ? undefined : text.startsWith('\uFEFF') ? 1 : 0;
  return /^[ \t]*(?:#[^\n]*)?\r?\n/.exec(text)?.[0].length;
}

/** The same place in the whole text. */
function moved<T extends { readonly start: number; readonly end: number }>(place: T, by: number): T {
  return { ...place, start: place.start + by, end: place.end + by };
}

function movedProblem(problem: DocumentProblem<CheckRule>, by: number): DocumentProblem<CheckRule> {
  const fixes = (): Fix[] =>
    problem.fixes().map(({ title, edits, isPreferred }) => ({
      title,
      isPreferred,
      edits: edits.map((edit) => moved(edit, by)),
    }));
  return { ...moved(problem, by), fixes };
}

/** What several aliases stand for is wrong once. */
function onlyOnce(problems: readonly DocumentProblem<CheckRule>[]): DocumentProblem<CheckRule>[] {
  const seen = new Map(problems.map((problem) => [`${problem.rule} ${problem.start}`, problem]));
  return [...seen.values()].toSorted((one, other) => one.start - other.start);
}
