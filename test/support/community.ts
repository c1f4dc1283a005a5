// Small signed ledgers of a real market, honest or not: every block is executed by the market, then `lie` may change
// what is sealed, so that each lie is as consistent as a liar can make it.

import { concat, copyOf, hex } from "../../src/bytes.js";
import { type Engine, openEngine } from "../../src/core/engine.js";
import {
  type Block,
  type BlockDraft,
  buildBlock,
  encodeBlock,
  encodeItems,
  hashOfBlock,
} from "../../src/ledger/format/block.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { marketId } from "../../src/ledger/format/header.js";
import { encodeRecords } from "../../src/ledger/format/layout.js";
import { type OrderRecord, orderLayout, readingLayout } from "../../src/ledger/format/records.js";
import { type StateSection, stateSections } from "../../src/ledger/format/sections.js";
import type { Signatures, SigningKey } from "../../src/ledger/keys/backend.js";
import { type Evidence, encodeEvidence } from "../../src/ledger/keys/evidence.js";
import {
  batchStatement,
  contractStatement,
  orderStatement,
  readingStatement,
} from "../../src/ledger/keys/message.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { originOf, signCheckpoint } from "../../src/ledger/proof/checkpoint.js";
import { type Receipt, signReceipt } from "../../src/ledger/proof/receipt.js";
import { type Ask, type CarriedRecords, serveLedger } from "../../src/ledger/service/server.js";
import type { Hasher } from "../../src/ledger/tree/hasher.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import { HistoryTree } from "../../src/ledger/tree/history.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { openingContracts } from "../../src/market/contracts/opening.js";
import { executePeriod } from "../../src/market/period/period.js";
import { MarketState } from "../../src/market/period/state.js";
import { openReplay } from "../../src/market/replay.js";
import { carriers, maxQuantity } from "../../src/units.js";
import { merkleTreeHash, splitLeaves } from "../oracle/merkle.js";

/** What is carried over after a block, as records. */
export type Carried = Record<StateSection, Uint8Array>;

export const engine: Engine = await openEngine();
export const hasher: Hasher = await openHasher();
export const signatures: Signatures = await openSignatures();

/** Keys that are the same in every run. */
export const keyOf = (number: number): Promise<SigningKey> =>
  signatures.importSeed(Uint8Array.from({ length: 32 }, (_, i) => (number * 37 + i * 11) & 255));
export const platform: SigningKey = await keyOf(100);
export const gateway: SigningKey = await keyOf(101);
const members: SigningKey[] = await Promise.all([0, 1, 2, 3, 4, 5].map(keyOf));
const names = ["ann", "ben", "cem", "dua", "eva", "fay"];
/** Members 4 and 5 trade through the gateway. */
const viaGateway = (participant: number): boolean => participant >= 4;

export const startPeriod = 1000;

function genesisContracts(): Contract[] {
  const dated = { version: 1, from: startPeriod };
  const market: Contract = {
    kind: "market",
    ...dated,
    id: "testers",
    currency: "EUR",
    quantityTick: "0.000001",
    priceTick: "0.000001",
    periodMs: 30_000,
    signed: true,
    platformKey: hex(platform.publicKey),
    order: carriers,
  };
  const own = names.flatMap((id, number): Contract[] => [
    {
      kind: "participant",
      ...dated,
      id,
      key: hex(members[number]!.publicKey),
      ...(viaGateway(number) ? { gateway: hex(gateway.publicKey) } : {}),
      creditLimit: "1000000000000000",
    },
    {
      kind: "supply",
      ...dated,
      participant: id,
      carrier: "electricity",
      limit: maxQuantity,
      pool: {},
      collateral: "0",
    },
    {
      kind: "use",
      ...dated,
      participant: id,
      carrier: "electricity",
      limit: maxQuantity,
      interruptible: 0,
      interruptionPrice: 0,
      import: true,
    },
  ]);
  const imbalances = { retail: 400_000, feedIn: 400_000, shortagePrice: 300_000, surplusPrice: 50_000 };
  return openingContracts(
    {
      metering: { window: 2, corrections: 2, missing: "traded" },
      tariffs: { electricity: imbalances },
      clearing: { electricity: { import: true, export: true } },
    },
    [market, ...own],
  );
}

