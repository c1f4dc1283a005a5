/**
 * The scenario that a ledger was begun with, kept beside its blocks: going on with another would make one ledger of two
 * communities, and nothing in the blocks would tell.
 */
import { fromUtf8, hex, toUtf8, viewOf } from "../../bytes.js";
import { fail } from "../../errors.js";
import type { Store } from "../../ledger/store/store.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import type { MeasuredProfile } from "../../simulation/members/profiles.js";
import type { Scenario } from "../../simulation/scenario.js";

/** Key in the store; its value is JSON. */
const scenarioKey = "scenario";

interface Kept {
  readonly scenario: { readonly [field: string]: unknown; readonly name?: unknown };
  /** Digest of the measured profiles. */
  readonly profiles: string;
  /** The platform's public key in hexadecimal; null in an unsigned run. */
  readonly platformKey: string | null;
}

/** What a run begins or goes on with. */
export interface GivenScenario {
  readonly scenario: Scenario;
  readonly measured: readonly MeasuredProfile[];
  /** The platform's public key; null in an unsigned run. */
  readonly platformKey: Uint8Array | null;
}

/** The name of the scenario that a ledger was begun with; null when none is kept. */
export async function keptScenarioName(store: Store): Promise<string | null> {
  const name = (await readKept(store))?.scenario.name;
  return typeof name === "string" ? name : null;
}

/**
 * Keeps the scenario of a run that begins, or holds it against the one kept. Throws `conflict` naming what has changed;
 * `directory` is the ledger's name for that.
 */
export async function keepScenario(
  store: Store,
  directory: string,
  { scenario, measured, platformKey }: GivenScenario,
  hasher: Hasher,
): Promise<void> {
  const given: Kept = {
    scenario: JSON.parse(JSON.stringify(scenario)),
    profiles: digestOf(measured, hasher),
    platformKey: platformKey === null ? null : hex(platformKey),
  };
  const kept = await readKept(store);
  if (kept === null) {
    if (store.size > 1) fail("conflict", directory, "a ledger of gridclear run", "one without a scenario");
    await store.putMeta(scenarioKey, toUtf8(JSON.stringify(given)));
    return;
  }
  if (kept.scenario.name !== scenario.name)
    fail("conflict", directory, `scenario ${kept.scenario.name}, with which it was begun`, scenario.name);
  const change = changeOf(kept.scenario, given.scenario, "");
  if (change !== null)
    fail(
      "conflict",
      directory,
      `the scenario it was begun with, ${change.path} ${change.before}`,
      change.after,
    );
  if (kept.platformKey !== given.platformKey)
    fail(
      "conflict",
      directory,
      `the platform's key it was begun with (${kept.platformKey})`,
      given.platformKey,
    );
  if (kept.profiles !== given.profiles)
    fail("conflict", directory, "the measured profiles it was begun with", "others");
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
    const change = changeOf(before[key], after[key], path === "" ? key : `${path}.${key}`);
    if (change !== null) return change;
  }
  return null;
}

/** A digest of everything that a run takes from measured profiles: who, which carrier, which steps, how much in each. */
function digestOf(measured: readonly MeasuredProfile[], hasher: Hasher): string {
  const digests = measured.map(({ participant, carrier, steps, ticks }) => {
    const bytes = new Uint8Array(ticks.length * 16);
    const view = viewOf(bytes);
    for (const [at, value] of ticks.entries()) {
      view.setFloat64(16 * at, steps[at]!, true);
      view.setFloat64(16 * at + 8, value, true);
    }
    return `${participant} ${carrier} ${hex(hasher.sha256(bytes))}\n`;
  });
  return hex(hasher.sha256(toUtf8(digests.join(""))));
}
