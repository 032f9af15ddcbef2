/** Changes that make no difference that a caller could see. */
interface Equivalent {
  readonly file: string;
  readonly original: string;
  /** What it may be changed to without a difference. */
  readonly replacements: readonly string[];
  readonly why: string;
}

export const equivalents: readonly Equivalent[] = [];
