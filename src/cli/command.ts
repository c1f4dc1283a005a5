/** Where a command writes: results on `out`, progress and errors on `err`. */
export interface Io {
  /** Writes to standard output, as it stands (no newline is added). */
  out(text: string): void;
  /** Writes to standard error, as it stands. */
  err(text: string): void;
  /** Width of the terminal in characters; 80 when unknown. */
  readonly columns: number;
  /** True when standard error is a terminal, so that a progress line may be overwritten. */
  readonly isTTY: boolean;
}

/** One word of the command line: `gridclear NAME …`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `gridclear NAME --help` prints, newline at the end. */
  readonly usage: string;
  /**
   * Runs with the arguments after the name and resolves to the exit code: 0 done, 1 the thing asked about is bad
   * (a ledger that does not verify), 2 the input is not acceptable. A `GridclearError` that escapes becomes one
   * line on standard error and 2.
   */
  run(args: readonly string[], io: Io): Promise<number>;
}
