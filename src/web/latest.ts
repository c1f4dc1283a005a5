/**
 * Runs one thing at a time, and after it only the last of those asked for meanwhile: a slider asks far faster than a
 * million orders clear.
 */
export function latest<Input>(run: (input: Input) => Promise<void>): (input: Input) => void {
  let running = false;
  let waiting: { readonly input: Input } | null = null;
  const next = async (input: Input): Promise<void> => {
    running = true;
    await run(input);
    running = false;
    const after = waiting;
    waiting = null;
    if (after !== null) void next(after.input);
  };
  return (input) => {
    if (running) waiting = { input };
    else void next(input);
  };
}
