// @ts-check
// `gridclear serve` as a process on a market file of its own: for tests, for benchmarks, and for what is killed.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The command, as it is built. */
export const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/**
 * A new folder with a market file and the platform's key.
 * @param {object} more
 */
export function marketFolder(more) {
  const folder = mkdtempSync(join(tmpdir(), "gridclear-served-"));
  const path = join(folder, "MARKET.json");
  const file = { ledger: "ledger", platformKey: "platform.key", creditLimit: null, log: "silent", ...more };
  writeFileSync(path, JSON.stringify(file));
  const made = new Set();
  const seed = (/** @type {string} */ name) => {
    const key = join(folder, `${name}.key`);
    if (!made.has(name)) spawnSync(process.execPath, [command, "keys", "make", key]);
    made.add(name);
    return JSON.parse(readFileSync(key, "utf8")).seed;
  };
  seed("platform");
  return {
    folder,
    path,
    ledger: join(folder, "ledger"),
    seed,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/**
 * Serves a market file; resolves when it says its address.
 * @param {string} path
 * @param {number} port
 * @param {readonly string[]} options of Node
 */
export async function startServing(path, port, options = []) {
  const begun = performance.now();
  const child = spawn(process.execPath, [...options, command, "serve", path, "--port", `${port}`], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stderr.on("data", (text) => {
    err += text;
  });
  child.stdout.on("data", (text) => {
    out += text;
  });
  const ended = once(child, "close").then(([code]) => /** @type {number | null} */ (code));
  while (!out.includes("\n") && child.exitCode === null)
    await Promise.race([once(child.stdout, "data"), ended]);
  if (!out.includes("\n")) throw new Error(err);
  return { child, url: out.trim(), ms: performance.now() - begun, ended, said: () => err };
}
