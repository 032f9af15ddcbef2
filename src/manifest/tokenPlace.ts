import { sixBitsAt } from '../token/base64.ts';
import { scanText, type FoundToken } from '../token/find.ts';
import { fieldAt, hasBeside, type BlockStart, type FieldAt, type Lines } from './fieldAt.ts';

/** Where a token stands in its document. */
export interface Place {
  /**
   * Whether it is the token of a kubeconfig's user, a value of a Secret, or what another program's configuration logs in
   * with; undefined: none of these.
   */
  readonly field: 'kubeconfig' | 'data' | 'stringData' | 'configuration' | undefined;
  /** What stands before and after it on its lines; of more than that, the nearest. */
  readonly before: string;
  readonly after: string;
  /** What begins the block scalar that it is in. */
  readonly block: BlockStart | undefined;
  /** Whether a client gets another by itself when it has ended: a token with a refresh token beside it. */
  readonly isRenewed: boolean;
  /** Whether it is all that its block scalar holds. */
  readonly isAlone: boolean;
  /** Whether what is base64-encoded of a Secret's data ends in a line break. */
  readonly endsInBreak: boolean;
  /** Whether its last line is the document's. */
  readonly isAtEnd: boolean;
}

/** A line of a document and a UTF-16 unit of it. */
interface Position {
  readonly line: number;
  readonly character: number;
}

/** How much of a token's lines is looked at beside it, in UTF-16 units. */
const BESIDE = 200;

/** Reads where what stands between two positions of a document stands. */
export function placeIn(lines: Lines, start: Position, end: Position): Place {
  const at = fieldAt(lines, start.line, start.character);
  const { path, block } = at;
  const own = path.at(-1);
  const before = lines.line(start.line).slice(Math.max(0, start.character - BESIDE), start.character);
  const field = fieldFor(lines, start, at, before);
  return {
    field,
    before,
    after: lines.line(end.line).slice(end.character, end.character + BESIDE),
    block,
    isRenewed: isRenewed(lines, start, own),
    isAlone: block !== undefined && block.line + 1 === start.line && isLastOfBlock(lines, start, end),
    endsInBreak: field === 'data' && endsInBreak(lines, end),
    isAtEnd: end.line === lines.count - 1,
  };
}

/**
 * What takes an API server's credential by a field of its own: Argo CD's cluster Secrets (and client-go's own JSON), Vault's
 * kubernetes auth, Prometheus, Telegraf, GitLab's clusters and their CI variable, Pomerium, Helm, Ansible.
 */
