/** Test runners, whose jsdom has classes of its own for arrays and lacks some of the platform. */
import { bin, run } from "./steps.mjs";

/** What a test of an application does, arrays made where the test runs. */
const worked = (runner) => `
import { expect, test } from "${runner}";
import { openEngine, openHasher, openMarket, parsePrice } from "gridclear";
import { openSignatures, plainHasher } from "gridclear/verify";
test("the worked case", async () => {
  const engine = await openEngine();
  const { trades } = engine.clear({
    offers: { quantity: Uint32Array.of(10, 4), price: Int32Array.of(3, 2) },
    bids: { quantity: Uint32Array.of(6, 7), price: Int32Array.of(5, 4) },
  });
  expect([...trades.quantity]).toEqual([6, 4, 3]);
  const bytes = Uint8Array.of(1, 2, 3);
  const hash = [...engine.sha256(bytes)];
  expect([...plainHasher.sha256(bytes)]).toEqual(hash);
  expect([...(await openHasher()).sha256(bytes)]).toEqual(hash);
  expect(typeof parsePrice("0.43")).toBe("number");
});
test("a market and a signature", async () => {
  const market = await openMarket({ engine: await openEngine(), participants: ["ann", "bob"] });
  market.submit({ participant: "ann", carrier: "electricity", side: "offer", quantity: "2", price: "0.1" });
  await market.clearPeriod(30_000);
  const signatures = await openSignatures();
  const key = await signatures.importSeed(new Uint8Array(32).fill(1));
  const message = Uint8Array.of(9);
  expect(await signatures.verify(key.publicKey, message, await key.sign(message))).toBe(true);
});
`;

export const runners = {
  vitest: {
    setup: {
      packages: { vitest: "4.1.12", jsdom: "26.1.0" },
      files: { "worked.test.js": worked("vitest") },
    },
    checks: {
      jsdom: (folder) => void bin(folder, "vitest", "run", "--environment", "jsdom"),
    },
  },
  jest: {
    setup: {
      packages: { jest: "30.5.2", "jest-environment-jsdom": "30.5.2" },
      manifest: { jest: { transform: {}, testEnvironment: "jsdom", setupFiles: ["./globals.cjs"] } },
      files: {
        "worked.test.js": worked("@jest/globals"),
        // What docs/platforms.md says is missing there.
        "globals.cjs": `
globalThis.TextEncoder = require("node:util").TextEncoder;
Object.defineProperty(globalThis, "crypto", { value: require("node:crypto").webcrypto });
`,
      },
    },
    checks: {
      jsdom: (folder) =>
        void run(folder, process.execPath, ["--experimental-vm-modules", "node_modules/jest/bin/jest.js"]),
    },
  },
};
