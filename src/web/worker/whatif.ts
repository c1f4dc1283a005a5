/** The day that was traded under other rules: its orders and readings cleared again, and who would have gained what. */
import { decodeBlock } from "../../ledger/format/block.js";
import { pricesAreas } from "../../market/contracts/areas.js";
import type { Contract } from "../../market/contracts/contracts.js";
import { contractsOf } from "../../report/columns.js";
import type { ClearingChange, WhatIfRules } from "../../report/whatif/rules.js";
import { type BeforeAfter, replayWith } from "../../report/whatif/whatif.js";
import { carriers, formatTicks, microTick } from "../../units.js";
import type { Settings } from "../settings/settings.js";
import { blocksInTurns, type Run } from "./chain.js";
import { runOf } from "./day.js";
import { wordsOf } from "./owners.js";
import type { Work } from "./work.js";

/** The other rules, and the day that they are for. */
export interface WhatIfInput
  extends Pick<Settings, "carrier" | "ifRule" | "ifPool" | "ifRetail" | "ifFeedIn"> {
  /** Key of the settings whose day it is. */
  readonly ledger: string;
}

/** A member under both rules; money in amount ticks, energy of all carriers in quantity ticks. */
export interface MemberShown {
  readonly name: string;
  readonly kind: string;
  readonly before: bigint;
  readonly after: bigint;
  readonly gain: bigint;
  readonly got: bigint;
  readonly wouldGet: bigint;
}

/** What other rules would have made of the day. */
export interface WhatIfShown {
  /** Whoever gains most first. */
  readonly members: readonly MemberShown[];
  /** What members bear, the platform keeps, retailer and operator get, and all of it costs. */
  readonly sums: Readonly<Record<"members" | "platform" | "retailer" | "operator" | "system", BeforeAfter>>;
  readonly orders: number;
  /** Orders that the other rules did not take. */
  readonly refused: number;
  /** Whether the pool's price was left aside, as prices by place have none. */
  readonly noPool: boolean;
  /** Milliseconds. */
  readonly took: number;
}

/** Clears the day again under other rules, and tells how much of it is done, from 0 to 1. */
export async function whatIf(
  { engine, signal, tell }: Work<number>,
  input: WhatIfInput,
): Promise<WhatIfShown> {
  const start = performance.now();
  const run = runOf(input.ledger);
  const { rules, noPool } = rulesFor(input, contractsOf(decodeBlock(run.blocks[0]!)));
  // The page sealed these blocks itself; whoever doubts one verifies it below.
  const found = await replayWith(blocksInTurns(run, { signal, tell }), rules, { engine, hasher: engine });
  const { together, platform, retailer, operator, systemCost, refused, orders } = found;
  return {
    members: found.members
      .map((member) => shownOf(member, run))
      .sort((a, b) => (a.gain === b.gain ? 0 : a.gain > b.gain ? -1 : 1)),
    sums: {
      members: { before: together.before.with, after: together.after.with },
      platform,
      retailer,
      operator,
      system: systemCost,
    },
    orders,
    refused: refused.orders,
    noPool,
    took: performance.now() - start,
  };
}

type Member = Awaited<ReturnType<typeof replayWith>>["members"][number];

function shownOf({ participant, before, after, gain }: Member, { community }: Run): MemberShown {
  const member = community.members.find(({ id }) => id === participant);
  const energy = (outcome: Member["before"]): bigint =>
    carriers.reduce((sum, carrier) => sum + (outcome?.served[carrier] ?? 0n), 0n);
  return {
    ...(member === undefined ? { name: participant, kind: "" } : wordsOf(member)),
    before: before?.with ?? 0n,
    after: after?.with ?? 0n,
    gain: gain ?? 0n,
    got: energy(before),
    wouldGet: energy(after),
  };
}

const clearings: Readonly<Record<Exclude<Settings["ifRule"], "same">, ClearingChange>> = {
  value: { mechanism: "value" },
  merit: { mechanism: "merit", pricing: "blend" },
  places: { mechanism: "merit", pricing: "uniform", ties: "arrival", pool: null },
};

/** What the settings say otherwise of the carrier that is shown, by the contracts that the day began with. */
export function rulesFor(
  { carrier, ifRule, ifPool, ifRetail, ifFeedIn }: Omit<WhatIfInput, "ledger">,
  contracts: readonly Contract[],
): { readonly rules: WhatIfRules; readonly noPool: boolean } {
  const areas = contracts.filter((each) => each.kind === "area" && each.carrier === carrier);
  const own = contracts.find((each) => each.kind === "clearing" && each.carrier === carrier);
  const isPriced =
    own?.kind === "clearing" && own.mechanism !== "share" && areas.length > 0 && pricesAreas(own);
  const byPlace = ifRule === "places" || (ifRule === "same" && isPriced);
  const pool = ifPool < 0 || byPlace ? {} : { pool: { price: formatTicks(ifPool * 1000, microTick) } };
  const clearing = { ...(ifRule === "same" ? {} : clearings[ifRule]), ...pool };
  // A fee goes with prices by place alone.
  const takesFees = areas.some((each) => each.kind === "area" && (each.fee ?? 0) > 0);
  const tariff = contracts.find((each) => each.kind === "payment")?.tariffs[carrier];
  const scaled = (ticks: number, percent: number): string =>
    formatTicks(Math.round((ticks * percent) / 100), microTick);
  // The communities of the page have one price each: components would stay as they are.
  const { retail, feedIn } = tariff ?? {};
  const change = {
    ...(typeof retail !== "number" || ifRetail === 100 ? {} : { retail: scaled(retail, ifRetail) }),
    ...(typeof feedIn !== "number" || ifFeedIn === 100 ? {} : { feedIn: scaled(feedIn, ifFeedIn) }),
  };
  return {
    rules: {
      clearing: { [carrier]: clearing },
      tariffs: { [carrier]: change },
      areas: takesFees && !byPlace ? [{ carrier, fee: "0" }] : [],
    },
    noPool: ifPool >= 0 && byPlace,
  };
}
