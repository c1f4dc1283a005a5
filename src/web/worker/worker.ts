/** The worker: everything that computes runs here, so that the page never waits. */
import { type Engine, openEngine } from "../../core/engine.js";
import { GridclearError } from "../../errors.js";
import { speak } from "../say.js";
import type { Api, Call, Failure, Handler, Opening, Reply } from "./protocol.js";

let begin: () => void;
/** Words are said as modules load, so the language is there before what answers is fetched: the page says it first. */
const speaking = new Promise<void>((resolve) => {
  begin = resolve;
});

/** A period is what is asked for first: fetched at once. */
const first = speaking.then(() => import("./period.js"));
// Its call says why it is missing.
first.catch(() => undefined);

/** What answers each call; all but a period's is fetched when it is first asked for. */
const handlers: { readonly [K in keyof Api]: () => Promise<Handler<K>> } = {
  period: async () => (await first).period,
  order: async () => (await first).order,
  pace: async () => (await import("./timing.js")).pace,
  compare: async () => (await import("./compare.js")).compare,
  seeds: async () => (await import("./seeds.js")).seeds,
  day: async () => (await import("./day.js")).day,
  indicators: async () => (await import("./indicators.js")).indicators,
  block: async () => (await import("./ledger.js")).block,
  verify: async () => (await import("./ledger.js")).verify,
  tamper: async () => (await import("./ledger.js")).tamper,
  prove: async () => (await import("./ledger.js")).prove,
  copy: async () => (await import("./ledger.js")).copy,
  story: async () => (await import("./story.js")).story,
  whatIf: async () => (await import("./whatif.js")).whatIf,
  paste: async () => (await import("./ledger.js")).paste,
  home: async () => (await import("./home/account.js")).home,
  why: async () => (await import("./home/reasons.js")).why,
  homeBill: async () => (await import("./home/bill.js")).homeBill,
  homeBillFile: async () => (await import("./home/bill.js")).homeBillFile,
  bring: async () => (await import("./own/bring.js")).bring,
  code: async () => (await import("./code.js")).code,
  saveScenario: async () => (await import("./brought.js")).saveScenario,
  bringScenario: async () => (await import("./brought.js")).bringScenario,
  file: async () => (await import("./files.js")).file,
  notarize: async () => (await import("./notary/notary.js")).notarize,
  keep: async () => (await import("./notary/notary.js")).keep,
  kept: async () => (await import("./notary/notary.js")).kept,
  saved: async () => (await import("./notary/notary.js")).saved,
  bench: async () => (await import("./bench.js")).bench,
};

const engine: Promise<Engine> = openEngine();
// Every call waits for it and says why there is none; before the first call nobody would.
engine.catch(() => undefined);
const running = new Map<number, AbortController>();
const send = (reply: Reply): void => postMessage(reply);

function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof GridclearError)) return { code: null, field: "", wanted: "", got: null, message };
  const { code, field, wanted, value, got } = error;
  return {
    code,
    field,
    wanted,
    got: typeof value === "string" || typeof value === "number" ? value : got,
    message,
  };
}

async function answer<K extends keyof Api>(id: number, name: K, input: Api[K]["input"]): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    await speaking;
    const handle = await handlers[name]();
    const result = await handle(
      { engine: await engine, tell: (news) => send({ id, kind: "news", news }), signal: controller.signal },
      input,
    );
    send({ id, kind: "done", result });
  } catch (error) {
    send({ id, kind: "failed", failure: failureOf(error) });
  } finally {
    running.delete(id);
  }
}

addEventListener("message", ({ data }: MessageEvent<Call | Opening>) => {
  if (data.kind === "speak") {
    speak(data.language, data.says);
    begin();
  } else if (data.kind === "abort") running.get(data.id)?.abort();
  else void answer(data.id, data.name, data.input as Api[typeof data.name]["input"]);
});
