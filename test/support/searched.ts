import { hex } from "../../src/bytes.js";
import { type Block, decodeBlock } from "../../src/ledger/format/block.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { orderLayout } from "../../src/ledger/format/records.js";
import { recordsRoot, type StateSection, stateSections } from "../../src/ledger/format/sections.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { KeyDirectory } from "../../src/ledger/keys/directory.js";
import {
  batchStatement,
  contractStatement,
  orderStatement,
  readingStatement,
} from "../../src/ledger/keys/message.js";
import { encodeReceipt } from "../../src/ledger/proof/receipt.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { openingContracts } from "../../src/market/contracts/opening.js";
import type { Order, Reading } from "../../src/market/intake/request.js";
import type { LoggedMarket } from "../../src/market/logged.js";
import { openMarket } from "../../src/market/open.js";
import { Platform } from "../../src/market/platform.js";
import { openReplay } from "../../src/market/replay.js";
import { carriers } from "../../src/units.js";
import { engine, gateway, hasher, keyOf, platform as platformKey, signatures } from "../support/community.js";
import { random } from "../support/scenario.js";
import { ownTerms, participant } from "../support/terms.js";

export const names = ["anneliese.holm", "bertrand-oku", "Çağla Demir", "dieter_wagner", "eszter.nagy"];
export const members: SigningKey[] = await Promise.all(names.map((_, number) => keyOf(number)));
export const late = "zbigniew.kowal";
const keyring = new Map(
  [platformKey, gateway, ...members, await keyOf(9)].map((key) => [hex(key.publicKey), key]),
);
const startPeriod = 40;
const periods = 6;
const below = random(2026);

const tariff = {
  retail: 1_234_567,
  feedIn: 54_321,
  shortagePrice: 2_345_678,
  surplusPrice: 345_678,
  commission: [{ share: 1_000_000, supply: 31_337, use: 27_183 }],
};
/** An amount of nineteen digits, none of them 0: in hexadecimal digits zeros stand in rows. */
const digits = (): string => Array.from({ length: 19 }, () => 1 + below(8)).join("");
const contracts: Contract[] = openingContracts(
  {
    metering: { window: 2, corrections: 2, missing: "traded" },
    tariffs: { electricity: tariff, heat: tariff },
  },
  [
    {
      kind: "market",
      version: 1,
      from: startPeriod,
      id: "searched",
      currency: "EUR",
      quantityTick: "0.000001",
      priceTick: "0.000001",
      periodMs: 30_000,
      signed: true,
      privacy: "private",
      platformKey: hex(platformKey.publicKey),
      order: carriers,
    },
    { kind: "clearing", version: 1, from: startPeriod, carrier: "gas", mechanism: "share" },
    {
      ...{ kind: "community", version: 1, from: startPeriod, community: "street", carrier: "gas" },
      ...{ price: 87_654, key: {} },
    } as Contract,
    ...names.flatMap((id, number): Contract[] => [
      {
        ...participant(id, startPeriod),
        key: hex(members[number]!.publicKey),
        creditLimit: digits(),
        ...(number >= 3 ? { gateway: hex(gateway.publicKey) } : {}),
      },
      ...ownTerms(id, startPeriod),
      {
        ...{ kind: "member", version: 1, from: startPeriod, community: "street", participant: id },
        factor: 1_000_000,
      } as Contract,
      {
        kind: "deposit",
        version: 1,
        from: startPeriod,
        participant: id,
        number: 1,
        amount: digits(),
      },
      {
        kind: "storage",
        version: 1,
        from: startPeriod,
        device: `battery of house ${number}`,
        carrier: "electricity",
        owner: id,
        capacity: 3_000_000_000 + below(1e9),
        charge: 1_500_000_000 + below(1e9),
        chargeLimit: 200_000_000 + below(1e8),
        dischargeLimit: 200_000_000 + below(1e8),
        chargeEfficiency: 900_000 + below(90_000),
        dischargeEfficiency: 900_000 + below(90_000),
        selfDischarge: 100 + below(100),
        chargePrice: 200_000 + below(90_000),
        dischargePrice: 100_000 + below(90_000),
      } as Contract,
    ]),
  ],
);
/** Stores join in, and what is left goes over the grid; gas is shared. */
const everything = contracts.map((contract) =>
  contract.kind === "clearing" && contract.mechanism !== "share"
    ? {
        ...contract,
        pool: { price: 410_000, purchasePrice: 390_000, lots: "divisible" as const },
        discharge: true,
        charge: true,
        export: true,
        interrupt: true,
        import: true,
      }
    : contract,
) as Contract[];

const directory = new KeyDirectory();
const signContract = async (contract: Contract, market: Uint8Array): Promise<Uint8Array> => {
  const key = keyring.get(hex(directory.signer(contract)))!;
  directory.take(contract);
  return key.sign(contractStatement(market, encodeCanonical(contract)));
};

