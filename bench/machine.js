// @ts-check
// What the figures were measured on.
import { spawnSync } from "node:child_process";
import { cpus, totalmem } from "node:os";

const firstLine = (/** @type {string} */ command, /** @type {string[]} */ ...args) => {
  const { stdout } = spawnSync(command, args, { encoding: "utf8" });
  return stdout?.split("\n")[0] || "none";
};

/** @returns {Record<string, string | number>} */
export function machine() {
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    v8: process.versions.v8,
    compiler: firstLine("gcc", "--version"),
  };
}
