import { withCopy } from "../../../src/cli/parts/copy.js";

// A process that opens a copy of a ledger, says so, and holds it until it is stopped or asked to exit.
const [directory, how] = process.argv.slice(2);
await withCopy(directory!, {}, async (store) => {
  process.stdout.write(`open ${store.size}\n`);
  if (how === "exit") process.exit(0);
  if (how === "fail") throw new Error("failed on purpose");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
