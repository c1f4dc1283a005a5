import { expect, it } from "vitest";
import { latest } from "../../src/web/latest.js";

it("runs one at a time, and after it only the last of those asked for meanwhile", async () => {
  const ran: number[] = [];
  const signals: AbortSignal[] = [];
  let running = 0;
  let finish: () => void = () => undefined;
  const ask = latest<number>(async (input, signal) => {
    signals.push(signal);
    expect(++running).toBe(1);
    ran.push(input);
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    running--;
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  for (const input of [1, 2, 3, 4]) ask(input);
  expect(ran).toEqual([1]);
  finish();
  await settle();
  expect(ran).toEqual([1, 4]);
  finish();
  await settle();
  ask(5);
  expect(ran).toEqual([1, 4, 5]);
  finish();
  await settle();
  expect(running).toBe(0);
  // Only the first was overtaken.
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false, false]);
});
