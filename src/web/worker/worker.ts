// The worker: everything that computes runs here, so that the page never waits.
import { openEngine } from "../../core/engine.js";
import { mechanismNames } from "../../core/mechanisms.js";
import type { Settings } from "../settings/settings.js";
import type { Call, Reply } from "./client.js";
import { periodCalls } from "./period.js";
import { type Asked, bringFile } from "./scene.js";

type FileCalls = typeof import("./files.js")["fileCalls"];
type LedgerCalls = typeof import("./ledger.js")["ledgerCalls"];
/** What every group of calls is given. */
export type Opened = Awaited<ReturnType<typeof openEngine>>;
/** Tells the page how far a running call has come. */
export type Tell = (news: unknown) => void;

/** Calls that are fetched when the first of them is made: the market and the ledger are not needed for a period. */
const dayCalls = async () => (await import("./day.js")).dayCalls;
const benchCalls = async () => (await import("./bench.js")).benchCalls;
const ledgerCalls = async () => (await import("./ledger.js")).ledgerCalls;
const later = {
  day: async (engine: Opened, settings: Settings, tell: Tell) =>
    (await dayCalls()).day(engine, settings, tell),
  file: async (engine: Opened, what: Parameters<FileCalls["file"]>[1]) =>
    (await import("./files.js")).fileCalls.file(engine, what),
  compare: async (engine: Opened, asked: Asked) =>
    (await import("./compare.js")).compareCalls.compare(engine, asked),
  bench: async (engine: Opened, most: { most: number }, tell: Tell) =>
    (await benchCalls()).bench(engine, most, tell),
  stopBench: async (engine: Opened, _nothing: null) => (await benchCalls()).stopBench(engine, null),
  block: async (engine: Opened, height: number) => (await ledgerCalls()).block(engine, height),
  verify: async (engine: Opened, height: number) => (await ledgerCalls()).verify(engine, height),
  tamper: async (engine: Opened, change: Parameters<LedgerCalls["tamper"]>[1]) =>
    (await ledgerCalls()).tamper(engine, change),
  prove: async (engine: Opened, trade: { height: number; index: number }) =>
    (await ledgerCalls()).prove(engine, trade),
  copy: async (engine: Opened, height: number) => (await ledgerCalls()).copy(engine, height),
  paste: async (engine: Opened, text: string) => (await ledgerCalls()).paste(engine, text),
};
/** Takes the text of a file of orders. */
const bring = (_engine: Opened, file: { number: number; text: string }): void => bringFile(file);
const calls = { ...periodCalls, ...later, bring };

/** The calls the page can make, by name. */
export type Api = {
  readonly [K in keyof typeof calls]: (
    input: Parameters<(typeof calls)[K]>[1],
  ) => ReturnType<(typeof calls)[K]>;
};

const send = (reply: Reply): void => postMessage(reply);
const engine = openEngine().then((opened) => {
  // The first clearing of all would be timed with the compiler at work.
  const one = { quantity: Uint32Array.of(1), price: Int32Array.of(1) };
  for (const mechanism of mechanismNames)
    opened.clear({ offers: one, bids: one }, { mechanism, pricing: "blend" });
  return opened;
});

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
