import { kindInWords } from '../token/describe.ts';
import type { Explanation } from './explain.ts';
import { remedyOf } from './remedy.ts';

const marks = { passed: '✓', failed: '✗', 'cannot-tell': '?', 'not-reached': '–' } as const;

/** An explanation as Markdown to paste into an issue: every step with its evidence, and no token. */
export function reportOf({
  headline,
  steps,
  causes,
  token,
}: Pick<Explanation, 'headline' | 'steps' | 'causes' | 'token'>): string {
  const lines = [`## ${escape(headline)}`, ''];
  if (token) lines.push(`${escape(kindInWords(token))}.`, '');
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
    lines.push(`${index + 1}. **${title}**. ${fix}${run}`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Claims are a stranger's text: no markup, link, mention or reference comes of them. GitHub and others find bare links,
 * @mentions and #references after the Markdown was read, so that an escape does not stop them; code does.
 */
function escape(text: string): string {
  return plain(text)
    .split(' ')
    .map((word) =>
      /[@#`]|:\/\/|www\./i.test(word) ? code(word) : word.replaceAll(/[\\*_{}[\]()|~<>!&]/g, String.raw`\$&`),
    )
    .join(' ');
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
