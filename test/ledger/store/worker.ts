import { openBrowserStore } from "../../../src/ledger/store/browser.js";
import type { Store } from "../../../src/ledger/store/store.js";

// Opens the ledger it is told and appends the blocks it is given; answers with the size. "close" closes it.
let store: Store | undefined;
self.onmessage = async ({ data }: MessageEvent<"close" | { name: string; blocks: Uint8Array[] }>) => {
  if (data === "close") {
    await store?.close();
    self.postMessage("closed");
    return;
  }
  store = await openBrowserStore(data.name);
  for (const [height, bytes] of data.blocks.entries()) await store.append(bytes, height);
  self.postMessage(store.size);
};