const contracts = genesisContracts();
export const market: Uint8Array = marketId(encodeCanonical(contracts[0]), hasher);

/** The contracts that begin to hold at a height: those of genesis, then a deposit of ann's in every period. */
function contractsOf(height: number): Contract[] {
  if (height === 0) return contracts;
  const from = startPeriod + height;
  return [{ kind: "deposit", version: 1, from, participant: "ann", amount: "1000000", number: height }];
}

async function contractEvidence(entering: readonly Contract[]): Promise<Evidence[]> {
  const signers = entering.map((contract) => {
    const owner =
      contract.kind === "deposit"
        ? null
        : "participant" in contract
          ? contract.participant
          : contract.kind === "participant"
            ? contract.id
            : null;
    return owner === null ? platform : members[names.indexOf(owner!)]!;
  });
  return Promise.all(
    entering.map(async (contract, index) => ({
      kind: "contract" as const,
      index,
      signature: await signers[index]!.sign(contractStatement(market, encodeCanonical(contract))),
    })),
  );
}

/** A small generator of pseudo-random numbers (mulberry32), so that a seed fixes a ledger. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The orders of a period: offers of even members, bids of odd ones, and one that is replaced. */
export function ordersOf(seed: number, height: number): OrderRecord[] {
  const random = seeded(seed * 1000 + height);
  const one = (participant: number, place: number): OrderRecord => ({
    participant,
    carrier: "electricity",
    side: participant % 2 === 0 ? "offer" : "bid",
    // The last order replaces the second.
    revision: place === 6 ? 1 : 0,
    quantity: 1_000_000 + Math.floor(random() * 4_000_000),
    price: (participant % 2 === 0 ? 200_000 : 300_000) + Math.floor(random() * 250_000),
  });
  return [0, 1, 2, 4, 3, 5, 1].map(one);
}

/** What a liar may change of a period before it is sealed. */
export interface Sealing {
  readonly height: number;
  orders: OrderRecord[];
  /** After execution: the draft with its sections and state. Returns what is sealed. */
  draft: (draft: BlockDraft) => BlockDraft;
  /** Leaves out this order's signature, or signs with a wrong key. */
  signOrder: (index: number) => SigningKey | null;
  /** Whose batch the orders of members 4 and 5 come in. */
  gateway: SigningKey;
}

export interface Ledger {
  readonly blocks: Uint8Array[];
  readonly history: HistoryTree;
  readonly receipts: Receipt[];
  /** State records after each block. */
  readonly states: Carried[];
  /** The signed head over the first `size` blocks. */
  head(size?: number): Promise<string>;
  /** An honest server of this ledger, whose head covers `size` blocks. */
  serve(size?: number): Promise<Ask>;
}

/**
 * Makes a signed ledger of `height` periods after genesis. Receipts are for the orders as they were taken, before any
 * lie.
 */
