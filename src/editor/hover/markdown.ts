/** No claim is shown longer than this, in UTF-16 units: a hostile one would fill the screen. */
const MAX_SHOWN = 160;

/** A stranger's text as plain text that hides nothing and turns nothing around, cut after `max` UTF-16 units. */
export function harmless(text: string, max = MAX_SHOWN): string {
  const shown = text.length > max ? `${text.slice(0, max)}…` : text;
  return shown.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** Writes a stranger's text as Markdown that shows it as it is: nothing in it acts, nothing in it is hidden, cut after `max` UTF-16 units. */
export function escapeMarkdown(text: string, max = MAX_SHOWN): string {
  return harmless(text, max)
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\`*_{}[\]()#+!|~<>$:@-]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('.', '&#46;');
}
