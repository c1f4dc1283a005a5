import { beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { contractsOf } from "../../../src/report/columns.js";
import { replayWith } from "../../../src/report/whatif/whatif.js";
import { keyOf } from "../../../src/web/settings/effects.js";
import { defaults, type Settings } from "../../../src/web/settings/settings.js";
import { saidOf } from "../../../src/web/views/whatif.js";
import { type DayPeriod, day, runOf } from "../../../src/web/worker/day.js";
import { rulesFor, type WhatIfInput, type WhatIfShown, whatIf } from "../../../src/web/worker/whatif.js";
import type { Work } from "../../../src/web/worker/work.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
const work = <News>(tell: (news: News) => void = () => undefined) =>
  ({ engine, tell, signal: new AbortController().signal }) as Work<News>;

const hourly: Settings = { ...defaults, view: "ledger", members: 40, minutes: 60 };
/** What the page asks of the day of these settings. */
async function asked(settings: Settings, change: Partial<WhatIfInput> = {}): Promise<WhatIfInput> {
  await day(work<readonly DayPeriod[]>(), settings);
  const { carrier, ifRule, ifPool, ifRetail, ifFeedIn } = settings;
  return { ledger: keyOf("day", settings, null), carrier, ifRule, ifPool, ifRetail, ifFeedIn, ...change };
}
const genesis = ({ ledger }: WhatIfInput) => contractsOf(decodeBlock(runOf(ledger).blocks[0]!));

describe("the day under other rules", () => {
  // Each kind of day with each rule: with a pool and areas, in merit order without areas, with prices by place.
  const days: Partial<Settings>[] = [
    {},
    { mechanism: "merit", pricing: "uniform" },
    { mechanism: "merit", pricing: "uniform", pool: false },
    { mechanism: "merit", pricing: "blend", carrier: "heat" },
  ];
  const changes: Partial<WhatIfInput>[] = [
    { ifRule: "value", ifRetail: 150 },
    { ifRule: "merit", ifPool: 120, ifFeedIn: 50 },
    { ifRule: "places" },
    { ifPool: 300 },
  ];
  for (const own of days)
    for (const change of changes)
      it(`is what replaying its blocks says: ${JSON.stringify(own)} ${JSON.stringify(change)}`, async () => {
        const input = await asked({ ...hourly, ...own }, change);
        const shown = await whatIf(work<number>(), input);
        const { rules } = rulesFor(input, genesis(input));
        const { members, together, platform } = await replayWith(runOf(input.ledger).blocks, rules, {
          engine,
        });
        expect(shown.sums.members).toEqual({ before: together.before.with, after: together.after.with });
        expect(shown.sums.platform).toEqual(platform);
        const gains = members.map(({ gain }) => gain!).sort((a, b) => Number(b > a) - Number(b < a));
        expect(shown.members.map(({ gain }) => gain)).toEqual(gains);
        expect(shown.members.length).toBe(40);
      });

  it("is as it was where nothing is otherwise, and takes nothing from another day", async () => {
    const input = await asked(hourly);
    const { members, noPool } = await whatIf(work<number>(), input);
    expect(members.every(({ gain, before, after }) => gain === 0n && before === after)).toBe(true);
    expect(noPool).toBe(false);
    await expect(whatIf(work<number>(), { ...input, ledger: "another" })).rejects.toMatchObject({
      code: "state",
    });
  });

  it("is given up when the page no longer wants it", async () => {
    const input = await asked({ ...hourly, minutes: 5 }, { ifRetail: 120 });
    const controller = new AbortController();
    controller.abort();
    const given = { ...work<number>(), signal: controller.signal };
    await expect(whatIf(given, input)).rejects.toThrow();
  });
});

describe("rules out of settings", () => {
  it("scale the tariffs of the carrier that is shown, and say nothing of the others", async () => {
    const input = await asked({ ...hourly, carrier: "gas" }, { ifRetail: 150, ifFeedIn: 0 });
    const contracts = genesis(input);
    const payment = contracts.find(({ kind }) => kind === "payment");
    const retail = payment?.kind === "payment" ? Number(payment.tariffs.gas.retail) : 0;
    const { rules } = rulesFor(input, contracts);
    expect(Number(rules.tariffs!.gas!.retail)).toBeCloseTo((retail * 1.5) / 1e6, 9);
    expect(rules.tariffs!.gas!.feedIn).toBe("0");
    expect(Object.keys(rules.tariffs!)).toEqual(["gas"]);
    expect(rules.clearing).toEqual({ gas: {} });
  });

  it("leave the pool's price aside where prices are by place, and say so", async () => {
    const input = await asked(hourly, { ifRule: "places", ifPool: 200 });
    const { noPool, rules } = rulesFor(input, genesis(input));
    expect([noPool, rules.clearing!.electricity!.pool]).toEqual([true, null]);
    expect(saidOf(await whatIf(work<number>(), input))).toContain("Prices by place leave no pool");
  });
});

describe("what is said of it", () => {
  const shown = (more: bigint, change: Partial<WhatIfShown> = {}): WhatIfShown => {
    const none = { before: 0n, after: 0n };
    const member = { name: "Home 1", kind: "home", before: 0n, after: 0n, got: 0n, wouldGet: 0n };
    return {
      members: [
        { ...member, gain: 1n },
        { ...member, gain: -1n },
        { ...member, gain: -2n },
      ],
      sums: {
        members: { before: 0n, after: more },
        platform: none,
        retailer: none,
        operator: none,
        system: none,
      },
      orders: 1,
      refused: 0,
      noPool: false,
      took: 12,
      ...change,
    };
  };
  it("is true of the figures", () => {
    expect(saidOf(shown(2_000_000_000_000n))).toBe(
      "Members together would bear €2.00 more: 1 gain, 2 lose. 1 order cleared again in 12 ms.",
    );
    expect(saidOf(shown(-2_000_000_000_000n))).toContain("would bear €2.00 less:");
    expect(saidOf(shown(0n, { refused: 2 }))).toBe(
      "Members together bear the same: 1 gain, 2 lose. 1 order cleared again in 12 ms. 2 orders would not have been taken.",
    );
  });
});
