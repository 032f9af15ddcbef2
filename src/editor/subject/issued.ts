import { Problem } from '../../errors.ts';
import type { IssuedToken } from '../../issued/entry.ts';
import type { SubjectOf } from './subject.ts';

/** The record of a row under "Issued tokens". Throws bad-input where it is no such row. */
export function issuedOf(about: SubjectOf<'row'> | undefined): IssuedToken {
  if (about?.row.kind === 'issuedToken') return about.row.entry;
  throw new Problem('bad-input', 'Choose an issued token in the ServiceAccounts view.');
}
