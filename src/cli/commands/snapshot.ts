/** `gridclear snapshot`: keeps the state of a ledger at a height, so that a market or a verifier can begin there. */
import { openEngine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import { openNodeStore } from "../../ledger/store/node.js";
import { keepSnapshotAt } from "../../market/snapshots.js";
import { type Command, defineCommand } from "../command.js";
import { grouped } from "../parts/table.js";
import { wholeNumber } from "../parts/whole.js";

/** `gridclear snapshot`: works out a state and keeps it beside the blocks. */
export const snapshotCommand: Command = defineCommand({
  name: "snapshot",
  summary: "keep the state of a ledger at a height, to begin there",
  forms: ["LEDGER [--at HEIGHT]"],
  about:
    "Executes a ledger up to a height, from the newest snapshot before it that holds, and keeps the state there beside the blocks. A market that is opened again begins at the newest snapshot, and gridclear verify --from at the one named. The last two are kept, and of an erased ledger the oldest.",
  arguments: [{ name: "LEDGER", help: "directory of a ledger that no market is writing" }],
  options: { at: { value: "HEIGHT", help: "height of the block (default: the last)" } },
  exits: { 0: "kept", 1: "the ledger is not good" },
  async run({ arguments: [directory], options }, io) {
    const engine = await openEngine();
    try {
      const store = await openNodeStore(directory!, { hasher: engine, verify: "hashes", create: false });
      try {
        if (store.size === 0) return fail("invalid", "LEDGER", "a ledger with blocks", directory);
        const height = options.at === undefined ? store.size - 1 : wholeNumber(options.at, "--at");
        if (height >= store.size) return fail("invalid", "--at", `0 to ${store.size - 1}`, height);
        const warn = ({ message }: Error): void => io.err(`${message}\n`);
        const bytes = await keepSnapshotAt(store, height, engine, warn);
        io.out(`snapshot of height ${grouped(height)}: ${grouped(bytes)} bytes\n`);
        return 0;
      } finally {
        await store.close();
      }
    } finally {
      engine.close();
    }
  },
});
