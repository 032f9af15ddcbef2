/** What a row looks like, and what a screen reader says of it. */
export interface Row {
  readonly label: string;
  readonly description: string;
  /** Lines of plain text: names in a cluster are a stranger's. */
  readonly tooltip: readonly string[];
  /** Whether the tooltip says all that the row does, in its own words. */
  readonly isWhole?: boolean;
  readonly icon: string;
  readonly isWarning?: boolean;
  /** The kind of row as a screen reader says it; nothing where the label is a sentence. */
  readonly spoken: string;
  /** What a screen reader says in place of all that. */
  readonly sentence?: string;
  /** What a screen reader says in place of a description that is a bare number. */
  readonly spokenDescription?: string;
}
