import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, viewOf } from "../../../src/bytes.js";
import { GridclearError } from "../../../src/errors.js";
import {
  checkRecords,
  codesOf,
  decodeRecords,
  encodeRecords,
  type Layout,
  offsetsOf,
  readRecord,
} from "../../../src/ledger/format/layout.js";
import {
  account,
  accountNames,
  type FlowRecord,
  flowCode,
  flowKinds,
  flowLayout,
  noCarrier,
  none,
  type OrderRecord,
  orderLayout,
  type PostingRecord,
  partyCode,
  postingCode,
  postingKinds,
  postingLayout,
  type ReadingRecord,
  readingLayout,
  sideCode,
  sides,
  type TradeRecord,
  tradeCode,
  tradeKinds,
  tradeLayout,
  tradeParties,
} from "../../../src/ledger/format/records.js";
import {
  recordSections,
  sectionLayouts,
  sectionNames,
  storedSections,
} from "../../../src/ledger/format/sections.js";
import {
  type BookRecord,
  bookLayout,
  type LastReadingRecord,
  lastReadingLayout,
  type MeterRecord,
  meterLayout,
  type NameRecord,
  nameCode,
  nameKinds,
  nameLayout,
  type StateRecord,
  stateCode,
  stateKinds,
  stateLayout,
} from "../../../src/ledger/format/state.js";
import { carriers } from "../../../src/units.js";

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.oneof(
  fc.integer({ min: 0, max: none }),
  fc.constantFrom(0, 1, 0x7fff_ffff, 0x8000_0000, none),
);
const i32 = fc.oneof(fc.integer(), fc.constantFrom(-0x8000_0000, 0x7fff_ffff, 0, -1)).map((n) => n | 0);
const u53 = fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER));
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const i128 = fc.oneof(
  fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }),
  fc.constantFrom(0n, -1n, 2n ** 64n, -(2n ** 64n), 2n ** 64n - 1n, -(2n ** 127n), 2n ** 127n - 1n),
);
const carrier = fc.constantFrom(...carriers);
const orders = fc.record({
  participant: u32,
  carrier,
  side: fc.constantFrom(...sides),
  revision: u16,
  quantity: u32,
  price: i32,
});
const trades = fc.record({
  kind: fc.constantFrom(...tradeKinds),
  carrier,
  seller: fc.constantFrom(...tradeParties),
  buyer: fc.constantFrom(...tradeParties),
  offer: u32,
  bid: u32,
  quantity: u32,
  supplyPrice: i32,
  usePrice: i32,
  supplyFee: i64,
  useFee: i64,
});
const flows = fc.record({
  kind: fc.constantFrom(...flowKinds),
  carrier,
  party: u32,
  order: u32,
  quantity: u32,
  lost: u32,
  price: i32,
  amount: i64,
  extra: u64,
});
const readings = fc.record({
  participant: u32,
  carrier,
  flags: fc.integer({ min: 0, max: 3 }),
  version: u16,
  age: u32,
  in: u32,
  out: u32,
  amount: i64,
});
const postings = fc.record({
  kind: fc.constantFrom(...postingKinds),
  carrier: fc.option(carrier),
  debit: u32,
  credit: u32,
  reference: u32,
  amount: u64,
  period: u53,
});
const states = fc.record({ kind: fc.constantFrom(...stateKinds), number: u32, value: i128, extra: u64 });
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const names = fc.record({
  kind: fc.constantFrom(...nameKinds),
  carrier: fc.option(carrier),
  number: u32,
  name: hash,
  contract: hash,
});
const books = fc.record({
  period: u53,
  terms: hash,
  root: hash,
  meters: u32,
  due: u32,
  participants: u32,
  flags: fc.integer({ min: 0, max: 3 }),
});
const meters = fc.record({
  participant: u32,
  carrier,
  flags: fc.integer({ min: 0, max: 1 }),
  version: u16,
  tradedIn: u53,
  tradedOut: u53,
  in: u53,
  out: u53,
  defaulted: i128,
});
const lastReadings = fc.record({ participant: u32, carrier, period: u53, in: u32, out: u32 });

