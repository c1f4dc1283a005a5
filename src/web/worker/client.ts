/**
 * The page's end of the line to the worker. Calls have types from {@link Api}, can be told that their answer is no
 * longer wanted, and fail when the worker dies; the next call then starts a new one.
 */
import { GridclearError } from "../../errors.js";
import { t } from "../say.js";
import type { Api, Call, Failure, Reply } from "./protocol.js";
import { type Port, startWorker } from "./start.js";

/** How a call is followed and ended. */
export interface CallOptions<News> {
  /** Called with what the worker tells while it works. */
  readonly onNews?: (news: News) => void;
  /** Aborted: the call rejects with the signal's reason, and the worker stops. */
  readonly signal?: AbortSignal;
}

export interface Client {
  /** Asks the worker. Rejects with a GridclearError where the worker refused, `unsupported` where it can't run. */
  call<K extends keyof Api>(
    name: K,
    input: Api[K]["input"],
    options?: CallOptions<Api[K]["news"]>,
  ): Promise<Api[K]["output"]>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  onNews(news: unknown): void;
}

function errorOf({ code, field, wanted, got, message }: Failure): Error {
  return new GridclearError(code ?? "state", {
    field: field === "" ? "worker" : field,
    wanted: wanted === "" ? t`an answer` : wanted,
    got: field === "" ? message : got,
  });
}

const died = (detail: string): GridclearError =>
  new GridclearError("unsupported", { field: "worker", wanted: t`a worker that runs`, got: detail });

export function openClient(start: () => Port = startWorker): Client {
  let worker: Port | null = null;
  const waiting = new Map<number, Waiting>();
  let last = 0;

  function take({ data }: MessageEvent<Reply>): void {
    const call = waiting.get(data.id);
    if (call === undefined) return;
    if (data.kind !== "news") waiting.delete(data.id);
    if (data.kind === "news") call.onNews(data.news);
    else if (data.kind === "done") call.resolve(data.result);
    else call.reject(errorOf(data.failure));
  }

  /** The worker that runs, or a new one. One that fails is thrown away with everything that was asked of it. */
  function running(): Port {
    if (worker !== null) return worker;
    const now = start();
    worker = now;
    now.addEventListener("message", (event) => {
      if (worker === now) take(event as MessageEvent<Reply>);
    });
    now.addEventListener("error", (event) => {
      if (worker !== now) return;
      worker = null;
      now.terminate();
      const error = died((event as ErrorEvent).message || t`one that could not be started`);
      const lost = [...waiting.values()];
      waiting.clear();
      for (const call of lost) call.reject(error);
    });
    return now;
  }

  return {
    call: (name, input, { onNews, signal } = {}) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        const send = (call: Call): void => running().postMessage(call);
        if (signal?.aborted) return reject(signal.reason);
        waiting.set(id, {
          resolve: resolve as (value: unknown) => void,
          reject,
          onNews: (news) => onNews?.(news as never),
        });
        try {
          send({ id, kind: "call", name, input });
        } catch (error) {
          waiting.delete(id);
          return reject(died(error instanceof Error ? error.message : String(error)));
        }
        signal?.addEventListener("abort", () => {
          if (!waiting.delete(id)) return;
          send({ id, kind: "abort" });
          reject(signal.reason);
        });
      }),
  };
}
