import type { Edit } from '../yaml/edit.ts';
import { removal } from '../yaml/fields.ts';
import type { Field, YamlText } from '../yaml/yamlText.ts';

/** An edit of a fix. */
export interface TextEdit extends Edit {
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

/** A fix of one edit; none where there is no such edit. */
export function fixBy(title: string, edit: TextEdit | undefined, isPreferred = false): Fix[] {
  return edit ? [{ title, edits: [edit], isPreferred }] : [];
}

/** A fix that takes fields out; none where that would change something else. */
export function fixWithout(
  yaml: YamlText,
  title: string,
  fields: readonly Field[],
  isPreferred = false,
): Fix[] {
  const edits = removal(yaml, fields);
  return edits ? [{ title, edits, isPreferred }] : [];
}
