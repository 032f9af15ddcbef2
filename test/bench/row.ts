/** One line of the benchmark's table; docs/targets.md says what each row is. */
export interface Row {
  readonly row: number;
  readonly what: string;
  readonly figure: string;
  /** The peer's figure, or a known one. */
  readonly peer: string;
  readonly ratio: string;
  readonly target: string;
  /** Undefined where this machine cannot tell, as without the peer. */
  readonly held: boolean | undefined;
}
