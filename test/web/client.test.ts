import { expect, it } from "vitest";
import { GridclearError } from "../../src/errors.js";
import { openDays } from "../../src/web/days.js";
import { defaults, type Settings } from "../../src/web/settings/settings.js";
import { words } from "../../src/web/trouble.js";
import { type Client, openClient } from "../../src/web/worker/client.js";
import type { Call, Reply } from "../../src/web/worker/protocol.js";
import type { Port } from "../../src/web/worker/start.js";

/** A worker that does nothing but keep what it was sent, and can be made to answer or die. */
function fakeWorker() {
  const sent: Call[] = [];
  const listeners: Record<string, ((event: unknown) => void)[]> = {};
  const port = {
    postMessage: (call: Call) => sent.push(call),
    addEventListener: (name: string, listener: (event: unknown) => void) => {
      listeners[name] = [...(listeners[name] ?? []), listener];
    },
    terminate: () => undefined,
  } as unknown as Port;
  return {
    port,
    sent,
    answer(reply: Reply): void {
      for (const listener of listeners.message!) listener({ data: reply });
    },
    die(message: string): void {
      for (const listener of listeners.error!) listener({ message });
    },
  };
}
const settle = () => new Promise((resolve) => setTimeout(resolve));

it("fails every call of a worker that dies, and starts a new one for the next", async () => {
  const workers: ReturnType<typeof fakeWorker>[] = [];
  const client = openClient(() => {
    workers.push(fakeWorker());
    return workers.at(-1)!.port;
  });
  const first = client.call("copy", { ledger: "a", height: 0 });
  const second = client.call("copy", { ledger: "a", height: 1 });
  workers[0]!.die("out of memory");
  for (const call of [first, second]) {
    const error = await call.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(GridclearError);
    expect(words(error)).toMatch(/has stopped, or could not be started\. Try again/);
  }
  const third = client.call("copy", { ledger: "a", height: 2 });
  expect(workers).toHaveLength(2);
  const { id } = workers[1]!.sent[0]!;
  workers[0]!.answer({ id, kind: "done", result: "from the dead" });
  workers[1]!.answer({ id, kind: "done", result: "alive" });
  expect(await third).toBe("alive");
});

it("fails at once where no worker can be started", async () => {
  const client = openClient(() => {
    throw new Error("blocked");
  });
  for (let time = 0; time < 2; time++)
    await expect(client.call("copy", { ledger: "a", height: 0 })).rejects.toThrow(/worker/);
});

it("tells a citizen, not a developer, that WebAssembly is switched off", () => {
  const error = new GridclearError("unsupported", {
    field: "engine",
    wanted: "WebAssembly ('wasm-unsafe-eval' in the page's CSP)",
    got: "none",
  });
  expect(words(error)).toMatch(/^This browser does not let the page compute/);
  expect(words(error)).not.toMatch(/unsafe/);
});

it("ends a call that is no longer wanted, here and in the worker", async () => {
  const worker = fakeWorker();
  const client = openClient(() => worker.port);
  const controller = new AbortController();
  const news: unknown[] = [];
  const call = client.call(
    "file",
    { type: "csv", settings: defaults },
    {
      signal: controller.signal,
      onNews: (part) => news.push(part),
    },
  );
  const { id } = worker.sent[0]!;
  worker.answer({ id, kind: "news", news: 0.5 });
  controller.abort();
  await expect(call).rejects.toThrow();
  expect(worker.sent[1]).toEqual({ id, kind: "abort" });
  worker.answer({ id, kind: "news", news: 0.9 });
  worker.answer({ id, kind: "done", result: new Blob() });
  expect(news).toEqual([0.5]);
});

it("gives an error its code, field and value back", async () => {
  const worker = fakeWorker();
  const client = openClient(() => worker.port);
  const call = client.call("copy", { ledger: "a", height: 9 });
  worker.answer({
    id: worker.sent[0]!.id,
    kind: "failed",
    failure: { code: "limit", field: "line 4, price", wanted: "less", got: "five", message: "" },
  });
  await expect(call).rejects.toMatchObject({ code: "limit", field: "line 4, price", value: "five" });
});

/** A client whose days are ended by hand. */
function fakeDays() {
  const calls: {
    readonly settings: Settings;
    readonly signal: AbortSignal;
    resolve(done: unknown): void;
    reject(error: unknown): void;
    news(periods: unknown): void;
  }[] = [];
  const client = {
    call: (
      _name: string,
      settings: Settings,
      { signal, onNews }: { signal: AbortSignal; onNews(news: unknown): void },
    ) => new Promise((resolve, reject) => calls.push({ settings, signal, resolve, reject, news: onNews })),
  } as unknown as Client;
  return { calls, days: openDays(client) };
}

it("trades one day for all views: two that want the same share it, and neither ends the other's", async () => {
  const { calls, days } = fakeDays();
  const one = days.open({ ...defaults, view: "day" });
  expect(days.open({ ...defaults, view: "ledger", block: 4, time: 60 })).toBe(one);
  expect(calls).toHaveLength(1);
  const told: [number, number][] = [];
  days.watch((day, before) => told.push([before, day.periods.length]));
  calls[0]!.news([{}, {}]);
  calls[0]!.resolve({ participants: 40, took: 1 });
  await settle();
  expect(told).toEqual([
    [0, 2],
    [2, 2],
  ]);
  expect(days.open({ ...defaults, view: "day" }).done).toEqual({ participants: 40, took: 1 });
  expect(calls).toHaveLength(1);
});

it("trades a day again that another one ended, however fast views are switched", async () => {
  const { calls, days } = fakeDays();
  const winter: Settings = { ...defaults, season: "winter" };
  for (let time = 0; time < 40; time++) days.open(time % 2 === 0 ? defaults : winter);
  days.open(defaults);
  expect(calls.slice(0, -1).every(({ signal }) => signal.aborted)).toBe(true);
  expect(calls.at(-1)!.signal.aborted).toBe(false);
  const told: unknown[] = [];
  days.watch((day) => told.push(day.settings.season));
  // What the ended ones still say is nobody's.
  for (const call of calls.slice(0, -1)) {
    call.news([{}]);
    call.resolve(null);
  }
  calls.at(-1)!.resolve({ participants: 40, took: 1 });
  await settle();
  expect(told).toEqual(["summer"]);
});

it("says why a day failed, and trades it again when asked", async () => {
  const { calls, days } = fakeDays();
  days.open(defaults);
  calls[0]!.reject(new Error("dead"));
  await settle();
  let error: unknown = null;
  days.watch((day) => {
    error = day.error;
  });
  days.retry();
  expect(calls).toHaveLength(2);
  calls[1]!.resolve({ participants: 40, took: 1 });
  await settle();
  expect(error).toBeNull();
});
