import { harmless } from '../../harmless.ts';

/** Writes a stranger's text as Markdown that shows it as it is: nothing in it acts, nothing in it is hidden, cut after `max` UTF-16 units. */
export function escapeMarkdown(text: string, max?: number): string {
  return harmless(text, max)
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\`*_{}[\]()#+!|~<>$:@-]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('.', '&#46;');
}
