import { hex } from "../../bytes.js";
import type { ClearingRules } from "../../core/engine.js";
import { orderColumns } from "../../simulation/ordercolumns.js";
import { meritPlain, sealPlain, valuePlain } from "./plain.js";
import type { Opened, Tell } from "./worker.js";

/** Who was measured: the engine or plain JavaScript, by which mechanism. */
export const contenders = ["engine value", "plain value", "engine merit", "plain merit"] as const;
export type Contender = (typeof contenders)[number];

/** One measurement: the best of several runs, in milliseconds. */
export interface Measured {
  readonly contender: Contender;
  readonly orders: number;
  readonly milliseconds: number;
  readonly runs: number;
  readonly trades: number;
  /** Root over the trades: the same for all who did the same work. */
  readonly root: string;
}

export const benchSizes = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000] as const;
/** Orders up to which the quadratic walk is measured. */
export const mostPlainValue = 10_000;
const seed = 20_260;
const timeEach = 600;
const mostRuns = 9;

const value: ClearingRules = { mechanism: "value" };
const merit: ClearingRules = { mechanism: "merit", pricing: "blend", k: 500_000 };

let generation = 0;

export const benchCalls = {
  /** Clears and seals markets of every size up to `most` and tells of each measurement. A newer call ends an older one. */
  async bench(engine: Opened, { most }: { most: number }, tell: Tell): Promise<boolean> {
    const mine = ++generation;
    for (const orders of benchSizes.filter((size) => size <= most)) {
      const { offers, bids } = orderColumns(orders, seed, { distribution: "uniform" });
      const sides = { offers: { quantity: offers.quantity, price: offers.price }, bids };
      const byEngine = (rules: ClearingRules) => () => {
        const { trades } = engine.clear(sides, rules);
        const { count } = trades;
        const records = engine.tradeRecords({ carrier: 0 });
        return { trades: count, root: engine.merkleRoot(records.bytes, 40) };
      };
      const byHand = (clear: typeof meritPlain) => () => {
        const trades = clear(sides.offers, sides.bids);
        return { trades: trades.count, root: sealPlain(trades) };
      };
      const runs: Record<Contender, () => { trades: number; root: Uint8Array }> = {
        "engine value": byEngine(value),
        "plain value": byHand(valuePlain),
        "engine merit": byEngine(merit),
        "plain merit": byHand(meritPlain),
      };
      for (const contender of contenders) {
        if (contender === "plain value" && orders > mostPlainValue) continue;
        let best = Number.POSITIVE_INFINITY;
        let made = 0;
        let last = { trades: 0, root: new Uint8Array(0) as Uint8Array };
        for (
          const until = performance.now() + timeEach;
          made < 2 || (made < mostRuns && performance.now() < until);
          made++
        ) {
          const begin = performance.now();
          last = runs[contender]();
          best = Math.min(best, performance.now() - begin);
          // One run at a time, so that the page can have its other answers in between.
          await new Promise((resolve) => setTimeout(resolve));
          if (mine !== generation) return false;
          if (made === 0 && best > 2000) {
            made++;
            break;
          }
        }
        tell({
          contender,
          orders,
          milliseconds: best,
          runs: made,
          trades: last.trades,
          root: hex(last.root),
        } satisfies Measured);
      }
    }
    return true;
  },

  /** Ends what is being measured. */
  stopBench(_engine: Opened, _nothing: null): void {
    generation++;
  },
};
