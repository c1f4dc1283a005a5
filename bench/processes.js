// @ts-check
// What processes take of the machine, as Linux says it.
import { readFileSync } from "node:fs";

/**
 * Memory of a process in megabytes.
 * @param {number | undefined} pid
 */
export const memoryOf = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

/** Clock ticks of /proc a second: 100 on every Linux that Node is built for. */
export const ticks = 100;

/** The numbers of a file of /proc behind its head. @param {string} path @param {RegExp} head */
export const fieldsOf = (path, head) => readFileSync(path, "utf8").replace(head, "").split(/\s+/).map(Number);

/**
 * Seconds of processor time of a process so far, of all its threads. They do not double where another program takes
 * half of the machine.
 * @param {number | undefined} pid
 */
export function secondsOf(pid) {
  // The name in parentheses may hold spaces.
  const [, , , , , , , , , , , user = 0, system = 0] = fieldsOf(`/proc/${pid}/stat`, /^.*\) /s);
  return (user + system) / ticks;
}

/** @param {readonly (number | undefined)[]} pids */
const processorMs = (pids) => pids.reduce((sum, pid) => sum + 1000 * secondsOf(pid), 0);

/**
 * Says of the parts of a run, each the ids of its processes, what they have had of the processor from now on: shared
 * out over so many things done.
 * @param {{ readonly [part: string]: readonly (number | undefined)[] }} parts
 */
export function processorOf(parts) {
  const before = Object.values(parts).map(processorMs);
  /** @param {number} done */
  return (done) =>
    Object.entries(parts)
      .map(
        ([part, pids], index) =>
          `${part} ${((processorMs(pids) - /** @type {number} */ (before[index])) / done).toFixed(2)}`,
      )
      .join(", ");
}