export async function makeLedger(
  periods: number,
  options: { seed?: number; forkAt?: number; lie?: (sealing: Sealing) => void } = {},
): Promise<Ledger> {
  const { seed = 1, forkAt = Number.POSITIVE_INFINITY, lie } = options;
  const state = new MarketState();
  const blocks: Uint8Array[] = [];
  const states: Carried[] = [];
  const receipts: Receipt[] = [];
  const history = new HistoryTree(hasher);
  let previous: Uint8Array = new Uint8Array(32);
  for (let height = 0; height <= periods; height++) {
    const period = startPeriod + height;
    const sealing: Sealing = {
      height,
      orders: height === 0 ? [] : ordersOf(height >= forkAt ? seed + 77 : seed, height),
      draft: (draft) => draft,
      signOrder: (index) => members[sealing.orders[index]!.participant]!,
      gateway,
    };
    for (const [number, order] of sealing.orders.entries())
      receipts.push(
        await signReceipt(
          {
            marketId: market,
            period,
            number,
            order: encodeRecords(orderLayout, [order]),
          },
          platform,
          hasher,
        ),
      );
    lie?.(sealing);
    const { orders } = sealing;
    const orderBytes = encodeRecords(orderLayout, orders);
    // A reading for the period before last, from ann's meter.
    const readings = encodeRecords(
      readingLayout,
      height < 2
        ? []
        : [
            {
              participant: 0,
              carrier: "electricity" as const,
              flags: 0,
              version: 1,
              age: 1,
              in: 5,
              out: 1_000_000,
              amount: 0n,
            },
          ],
    );
    const input = {
      period,
      beganMs: 0,
      previous,
      contracts: encodeItems(contractsOf(height).map((contract) => encodeCanonical(contract))),
      orders: orderBytes,
      readings,
    };
    const outcome = executePeriod(state, input, engine);
    const evidence = await contractEvidence(contractsOf(height));
    for (const [index, order] of orders.entries()) {
      const signer = sealing.signOrder(index);
      if (viaGateway(order.participant) || signer === null) continue;
      const record = orderBytes.subarray(index * 16, index * 16 + 16);
      evidence.push({
        kind: "order",
        index,
        signature: await signer.sign(orderStatement(market, period, record)),
      });
    }
    const batch = orders.flatMap((order, index) => (viaGateway(order.participant) ? [index] : []));
    if (batch.length > 0) {
      const records = concat(...batch.map((index) => orderBytes.subarray(index * 16, index * 16 + 16)));
      const ranges: { start: number; end: number }[] = [];
      for (const index of batch)
        if (ranges.at(-1)?.end === index) ranges.push({ start: ranges.pop()!.start, end: index + 1 });
        else ranges.push({ start: index, end: index + 1 });
      const statement = batchStatement(
        market,
        period,
        batch.length,
        merkleTreeHash(splitLeaves(records, 16 * 16), hasher.sha256),
      );
      evidence.push({
        kind: "batch",
        gateway: sealing.gateway.publicKey,
        orders: ranges,
        signature: await sealing.gateway.sign(statement),
      });
    }
    const { bytes } = readingLayout;
    for (let index = 0; index * bytes < outcome.sections.readings.length; index++) {
      const record = outcome.sections.readings.slice(index * bytes, (index + 1) * bytes);
      if ((record[5]! & 1) === 1) continue; // estimated
      const meter = members[record[0]!]!;
      evidence.push({
        kind: "reading",
        index,
        signature: await meter.sign(readingStatement(market, period, record)),
      });
    }
    const draft = sealing.draft({
      signed: true,
      marketId: market,
      height,
      period,
      timestampMs: 1_700_000_000_000 + period * 30_000,
      previous,
      history: height === 0 ? hasher.sha256(new Uint8Array(0)) : history.root(),
      sections: { ...outcome.sections, evidence: encodeEvidence(evidence) },
      // The records, so that a lie can change them.
      state: Object.fromEntries(
        stateSections.map((name) => [name, copyOf(state.records(name, engine))]),
      ) as Carried,
      totals: outcome.totals,
    });
    const block = buildBlock(draft, hasher);
    previous = hashOfBlock(block, hasher);
    history.append(previous);
    blocks.push(encodeBlock(block));
    states.push(draft.state as Carried);
  }
  const head = (size: number = history.size): Promise<string> =>
    signCheckpoint({ origin: originOf(market), size, root: history.root(size) }, platform, hasher);
  return {
    blocks,
    history,
    receipts,
    states,
    head,
    serve: async (size) => {
      const note = await head(size);
      return serveLedger({
        hasher,
        history,
        block: async (height) => blocks[height] ?? null,
        checkpoint: () => note,
        state: (height, section) => states[height]?.[section] ?? null,
      });
    },
  };
}

/** The market's re-execution, as a witness takes it. */
export function replayer(): (block: Block) => Promise<CarriedRecords> {
  const replay = openReplay(engine);
  return async (block) => replay.replay(block).records;
}
