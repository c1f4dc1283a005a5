/** What a call to the worker works with, and the pauses that let other calls in between. */
import type { Engine } from "../../core/engine.js";

/** What every call is given beside its input. */
export interface Work<News = never> {
  readonly engine: Engine;
  /** Tells the page how far the call has come. */
  tell(news: News): void;
  /** Aborted when the page no longer wants the answer. */
  readonly signal: AbortSignal;
}

/** Lets the other calls that are waiting have their turn; throws once the page no longer wants the answer. */
export async function pause(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
  signal.throwIfAborted();
}

/** Milliseconds that a call may work before it pauses. */
export const turnMs = 40;