// Each layout once more, by hand, as docs/ledger-format.md has it.
const le = (value: bigint | number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, at) => Number((BigInt(value) >> BigInt(8 * at)) & 0xffn));
const byHand = {
  order: (r: OrderRecord) => [
    ...le(r.participant, 4),
    carriers.indexOf(r.carrier),
    r.side === "bid" ? 1 : 0,
    ...le(r.revision, 2),
    ...le(r.quantity, 4),
    ...le(r.price, 4),
  ],
  trade: (r: TradeRecord) => [
    ["", "peer", "pool", "storage", "area", "grid"].indexOf(r.kind),
    carriers.indexOf(r.carrier),
    ["", "order", "device", "grid"].indexOf(r.seller),
    ["", "order", "device", "grid"].indexOf(r.buyer),
    ...[r.offer, r.bid, r.quantity, r.supplyPrice, r.usePrice].flatMap((n) => le(n, 4)),
    ...le(r.supplyFee, 8),
    ...le(r.useFee, 8),
  ],
  flow: (r: FlowRecord) => [
    1 + flowKinds.indexOf(r.kind),
    carriers.indexOf(r.carrier),
    0,
    0,
    ...[r.party, r.order, r.quantity, r.lost, r.price].flatMap((n) => le(n, 4)),
    ...le(r.amount, 8),
    ...le(r.extra, 8),
  ],
  reading: (r: ReadingRecord) => [
    ...le(r.participant, 4),
    carriers.indexOf(r.carrier),
    r.flags,
    ...le(r.version, 2),
    ...le(r.age, 4),
    ...le(r.in, 4),
    ...le(r.out, 4),
    ...le(r.amount, 8),
  ],
  posting: (r: PostingRecord) => [
    1 + postingKinds.indexOf(r.kind),
    r.carrier === null ? 255 : carriers.indexOf(r.carrier),
    0,
    0,
    ...[r.debit, r.credit, r.reference].flatMap((n) => le(n, 4)),
    ...le(r.amount, 8),
    ...le(r.period, 8),
  ],
  name: (r: NameRecord) => [
    1 + nameKinds.indexOf(r.kind),
    r.carrier === null ? 255 : carriers.indexOf(r.carrier),
    0,
    0,
    ...le(r.number, 4),
    ...r.name,
    ...r.contract,
  ],
  book: (r: BookRecord) => [
    ...le(r.period, 8),
    ...r.terms,
    ...r.root,
    ...[r.meters, r.due, r.participants].flatMap((n) => le(n, 4)),
    r.flags,
    0,
    0,
    0,
  ],
  meter: (r: MeterRecord) => [
    ...le(r.participant, 4),
    carriers.indexOf(r.carrier),
    r.flags,
    ...le(r.version, 2),
    ...[r.tradedIn, r.tradedOut, r.in, r.out].flatMap((n) => le(n, 8)),
    ...le(r.defaulted, 16),
  ],
  lastReading: (r: LastReadingRecord) => [
    ...le(r.participant, 4),
    carriers.indexOf(r.carrier),
    0,
    0,
    0,
    ...le(r.period, 8),
    ...le(r.in, 4),
    ...le(r.out, 4),
  ],
  state: (r: StateRecord) => [
    1 + stateKinds.indexOf(r.kind),
    0,
    0,
    0,
    ...le(r.number, 4),
    ...le(r.value, 16),
    ...le(r.extra, 8),
  ],
};

