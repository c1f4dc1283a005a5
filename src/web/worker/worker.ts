// The worker: everything that computes runs here, so that the page never waits.
import { openEngine } from "../../core/engine.js";
import { benchCalls } from "./bench.js";
import type { Call, Reply } from "./client.js";
import { compareCalls } from "./compare.js";
import type { Settings } from "../settings.js";
import { periodCalls } from "./period.js";

/** What every group of calls is given. */
export type Opened = Awaited<ReturnType<typeof openEngine>>;
/** Tells the page how far a running call has come. */
export type Tell = (news: unknown) => void;

/** Calls that are fetched when the first of them is made: the market and the ledger are not needed for a period. */
const dayCalls = async () => (await import("./day.js")).dayCalls;
const later = {
  day: async (engine: Opened, settings: Settings, tell: Tell) => (await dayCalls()).day(engine, settings, tell),
};
const calls = { ...periodCalls, ...later, ...compareCalls, ...benchCalls };

/** The calls the page can make, by name. */
export type Api = {
  readonly [K in keyof typeof calls]: (
    input: Parameters<(typeof calls)[K]>[1],
  ) => ReturnType<(typeof calls)[K]>;
};

const send = (reply: Reply): void => postMessage(reply);
const engine = openEngine();

addEventListener("message", async ({ data }: MessageEvent<Call>) => {
  const { id, name, input } = data;
  try {
    const tell: Tell = (news) => send({ id, kind: "news", news });
    const run = calls[name] as (engine: Opened, input: unknown, tell: Tell) => unknown;
    send({ id, kind: "done", result: await run(await engine, input, tell) });
  } catch (error) {
    send({ id, kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});
