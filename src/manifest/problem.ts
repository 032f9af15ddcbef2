/** A change of a text: what is between two UTF-16 offsets is replaced. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Whether `text` has a place to fill in, `${1:…}`, in VS Code's snippet syntax. */
  readonly isSnippet?: true;
}

/** What puts a problem right, as the smallest change of the text. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** Whether there is no doubt that this is what the author wants. */
  readonly isPreferred: boolean;
}

/** A problem with a document, at the key or the value that is wrong. `message` may hold a stranger's names, no credential. */
export interface DocumentProblem<Rule extends string> {
  readonly rule: Rule;
  readonly message: string;
  /** UTF-16 offsets, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Works out what puts it right: for the few problems that somebody asks about, and not for each that is found. */
  readonly fixes: () => readonly Fix[];
  /** Whether what is marked has no effect. */
  readonly isUnused?: true;
  /** The ServiceAccount that is missed here: where it is known from elsewhere there is no problem. */
  readonly misses?: { readonly name: string; readonly namespace: string | undefined };
}
