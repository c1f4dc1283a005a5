/** `gridclear erase`: takes records and secrets of old periods out of a private market's ledger. */
import { openEngine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import { isPrivate } from "../../ledger/format/block.js";
import { decodeHeader } from "../../ledger/format/header.js";
import { contractKey, marketContract } from "../../ledger/store/beginning.js";
import { eraseBlocks, openNodeStore, type Store } from "../../ledger/store/node.js";
import { keepSnapshotAt } from "../../market/snapshots.js";
import { type Command, defineCommand } from "../command.js";
import { count, grouped } from "../parts/table.js";

/** `gridclear erase`: leaves the headers of periods before a date, and nothing else of them. */
export const eraseCommand: Command = defineCommand({
  name: "erase",
  summary: "erase records and secrets of old periods of a private market",
  forms: ["LEDGER --before DATE"],
  about:
    "Takes the records and the secrets of all periods that ended before a date out of the ledger of a private market. Headers stay, so the chain, its heads and every proof, receipt and statement bundle that was given stay good; but nobody can execute these periods again. So the ledger is first executed up to there once more, and the state there is kept as a snapshot, at which gridclear verify and a market then begin. The newest block is never erased.",
  arguments: [{ name: "LEDGER", help: "directory of a ledger that no market is writing" }],
  options: {
    before: { value: "DATE", help: "a day, such as 2026-01-31, or a moment, 2026-01-31T12:00Z (UTC)" },
  },
  exits: { 0: "erased, or nothing was to erase", 1: "the ledger is not good: nothing was erased" },
  async run({ arguments: [directory], options }, io) {
    const before = readMoment(options.before ?? fail("invalid", "--before", "a date", "none"));
    const engine = await openEngine();
    try {
      const store = await openNodeStore(directory!, { hasher: engine, verify: "hashes", create: false });
      let below: number;
      try {
        below = await firstNotBefore(store, before);
        if (below > 0) {
          const contract = await marketContract(store, engine);
          await keepSnapshotAt(store, below, engine, ({ message }) => io.err(`${message}\n`));
          // Before genesis goes, which says what market this is.
          if (contract !== null) await store.putMeta(contractKey, contract);
        }
      } finally {
        await store.close();
      }
      const { blocks, bytes } = below === 0 ? { blocks: 0, bytes: 0 } : await eraseBlocks(directory!, below);
      io.out(
        blocks === 0
          ? "nothing to erase: no records of periods before that are there\n"
          : `erased the records of ${count(blocks, "block", "blocks")} below height ${grouped(below)}: ${grouped(bytes)} bytes\n`,
      );
      return 0;
    } finally {
      engine.close();
    }
  },
});

/** Unix time in milliseconds of a day or a moment, in UTC. */
function readMoment(text: string): number {
  const isForm = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z)?$/.test(text);
  const moment = isForm ? Date.parse(text) : Number.NaN;
  // The parser takes the 31st of February for a day of March.
  return Number.isFinite(moment) && new Date(moment).toISOString().startsWith(text.slice(0, 10))
    ? moment
    : fail("invalid", "--before", "a day as 2026-01-31, or a moment as 2026-01-31T12:00Z", text);
}

/** Height of the first block whose period did not end before a moment, at most that of the last block. */
async function firstNotBefore(store: Store, moment: number): Promise<number> {
  if (store.size === 0) return fail("invalid", "LEDGER", "a ledger with blocks", "an empty one");
  const headerAt = async (height: number) => decodeHeader((await store.get(height))!);
  if (!isPrivate(await headerAt(0)))
    return fail("refused", "LEDGER", "a private market's", "an open market's");
  let [low, high] = [0, store.size - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // Time stamps never go back.
    if ((await headerAt(middle)).timestampMs < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
