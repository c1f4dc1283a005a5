/** Starts the page's worker. */
import { language, tableSpoken } from "../say.js";
import type { Opening } from "./protocol.js";

/** The one thing of a Worker that the line needs; tests bring one of their own. */
export type Port = Pick<Worker, "postMessage" | "addEventListener" | "terminate">;

let ahead: Worker | null = null;

/** The worker speaks the page's language: it is handed what the page has loaded of it. */
function begin(): Worker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const opening: Opening = { kind: "speak", language: language(), says: tableSpoken() };
  worker.postMessage(opening);
  return worker;
}

/** Starts the first worker before anything is asked of it, so that it loads beside the page. */
export function startAhead(): void {
  const worker = begin();
  ahead = worker;
  // One that failed before it was asked is forgotten: whoever asks starts another, and is told why that fails.
  worker.addEventListener("error", () => {
    if (ahead === worker) ahead = null;
  });
}

/** The worker that was started ahead, once; then a new one each time. */
export function startWorker(): Port {
  const worker = ahead ?? begin();
  ahead = null;
  return worker;
}