interface Kind {
  readonly layout: Layout<never>;
  readonly records: fc.Arbitrary<never>;
  readonly byHand: (record: never) => number[];
  readonly bytes: number;
}
const kind = <T>(
  layout: Layout<T>,
  records: fc.Arbitrary<T>,
  hand: (record: T) => number[],
  bytes: number,
): Kind => ({ layout, records, byHand: hand, bytes }) as unknown as Kind;
const kinds: readonly Kind[] = [
  kind(orderLayout, orders, byHand.order, 16),
  kind(tradeLayout, trades, byHand.trade, 40),
  kind(flowLayout, flows, byHand.flow, 40),
  kind(readingLayout, readings, byHand.reading, 28),
  kind(postingLayout, postings, byHand.posting, 32),
  kind(stateLayout, states, byHand.state, 32),
  kind(nameLayout, names, byHand.name, 72),
  kind(bookLayout, books, byHand.book, 88),
  kind(meterLayout, meters, byHand.meter, 56),
  kind(lastReadingLayout, lastReadings, byHand.lastReading, 24),
];

const codeOf = (act: () => unknown): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof GridclearError) return error.code;
    throw error;
  }
};

describe.each(kinds)("records of $layout.name", ({ layout, records, byHand: hand, bytes: size }) => {
  it("are the bytes of the page, and come back", () => {
    expect(layout.bytes).toBe(size);
    fc.assert(
      fc.property(fc.array(records, { maxLength: 5 }), (list) => {
        const bytes = encodeRecords(layout, list);
        expect([...bytes]).toEqual(list.flatMap(hand));
        expect(decodeRecords(layout, bytes)).toEqual(list);
        for (const [index, record] of list.entries())
          expect(readRecord(layout, bytes, index)).toEqual(record);
      }),
      { numRuns: 300 },
    );
  });

  it("decode only what encodes to the same bytes", () => {
    fc.assert(
      fc.property(
        records,
        fc.nat({ max: size - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (record, place, mask) => {
          const bytes = encodeRecords(layout, [record]);
          bytes[place]! ^= mask;
          codeOf(() => expect(encodeRecords(layout, decodeRecords(layout, bytes))).toEqual(bytes));
        },
      ),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: size, maxLength: size }), (bytes) => {
        const code = codeOf(() => expect(encodeRecords(layout, decodeRecords(layout, bytes))).toEqual(bytes));
        expect([null, "corrupt"]).toContain(code);
      }),
      { numRuns: 2000 },
    );
  });

  it("refuse half a record and an index that is not there", () => {
    expect(codeOf(() => checkRecords(layout, new Uint8Array(size - 1)))).toBe("corrupt");
    const [record] = fc.sample(records, 1);
    const bytes = encodeRecords(layout, [record!]);
    for (const index of [-1, 1, 0.5, Number.NaN])
      expect(codeOf(() => readRecord(layout, bytes, index))).toBe("invalid");
  });

  it("refuse a field that is missing, of another type or out of range, and name it", () => {
    const [record] = fc.sample(records, { numRuns: 1, seed: 1 }) as unknown as [Record<string, unknown>];
    for (const name of Object.keys(record)) {
      const wrong: unknown[] = [
        undefined,
        "5",
        -0,
        0.5,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        2 ** 53,
        -(2n ** 128n),
        {},
        [],
      ];
      if (!(["postings", "names"].includes(layout.name) && name === "carrier")) wrong.push(null);
      wrong.push(typeof record[name] === "bigint" ? 5 : 5n, "__proto__", "toString");
      for (const value of wrong)
        expect(() => encodeRecords(layout, [{ ...record, [name]: value } as never])).toThrow(
          `${layout.name}[0].${name}`,
        );
    }
  });
});

