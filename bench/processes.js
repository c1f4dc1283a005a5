// @ts-check
// What processes take of the machine, as Linux says it.
import { readFileSync } from "node:fs";

/**
 * Memory of a process in megabytes.
 * @param {number | undefined} pid
 */
export const memoryOf = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

/**
 * Milliseconds of processor time that processes have had, as Linux counts them: in hundredths of a second. It does not
 * double where another program takes half of the machine.
 * @param {readonly (number | undefined)[]} pids
 */
const processorMs = (pids) =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return sum + 10 * (Number(fields[11]) + Number(fields[12]));
  }, 0);

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
