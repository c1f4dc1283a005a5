import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import {
  caveat,
  keyOf,
  participantsOf,
  type SettingName,
  whyIdle,
} from "../../../src/web/settings/effects.js";
import {
  consistent,
  defaults,
  type Settings,
  type ViewName,
  views,
} from "../../../src/web/settings/settings.js";
import { compare } from "../../../src/web/worker/compare.js";
import { bring } from "../../../src/web/worker/own/bring.js";
import { period } from "../../../src/web/worker/period.js";
import type { Work } from "../../../src/web/worker/work.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
const work = () =>
  ({ engine, tell: () => undefined, signal: new AbortController().signal }) as unknown as Work<number>;

/** For every setting of a market, two values that differ. */
const others: Readonly<
  Record<
    Exclude<
      SettingName,
      "result" | "speed" | "block" | "home" | "pricing" | "ifRule" | "ifPool" | "ifRetail" | "ifFeedIn"
    >,
    Partial<Settings>
  >
> = {
  carrier: { carrier: "heat" },
  members: { members: 30 },
  seed: { seed: 12 },
  mix: { mix: "town" },
  season: { season: "winter" },
  weather: { weather: "overcast" },
  minutes: { minutes: 60 },
  time: { time: 720 },
  mechanism: { mechanism: "merit" },
  blend: { blend: 90 },
  pool: { pool: false },
  poolPrice: { poolPrice: 900 },
  lots: { lots: "whole" },
  against: { against: "merit-blend-20-none" },
  commission: { commission: 50 },
  currency: { currency: "CHF" },
  step: { step: 3 },
};
const own = { number: 1, name: "mine.csv" };
const markets: Partial<Settings>[] = [
  {},
  { pricing: "blend" },
  { members: 40, mix: "town", time: 420, season: "winter" },
  { mechanism: "merit", pricing: "uniform", members: 20, mix: "solar", time: 420 },
  { members: 24, mix: "solar", season: "spring", seed: 1, time: 540 },
];

/** What a view shows, without the time it took. */
async function figures(view: ViewName, settings: Settings, file: typeof own | null): Promise<string> {
  const asked = { settings: { ...settings, view }, own: file };
  const found =
    view === "period"
      ? await period(work(), asked)
      : view === "compare"
        ? await compare(work(), asked)
        : null;
  return JSON.stringify(found, (name, value) =>
    // The pool's own price is drawn as a line, the rules are the settings again; what they change is looked for.
    name === "took" || name === "poolPrice" || name === "rules"
      ? undefined
      : ArrayBuffer.isView(value)
        ? [...(value as Float64Array)]
        : value,
  );
}

describe("a control", () => {
  for (const view of ["period", "compare"] as const)
    for (const file of [null, own])
      it(`does something in ${view}${file ? " with a file" : ""}, or is switched off with a reason`, async () => {
        const csv =
          "side,id,quantity,price\noffer,a,10,0.3\noffer,b,4,0.2\nbid,c,6,0.5\nbid,d,7,0.4\nbid,e,9,0.1\n";
        if (file) await bring(work(), { number: 1, file: new Blob([csv]), encoding: "utf-8" });
        for (const [name, change] of Object.entries(others) as [SettingName, Partial<Settings>][]) {
          if (name === "carrier" && file) continue; // the file says which there are
          if (name === "currency") continue; // what the figures are called, not what they are
          let moved = false;
          for (const market of markets) {
            const settings = consistent({ ...defaults, ...market, view });
            const changed = consistent({ ...settings, ...change });
            const same = (await figures(view, settings, file)) === (await figures(view, changed, file));
            moved ||= !same;
            // A view is computed again exactly when a setting that takes effect has changed.
            if (keyOf(view, settings, file) === keyOf(view, changed, file)) expect(same, name).toBe(true);
          }
          const why = whyIdle(name, { ...defaults, view }, file);
          const marked = why !== null || caveat(name, { ...defaults, view }) !== null;
          expect(moved || marked, `${name} in ${view}`).toBe(true);
          if (why !== null) expect(moved, `${name} in ${view}: ${why}`).toBe(false);
        }
      });

  it("has a reason for every setting that the bench does not use, and none for what moves a view", () => {
    for (const name of Object.keys(others) as SettingName[])
      expect(whyIdle(name, { ...defaults, view: "bench" }, null)).toBe("The bench draws orders of its own.");
    expect(whyIdle("speed", { ...defaults, view: "period" }, null)).toBeNull();
    expect(whyIdle("speed", { ...defaults, view: "ledger" }, null)).not.toBeNull();
    expect(whyIdle("commission", { ...defaults, view: "day" }, null)).toBeNull();
    for (const view of views) expect(typeof keyOf(view, defaults, null)).toBe("string");
  });

  it("says how many members a day has where that is fewer than are set", () => {
    for (const [members, participants] of [
      [3, 3],
      [600, 600],
      [5000, 600],
    ] as const) {
      const settings = { ...defaults, view: "day" as const, members };
      expect(participantsOf(settings)).toBe(participants);
      expect(caveat("members", settings)?.includes(`for ${participants} here`) ?? null).toBe(
        members === participants ? null : true,
      );
    }
    expect(keyOf("day", { ...defaults, members: 601 }, null)).toBe(
      keyOf("day", { ...defaults, members: 9000 }, null),
    );
    expect(caveat("members", defaults)).toBeNull();
  });
});
