import type { Api } from "./worker.js";

/** What the worker sends back: the answer to a call, its failure, or news of one that is still running. */
export type Reply =
  | { readonly id: number; readonly kind: "done"; readonly result: unknown }
  | { readonly id: number; readonly kind: "failed"; readonly message: string }
  | { readonly id: number; readonly kind: "news"; readonly news: unknown };

/** A call: its number, the name of what is called, and what it is given. */
export interface Call {
  readonly id: number;
  readonly name: keyof Api;
  readonly input: unknown;
}

type Input<K extends keyof Api> = Parameters<Api[K]>[0];
type Output<K extends keyof Api> = Awaited<ReturnType<Api[K]>>;

/** The page's end of the line to the worker, where everything is computed. */
export interface Client {
  /** Asks the worker; `onNews` hears of progress. Rejects with what went wrong. */
  call<K extends keyof Api>(name: K, input: Input<K>, onNews?: (news: unknown) => void): Promise<Output<K>>;
}

export function openClient(): Client {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "gridclear" });
  const waiting = new Map<
    number,
    {
      resolve(value: unknown): void;
      reject(error: Error): void;
      onNews: ((news: unknown) => void) | undefined;
    }
  >();
  let last = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
    const call = waiting.get(data.id);
    if (call === undefined) return;
    if (data.kind === "news") return call.onNews?.(data.news);
    waiting.delete(data.id);
    if (data.kind === "done") call.resolve(data.result);
    else call.reject(new Error(data.message));
  });
  worker.addEventListener("error", (event) => {
    for (const call of waiting.values())
      call.reject(new Error(event.message || "the engine could not be started"));
    waiting.clear();
  });
  return {
    call<K extends keyof Api>(
      name: K,
      input: Input<K>,
      onNews?: (news: unknown) => void,
    ): Promise<Output<K>> {
      const id = ++last;
      return new Promise<Output<K>>((resolve, reject) => {
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, onNews });
        worker.postMessage({ id, name, input } satisfies Call);
      });
    },
  };
}
