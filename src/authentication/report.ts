import type { Explanation } from './explain.ts';

const marks = { passed: '✓', failed: '✗', 'cannot-tell': '?', 'not-reached': '–' } as const;

/** An explanation as Markdown to paste into an issue: every step with its evidence, and no token. */
export function reportOf({
  headline,
  steps,
  causes,
}: Pick<Explanation, 'headline' | 'steps' | 'causes'>): string {
  const lines = [`## ${escape(headline)}`, ''];
  for (const { state, title, finding, exhibits, needs, serverMessage } of steps) {
    lines.push(`- ${marks[state]} **${title}**: ${escape(finding)}`);
    for (const { what, value, origin } of exhibits)
      lines.push(`  - ${escape(`${what}: ${value} (${origin})`)}`);
    if (serverMessage !== undefined) lines.push(`  - The server’s reason: ${escape(serverMessage)}`);
    if (needs !== undefined) lines.push(`  - It needs: ${escape(needs)}`);
  }
  if (causes.length > 0) lines.push('', '### What it can be, likeliest first', '');
  for (const [index, { title, fix }] of causes.entries()) lines.push(`${index + 1}. **${title}**. ${fix}`);
  return `${lines.join('\n')}\n`;
}

/** Claims are a stranger's text: no link, no mention and no markup comes of them. */
function escape(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD').replaceAll(/[\\`*_{}[\]()#|~<>@!&]/g, String.raw`\$&`);
}
