// What the build hands the page of the days that it begins with: the same as trading them there.
import { afterEach, describe, expect, it, vi } from "vitest";
import { openEngine } from "../../../src/core/engine.js";
import { community } from "../../../src/simulation/community.js";
import { carriers } from "../../../src/units.js";
import { participantsOf } from "../../../src/web/settings/effects.js";
import { defaults, type Settings, streetOfStory } from "../../../src/web/settings/settings.js";
import { tariffs } from "../../../src/web/tariffs.js";
import { makeFirst } from "../../../src/web/worker/firstmade.js";
import { scenarioOf } from "../../../src/web/worker/scenario.js";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

const engine = await openEngine();

/** The period of the settings in a worker of its own, and whether it traded the day for it. */
async function periodOf(settings: Settings) {
  vi.resetModules();
  const { period } = await import("../../../src/web/worker/period.js");
  const { runOf } = await import("../../../src/web/worker/day.js");
  const { keyOf } = await import("../../../src/web/settings/effects.js");
  const work = { engine, tell: () => undefined, signal: new AbortController().signal };
  const { took: _, ...shown } = await period(work, { settings, own: null });
  let traded = true;
  try {
    runOf(keyOf("day", settings, null));
  } catch {
    traded = false;
  }
  return { shown, traded };
}

describe("a market that comes with the page", () => {
  it("is that of its day: the same orders of the same people, trades, curves and energy of the grid", async () => {
    const made = JSON.parse(JSON.stringify(await makeFirst()));
    expect(made).toHaveLength(2);
    for (const settings of [defaults, streetOfStory]) {
      const traded = await periodOf(settings);
      vi.stubGlobal("__FIRST__", made);
      const built = await periodOf(settings);
      vi.unstubAllGlobals();
      expect(traded.traded).toBe(true);
      expect(built.traded).toBe(false);
      expect(built.shown).toEqual(traded.shown);
      expect(built.shown.orders!.length).toBeGreaterThan(2);
    }
  });

  it("is shown for its settings alone", async () => {
    vi.stubGlobal("__FIRST__", JSON.parse(JSON.stringify(await makeFirst())));
    for (const change of [{ seed: 4 }, { time: 975 }, { poolPrice: 400 }, { carrier: "heat" }] as const)
      expect((await periodOf({ ...defaults, ...change })).traded, JSON.stringify(change)).toBe(true);
    // Fees are booked in the day; who trades with whom does not depend on them.
    expect((await periodOf({ ...defaults, commission: 20, speed: 200 })).traded).toBe(false);
  });
});

it("knows what the grid asks and pays in the communities that it trades", () => {
  for (const scenario of [
    community({ participants: 1 }),
    scenarioOf(defaults, participantsOf(defaults)),
    scenarioOf(streetOfStory, 3),
  ])
    for (const carrier of carriers) expect(tariffs[carrier]).toEqual(scenario.tariffs[carrier]);
});
