import { readFileSync } from "node:fs";
import { GridclearError } from "../../../src/errors.js";
import { openNodeStore } from "../../../src/ledger/store/node.js";

// A process that appends the blocks it is given to a ledger and writes the height of each acknowledged one on a line.
const [directory, file] = process.argv.slice(2);
const blocks = (JSON.parse(readFileSync(file!, "utf8")) as string[]).map((text) => Buffer.from(text, "hex"));
const store = await openNodeStore(directory!);
const say = (line: string | number): boolean => process.stdout.write(`${line}\n`);
const attempt = async (name: string, act: () => Promise<unknown>): Promise<boolean> => {
  try {
    await act();
    return true;
  } catch (error) {
    say(`${name} ${error instanceof GridclearError ? error.code : error}`);
    return false;
  }
};
let going = true;
while (going && store.size < blocks.length) {
  const height = store.size;
  going = await attempt("append", () => store.append(blocks[height]!, height));
  if (going) say(height);
}
if (!going) {
  await attempt("append again", () => store.append(blocks[store.size]!, store.size));
  await attempt("get", () => store.get(0));
}
await store.close();
say("closed");
