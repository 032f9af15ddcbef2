import type { Words } from '../../harmless.ts';
import type { CommandUse } from '../explain/argument.ts';

/** A command that was refused, as far as it can be told what it used. */
export interface Use extends CommandUse {
  /** What was run, without arguments: `kubectl`. */
  readonly program: string;
  /** Why it cannot be told which kubeconfig it was; undefined where it can. */
  readonly unknown: Words | undefined;
  readonly overrides: readonly string[];
}