const CONFIGURATION =
  /\b(?:bearerToken\\{0,3}"\s*:\s*\\{0,3}"|(?:token_reviewer_jwt|bearer_token|bearer_token_string|kubernetes_token|kubernetes_service_account_token|KUBE_TOKEN|HELM_KUBETOKEN|K8S_AUTH_API_KEY|platform_kubernetes_attributes\[token\])["']?\s*[:=]\s*["']?)$/;

function fieldFor(lines: Lines, start: Position, at: FieldAt, before: string): Place['field'] {
  if (isOfUser(at) || isOfUserInString(lines, start)) return 'kubeconfig';
  const holder = at.path.at(-2);
  if (at.kind === 'Secret' && (holder === 'data' || holder === 'stringData')) return holder;
  if (isLiteral(lines, start, before)) return 'stringData';
  const isConfiguration =
    CONFIGURATION.test(before) ||
    isFlag(before) ||
    isWithinItsHolder(at) ||
    isOfProvider(lines, start, before);
  return isConfiguration ? 'configuration' : undefined;
}

/** Tokens, and what gets others: in an auth-provider's config, and in the caches of login programs. */
const REFRESHED: ReadonlyMap<string | undefined, string> = new Map([
  ['id-token', 'refresh-token'],
  ['access-token', 'refresh-token'],
  ['id_token', 'refresh_token'],
  ['access_token', 'refresh_token'],
  ['idToken', 'refreshToken'],
  ['accessToken', 'refreshToken'],
]);

function isRenewed(lines: Lines, { line, character }: Position, own: string | undefined): boolean {
  const beside = REFRESHED.get(own);
  return beside !== undefined && hasBeside(lines, line, character, beside);
}

/** Whether a field is the token of a kubeconfig's user. */
function isOfUser({ path, isWhole }: FieldAt): boolean {
  const [own, holder, list] = path.toReversed();
  return own === 'token' && holder === 'user' && (list === 'users' || (!isWhole && list === undefined));
}

/** The token of a text whose line ends are escaped, or of JSON whose quotes are. */
const IN_STRING = /(?:\\n(?:- )? *token: *(?:\\{1,7}["']|')?|\\"token\\{1,7}": *\\{1,7}")$/;

/** The same of a kubeconfig that is one string, as in JSON: its line ends and its quotes are escaped there. */
function isOfUserInString(lines: Lines, { line, character }: Position): boolean {
  const text = lines.line(line).slice(Math.max(0, character - MOST_OF_RUN), character);
  if (!IN_STRING.test(text.slice(-BESIDE))) return false;
  const rows = text.replaceAll(/\\{1,7}"/g, '"').split(/(?:\\{1,7}r)?\\{1,7}n/);
  const inner: Lines = { count: rows.length, line: (index) => rows[index] ?? '' };
  return isOfUser(fieldAt(inner, rows.length - 1, rows.at(-1)?.length ?? 0));
}

/** A value of a Secret that Kustomize makes, which encodes it. */
function isLiteral(lines: Lines, { line }: Position, before: string): boolean {
  const item = /^( *- +["']?)[\w.-]{1,200}=$/.exec(before)?.[1];
  if (item === undefined) return false;
  const { path } = fieldAt(lines, line, item.length);
  return path.at(-1) === 'literals' && path.at(-2) === 'secretGenerator';
}

/** What kubectl, oc or Helm is told on its command line. */
function isFlag(before: string): boolean {
  return /\s--(?:kube-)?token(?:=|\s+)["']?$/.test(before) && /\b(?:kubectl|oc|helm)\s/.test(before);
}

/** Fields that take one where they stand: in Argo CD's chart, Backstage, and what Prometheus scrapes, an API server as a rule. */
const WITHIN_HOLDERS: ReadonlyMap<string | undefined, string> = new Map([
  ['bearerToken', 'config'],
  ['serviceAccountToken', 'clusters'],
  ['credentials', 'authorization'],
]);

function isWithinItsHolder({ path }: FieldAt): boolean {
  const holder = WITHIN_HOLDERS.get(path.at(-1));
  return holder !== undefined && path.at(-2) === holder;
}

/** How far above a field of Terraform its block may begin, in lines. */
const MOST_ABOVE = 30;
const PROVIDER = /^\s*(?:provider +"(?:kubernetes|kubectl|helm)"|kubernetes(?: *=)?) *\{/;

/** The token of Terraform's providers for Kubernetes. */
function isOfProvider(lines: Lines, { line }: Position, before: string): boolean {
  if (!/^[ \t]*token *= *"$/.test(before)) return false;
  for (let at = line - 1; at >= 0 && at >= line - MOST_ABOVE; at--) {
    const text = lines.line(at).slice(0, BESIDE);
    if (/\{\s*$/.test(text)) return PROVIDER.test(text);
    if (/^\s*\}/.test(text)) return false;
  }
  return false;
}

function isLastOfBlock(lines: Lines, start: Position, end: Position): boolean {
  if (end.line + 1 >= lines.count) return true;
  const next = lines.line(end.line + 1).slice(0, start.character + 1);
  return next.trim() === '' ? next.length <= start.character : next.search(/\S/) < start.character;
}

/** Whether the last group of four characters of base64 that ends at a position stands for a line break at last. */
function endsInBreak(lines: Lines, { line, character }: Position): boolean {
  const own = lines
    .line(line)
    .slice(Math.max(0, character - 4), character)
    .trim();
  const group =
    own.length < 4 && line > 0
      ? `${lines
          .line(line - 1)
          .trim()
          .slice(own.length - 4)}${own}`
      : own;
  return /[\r\n]$/.test(fromBase64(group) ?? '');
}

/** Where a token that lies within base64 of a longer text stands in that text. */
export interface Within {
  readonly found: FoundToken;
  readonly place: Place;
}

/** No longer run of base64 is decoded, in UTF-16 units: more than a whole kubeconfig. */
const MOST_OF_RUN = 64 * 1024;

/** Looks into the base64 that a token between two positions lies within; undefined where it is not found there. */
export function placeWithin(lines: Lines, start: Position, end: Position, token: string): Within | undefined {
  const text = fromBase64(runAround(lines, start, end));
  if (text === undefined) return undefined;
  for (const found of scanText(text)) {
    if (found.kind !== 'jws' || found.token !== token || found.isWithin) continue;
    const rows = text.split('\n');
    const at = (offset: number): Position => {
      const before = text.slice(0, offset);
      return { line: before.split('\n').length - 1, character: offset - before.lastIndexOf('\n') - 1 };
    };
    const inner: Lines = { count: rows.length, line: (index) => rows[index] ?? '' };
    return { found, place: placeIn(inner, at(found.start), at(found.end)) };
  }
  return undefined;
}

/** The base64 on the lines around, from its beginning on, without its line breaks. */
function runAround(lines: Lines, start: Position, end: Position): string {
  const first = lines.line(start.line);
  let from = start.character;
  while (from > 0 && sixBitsAt(first, from - 1) <= 63) {
    // Of what is longer no whole beginning is read.
    if (start.character - from > MOST_OF_RUN) return '';
    from--;
  }
  const parts = [first.slice(from, from + MOST_OF_RUN)];
  let length = first.length - from;
  const take = (line: number, add: (text: string) => unknown): boolean => {
    const text = lines.line(line).trim();
    length += text.length;
    const isTaken = length <= MOST_OF_RUN && /^[\w+/=-]+$/.test(text);
    if (isTaken) add(text);
    return isTaken;
  };
  if (first.slice(0, from).trim() === '') {
    const above: string[] = [];
    for (let line = start.line - 1; line >= 0 && take(line, (text) => above.push(text));) line--;
    parts.unshift(...above.toReversed());
  }
  for (let line = start.line + 1; line < lines.count && (line <= end.line || isWhole(parts)); line++) {
    if (!take(line, (text) => parts.push(text))) break;
  }
  return parts.join('').trimEnd();
}

/** Whether what was put together so far is base64 up to the end of its last line. */
function isWhole(parts: readonly string[]): boolean {
  return /^[\w+/-]+\s*$/.test(parts.at(-1) ?? '');
}

/** What base64 at the beginning of a text stands for; undefined where there is none. */
function fromBase64(text: string): string | undefined {
  const run = /^[\w+/-]*/.exec(text.slice(0, MOST_OF_RUN))?.[0] ?? '';
  try {
    return atob(
      run
        .replaceAll('-', '+')
        .replaceAll('_', '/')
        .slice(0, run.length - (run.length % 4 === 1 ? 1 : 0)),
    );
  } catch {
    return undefined;
  }
}

/** The quote before a token that is inside another one, as in `token: '"…"'`, as it is written; undefined: there is none. */
export function caughtQuote(before: string): string | undefined {
  return /[:\s[{,-](?:'(")|"(\\"|'))$/
    .exec(before)
    ?.slice(1)
    .find((quote) => quote !== undefined);
}

/**
 * Whether a blank or a line break beside a token is part of its field's text: after it where a block scalar keeps its
 * last line break (kubectl then fails with `invalid header field value`), before it within quotes.
 */
export function caughtBlank({ before, after, block, isAtEnd }: Place): 'before' | 'after' | undefined {
  if (block) return block.style.includes('-') || isAtEnd ? undefined : 'after';
  if (/["'](?:\\[nrt]|\s)+$/.test(before)) return 'before';
  return /"(?:\\["'])?$/.test(before) && /^\s*\\[nr]/.test(after) ? 'after' : undefined;
}
