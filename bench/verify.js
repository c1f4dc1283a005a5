// @ts-check
import { decodeBlock, openEngine, openHasher, openReplay } from "gridclear";
import { openMemoryStore } from "gridclear/store/memory";
import { Chain } from "../dist/ledger/format/chain.js";
import { openCrowd, orders } from "./community.js";
import { hex, row } from "./measure.js";

export const question =
  "Is a chain checked as fast as it was made: hashes alone, by the engine and by hash-wasm, and every period executed again?";

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ smoke }) {
  const engine = await openEngine();
  const independent = await openHasher();
  const units = smoke ? 200 : 5_000;
  const periods = smoke ? 4 : 40;
  const batches = Array.from({ length: periods }, (_, i) => orders(units, i + 1));
  const about = { work: "verification", size: units, unit: "orders", count: units * periods };
  /** @type {Map<string, { times: number[], hash: string }>} */
  const results = new Map();
  const timed = async (/** @type {string} */ name, /** @type {() => Promise<Uint8Array>} */ work) => {
    const start = performance.now();
    const hash = hex(await work());
    const ms = performance.now() - start;
    const known = results.get(name);
    results.set(name, { times: [...(known?.times ?? []), ms], hash });
  };
  const store = await openMemoryStore({ hasher: engine });
  const market = await openCrowd(engine, units, store);
  // Genesis is not part of what is timed.
  const replay = openReplay(engine);
  const chains = [engine, engine, independent].map((hasher) => new Chain(hasher));
  const genesis = (await store.get(0)) ?? new Uint8Array(0);
  replay.replay(decodeBlock(genesis));
  for (const chain of chains) chain.append(genesis);
  const [chain, byEngine, byHashWasm] = chains;
  for (let round = 0; round < (smoke ? 1 : 5); round++) {
    const from = store.size;
    await timed("the run", async () => {
      for (const batch of batches) {
        market.submitColumns(batch);
        await market.clearPeriod(0);
      }
      return store.head?.hash ?? new Uint8Array(0);
    });
    /** @type {Uint8Array[]} */
    const blocks = [];
    for await (const bytes of store.blocks(from)) blocks.push(bytes);
    await timed("its verification", async () => {
      for (const bytes of blocks) {
        chain.append(bytes);
        replay.replay(decodeBlock(bytes));
      }
      return replay.hash;
    });
    for (const [name, one] of /** @type {const} */ ([
      ["hashes alone, by the engine", byEngine],
      ["hashes alone, by hash-wasm", byHashWasm],
    ]))
      await timed(name, async () => {
        for (const bytes of blocks) one.append(bytes);
        return one.head?.hash ?? new Uint8Array(0);
      });
  }
  engine.close();
  return [...results].map(([name, { times, hash }]) => ({
    ...row(about, name, times, hash),
    more: { "blocks/s": (periods * 1000) / Math.min(...times) },
  }));
}
