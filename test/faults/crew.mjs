// @ts-check
// Worlds on both cores: seeds are handed out one by one to threads, each with the world's program in it.
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

/** @typedef {{ message: string, step: number, trail: string[] }} Fault */
/** @typedef {{ seed: number, counts: Record<string, number> | null, broken: Fault | null }} Lived */

if (!isMainThread && workerData?.world !== undefined) {
  const { liveWorld } = await import(workerData.world);
  parentPort?.on("message", async ({ seed, steps }) => {
    try {
      parentPort?.postMessage({ seed, counts: await liveWorld(seed, steps), broken: null });
    } catch (error) {
      const { message, step = 0, trail = [] } = /** @type {any} */ (error);
      parentPort?.postMessage({ seed, counts: null, broken: { message, step, trail } });
    }
  });
}

/** Longest that a world may take: one that hangs is broken. */
const longestMs = 60_000;

/**
 * Lives through the worlds of these seeds, until `heard` says that it is enough.
 * @param {string} world The program. @param {Iterable<number>} seeds @param {number} steps
 * @param {(lived: Lived) => boolean} heard Called with each; true: enough.
 * @param {number} [threads]
 */
export async function liveWorlds(world, seeds, steps, heard, threads = availableParallelism()) {
  const left = seeds[Symbol.iterator]();
  let enough = false;
  const one = async () => {
    /** @type {Worker | null} */
    let worker = null;
    for (let next = left.next(); !next.done && !enough; next = left.next()) {
      const seed = next.value;
      worker ??= new Worker(new URL(import.meta.url), { workerData: { world } });
      const at = worker;
      const lived = await new Promise((resolve) => {
        const gone = (/** @type {unknown} */ why) =>
          resolve({ seed, counts: null, broken: { message: `${why}`, step: 0, trail: [] } });
        const timer = setTimeout(() => gone("it hangs"), longestMs);
        at.once("error", gone);
        at.once("message", (message) => {
          clearTimeout(timer);
          at.removeAllListeners("error");
          resolve(message);
        });
        at.postMessage({ seed, steps });
      });
      if (lived.broken !== null) {
        await at.terminate();
        worker = null;
      }
      enough ||= heard(lived);
    }
    await worker?.terminate();
  };
  await Promise.all(Array.from({ length: threads }, one));
}
