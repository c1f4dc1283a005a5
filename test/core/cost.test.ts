/**
 * What a search costs, whatever the orders. A tree that sums up wrongly, or leaves that lie in a bad order, still find
 * the same trades, so only time shows them. Measured as time of the processor and against an easy book in the same
 * process; the hard books take a few times as long as that, and a broken tree some dozens or hundreds of times.
 */
import { expect, test } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { describeSection } from "../../src/ledger/format/block.js";
import { tradeLayout } from "../../src/ledger/format/records.js";
import type { Hasher } from "../../src/ledger/tree/hasher.js";
import { someBytes } from "../support/builds.js";
import { hardBooks, type Sides } from "./books.js";
import { Random } from "./markets.js";

/** Least time of the processor of two runs, in microseconds. */
function cost(run: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 2; round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}

const draws = (count: number): [string, Sides][] =>
  hardBooks.map(([name, draw]) => [name, draw(count, new Random(count))]);

test("hard books cost at most some times what an easy one does, beyond 2¹⁶ orders a side", async () => {
  const engine = await openEngine();
  const books = draws(150_000);
  const costs = books.map(([name, book]) => [name, cost(() => void engine.match(book))] as const);
  const easy = costs[0]![1];
  for (const [name, each] of costs) expect(each / easy, name).toBeLessThan(15);
}, 60_000);

test("salting a section in one call costs a fraction of asking for each record", async () => {
  const engine = await openEngine();
  const trades = someBytes(50_000 * tradeLayout.bytes, 1);
  const secret = someBytes(32, 2);
  // The same hasher without the one call.
  const apart: Hasher = {
    sha256: (bytes) => engine.sha256(bytes),
    merkleRoot: (bytes, leafBytes) => engine.merkleRoot(bytes, leafBytes),
    leafHashes: (leaves) => engine.leafHashes(leaves),
    nodesRoot: (hashes) => engine.nodesRoot(hashes),
  };
  const together = cost(() => void describeSection("trades", trades, secret, engine));
  const each = cost(() => void describeSection("trades", trades, secret, apart));
  expect(each / together).toBeGreaterThan(4);
}, 60_000);

test("divisible lots cost no more than matching does", async () => {
  const engine = await openEngine();
  const none = { quantity: new Uint32Array(0), price: new Int32Array(0) };
  const books = draws(20_000);
  const easy = cost(() => void engine.match(books[0]![1]));
  for (const [name, { offers, bids }] of books) {
    engine.match({ offers: none, bids, lots: offers });
    const each = cost(() => void engine.sell({ price: 0, lots: "divisible" }, offers));
    expect(each / easy, name).toBeLessThan(6);
  }
}, 60_000);
