import {
  type Block,
  type BlockDraft,
  buildBlock,
  encodeBlock,
  encodeItems,
} from "../../src/ledger/format/block.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { Chain } from "../../src/ledger/format/chain.js";
import { emptyTotals, marketId } from "../../src/ledger/format/header.js";
import { encodeRecords } from "../../src/ledger/format/layout.js";
import {
  flowLayout,
  none,
  orderLayout,
  postingLayout,
  readingLayout,
  tradeLayout,
} from "../../src/ledger/format/records.js";
import { stateLayout } from "../../src/ledger/format/state.js";
import type { Hasher } from "../../src/ledger/tree/hasher.js";

/** The market contract of the sample ledgers. */
export const sampleMarket = {
  kind: "market",
  version: 1,
  from: 1000,
  name: "Sample",
  quantityTick: "0.000001",
  priceTick: "0.000001",
};

/** A draft of a block by itself, at height 0, of what it is given; everything else is nothing in particular. */
export const draftOf = (parts: Partial<BlockDraft>): BlockDraft => ({
  signed: false,
  marketId: new Uint8Array(32),
  height: 0,
  period: 1,
  timestampMs: 2,
  previous: new Uint8Array(32),
  history: new Uint8Array(32),
  sections: {},
  state: {},
  totals: emptyTotals(),
  ...parts,
});

/** Sections, totals and state of one period; without them it is an empty one. */
export type Period = Partial<Pick<BlockDraft, "sections" | "totals" | "state">>;

/** One period in which an offer and a bid meet; `seed` varies the numbers. */
export function tradePeriod(period: number, seed: number = 0): Period {
  const quantity = 1_500_000 + seed;
  const totals = emptyTotals();
  totals.electricity.offered = BigInt(quantity + 500_000);
  totals.electricity.asked = BigInt(quantity);
  totals.electricity.traded = BigInt(quantity);
  totals.electricity.exported = 500_000n;
  const amount = BigInt(quantity) * 300_000n;
  return {
    totals,
    state: {
      state: encodeRecords(stateLayout, [
        { kind: "balance", number: 16, value: amount - 4_500_000n, extra: 0n },
        { kind: "balance", number: 17, value: -amount, extra: 0n },
      ]),
    },
    sections: {
      orders: encodeRecords(orderLayout, [
        {
          participant: 0,
          carrier: "electricity",
          side: "offer",
          revision: 0,
          quantity: quantity + 500_000,
          price: 200_000,
        },
        { participant: 1, carrier: "electricity", side: "bid", revision: 0, quantity, price: 300_000 },
      ]),
      trades: encodeRecords(tradeLayout, [
        {
          kind: "peer",
          carrier: "electricity",
          seller: "order",
          buyer: "order",
          offer: 0,
          bid: 1,
          quantity,
          supplyPrice: 300_000,
          usePrice: 300_000,
          supplyFee: 4_500_000n,
          useFee: 0n,
        },
      ]),
      flows: encodeRecords(flowLayout, [
        {
          kind: "exported",
          carrier: "electricity",
          party: 0,
          order: 0,
          quantity: 500_000,
          lost: 0,
          price: -80_000,
          amount: -40_000_000_000n,
          extra: 0n,
        },
      ]),
      readings: encodeRecords(readingLayout, [
        {
          participant: 1,
          carrier: "electricity",
          flags: 0,
          version: 1,
          age: 1,
          in: 7,
          out: 0,
          amount: 4_500_000n,
        },
      ]),
      postings: encodeRecords(postingLayout, [
        { kind: "deposit", carrier: null, debit: 16, credit: 5, reference: none, amount, period },
        {
          kind: "default",
          carrier: "electricity",
          debit: 17,
          credit: 4,
          reference: 0,
          amount: 4_500_000n,
          period: period - 1,
        },
      ]),
    },
  };
}

/** A chain of blocks: genesis with the market contract, then the given periods. */
export function sampleChain(
  periods: readonly Period[],
  hasher: Hasher,
  signed: boolean = false,
  secretOf: (height: number) => Uint8Array | null = () => null,
): Block[] {
  const contract = encodeCanonical(sampleMarket);
  const chain = new Chain(hasher);
  const genesis: Period = { sections: { contracts: encodeItems([contract]) } };
  return [genesis, ...periods].map((period) => {
    const linkage = chain.next();
    const block = buildBlock(
      {
        signed,
        secret: secretOf(linkage.height),
        marketId: marketId(contract, hasher),
        ...linkage,
        period: sampleMarket.from + linkage.height,
        timestampMs: 1_700_000_000_000 + linkage.height * 30_000,
        sections: {},
        totals: emptyTotals(),
        ...period,
        state: {
          rules: encodeItems([contract]),
          ...period.state,
        },
      },
      hasher,
    );
    chain.append(encodeBlock(block));
    return block;
  });
}

/** The bytes of {@link sampleChain}. */
export function sampleLedger(
  hasher: Hasher,
  periods: readonly Period[],
  signed: boolean = false,
): Uint8Array[] {
  return sampleChain(periods, hasher, signed).map(encodeBlock);
}
