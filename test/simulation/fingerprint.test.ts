import { expect, it } from "vitest";
import { fingerprints } from "./fingerprint.js";

// Rewritten by `vitest -u` when the simulation is meant to change; fingerprint.browser.test.ts reads the same file.
it("simulates what it simulated when the fingerprints were taken", async () => {
  await expect(`${JSON.stringify(await fingerprints(), null, 2)}\n`).toMatchFileSnapshot("fingerprints.json");
});
