/**
 * Runs one thing at a time, and after it only the last of those asked for meanwhile: a slider asks far faster than a
 * million orders clear. What runs is told by its signal that another was asked for.
 */
export function latest<Input>(
  run: (input: Input, signal: AbortSignal) => Promise<void>,
): (input: Input) => void {
  let running: AbortController | null = null;
  let waiting: { readonly input: Input } | null = null;
  const next = async (input: Input): Promise<void> => {
    running = new AbortController();
    await run(input, running.signal);
    running = null;
    const after = waiting;
    waiting = null;
    if (after !== null) void next(after.input);
  };
  return (input) => {
    if (running === null) return void next(input);
    waiting = { input };
    running.abort();
  };
}
