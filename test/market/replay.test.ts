import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { type Block, buildBlock, encodeItems, type Sections } from "../../src/ledger/format/block.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { decodeRecords, encodeRecords } from "../../src/ledger/format/layout.js";
import {
  flowLayout,
  orderLayout,
  postingLayout,
  readingLayout,
  tradeLayout,
} from "../../src/ledger/format/records.js";
import { stateSections } from "../../src/ledger/format/sections.js";
import { openReplay } from "../../src/market/replay.js";
import { blocksOf, runScenario } from "../support/scenario.js";

let engine: Engine;
let blocks: Block[];
/** The first block with two trades, a posting and an estimated reading. */
let target: number;

beforeAll(async () => {
  engine = await openEngine();
  for (let seed = 1; ; seed += 1) {
    const { store } = await runScenario(engine, seed, { participants: 25, periods: 6 });
    blocks = await blocksOf(store);
    target = blocks.findIndex(
      ({ header, sections }) =>
        header.sections.trades.count >= 2 &&
        header.sections.postings.count > 0 &&
        decodeRecords(readingLayout, sections.readings).some((reading) => (reading.flags & 1) !== 0),
    );
    if (target > 0) break;
  }
});

/** The target with other sections and header fields: a block whose own roots are right, as a liar would write it. */
function forged(sections: Partial<Sections>, header: Partial<Block["header"]> = {}): Block {
  const block = blocks[target]!;
  const built = buildBlock(
    {
      signed: false,
      ...block.header,
      sections: { ...block.sections, ...sections },
      state: {},
    },
    engine,
  );
  const from = header.sections ?? block.header.sections;
  const carried = Object.fromEntries(stateSections.map((name) => [name, from[name]]));
  return {
    ...built,
    header: { ...built.header, ...header, sections: { ...built.header.sections, ...carried } },
  };
}

