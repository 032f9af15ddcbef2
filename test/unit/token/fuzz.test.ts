import { expect, it } from 'vitest';
import { makeDocument, readDocument } from '../../fuzz/documents.ts';

it('reads any document without a crash or a wrong offset (npm run fuzz reads a million)', () => {
  let tokens = 0;
  for (let seed = 1; seed <= 3000; seed++) tokens += readDocument(makeDocument(seed));
  expect(tokens).toBeGreaterThan(1000);
}, 60_000);
