/**
 * How an engine is opened: its options and their check.
 */
import { integer, onlyKeys } from "../check.js";
import { fail } from "../errors.js";
import type { WasmSource } from "./load.js";
import { maxThreads } from "./threads.js";
import type { HashWorker } from "./worker.js";

/** How an engine is opened. */
export interface EngineOptions {
  /**
   * The core's code, for those who fetch or cache it, for platforms that compile modules beforehand, and for those
   * without SIMD (`gridclear/scalar`); by default the copy inside the package.
   */
  readonly wasm?: WasmSource;
  /**
   * Threads that hash large Merkle trees, this one included: 1 (default) to {@link maxThreads}. The bytes are the same
   * with any number. Where workers can't run it stays one: a page needs cross-origin isolation (COOP and COEP) and
   * `worker-src blob:` in its CSP, or {@link worker}. Then {@link Engine.close} ends the workers; a process ends with
   * them running.
   */
  readonly threads?: number;
  /**
   * Makes a worker that runs {@link hashWorkerSource} from a file, for pages whose CSP has no `worker-src blob:`:
   * `() => new Worker("/hash-worker.js")`. The file needs the page's own COEP header.
   */
  readonly worker?: () => HashWorker;
}

const threadCount = integer(1, maxThreads);

/** Checks options and fills in the defaults. Throws `invalid` naming what is no option or out of range. */
export function checkOptions(options: EngineOptions): EngineOptions & { readonly threads: number } {
  onlyKeys(options, "options", ["wasm", "threads", "worker"]);
  const { threads = 1, worker } = options;
  if (worker !== undefined && typeof worker !== "function")
    fail("invalid", "options.worker", "a function that makes a worker", worker);
  return { ...options, threads: threadCount(threads, "options.threads") };
}
