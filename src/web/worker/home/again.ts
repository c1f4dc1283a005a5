/**
 * A period of the day cleared once more, by the market's own code and from the state that the blocks before it left,
 * with the limit of one order changed. What a sentence says would have been enough was cleared so before it is said.
 */
import { copyOf, viewOf } from "../../../bytes.js";
import { GridclearError } from "../../../errors.js";
import { type Block, decodeBlock } from "../../../ledger/format/block.js";
import { offsetsOf } from "../../../ledger/format/layout.js";
import { orderLayout } from "../../../ledger/format/records.js";
import type { Snapshot } from "../../../ledger/format/snapshot.js";
import { executePeriod } from "../../../market/period/period.js";
import { restoreState, snapshotOf } from "../../../market/period/snapshot.js";
import { openReplay } from "../../../market/replay.js";
import type { Run } from "../chain.js";
import { pause, turnMs, type Work } from "../work.js";
import { type Fate, fateOf, inCommunity } from "./fate.js";

/** The states that were come by, by the height of the block that comes next; kept for as long as their run. */
const kept = new WeakMap<Run, Map<number, Snapshot>>();
/** Heights between which a state is kept on the way: from there on any block is near. */
const step = 12;

/** The state after the block before `height`, which is at least 1. */
export async function stateBefore(
  { engine, signal }: Pick<Work, "engine" | "signal">,
  run: Run,
  height: number,
): Promise<Snapshot> {
  const states = kept.get(run) ?? new Map<number, Snapshot>();
  kept.set(run, states);
  const known = states.get(height);
  if (known !== undefined) return known;
  const nearest = [...states.keys()].filter((each) => each < height).sort((a, b) => b - a)[0];
  const replay = openReplay(engine, nearest === undefined ? null : states.get(nearest)!);
  let turn = performance.now();
  while (replay.height < height) {
    const block = decodeBlock(run.blocks[replay.height]!);
    replay.replay(block);
    // Nobody but this page restores it, and so nothing has to prove its place in a history.
    if (replay.height === height || replay.height % step === 0)
      states.set(replay.height, snapshotOf(replay.state, block, [], engine));
    if (performance.now() - turn < turnMs) continue;
    await pause(signal);
    turn = performance.now();
  }
  return states.get(height)!;
}

/** Where the price stands in an order. */
const { price: priceAt } = /* @__PURE__ */ offsetsOf(orderLayout);

/** What becomes of an order of a block with another limit; null where the market would not take such an order. */
function clearedAgain(
  { engine }: Pick<Work, "engine">,
  before: Snapshot,
  { header, sections }: Block,
  { number, price }: { readonly number: number; readonly price: number },
): Fate | null {
  const orders = copyOf(sections.orders);
  viewOf(orders).setInt32(number * orderLayout.bytes + priceAt, price, true);
  const { contracts, readings } = sections;
  try {
    const state = restoreState(before, engine);
    const beganMs = before.header.timestampMs;
    const input = { period: header.period, beganMs, contracts, orders, readings };
    return fateOf(executePeriod(state, input, engine).sections, number);
  } catch (error) {
    if (error instanceof GridclearError && error.code === "refused") return null;
    throw error;
  }
}

/** What another limit would have brought. */
export interface Instead {
  readonly price: number;
  /** What would have stayed in the community then, and whether that is all. */
  readonly quantity: number;
  readonly all: boolean;
}

/** A tenth of a hundredth: prices are said that exactly, and so are they tried. */
const tried = 1000;

/**
 * The limit nearest to that of an order, towards `furthest`, with which all of it would have stayed in the community;
 * where none is found, what `furthest` would have brought. Each was cleared. null: there is nothing between the two.
 */
export function insteadOf(
  work: Pick<Work, "engine">,
  before: Snapshot,
  block: Block,
  order: { readonly number: number; readonly price: number; readonly furthest: number },
): Instead | null {
  const { number, price, furthest } = order;
  const sign = furthest < price ? -1 : 1;
  // Steps from the limit outwards: the first lies on the next round price.
  const first = sign < 0 ? Math.ceil(price / tried) - 1 : Math.floor(price / tried) + 1;
  const last = sign < 0 ? Math.ceil(furthest / tried) : Math.floor(furthest / tried);
  let steps = (last - first) * sign;
  if (steps < 0) return null;
  const at = (place: number): Instead | null => {
    const limit = (first + sign * place) * tried;
    const fate = clearedAgain(work, before, block, { number, price: limit });
    if (fate === null) return null;
    const quantity = inCommunity(fate);
    return { price: limit, quantity, all: quantity === fate.quantity };
  };
  let found = at(steps);
  if (found === null || !found.all) return found;
  for (let least = 0; least < steps; ) {
    const middle = Math.floor((least + steps) / 2);
    const between = at(middle);
    if (between?.all) [steps, found] = [middle, between];
    else least = middle + 1;
  }
  return found;
}
