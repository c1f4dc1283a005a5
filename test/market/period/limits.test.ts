// What one period can hold at most, worked out from the limits of what comes in: every section and the block have room
// for it, so that a period once open can always be sealed.
import { describe, expect, it } from "vitest";
import { maxBlockBytes, maxItems, maxSectionBytes } from "../../../src/ledger/format/header.js";
import {
  flowLayout,
  orderLayout,
  postingLayout,
  readingLayout,
  tradeLayout,
} from "../../../src/ledger/format/records.js";
import { type Evidence, encodeEvidence } from "../../../src/ledger/keys/evidence.js";
import { maxParties } from "../../../src/market/contracts/register.js";
import {
  maxEstimates,
  maxPeriodContractBytes,
  maxPeriodContracts,
  maxPeriodOrders,
  maxPeriodReadings,
} from "../../../src/market/period/limits.js";
import { carriers, maxPrice, maxQuantity } from "../../../src/units.js";

const orders = maxPeriodOrders;
const devices = maxParties;
const areas = maxParties;
const contracts = maxPeriodContracts;
const meters = carriers.length * maxParties;

// Each trade empties an order, each sale an order or a lot. Where areas have prices, each trade empties an order, a
// lot, a store's bid or one of the grid's, of which there are as many as the others together need at most; after it an
// order or a store trades with the grid once more.
const peers = orders;
const sales = orders + devices;
const across = 2 * (orders + 2 * devices) + orders + devices;
// An offer is converted, held back in scenario 1 and at export, exported, idle, and stored once when a store
// takes the last of it; a bid is linked, held back, interrupted, imported. A sale may be held
// back. Of a device: stood, used, discharged, undercharged, and charged from the pool twice and the grid once; each
// time from the pool it leaves one offer half stored. Of an area: its loss, and an offer half stored when its edge gets
// full, once in each direction; and its price, its fees, and its rent in two.
const flows = 6 * orders + sales + 9 * devices + 7 * areas + contracts;

// Records of one metered period's estimates beyond the first of each meter: all energy that was last read or traded, at
// the largest price; what was traded at most, where it is estimated, costs nothing.
const energy = (meters + orders + 2 * devices) * maxQuantity;
const readings = maxPeriodReadings + maxEstimates + Math.ceil((energy * 2 ** 31) / 2 ** 63);
// Deposits, withdrawals and collateral; of a reading that nobody can pay, collateral and default.
const postings = contracts + 2 * readings;

const item = (evidence: Evidence): number => encodeEvidence([evidence]).length;
const signature = new Uint8Array(64);
const single = item({ kind: "reading", index: 0, signature });
const batch = item({
  kind: "batch",
  gateway: new Uint8Array(32),
  orders: [{ start: 0, end: 1 }],
  signature,
});

const sections = {
  contracts: maxPeriodContractBytes,
  orders: orders * orderLayout.bytes,
  evidence: orders * batch + (maxPeriodReadings + contracts) * single,
  trades: Math.max(peers + sales, across) * tradeLayout.bytes,
  flows: flows * flowLayout.bytes,
  readings: readings * readingLayout.bytes,
  postings: postings * postingLayout.bytes,
};

describe("a period filled to its limits", () => {
  it.each(Object.entries(sections))("fits: %s", (_, bytes) => {
    expect(bytes).toBeLessThanOrEqual(maxSectionBytes);
  });

  it("fits into a block, its evidence into items", () => {
    const total = Object.values(sections).reduce((sum, bytes) => sum + bytes, 0);
    expect(total).toBeLessThanOrEqual(maxBlockBytes - 992);
    expect(orders + maxPeriodReadings + contracts).toBeLessThanOrEqual(maxItems);
  });

  it("has sums that stay exact, and single amounts that fit a record", () => {
    expect(orders * maxQuantity).toBeLessThan(2 ** 53);
    expect(BigInt(maxQuantity) * BigInt(maxPrice + 1)).toBeLessThan(2n ** 63n);
    // One period's meters are estimated together.
    expect(meters).toBeLessThanOrEqual(maxEstimates);
  });
});
