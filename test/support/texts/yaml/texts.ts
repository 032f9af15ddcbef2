/** Texts of one part of YAML, and what kubectl's reader makes of each. */
export interface YamlTexts {
  readonly what: string;
  /** As JSON has it; undefined where there is no document. */
  readonly read: readonly (readonly [text: string, value: unknown])[];
  readonly refused: readonly YamlFaults[];
  /** What we do not read, as kubectl may read it or not. */
  readonly inDoubt: readonly YamlFaults[];
}

type YamlFaults = readonly [why: string, texts: readonly (readonly [line: number, text: string])[]];
