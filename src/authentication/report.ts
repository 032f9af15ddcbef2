import { kindInWords } from '../token/describe.ts';
import { withoutTrailing } from '../trailing.ts';
import { distributionInWords, type Distribution } from './distribution.ts';
import type { Explanation } from './explanation.ts';
import { remedyOf } from './remedy.ts';
import { instant } from './step.ts';

const marks = { passed: '✓', failed: '✗', 'cannot-tell': '?', 'not-reached': '–' } as const;

/** Under what an explanation was found: what a reader asks for first who was not there. */
export interface Circumstances {
  /** When, in seconds since the epoch. */
  readonly at: number;
  /** The context that was asked; undefined where none was. */
  readonly context: string | undefined;
  /** What the API server calls its release, e.g. `v1.37.2`; undefined where it was not asked or did not say. */
  readonly release: string | undefined;
  readonly distribution: Distribution | undefined;
  /** The extension with its version. */
  readonly extension: string;
}

/**
 * An explanation as Markdown to paste into an issue and to be found by a search: every step with its evidence, the
 * server's words as they are, and no token.
 */
export function reportOf(
  { headline, steps, causes, token }: Pick<Explanation, 'headline' | 'steps' | 'causes' | 'token'>,
  circumstances?: Circumstances,
): string {
  const lines = [`## ${escape(headline)}`, ''];
  if (token) lines.push(`${escape(kindInWords(token))}.`, '');
  if (circumstances) lines.push(...about(circumstances), '');
  for (const { state, title, finding, exhibits, needs, serverMessage } of steps) {
    lines.push(`- ${marks[state]} **${title}**: ${escape(finding)}`);
    for (const { what, value, origin } of exhibits)
      lines.push(`  - ${escape(what)}: ${code(value)} from ${escape(origin)}`);
    if (serverMessage !== undefined) lines.push(`  - The server’s reason: ${code(serverMessage)}`);
    if (needs !== undefined) lines.push(`  - It needs: ${code(needs)}`);
  }
  if (causes.length > 0) lines.push('', '### What it can be, likeliest first', '');
  for (const [index, { id, title, fix }] of causes.entries()) {
    const command = remedyOf(id, token);
    const run = command === undefined ? '' : ` ${code(command)}`;
    lines.push(`${index + 1}. **${escape(title)}**. ${escape(fix)}${run}`);
  }
  return `${lines.join('\n')}\n`;
}

function about({ at, context, release, distribution, extension }: Circumstances): string[] {
  return [
    `- Time: ${instant(at)}`,
    `- Context: ${context === undefined ? 'none, no cluster was asked' : code(context)}`,
    ...(context === undefined
      ? []
      : [`- API server: ${release === undefined ? 'does not tell its version' : code(release)}`]),
    ...(distribution ? [`- Distribution: ${escape(distributionInWords(distribution))}`] : []),
    `- Extension: ${extension}`,
  ];
}

/** What stands around a word of a sentence, and belongs to the sentence. */
const [BEFORE, AFTER] = ['("“‘', '.,;:!?)"”’'];

/**
 * Claims are a stranger's text: no markup, link, mention or reference comes of them. GitHub and others find bare links,
 * @mentions and #references after the Markdown was read, so that an escape does not stop them; code does. What could be
 * no markup stays as it is.
 */
function escape(text: string): string {
  return plain(text)
    .split(' ')
    .map((word) => {
      if (!/[@#`]|:\/\/|www\./i.test(word)) return withoutMarkup(word);
      const begun = word.slice(BEFORE.includes(word.charAt(0)) ? 1 : 0);
      const own = withoutTrailing(begun, AFTER);
      const [before, after] = [word.slice(0, word.length - begun.length), begun.slice(own.length)];
      return own === '' ? code(word) : `${before}${code(own)}${after}`;
    })
    .join(' ');
}

/** Escapes what CommonMark or GitHub would read: `_` only at a word's edge, `&` only before what may be an entity. */
function withoutMarkup(word: string): string {
  return word
    .replaceAll(/[\\*[\]~<>]/g, String.raw`\$&`)
    .replaceAll(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, String.raw`\_`)
    .replaceAll(/&(?=#?\w{1,40};)/g, String.raw`\&`);
}

/** A text as code, between more backticks than stand in it (CommonMark 6.1). */
function code(text: string): string {
  const shown = plain(text);
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const room = /^`|`$|^ .* $/.test(shown) ? ' ' : '';
  return shown === '' ? '' : `${fence}${room}${shown}${room}${fence}`;
}

function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
