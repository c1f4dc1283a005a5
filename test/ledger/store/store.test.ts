import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { afterAll } from "vitest";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import { memoryPlace, storeContract } from "./contract.js";

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

storeContract("memory in Node", { place: memoryPlace });
storeContract("LevelDB", {
  async place() {
    const folder = await mkdtemp(join(tmpdir(), "gridclear-store-"));
    folders.push(folder);
    const directory = join(folder, "ledger");
    return {
      open: (options) => openNodeStore(directory, options),
      async damage(height, bytes) {
        const level = new ClassicLevel<string, Uint8Array>(directory, { valueEncoding: "view" });
        const key = `block/${height.toString(16).padStart(14, "0")}`;
        await (bytes === null ? level.del(key) : level.put(key, bytes));
        await level.close();
      },
    };
  },
});
