/**
 * Waiting for others no longer than one wants to. A signal that an answer is asked for with is not enough: when memory
 * is collected, Node forgets what was to follow from it, and whoever reads on waits for ever.
 */

/**
 * What `act` comes to, or after `timeoutMs` milliseconds a `TimeoutError` (a DOMException), whatever becomes of it
 * then. Its signal is aborted by then at the latest.
 */
export async function withDeadline<T>(
  timeoutMs: number,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const reason = new DOMException("no answer in time", "TimeoutError");
      controller.abort(reason);
      reject(reason);
    }, timeoutMs);
  });
  try {
    return await Promise.race([act(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
