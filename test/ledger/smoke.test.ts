import { expect, test } from "vitest";
import { verifyChain } from "../../src/ledger/chain.js";
import { openHasher } from "../../src/ledger/hashwasm.js";
import { sampleLedger, tradePeriod } from "./sample.js";

test("smoke", async () => {
  const hasher = await openHasher();
  const ledger = sampleLedger(hasher, [{}, tradePeriod(1002)]);
  const verdict = await verifyChain(ledger, hasher);
  console.log(
    verdict,
    ledger.map((b) => b.length),
  );
  expect(verdict.ok).toBe(true);
});