describe("reserved bytes and codes", () => {
  it("are refused wherever they are not zero or not known", () => {
    const [order] = fc.sample(orders, 1);
    const [trade] = fc.sample(trades, 1);
    const [reading] = fc.sample(readings, 1);
    const [posting] = fc.sample(postings, 1);
    const changed = (bytes: Uint8Array, at: number, to: number): Uint8Array => {
      const copy = concat(bytes, bytes, bytes);
      copy[bytes.length + at] = to;
      return copy;
    };
    const cases: [Layout<never>, Uint8Array, at: number, to: number][] = [
      [orderLayout as never, encodeRecords(orderLayout, [order!]), 4, 4],
      [orderLayout as never, encodeRecords(orderLayout, [order!]), 5, 2],
      [tradeLayout as never, encodeRecords(tradeLayout, [trade!]), 0, 0],
      [tradeLayout as never, encodeRecords(tradeLayout, [trade!]), 0, 6],
      [tradeLayout as never, encodeRecords(tradeLayout, [trade!]), 1, 255],
      [tradeLayout as never, encodeRecords(tradeLayout, [trade!]), 2, 0],
      [tradeLayout as never, encodeRecords(tradeLayout, [trade!]), 3, 4],
      [readingLayout as never, encodeRecords(readingLayout, [reading!]), 5, 4],
      [postingLayout as never, encodeRecords(postingLayout, [posting!]), 1, 4],
      [postingLayout as never, encodeRecords(postingLayout, [posting!]), 1, 254],
      [postingLayout as never, encodeRecords(postingLayout, [posting!]), 31, 0x20],
    ];
    for (const [layout, bytes, at, to] of cases)
      expect(() => checkRecords(layout, changed(bytes, at, to))).toThrow(`${layout.name}[1]`);
  });
});

describe("offsets and codes by name", () => {
  it("read what the layout wrote", () => {
    const { participant, side, quantity, price } = offsetsOf(orderLayout);
    fc.assert(
      fc.property(fc.array(orders, { maxLength: 20 }), (list) => {
        const view = viewOf(concat(Uint8Array.of(9), encodeRecords(orderLayout, list)).subarray(1));
        for (const [index, order] of list.entries()) {
          const at = index * orderLayout.bytes;
          expect(view.getUint32(at + participant, true)).toBe(order.participant);
          expect(view.getUint8(at + side)).toBe(sideCode[order.side]);
          expect(view.getUint32(at + quantity, true)).toBe(order.quantity);
          expect(view.getInt32(at + price, true)).toBe(order.price);
        }
      }),
    );
  });
  it("are those of the format's description", () => {
    expect(offsetsOf(tradeLayout)).toEqual({
      kind: 0,
      carrier: 1,
      seller: 2,
      buyer: 3,
      offer: 4,
      bid: 8,
      quantity: 12,
      supplyPrice: 16,
      usePrice: 20,
      supplyFee: 24,
      useFee: 32,
    });
    expect(tradeCode).toEqual({ peer: 1, pool: 2, storage: 3, area: 4, grid: 5 });
    expect(sideCode).toEqual({ offer: 0, bid: 1 });
    expect(stateCode).toEqual({ balance: 1, charge: 2, collateral: 3 });
    expect(nameCode).toEqual({ participant: 1, storage: 2, converter: 3, area: 4, ended: 5 });
    expect([flowCode.charged, flowCode.used, postingCode.deposit, postingCode.default]).toEqual([
      1, 11, 1, 4,
    ]);
    expect(partyCode).toEqual({ order: 1, device: 2, grid: 3 });
    expect(codesOf(postingLayout, "carrier")).toEqual({ electricity: 0, heat: 1, cold: 2, gas: 3 });
    expect(noCarrier).toBe(255);
    expect(accountNames.map((name) => account[name])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
  it("are refused for a field without codes", () => {
    expect(codeOf(() => codesOf(tradeLayout, "bid"))).toBe("invalid");
    expect(codeOf(() => codesOf(tradeLayout, "x" as "kind"))).toBe("invalid");
  });
});

describe("sections", () => {
  it("are records of their layout, or items", () => {
    expect(sectionNames.map((name) => sectionLayouts[name]?.bytes ?? "items")).toEqual(
      ["items", 16, "items", 40, 40, 28, 32, 32, "items", 72, 88, 24], // docs/ledger-format.md
    );
    expect(storedSections).toEqual(sectionNames.slice(0, 7));
    expect(recordSections).toEqual(["orders", "trades", "flows", "readings", "postings"]);
  });
});
