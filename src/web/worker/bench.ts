/** Clears and seals markets of growing size, by the engine and by JavaScript written for the same work. */
import { hex } from "../../bytes.js";
import type { Book, ClearingRules } from "../../core/engine.js";
import { tradeLayout } from "../../ledger/format/records.js";
import { recordsRoot } from "../../ledger/format/sections.js";
import { orderColumns } from "../../simulation/ordercolumns.js";
import { benchSizes, type Contender, contenders, type Measured, rounded } from "../settings/benchlink.js";
import { meritPlain, type PlainTrades, valuePlain } from "./plain/clear.js";
import { sealPlain } from "./plain/seal.js";
import { pause, type Work } from "./work.js";

const seed = 20_260;
/** Milliseconds a contender is given at one size, and the bounds on its runs. */
const timeEach = 600;
const leastRuns = 3;
const mostRuns = 9;

const value: ClearingRules = { mechanism: "value" };
const merit: ClearingRules = { mechanism: "merit", pricing: "blend", k: 500_000 };

interface Outcome {
  readonly clear: number;
  readonly seal: number;
  readonly trades: number;
  readonly root: Uint8Array;
}

/** Times both stages of one run. */
function timed<T>(clear: () => T, seal: (cleared: T) => Uint8Array, count: (cleared: T) => number): Outcome {
  const begin = performance.now();
  const cleared = clear();
  const between = performance.now();
  const root = seal(cleared);
  return { clear: between - begin, seal: performance.now() - between, trades: count(cleared), root };
}

/** What every contender does once with a book. */
function runsOf({ engine }: Pick<Work, "engine">, book: Book): Record<Contender, () => Outcome> {
  const byEngine = (rules: ClearingRules) => () =>
    timed(
      () => engine.clear(book, rules).trades.count,
      () => recordsRoot(tradeLayout, engine.tradeRecords({ carrier: 0 }).bytes, engine),
      (count) => count,
    );
  const byHand = (clear: (book: Book) => PlainTrades) => () =>
    timed(
      () => clear(book),
      sealPlain,
      ({ count }) => count,
    );
  return {
    "engine value": byEngine(value),
    "plain value": byHand(valuePlain),
    "engine merit": byEngine(merit),
    "plain merit": byHand(meritPlain),
  };
}

/** Measures one contender: one run at a time, so that the page has its other answers in between. */
async function measure(
  run: () => Outcome,
  signal: AbortSignal,
): Promise<Outcome & { first: number; runs: number }> {
  let best: Outcome | null = null;
  let first = 0;
  let runs = 0;
  const until = performance.now() + timeEach;
  while (best === null || runs < leastRuns || (runs < mostRuns && performance.now() < until)) {
    const now = run();
    if (runs === 0) first = now.clear + now.seal;
    if (best === null || now.clear + now.seal < best.clear + best.seal) best = now;
    runs++;
    await pause(signal);
  }
  return { ...best, first, runs };
}

/** Measures markets of every size up to `most` and tells of each measurement. */
export async function bench(work: Work<Measured>, { most }: { readonly most: number }): Promise<boolean> {
  for (const orders of benchSizes.filter((size) => size <= most)) {
    const { offers, bids } = orderColumns(orders, seed, { distribution: "uniform" });
    const runs = runsOf(work, { offers: { quantity: offers.quantity, price: offers.price }, bids });
    for (const contender of contenders) {
      const { root, ...rest } = await measure(runs[contender], work.signal);
      work.tell(rounded({ contender, orders, ...rest, root: hex(root) }));
    }
  }
  return true;
}
