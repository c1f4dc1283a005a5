// What a market acknowledged is there after a crash: orders, readings and contracts, in the same order and with the
// same numbers, signed or not, and nothing that was never asked for.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import type { GridclearError } from "../../src/errors.js";
import { decodeBlock, decodeItems } from "../../src/ledger/format/block.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import type { Signatures } from "../../src/ledger/keys/backend.js";
import { orderStatement, readingStatement } from "../../src/ledger/keys/message.js";
import { type MemoryMedium, memoryMedium, openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { contractKey } from "../../src/market/contracts/kinds.js";
import type { OrderResult, Refused, Taken } from "../../src/market/intake/request.js";
import type { LoggedMarket } from "../../src/market/logged.js";
import type { Market } from "../../src/market/market.js";
import { type MarketOptions, openMarket } from "../../src/market/open.js";
import {
  keys,
  openLogged,
  openSigned,
  signatures,
  signContract,
  signedContracts,
} from "../support/signedmarket.js";
import { ownTerms, participant } from "../support/terms.js";

const engine = await openEngine();
const clock = { now: () => 1, setTimer: () => 0, clearTimer: () => undefined };
const names = ["ann", "bob", "cid"] as const;
const plain: MarketOptions = {
  engine,
  clock,
  participants: names,
  metering: { window: 2, corrections: 2, missing: "zero" },
};
const storeOn = (medium: MemoryMedium) => openMemoryStore({ hasher: engine }, medium);
/** What a process that died left: the bytes, and nobody who holds them. */
const left = (medium: MemoryMedium): MemoryMedium => ({
  ...medium,
  blocks: [...medium.blocks],
  meta: new Map(medium.meta),
  logged: medium.logged && { ...medium.logged, groups: [...medium.logged.groups] },
  held: false,
});
const openPlain = async (medium: MemoryMedium): Promise<LoggedMarket> =>
  openMarket({ ...plain, store: await storeOn(medium), log: true });
const offer = {
  participant: "ann",
  carrier: "electricity",
  side: "offer",
  quantity: "2",
  price: "0.1",
} as const;
const bid = { participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" } as const;
const errorOf = (promise: Promise<unknown>): Promise<GridclearError | null> =>
  promise.then(
    () => null,
    (error: GridclearError) => error,
  );

describe("an unsigned market with a log", () => {
  it("answers by a promise, and has what it acknowledged when it is opened again", async () => {
    const medium = memoryMedium();
    const market = await openPlain(medium);
    expect(market.logged).toBe(true);
    await market.clearPeriod(1);
    const told: number[] = [];
    market.on("order", ({ sequence }) => told.push(sequence));
    const batch = {
      participant: Uint32Array.of(1, 9, 2),
      carrier: Uint8Array.of(0, 0, 0),
      side: Uint8Array.of(1, 1, 1),
      quantity: Uint32Array.of(5, 6, 7),
      price: Int32Array.of(300_000, 1, 200_000),
    };
    const asked = market.submit(offer);
    expect(told).toEqual([]);
    expect(await asked).toMatchObject({ status: "accepted", sequence: 0 });
    expect(told).toEqual([0]);
    const answers = await Promise.all([
      market.submit(bid),
      market.submitColumns(batch),
      market.withdraw("ann", "electricity"),
      market.report({ participant: "ann", carrier: "electricity", period: 1, in: "0", out: "2" }),
      market.propose(participant("dua", 3)),
      market.submit({ ...bid, participant: "eve" }),
    ]);
    expect(answers).toMatchObject([
      { status: "accepted", sequence: 1 },
      { first: 2, accepted: 2, refused: [{ index: 1 }] },
      { status: "accepted", sequence: 4, replaced: 0 },
      { status: "accepted", period: 2 },
      { status: "accepted", period: 3 },
      { status: "refused" },
    ]);
    expect(told).toEqual([0, 1, 2, 3, 4]);
    const again = await openPlain(left(medium));
    expect([again.period, again.proposals.waiting, again.nextVersion("participant/dua")]).toEqual([2, 1, 2]);
    expect(await again.submit(offer)).toMatchObject({ sequence: 5, revision: 2 });
    // The same reading is refused, since it came.
    expect(
      await again.report({ participant: "ann", carrier: "electricity", period: 1, in: "0", out: "2" }),
    ).toMatchObject({ status: "refused", error: { code: "conflict" } });
    const { block } = await again.clearPeriod(2);
    expect(block.header.sections.orders.count).toBe(6);
    expect(again.participantNumber("dua")).toBe(3);
    expect(again.proposals.waiting).toBe(0);
  });

  it("takes nothing from a caller who changes its columns while they are on the way", async () => {
    const medium = memoryMedium();
    const market = await openPlain(medium);
    const quantity = Uint32Array.of(5);
    const asked = market.submitColumns({
      participant: Uint32Array.of(1),
      carrier: Uint8Array.of(0),
      side: Uint8Array.of(1),
      quantity,
      price: Int32Array.of(3),
    });
    quantity[0] = 9;
    await asked;
    const { block } = await (await openPlain(left(medium))).clearPeriod(2);
    expect(block.sections.orders[8]).toBe(5);
  });

  it("wants no proof, and rejects columns that do not fit together", async () => {
    const market = await openPlain(memoryMedium());
    expect(await market.submit(offer, new Uint8Array(64))).toMatchObject({ error: { code: "signature" } });
    expect(await errorOf(market.submitColumns({} as never))).toMatchObject({ code: "invalid" });
    const signed = await openLogged({ engine });
    expect(await signed.submit(offer)).toMatchObject({ error: { code: "signature" } });
    expect(await errorOf(signed.submitColumns({} as never))).toMatchObject({ code: "signature" });
  });

  it("is not opened without one as long as something in it stands in no block", async () => {
    const medium = memoryMedium();
    const market = await openPlain(medium);
    const unlogged = async (bytes: MemoryMedium) =>
      errorOf(openMarket({ engine, clock, store: await storeOn(bytes) }));
    expect(await unlogged(left(medium))).toBe(null);
    await market.submit(offer);
    await market.propose(participant("dua", 4));
    expect(await unlogged(left(medium))).toMatchObject({ code: "conflict", field: "log" });
    await market.clearPeriod(1);
    expect(await unlogged(left(medium))).toMatchObject({ code: "conflict", field: "log" });
    for (let period = 2; period <= 3; period += 1) await market.clearPeriod(period);
    // The contract entered in period 4, whose block is not there yet.
    expect(await unlogged(left(medium))).toMatchObject({ code: "conflict", field: "log" });
    await market.clearPeriod(4);
    expect(medium.logged).toBe(null);
    expect(await unlogged(left(medium))).toBe(null);
  });
});

describe("contracts that wait", () => {
  it("wait over any number of periods and restarts, and enter or are dropped as if nothing had happened", async () => {
    let medium = memoryMedium();
    let market = await openLogged({ engine, store: await storeOn(medium) });
    const bob = market.state.contract("participant/bob") as Extract<Contract, { kind: "participant" }>;
    const next = await signatures.generate();
    const rekeyed: Contract = { ...bob, version: 2, from: 3, key: hex(next.publicKey) };
    // Signed by the key that is replaced before it begins: dropped then.
    const late: Contract = { ...ownTerms("bob", 6)[0]!, version: 2 };
    const cids: Contract = { ...ownTerms("cid", 6)[0]!, version: 2 };
    for (const contract of [rekeyed, late, cids])
      expect(await market.propose(contract, await signContract(contract, market.id))).toMatchObject({
        status: "accepted",
      });
    const waiting: number[] = [];
    const entered: string[] = [];
    for (let period = 1; period <= 6; period += 1) {
      medium = left(medium);
      market = await openSigned({ engine, store: await storeOn(medium), log: true }).then(
        (opened) => opened as LoggedMarket,
      );
      waiting.push(market.proposals.waiting);
      expect(market.nextVersion(contractKey(cids))).toBe(3);
      const { block } = await market.clearPeriod(period);
      for (const item of decodeItems(block.sections.contracts))
        entered.push(`${period} ${contractKey(JSON.parse(Buffer.from(item).toString()))}`);
    }
    expect(waiting).toEqual([3, 3, 2, 2, 2, 0]);
    expect(entered).toEqual(["3 participant/bob", `6 ${contractKey(cids)}`]);
    expect(market.nextVersion(contractKey(late))).toBe(2);
  });

  it("tell why they were dropped, also after any number of restarts, until one in their place has entered", async () => {
    const cut = memoryMedium();
    let medium = cut;
    let market = await openLogged({ engine, store: await storeOn(medium) });
    const again = async (): Promise<void> => {
      medium = left(medium);
      market = (await openSigned({ engine, store: await storeOn(medium), log: true })) as LoggedMarket;
    };
    const propose = async (contract: Contract) =>
      market.propose(contract, await signContract(contract, market.id));
    // The version is that after one that waits for a later period, so it comes too early.
    const own = ownTerms("bob", 3)[0]!;
    for (const contract of [
      { ...own, version: 2, from: 4 },
      { ...own, version: 3, from: 3 },
    ])
      expect(await propose(contract)).toMatchObject({ status: "accepted" });
    const mine = () => market.proposals.of("bob").filter(({ key }) => key === contractKey(own));
    const told = { key: contractKey(own), status: "dropped" };
    const field = `${contractKey(own)}.version`;
    const third = {
      ...told,
      version: 3,
      from: 3,
      reason: { code: "conflict", field, wanted: "2", got: "3" },
    };
    await market.clearPeriod(1);
    expect(mine().map(({ status, version, from }) => [status, version, from])).toEqual([
      ["in force", 1, 0],
      ["waiting", 2, 4],
      ["waiting", 3, 3],
    ]);
    const { logged } = left(medium);
    await market.clearPeriod(2);
    for (let times = 0; times < 3; times += 1) {
      expect(mine()).toMatchObject([{ version: 1 }, { status: "waiting", version: 2 }, third]);
      await again();
    }
    // The block of period 2 is there, and the process died before the log of period 3 began.
    medium.logged = logged;
    await again();
    expect(mine()).toMatchObject([{ version: 1 }, { status: "waiting", version: 2 }, third]);
    expect(market.proposals.of("ann").some(({ status }) => status !== "in force")).toBe(false);
    await market.clearPeriod(3);
    for (let times = 0; times < 2; times += 1) {
      expect(mine()).toMatchObject([{ status: "in force", version: 2, from: 4 }]);
      await again();
    }
    expect(() => market.proposals.of("nobody")).toThrow("participant: wanted a registered participant");
  });
});

describe("an order that is taken as its period closes", () => {
  it("stands in the block of its period or is refused, whichever turn of the loop the gate falls in", async () => {
    // Checked at once, so that all turns from the call to the answer are gone through one by one.
    const atOnce: Signatures = { ...signatures, verify: async () => true };
    const came = new Set<string>();
    for (let turns = 0; turns < 60; turns += 1) {
      const medium = memoryMedium();
      const market = await openLogged({ engine, store: await storeOn(medium), signatures: atOnce });
      const given = { ...offer, revision: 0 };
      const statement = orderStatement(market.id, market.period, market.record(given));
      const asked = market.submit(given, await keys.get("ann")!.sign(statement));
      for (let turn = 0; turn < turns; turn += 1) await null;
      const { block } = await market.clearPeriod(1);
      const answer = await asked;
      came.add(`${answer.status} ${block.header.sections.orders.count}`);
      const again = await openLogged({ engine, store: await storeOn(left(medium)) });
      expect([again.period, again.openOrders.count], `turn ${turns}`).toEqual([2, 0]);
    }
    expect(came).toEqual(new Set(["refused 0", "accepted 1"]));
  });
});

/** One request, or what happens to the market. */
type Step =
  | { readonly kind: "order"; readonly who: number; readonly kWh: number; readonly price: number }
  | { readonly kind: "batch"; readonly kWh: readonly number[] }
  | { readonly kind: "reading"; readonly who: number; readonly back: number; readonly kWh: number }
  | { readonly kind: "contract"; readonly who: number; readonly ahead: number }
  | { readonly kind: "clear" | "restart" };

const who = fc.nat({ max: 2 });
const requests = [
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("order" as const),
      who,
      kWh: fc.nat({ max: 4 }),
      price: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("batch" as const),
      kWh: fc.array(fc.nat({ max: 4 }), { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("reading" as const),
      who,
      back: fc.integer({ min: 1, max: 3 }),
      kWh: fc.nat({ max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("contract" as const),
      who,
      ahead: fc.integer({ min: 1, max: 4 }),
    }),
  },
] as const;
const step: fc.Arbitrary<Step> = fc.oneof(
  ...requests,
  { weight: 3, arbitrary: fc.constant({ kind: "clear" as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: "restart" as const }) },
);

const orderOf = ({ who, kWh, price }: Extract<Step, { kind: "order" }>) =>
  ({
    participant: names[who]!,
    carrier: "electricity",
    side: who === 0 ? "offer" : "bid",
    quantity: `${kWh}`,
    price: kWh === 0 ? "0" : `0.${price}`,
  }) as const;
const readingOf = (market: Market, { who, back, kWh }: Extract<Step, { kind: "reading" }>) =>
  ({
    participant: names[who]!,
    carrier: "electricity",
    period: Math.max(0, market.period - back),
    in: `${kWh}`,
    out: "0",
  }) as const;
const contractOf = (market: Market, { who, ahead }: Extract<Step, { kind: "contract" }>): Contract => {
  const terms = ownTerms(names[who]!, market.period + ahead)[0]!;
  return { ...terms, version: market.nextVersion(contractKey(terms)) };
};
const columnsOf = ({ kWh }: Extract<Step, { kind: "batch" }>) => ({
  participant: Uint32Array.from(kWh, (_, index) => index % 3),
  carrier: new Uint8Array(kWh.length),
  side: Uint8Array.from(kWh, (_, index) => (index % 3 === 0 ? 0 : 1)),
  quantity: Uint32Array.from(kWh),
  price: Int32Array.from(kWh, (each) => (each === 0 ? 0 : 100_000 * each)),
});

/** Asks for one step; what it came to, as text. */
async function ask(market: Market, given: Step, signed: boolean): Promise<string> {
  const words = (answer: OrderResult | Taken): string =>
    answer.status === "accepted"
      ? `accepted ${answer.period} ${"sequence" in answer ? answer.sequence : ""}`
      : answer.error.message;
  const key = names["who" in given ? given.who : 0]!;
  if (given.kind === "order") {
    const order = orderOf(given);
    if (!signed) return words(await market.submit(order));
    const statement = orderStatement(market.id, market.period, market.record(order));
    return words(await market.submit(order, await keys.get(key)!.sign(statement)));
  }
  if (given.kind === "batch") {
    if (signed) return "none";
    const { first, accepted, refused } = await market.submitColumns(columnsOf(given));
    return `${first} ${accepted} ${refused.map(({ index, error }) => `${index} ${error.message}`)}`;
  }
  if (given.kind === "reading") {
    const reading = readingOf(market, given);
    if (!signed) return words(await market.report(reading));
    const statement = readingStatement(market.id, market.period, market.readingRecord(reading));
    return words(await market.report(reading, await keys.get(key)!.sign(statement)));
  }
  if (given.kind === "contract") {
    const contract = contractOf(market, given);
    if (!signed) return words(await market.propose(contract));
    return words(await market.propose(contract, await signContract(contract, market.id)));
  }
  if (given.kind === "clear") return hex((await market.clearPeriod(1)).hash);
  return "restarted";
}

describe("a market that is killed and opened again", () => {
  const options = (signed: boolean): MarketOptions =>
    signed
      ? {
          engine,
          clock,
          signatures,
          contracts: signedContracts(),
          sign: (contract, id) => signContract(contract, id),
        }
      : plain;
  for (const signed of [false, true])
    it(`between any two requests writes the blocks of one that was not (${signed ? "signed" : "unsigned"})`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          let medium = memoryMedium();
          const open = async () =>
            openMarket({ ...options(signed), store: await storeOn(medium), log: true });
          let market = await open();
          const twin = await openMarket({ ...options(signed), store: await storeOn(memoryMedium()) });
          const last: Step[] = Array.from({ length: 5 }, () => ({ kind: "clear" }));
          for (const each of [...steps, ...last]) {
            if (each.kind === "restart") {
              medium = left(medium);
              market = await open();
            }
            expect(await ask(market, each, signed)).toBe(await ask(twin, each, signed));
            for (const each of names) expect(market.proposals.of(each)).toEqual(twin.proposals.of(each));
          }
          expect(market.store.head).toEqual(twin.store.head);
        }),
        { numRuns: signed ? 25 : 80 },
      );
    });

  it("at any moment has what was acknowledged, where it was acknowledged, whatever was on the way", async () => {
    const burst = fc.array(fc.oneof(...requests), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(burst, { minLength: 1, maxLength: 8 }),
        fc.nat({ max: 30 }),
        async (bursts, moment) => {
          const medium = memoryMedium();
          let alive = moment + 2;
          const die = async (act: () => Promise<void>): Promise<void> => {
            alive -= 1;
            if (alive < 0) throw new Error("killed");
            await act();
          };
          const dying: MemoryMedium = {
            ...medium,
            extent: () => medium.extent(),
            readMark: () => medium.readMark(),
            logExtent: () => medium.logExtent(),
            append: (height, bytes, mark, before) => die(() => medium.append(height, bytes, mark, before)),
            confirm: (mark) => die(() => medium.confirm(mark)),
            beginLog: (period, group) => die(() => medium.beginLog(period, group)),
            appendLog: (log, group) => die(() => medium.appendLog(log, group)),
            dropLog: () => die(() => medium.dropLog()),
          };
          const market = await openPlain(dying);
          const orders: { period: number; sequence: number; record: string }[] = [];
          const readings: { period: number; record: string }[] = [];
          const contracts: { from: number; text: string }[] = [];
          const taken = (answer: OrderResult | Taken | Refused): answer is Exclude<typeof answer, Refused> =>
            answer.status === "accepted";
          const run = async (given: Step): Promise<void> => {
            if (given.kind === "order") {
              const answer = await market.submit(orderOf(given));
              if (taken(answer)) orders.push({ ...answer, record: hex(answer.record) });
            } else if (given.kind === "reading") {
              const reading = readingOf(market, given);
              const record = hex(market.readingRecord(reading));
              const answer = await market.report(reading);
              if (taken(answer)) readings.push({ period: answer.period, record });
            } else if (given.kind === "contract") {
              // All of one distance, so that versions begin in their order and none is dropped.
              const contract = contractOf(market, { ...given, ahead: 2 });
              const answer = await market.propose(contract);
              if (taken(answer))
                contracts.push({ from: contract.from, text: hex(encodeCanonical(contract)) });
            } else if (given.kind === "batch") await market.submitColumns(columnsOf(given));
          };
          for (const each of bursts) {
            const asked = each.map(run);
            const sealing = market.clearPeriod(1);
            // Some wait for the period's end, some come as it closes, some never hear.
            await Promise.allSettled([...asked, sealing]);
          }
          const again = await openPlain(left(medium));
          const end = again.period + 3;
          while (again.period < end) await again.clearPeriod(2);
          const block = async (height: number) => decodeBlock((await again.store.get(height))!);
          for (const { period, sequence, record } of orders) {
            const section = (await block(period)).sections.orders;
            expect(hex(section.subarray(16 * sequence, 16 * sequence + 16))).toBe(record);
          }
          for (const { period, record } of readings) {
            const section = hex((await block(period)).sections.readings);
            // Whether it corrects one is for the block to say; all else is the record that was reported.
            expect(section.includes(record.slice(0, 8))).toBe(true);
            expect(section).toContain(record.slice(12));
          }
          for (const { from, text } of contracts)
            expect(decodeItems((await block(from)).sections.contracts).map(hex)).toContain(text);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("a log that no market wrote", () => {
  /** Opens a market on a log with these entries behind those of the market's own. */
  async function opened(entries: readonly Uint8Array[], signed: boolean): Promise<GridclearError | null> {
    const medium = memoryMedium();
    const store = await storeOn(medium);
    if (signed) await openLogged({ engine, store });
    else await openMarket({ ...plain, store, log: true });
    for (const entry of entries) await store.appendLog(entry);
    const reopened = await storeOn(left(medium));
    return errorOf(
      signed ? openLogged({ engine, store: reopened }) : openMarket({ ...plain, store: reopened, log: true }),
    );
  }
  const order = (participant: number): number[] => [participant, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0];
  const text = (contract: unknown): number[] => [...encodeCanonical(contract)];
  const unsigned: readonly (readonly [what: string, entry: number[], error: string])[] = [
    ["nothing", [], "log entry 0: wanted orders, a reading, a contract or"],
    ["no body", [0, 0], "log entry 0: wanted orders"],
    ["another kind", [4, 0, ...order(0)], "log entry 0: wanted orders"],
    ["another proof", [0, 3, ...order(0)], "log entry 0: wanted orders"],
    ["half an order", [0, 0, ...order(0).slice(1)], "log entry 0: orders: wanted a multiple of 16"],
    ["an order of a stranger", [0, 0, ...order(7)], "a participant under contract"],
    [
      "an order that is signed",
      [0, 1, ...new Array(64).fill(1), ...order(0)],
      "no signature, in an unsigned market",
    ],
    ["a reading of nothing", [1, 0, ...new Array(28).fill(0)], "reading.period: wanted a past period"],
    [
      "a reading from before period 0",
      [1, 0, ...new Array(8).fill(0), 0xff, 0xff, 0xff, 0xff, ...new Array(16).fill(0)],
      "reading.age: wanted at most",
    ],
    ["a contract of no kind", [2, 0, ...text({ kind: "wish" })], "contract.kind"],
    ["a contract that is no JSON", [2, 0, 1, 2, 3], "log entry 0"],
    ["a dropped contract of which nothing is told", [3, 0, ...text({})], "dropped.key"],
    ["a dropped contract that is signed", [3, 1, ...new Array(64).fill(1), ...text({})], "wanted orders"],
  ];
  for (const [what, entry, error] of unsigned)
    it(`is refused: ${what}`, async () => {
      const refusal = await opened([Uint8Array.from(entry)], false);
      expect(refusal).toMatchObject({ code: "corrupt" });
      expect(refusal!.message).toContain(error);
    });

  it("is refused in a signed market without signatures that hold, and names the entry", async () => {
    const forged = new Array(64).fill(7);
    for (const entry of [
      [0, 0, ...order(0)],
      [0, 1, ...forged, ...order(0)],
      [0, 2, ...new Array(32).fill(9), ...forged, ...order(1)],
      [1, 1, ...forged, ...new Array(28).fill(0)],
      [2, 0, ...text({ ...ownTerms("bob", 3)[0]!, version: 2 })],
      [2, 2, ...new Array(32).fill(9), ...forged, ...text({ ...ownTerms("bob", 3)[0]!, version: 2 })],
    ]) {
      const refusal = await opened([Uint8Array.from(entry)], true);
      expect(refusal, `${entry.slice(0, 2)}`).toMatchObject({ code: "corrupt", field: "log entry 0" });
      expect(refusal!.message).toMatch(/signature|gateway|key/);
    }
  });
});
