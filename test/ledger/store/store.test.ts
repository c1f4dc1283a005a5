import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import { damage, damageLog } from "../../support/segments.js";
import { memoryPlace, storeContract } from "./contract.js";

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

storeContract("memory in Node", { place: memoryPlace });
storeContract("files", {
  async place() {
    const folder = await mkdtemp(join(tmpdir(), "gridclear-store-"));
    folders.push(folder);
    const directory = join(folder, "ledger");
    return {
      open: (options) => openNodeStore(directory, options),
      damage: (height, bytes) => damage(directory, height, bytes),
      damageLog: async (index, change) => damageLog(directory, index, change),
    };
  },
});