/** A quantity or a price that no other is like, in four bytes none of which is zero. */
const odd = (most: number): string => {
  for (;;) {
    const ticks = 20_000_000 + below(most - 20_000_000);
    if ([0, 8, 16, 24].every((shift) => ((ticks >> shift) & 255) !== 0)) return `${ticks / 1e6}`;
  }
};

async function trade(platform: Platform): Promise<string[]> {
  const { market } = platform;
  const receipts: string[] = [];
  for (const [number, id] of names.entries()) {
    const order = (carrier: "electricity" | "heat"): Order => ({
      participant: id,
      carrier,
      side: (number + market.period) % 2 === 0 ? "offer" : "bid",
      quantity: odd(900_000_000),
      price: odd(60_000_000),
    });
    const orders = [order("electricity"), order("heat")];
    if (number < 3)
      for (const each of orders) {
        const signature = await members[number]!.sign(
          orderStatement(market.id, market.period, market.record(each)),
        );
        const taken = await platform.submit(each, signature);
        if (taken.status === "refused") throw taken.error;
        if (number === 0) receipts.push(encodeReceipt(taken.receipt));
      }
    else await batch(market, orders);
  }
  await report(market);
  return receipts;
}

/** Through a gateway, which signs for many at once. */
async function batch(market: LoggedMarket, orders: readonly Order[]): Promise<void> {
  const records = Buffer.concat(orders.map((order) => market.record(order)));
  const root = recordsRoot(orderLayout, records, hasher);
  const statement = batchStatement(market.id, market.period, orders.length, root);
  const taken = await market.enter({
    records,
    gateway: gateway.publicKey,
    signature: await gateway.sign(statement),
  });
  if ("status" in taken) throw taken.error;
}

/** Readings of the period before, and corrections of one that is settled. */
async function report(market: LoggedMarket): Promise<void> {
  for (const back of [1, 3])
    for (const [number, participant] of names.entries()) {
      const period = market.period - back;
      if (period <= startPeriod || (back === 3 && number % 2 === 1)) continue;
      for (const carrier of ["electricity", "gas"] as const) {
        const reading: Reading = {
          ...{ participant, carrier, period },
          in: odd(900_000_000),
          out: odd(900_000_000),
          version: back === 1 ? 1 : 2,
        };
        const statement = readingStatement(market.id, market.period, market.readingRecord(reading));
        const taken = await market.report(reading, await members[number]!.sign(statement));
        if (taken.status === "refused") throw taken.error;
      }
    }
}

/** A member that joins, one that changes its terms, and one that ends its store's contract. */
async function amend(market: LoggedMarket, period: number): Promise<void> {
  const from = market.period + 1;
  const proposals: Contract[] =
    period === 2
      ? [{ ...participant(late, from), key: hex((await keyOf(9)).publicKey) }]
      : period === 3
        ? [
            { ...(ownTerms(names[1]!, from)[0] as Contract), version: 2 },
            { kind: "end", version: 1, from, contract: "storage/battery of house 2" },
            { kind: "deposit", version: 1, from, participant: late, number: 977, amount: "6543219876543219" },
          ]
        : [];
  for (const contract of proposals) {
    const taken = await market.propose(contract, await signContract(contract, market.id));
    if (taken.status === "refused") throw taken.error;
  }
}

/** A market that ran, and what it made. */
export interface Searched {
  readonly platform: Platform;
  readonly blocks: readonly Block[];
  /** What was carried over after each block. */
  readonly carried: readonly { readonly [section in StateSection]: Uint8Array }[];
  /** Receipts of the first member. */
  readonly receipts: readonly string[];
}

/** Runs it for some periods, of 30 s each from 1 s after 1970 began. */
export async function runSearched(store?: Store): Promise<Searched> {
  const receipts: string[] = [];
  const market = (await openMarket({
    engine,
    store: store ?? (await openMemoryStore()),
    log: true,
    signatures,
    secrets: () => Uint8Array.from({ length: 32 }, () => below(256)),
    contracts: everything,
    clock: { now: () => 1000, setTimer: () => null, clearTimer: () => {} },
    sign: signContract,
  })) as LoggedMarket;
  const platform = await Platform.open({ market, key: platformKey, hasher });
  for (let period = 1; period <= periods; period += 1) {
    receipts.push(...(await trade(platform)));
    await amend(market, period);
    await market.clearPeriod(1_000 + period * 30_000);
  }
  await platform.settled();
  const blocks: Block[] = [];
  const carried: Searched["carried"][number][] = [];
  const replay = openReplay(engine);
  for await (const bytes of market.store.blocks()) {
    const block = decodeBlock(bytes);
    replay.replay(block);
    blocks.push(block);
    carried.push(
      Object.fromEntries(
        stateSections.map((section) => [section, Uint8Array.from(replay.state.records(section, engine))]),
      ) as Searched["carried"][number],
    );
  }
  return { platform, blocks, carried, receipts };
}
