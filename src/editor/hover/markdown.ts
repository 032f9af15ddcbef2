/** No claim is shown longer than this, in UTF-16 units: a hostile one would fill the screen. */
const MAX_SHOWN = 160;

/** Writes a stranger's text as Markdown that shows it as it is: nothing in it acts, and nothing in it is hidden. */
export function escapeMarkdown(text: string): string {
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return shown
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\`*_{}[\]()#+!|~<>$:@-]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('.', '&#46;');
}
