/** What Ctrl-C (SIGINT) and SIGTERM do to a command: work that can stop between two steps stops there. */

/** Exit code of a command that a signal stopped: 128 + the signal's number, as shells have it. */
const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof exitCodes;

/** The signals that ask a command to stop, while it works. */
export interface Interruption {
  /** Aborts with the first signal. */
  readonly signal: AbortSignal;
  /** 130 or 143 once it has aborted, 0 before. */
  readonly exitCode: number;
}

/** Calls `work` and turns the first SIGINT or SIGTERM meanwhile into its `signal`; a second one ends the process. */
export async function interruptible<T>(work: (stop: Interruption) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let exitCode = 0;
  // Stays until the work is done: a listener that removed itself would look as if nobody minded the signal.
  const stop = (name: StopSignal): void => {
    if (controller.signal.aborted) process.exit(exitCodes[name]);
    exitCode = exitCodes[name];
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  try {
    return await work({
      signal: controller.signal,
      get exitCode() {
        return exitCode;
      },
    });
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
