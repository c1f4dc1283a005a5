// The money of many trades at once against the same trades one by one in whole numbers of any size.
import fc from "fast-check";
import { expect, it } from "vitest";
import { encodeRecords } from "../../../src/ledger/format/layout.js";
import { type TradeRecord, tradeLayout } from "../../../src/ledger/format/records.js";
import { Accounts } from "../../../src/market/books/accounts.js";
import { moveTrades } from "../../../src/market/books/payments.js";

const participants = 4;
const largest = 2 ** 32 - 1;
/** Around 2^53 − 2^21, so that a few of them and of their like come to the last exact number and beyond it by one. */
const quantity = fc.oneof(
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom(largest, 2 ** 21 - 1, 2 ** 21 + 1, 2 ** 21),
  fc.integer({ min: 1, max: largest }),
);
const price = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(2 ** 21, -(2 ** 21), 1, -1),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
);
/** Shares of the amount in millionths, with none and all of it. */
const share = fc.oneof(fc.constantFrom(0, 1_000_000), fc.nat(1_000_000));
const party = fc.constantFrom(0, 0, 0, 1, 2, 3);
const trades = fc.array(
  fc.record({ buyer: party, seller: party, quantity, price, other: price, supply: share, use: share }),
  { minLength: 1, maxLength: 40 },
);

it("is what the trades say one by one, however large they are and in whatever order", () => {
  fc.assert(
    fc.property(trades, fc.boolean(), (drawn, peers) => {
      const balances = new Map<number, bigint>();
      const move = (from: number, to: number, amount: bigint): void => {
        balances.set(from, (balances.get(from) ?? 0n) - amount);
        balances.set(to, (balances.get(to) ?? 0n) + amount);
      };
      const records = drawn.map((trade): TradeRecord => {
        const amount = BigInt(trade.quantity) * BigInt(trade.price);
        const of = (rate: number): bigint =>
          peers ? ((amount < 0n ? -amount : amount) * BigInt(rate)) / 1_000_000n : 0n;
        const [supplyFee, useFee] = [of(trade.supply), of(trade.use)];
        if (peers) {
          move(16 + trade.buyer, 16 + trade.seller, amount);
          move(16 + trade.seller, 2, supplyFee);
          move(16 + trade.buyer, 2, useFee);
        } else {
          move(16 + trade.buyer, 1, amount);
          move(1, 16 + trade.seller, BigInt(trade.quantity) * BigInt(trade.other));
        }
        const kind = peers ? "peer" : "pool";
        const { quantity: q, price: p } = trade;
        return {
          kind,
          carrier: "heat",
          seller: "order",
          buyer: "order",
          offer: 0,
          bid: 0,
          quantity: q,
          supplyPrice: peers ? p : trade.other,
          usePrice: p,
          supplyFee,
          useFee,
        };
      });
      const accounts = new Accounts();
      for (let number = 0; number < participants; number += 1) accounts.add();
      const own = Uint32Array.from({ length: participants }, (_, number) => 16 + number);
      const side = (place: (trade: (typeof drawn)[number]) => number) => ({
        account: own,
        place: Uint32Array.from(drawn, place),
      });
      const sellers = side(({ seller }) => seller);
      const buyers = side(({ buyer }) => buyer);
      moveTrades(encodeRecords(tradeLayout, records), { buyers, sellers }, accounts);
      for (const account of [1, 2, 16, 17, 18, 19])
        expect(accounts.balance(account)).toBe(balances.get(account) ?? 0n);
    }),
    { numRuns: 3_000 },
  );
});
