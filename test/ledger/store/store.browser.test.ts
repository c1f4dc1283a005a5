import { openDB } from "idb";
import { describe, expect, it } from "vitest";
import { openBrowserStore } from "../../../src/ledger/store/browser.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { sampleLedger } from "../../support/sample.js";
import { memoryPlace, storeContract } from "./contract.js";

let places = 0;

storeContract("memory in the browser", { place: memoryPlace });
storeContract("IndexedDB", {
  async place() {
    places += 1;
    const name = `contract-${places}-${performance.timeOrigin}`;
    return {
      open: (options) => openBrowserStore(name, options),
      async damage(height, bytes) {
        const database = await openDB(`gridclear ledger ${name}`);
        await (bytes === null ? database.delete("blocks", height) : database.put("blocks", bytes, height));
        database.close();
      },
      async damageLog(index, change) {
        const database = await openDB(`gridclear ledger ${name}`);
        const { period, group } = await database.get("log", index);
        const changed = change(group);
        await (changed === null
          ? database.delete("log", index)
          : database.put("log", { period, group: changed }, index));
        database.close();
      },
    };
  },
});

describe("IndexedDB store in a worker", () => {
  it("writes there, is found on the page, and keeps the page out meanwhile", async () => {
    const name = `worker-${performance.timeOrigin}`;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const ask = (message: unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(message);
      });
    const blocks = sampleLedger(await openHasher(), [{}, {}]);
    expect(await ask({ name, blocks })).toBe(3);
    await expect(openBrowserStore(name)).rejects.toMatchObject({ code: "conflict" });
    expect(await ask("close")).toBe("closed");
    const store = await openBrowserStore(name, { create: false });
    expect(store.size).toBe(3);
    expect(await store.get(2)).toEqual(blocks[2]);
    await store.close();
    worker.terminate();
  });

  it("lets go of its lock when the worker is killed, and has what was acknowledged", async () => {
    const name = `killed-${performance.timeOrigin}`;
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    const blocks = sampleLedger(await openHasher(), [{}, {}]);
    const size = await new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.postMessage({ name, blocks });
    });
    expect(size).toBe(3);
    worker.terminate();
    // The lock is freed a moment after the worker is gone; waiting for it in line says when.
    await navigator.locks.request(`gridclear ledger ${name}`, async () => {});
    const store = await openBrowserStore(name);
    expect(store.size).toBe(3);
    await store.close();
  });
});
