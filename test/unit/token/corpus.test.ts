import { describe, expect, it } from 'vitest';
import { findTokens } from '../../../src/token/find.ts';
import { readCorpus, type Label, type LabelledText } from '../../support/texts/labelledCorpus.ts';

const corpus = readCorpus();

interface Counts {
  readonly right: Label[];
  readonly missed: Label[];
  readonly wrong: { readonly start: number; readonly end: number }[];
}

/** A token counts as found where place and content are exactly those of the label. */
function judge({ text, labels }: LabelledText): Counts {
  const found = findTokens(text);
  const isSame = (label: Label, one: Label): boolean =>
    label.start === one.start && label.end === one.end && label.token === one.token;
  return {
    right: labels.filter((label) => found.some((one) => isSame(label, one))),
    missed: labels.filter((label) => !found.some((one) => isSame(label, one))),
    wrong: found
      .filter((one) => !labels.some((label) => isSame(label, one)))
      .map(({ start, end }) => ({ start, end })),
  };
}

describe('the labelled corpus', () => {
  it.each(corpus)('$name: finds what is there, and nothing else', (labelled) => {
    const { missed, wrong } = judge(labelled);
    const around = ({ start, end }: { start: number; end: number }): string =>
      `${start}–${end} after ${JSON.stringify(labelled.text.slice(Math.max(0, start - 20), start))}`;
    expect({ missed: missed.map(around), wrong: wrong.map(around) }).toEqual({ missed: [], wrong: [] });
  });

  it('is read with full precision and recall', () => {
    const all = corpus.map(judge);
    const sum = (key: keyof Counts): number => all.reduce((total, counts) => total + counts[key].length, 0);
    const precision = sum('right') / (sum('right') + sum('wrong'));
    const recall = sum('right') / (sum('right') + sum('missed'));
    process.stdout.write(
      `${corpus.length} texts, ${sum('right') + sum('missed')} tokens: precision ${precision}, recall ${recall}\n`,
    );
    expect(sum('right')).toBeGreaterThan(100);
    expect(corpus.filter(({ labels }) => labels.length === 0).length).toBeGreaterThan(10);
    expect({ precision, recall }).toEqual({ precision: 1, recall: 1 });
  });
});
