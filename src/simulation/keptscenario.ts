/**
 * The scenario that a ledger was begun with, kept beside its blocks: going on with another would make one ledger of two
 * communities, and nothing in the blocks would tell.
 */
import { concat, fromUtf8, hex, toUtf8, viewOf } from "../bytes.js";
import { fail } from "../errors.js";
import type { Store } from "../ledger/store/store.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import type { Known } from "../report/indicators.js";
import type { Community } from "./community.js";
import { knownOf } from "./known.js";
import { createMembers } from "./members/members.js";
import { withNames } from "./members/names.js";
import type { MeasuredProfile } from "./members/profiles.js";
import type { Scenario } from "./scenario.js";
import { checkScenario } from "./scenariofile.js";
import { scenarioShape } from "./scenariokeys.js";
import type { WeatherYear } from "./world/measured.js";

/** Key in the store; its value is JSON. */
const scenarioKey = "scenario";

interface Kept {
  readonly scenario: { readonly [field: string]: unknown; readonly name?: unknown };
  /** Digest of the measured profiles. */
  readonly profiles: string;
  /** The platform's public key in hexadecimal; null in an unsigned run. */
  readonly platformKey: string | null;
  /** What tells a strategy of one's own from others; null when those of the scenario bid. */
  readonly strategy: string | null;
  /** Digest of the weather of a file; null where it is drawn. */
  readonly weather: string | null;
}

/** The name of the scenario that a ledger was begun with; null when none is kept. */
export async function keptScenarioName(store: Store): Promise<string | null> {
  const name = (await readKept(store))?.scenario.name;
  return typeof name === "string" ? name : null;
}

/**
 * What the scenario that a ledger was begun with knows of its members; nothing where none is kept. Throws `corrupt`
 * where what is kept is no scenario.
 */
export async function keptKnown(store: Store): Promise<Known> {
  const kept = await readKept(store);
  if (kept === null) return {};
  try {
    const scenario = checkScenario(scenarioShape.write(kept.scenario as unknown as Scenario));
    return knownOf({ scenario, members: withNames(createMembers(scenario), scenario) });
  } catch (error) {
    return fail(
      "corrupt",
      "scenario",
      "the scenario with which the ledger was begun",
      (error as Error).message,
    );
  }
}

const begunWith = "with which the ledger was begun";

/**
 * Holds a community against the scenario that is kept in a store. Throws `conflict` naming the first thing that has
 * changed, and for blocks beyond genesis without a scenario. A store without blocks takes any community.
 */
export async function checkKept(store: Store, community: Community, hasher: Hasher): Promise<void> {
  const kept = await readKept(store);
  if (kept === null) {
    if (store.size > 1) fail("conflict", "ledger", "one of a simulation", "one without a scenario");
    return;
  }
  const given = keptOf(community, hasher);
  if (kept.scenario.name !== given.scenario.name)
    fail("conflict", "scenario", `${kept.scenario.name}, ${begunWith}`, given.scenario.name);
  const change = changeOf(kept.scenario, given.scenario, "scenario");
  if (change !== null) fail("conflict", change.path, `${change.before}, ${begunWith}`, change.after);
  if (kept.platformKey !== given.platformKey)
    fail("conflict", "platform key", `${kept.platformKey}, ${begunWith}`, given.platformKey);
  if (kept.strategy !== given.strategy)
    fail("conflict", "strategy", `${kept.strategy ?? "the scenario's"}, ${begunWith}`, given.strategy);
  if (kept.weather !== given.weather) fail("conflict", "weather", `the weather ${begunWith}`, "another");
  if (kept.profiles !== given.profiles)
    fail("conflict", "profiles", `the measured profiles ${begunWith}`, "others");
}

/** Keeps the scenario of a community whose genesis is in the store; one that is kept already stays. */
export async function keepScenario(store: Store, community: Community, hasher: Hasher): Promise<void> {
  if ((await store.getMeta(scenarioKey)) !== null) return;
  await store.putMeta(scenarioKey, toUtf8(JSON.stringify(keptOf(community, hasher))));
}

function keptOf(community: Community, hasher: Hasher): Kept {
  const { weather } = community;
  const market = community.contracts(-1).find((contract) => contract.kind === "market");
  return {
    // As it is read again: without what is undefined.
    scenario: JSON.parse(JSON.stringify(community.scenario)),
    profiles: digestOf(community.measured, hasher),
    platformKey: market?.platformKey ?? null,
    strategy: community.strategyId,
    weather: weather === null ? null : hex(hasher.sha256(bytesOf(weather))),
  };
}

/** All hours of a year's weather, end to end. */
function bytesOf({ temperature, global, wind }: WeatherYear): Uint8Array {
  const values = [...temperature, ...global, ...wind];
  const bytes = new Uint8Array(8 * values.length);
  const view = viewOf(bytes);
  for (const [at, value] of values.entries()) view.setFloat64(8 * at, value, true);
  return bytes;
}

async function readKept(store: Store): Promise<Kept | null> {
  const bytes = await store.getMeta(scenarioKey);
  return bytes === null ? null : (JSON.parse(fromUtf8(bytes) ?? "") as Kept);
}

interface Change {
  readonly path: string;
  /** The value as JSON, shortened. */
  readonly before: string;
  readonly after: unknown;
}

/** The first place at which two values differ; null when they are the same. */
function changeOf(before: unknown, after: unknown, path: string): Change | null {
  const isTree = (value: unknown): value is { readonly [key: string]: unknown } =>
    typeof value === "object" && value !== null;
  if (!isTree(before) || !isTree(after))
    return before === after ? null : { path, before: JSON.stringify(before ?? null).slice(0, 80), after };
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = changeOf(before[key], after[key], `${path}.${key}`);
    if (change !== null) return change;
  }
  return null;
}

/**
 * A digest of everything that a run takes from measured profiles: who, which carrier, how much in each step. A step
 * that is missing counts as one of nothing here too.
 */
function digestOf(measured: readonly MeasuredProfile[], hasher: Hasher): string {
  const digests = measured.map(({ participant, carrier, series }) => {
    const pages: Uint8Array[] = [];
    for (const { first, ticks } of series.steps()) {
      if (ticks.every((value) => value === 0)) continue;
      const bytes = new Uint8Array(8 * (ticks.length + 1));
      const view = viewOf(bytes);
      view.setFloat64(0, first, true);
      // Nothing has no sign: what is −0 here may be 0 where the same steps were read in another order.
      for (const [at, value] of ticks.entries()) view.setFloat64(8 * (at + 1), value + 0, true);
      pages.push(hasher.sha256(bytes));
    }
    return `${participant} ${carrier} ${hex(hasher.sha256(concat(...pages)))}\n`;
  });
  return hex(hasher.sha256(toUtf8(digests.join(""))));
}
