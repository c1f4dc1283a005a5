import { openNodeStore } from "../../../src/ledger/store/node.js";

// A process that adds numbered entries to the log of a ledger, a few at a time, and writes the number of each that was
// acknowledged on a line, until it is killed.
const store = await openNodeStore(process.argv[2]!);
const { period = 0, entries = [] } = (await store.log()) ?? {};
if (period === 0) await store.beginLog(store.head!.period + 1, []);
let number = entries.length;
const add = async (): Promise<void> => {
  const own = number;
  number += 1;
  const entry = new Uint8Array(4 + (own % 300));
  new DataView(entry.buffer).setUint32(0, own);
  await store.appendLog(entry);
  process.stdout.write(`${own}\n`);
};
for (;;) await Promise.all(Array.from({ length: 1 + (number % 7) }, add));