/** What replay says of a ledger in which the target was replaced. */
function verdict(block: Block): string {
  const replay = openReplay(engine);
  try {
    for (const [height, each] of blocks.entries()) replay.replay(height === target ? block : each);
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing found";
}

describe("replay", () => {
  it("finds nothing in an honest ledger", () => {
    expect(verdict(blocks[target]!)).toBe("nothing found");
    expect(verdict(forged({}))).toBe("nothing found");
  });

  it("names height, record and field of a mispriced trade", () => {
    const trades = decodeRecords(tradeLayout, blocks[target]!.sections.trades);
    const { usePrice } = trades[1]!;
    trades[1] = { ...trades[1]!, usePrice: usePrice + 1 };
    expect(verdict(forged({ trades: encodeRecords(tradeLayout, trades) }))).toBe(
      `block ${target}: trades[1].usePrice: wanted ${usePrice}, got ${usePrice + 1}`,
    );
  });

  it("finds trades left out, added and put in another order", () => {
    const trades = decodeRecords(tradeLayout, blocks[target]!.sections.trades);
    const message = (changed: typeof trades) =>
      verdict(forged({ trades: encodeRecords(tradeLayout, changed) }));
    expect(message(trades.slice(0, -1))).toContain(`block ${target}: trades`);
    expect(message([...trades, trades[0]!])).toContain(`block ${target}: trades`);
    expect(message([trades[1]!, trades[0]!, ...trades.slice(2)])).toContain(`block ${target}: trades[0]`);
  });

  it("finds a flow, a posting, an estimate or its payment that does not follow", () => {
    const { sections } = blocks[target]!;
    const flows = decodeRecords(flowLayout, sections.flows);
    flows[0] = { ...flows[0]!, lost: flows[0]!.lost + 1 };
    expect(verdict(forged({ flows: encodeRecords(flowLayout, flows) }))).toContain("flows[0].lost");
    const postings = decodeRecords(postingLayout, sections.postings);
    postings[0] = { ...postings[0]!, amount: postings[0]!.amount + 1n };
    expect(verdict(forged({ postings: encodeRecords(postingLayout, postings) }))).toContain(
      "postings[0].amount",
    );
    const readings = decodeRecords(readingLayout, sections.readings);
    const estimate = readings.findIndex((reading) => (reading.flags & 1) !== 0);
    readings[estimate] = { ...readings[estimate]!, in: readings[estimate]!.in + 1 };
    expect(verdict(forged({ readings: encodeRecords(readingLayout, readings) }))).toContain(
      `readings[${estimate}].in`,
    );
    const paid = decodeRecords(readingLayout, sections.readings);
    paid[estimate] = { ...paid[estimate]!, amount: paid[estimate]!.amount - 1n };
    expect(verdict(forged({ readings: encodeRecords(readingLayout, paid) }))).toContain(
      `readings[${estimate}].amount`,
    );
  });

  it("finds an inflated balance and wrong sums in the header", () => {
    const { header } = blocks[target]!;
    for (const name of stateSections) {
      const found = header.sections[name];
      const other = { ...found, root: new Uint8Array(32).fill(7) };
      expect(verdict(forged({}, { sections: { ...header.sections, [name]: other } }))).toContain(
        `${name} root`,
      );
      const more = { ...found, count: found.count + 1 };
      expect(verdict(forged({}, { sections: { ...header.sections, [name]: more } }))).toContain(
        `${name} records`,
      );
    }
    const totals = { ...header.totals, heat: { ...header.totals.heat, lost: header.totals.heat.lost + 1n } };
    expect(verdict(forged({}, { totals }))).toContain("totals.heat.lost");
    expect(verdict(forged({}, { flags: 1 }))).toContain("flags");
    expect(verdict(forged({}, { previous: new Uint8Array(32) }))).toContain("previous hash");
    expect(verdict(forged({}, { period: header.period + 1 }))).toContain("period");
    expect(verdict(forged({}, { height: 99 }))).toContain("height");
  });

  it("finds orders, readings and contracts that the rules don't admit", () => {
    const { sections } = blocks[target]!;
    const orders = decodeRecords(orderLayout, sections.orders);
    const { participant, carrier } = orders[0]!;
    const revision = orders.filter(
      (each) => each.participant === participant && each.carrier === carrier,
    ).length;
    const over = [...orders, { ...orders[0]!, revision, quantity: 0xffff_ffff }];
    expect(verdict(forged({ orders: encodeRecords(orderLayout, over) }))).toMatch(
      new RegExp(`^block ${target}: order ${orders.length}: order.quantity`),
    );
    const again = [...orders, orders[0]!];
    expect(verdict(forged({ orders: encodeRecords(orderLayout, again) }))).toContain(
      `order ${orders.length}: order.revision: wanted ${revision}, the next, got 0`,
    );
    const stranger = [...orders, { ...orders[0]!, participant: 1000 }];
    expect(verdict(forged({ orders: encodeRecords(orderLayout, stranger) }))).toContain("order.participant");
    const nonsense = sections.orders.slice();
    nonsense[4] = 9;
    expect(verdict(forged({ orders: nonsense }))).toContain("orders[0].carrier");
    const replaced = [...orders.slice(1), orders[0]!];
    expect(verdict(forged({ orders: encodeRecords(orderLayout, replaced) }))).not.toBe("nothing found");
    const reading = {
      participant: 0,
      carrier: "heat",
      flags: 0,
      version: 1,
      age: 0,
      in: 1,
      out: 0,
      amount: 0n,
    } as const;
    const readings = [reading, ...decodeRecords(readingLayout, sections.readings)];
    expect(verdict(forged({ readings: encodeRecords(readingLayout, readings) }))).toContain("reading 0");
    const deposit = { kind: "deposit", version: 1, from: 3, participant: "p0", amount: "1", number: 999 };
    expect(verdict(forged({ contracts: encodeItems([encodeCanonical(deposit)]) }))).toContain("contract 0");
  });

  it("finds orders at genesis, where nothing is cleared", () => {
    const orders = decodeRecords(orderLayout, blocks[target]!.sections.orders);
    const order = { ...orders[0]!, quantity: 1, price: 0 };
    const first = blocks[0]!;
    const built = buildBlock(
      {
        signed: false,
        ...first.header,
        sections: { ...first.sections, orders: encodeRecords(orderLayout, [order]) },
        state: {},
      },
      engine,
    );
    expect(() => openReplay(engine).replay(built)).toThrow("block 0: orders: wanted none at genesis");
  });

  it("is of no further use after a difference", () => {
    const replay = openReplay(engine);
    expect(() => replay.replay(blocks[1]!)).toThrow("block 0: height");
    expect(() => replay.replay(blocks[0]!)).toThrow("one that has not failed");
  });
});
