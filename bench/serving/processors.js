// @ts-check
// What each process of bench/serving/run.js took of the processors, in seconds, as Linux counts it: so that it can be
// told whether the service is slow, or the broker, or those who send to it, or somebody else who is on the machine.
import { fieldsOf, secondsOf, ticks } from "../processes.js";

/** Seconds that all processors together have not been idle. */
function busySeconds() {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fieldsOf("/proc/stat", /^cpu +/);
  return (user + nice + system + irq + softirq) / ticks;
}

/**
 * Begins to count; the function that it returns says what each process took since, everybody else, and in how long.
 * Without /proc it counts nothing.
 * @param {Record<string, number | undefined>} pids
 */
export function countProcessors(pids) {
  const processes = Object.entries(pids).filter(([, pid]) => pid !== undefined);
  const now = () => {
    try {
      return {
        each: processes.map(([, pid]) => secondsOf(pid)),
        busy: busySeconds(),
      };
    } catch {
      return { each: processes.map(() => Number.NaN), busy: Number.NaN };
    }
  };
  const begun = performance.now();
  const before = now();
  return () => {
    const after = now();
    const each = after.each.map((seconds, at) => seconds - (before.each[at] ?? 0));
    const others = after.busy - before.busy - each.reduce((sum, seconds) => sum + seconds, 0);
    return {
      seconds: (performance.now() - begun) / 1000,
      taken: [
        ...processes.map(([name], at) => ({ name, seconds: each[at] ?? 0 })),
        { name: "all else on the machine", seconds: others },
      ],
    };
  };
}
