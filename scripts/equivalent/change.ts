/** A change that makes no difference that a caller could see. */
export interface Equivalent {
  readonly file: string;
  readonly original: string;
  /** What stands directly before it in its line, where it makes no difference there alone. */
  readonly behind?: string;
  /** What it may be changed to without a difference. */
  readonly replacements: readonly string[];
  readonly why: string;
}
