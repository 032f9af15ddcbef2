import { describe, expect, it } from 'vitest';
import { placesIn, readYaml, type Reading } from '../../../src/yaml/yamlText.ts';

function readingOf(text: string): Reading {
  const reading = readYaml(text);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}

/** A list whose items stand for its first, as often as that. */
const aliases = (count: number): string => `- &x 1\n${'- *x\n'.repeat(count)}`;

describe('a document that is read piece by piece', () => {
  it.each([
    ['a map', 'a: 1\n'],
    ['one with a beginning and an end', '---\na: 1\n...\n'],
    ['one with a warning', '%YAML 1.9\n---\na: 1\n'],
    ['as many aliases as are followed', aliases(100)],
  ])('has its places: %s', (_what, text) => {
    expect(readingOf(text).yaml).toHaveProperty('text', text);
  });

  it.each([
    ['nothing', ''],
    ['a comment', '# a\n'],
    ['several documents', 'a: 1\n---\nb: 2\n'],
    ['what its own tools show as a problem', 'a: [\n'],
    ['an end without a beginning', '...\na: 1\n'],
    ['more aliases than are followed', aliases(101)],
  ])('has none where it is %s', (_what, text) => {
    expect(readingOf(text).yaml).toBeUndefined();
  });

  it('is too large from 20,000 words on, and where it is deeper than objects are', () => {
    expect(readingOf('- a\n'.repeat(2000)).yaml).toHaveProperty('root');
    expect(readingOf('- a\n'.repeat(20_000)).yaml).toBe('too-large');
    expect(readingOf('['.repeat(90) + ']'.repeat(90)).yaml).toHaveProperty('root');
    expect(readingOf('['.repeat(110) + ']'.repeat(110)).yaml).toBe('too-large');
  });
});

describe('the work of reading', () => {
  const words = (text: string): number => readingOf(text).words;

  it('is a word for each short piece, however many lines it has', () => {
    expect(words(`a: |\n${' b\n'.repeat(30)}`)).toBe(words('a: |\n b\n'));
    expect(words('x'.repeat(127))).toBe(words('x'));
  });

  it('is more for longer ones, most for lines and for what is in double quotes', () => {
    const one = words('x');
    expect(words('x'.repeat(128))).toBe(one + 1);
    expect(words('x'.repeat(1280))).toBe(one + 10);
    expect(words(`"${'x'.repeat(1278)}"`)).toBe(words('"x"') + 64);
    expect(words(`a: |\n${' bcdefg\n'.repeat(160)}`)).toBe(words('a: |\n b\n') + 30);
  });
});

describe('the places of a text', () => {
  it('are not told where there are more aliases than are followed', () => {
    expect(placesIn(aliases(100))).toBeDefined();
    expect(placesIn(aliases(101))).toBeUndefined();
  });
});
