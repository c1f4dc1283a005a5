// @ts-check
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEngine } from "gridclear";
import { openMemoryStore } from "gridclear/store/memory";
import { openNodeStore } from "gridclear/store/node";
import { chainOf } from "./blocks.js";
import { row } from "./measure.js";

export const question = "How many blocks of 10 kB a second are on the disk, flushed, one after the other?";

const blockBytes = 10_000;
const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), "build", "bench");

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ smoke }) {
  const engine = await openEngine();
  const count = smoke ? 20 : 1_000;
  const blocks = chainOf(engine, count, blockBytes);
  const about = { work: "seal to disk", size: blocks[0].length, unit: "blocks", count };
  const rows = [];
  mkdirSync(folder, { recursive: true });
  // The disk has good and bad spells: a few interleaved rounds, each on fresh files.
  /** @type {Map<string, number[]>} */
  const times = new Map();
  for (let round = 0; round < (smoke ? 1 : 3); round++) {
    const place = mkdtempSync(join(folder, "seal-"));
    const timed = async (/** @type {string} */ name, /** @type {() => Promise<void>} */ run) => {
      const start = performance.now();
      await run();
      times.set(name, [...(times.get(name) ?? []), performance.now() - start]);
    };
    try {
      const disk = await openNodeStore(join(place, "store"), { hasher: engine });
      await timed("disk store, flushed", async () => {
        for (const [height, bytes] of blocks.entries()) await disk.append(bytes, height);
      });
      await disk.close();
      const memory = await openMemoryStore({ hasher: engine });
      await timed("memory store", async () => {
        for (const [height, bytes] of blocks.entries()) await memory.append(bytes, height);
      });
      await memory.close();
      const file = openSync(join(place, "file"), "w");
      await timed("a file, write and fdatasync", async () => {
        for (const bytes of blocks) {
          writeSync(file, bytes);
          fdatasyncSync(file);
        }
      });
      closeSync(file);
      // What it costs to leave the event loop free meanwhile, as the store does.
      const other = await open(join(place, "other"), "w");
      await timed("a file, write, and fdatasync on another thread", async () => {
        for (const bytes of blocks) {
          writeSync(other.fd, bytes);
          await other.datasync();
        }
      });
      await other.close();
    } finally {
      rmSync(place, { recursive: true });
    }
  }
  for (const [name, list] of times) rows.push(row(about, name, list, undefined));
  engine.close();
  return rows;
}
