import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { memberOf, ownIn } from "../../src/report/bundle/own.js";
import { statement } from "../../src/report/statement.js";
import { blocksOf } from "../support/scenario.js";
import { playShared } from "../support/sharedrun.js";

const engine = await openEngine();

describe("the statement of a member of communities", () => {
  it("says what it received and supplied, of whom, and leaves the rest to its supplier and the grid", async () => {
    const met = new Set<string>();
    for (let seed = 500; seed < 540; seed += 1) {
      const { run, store, market } = await playShared(engine, seed);
      for (const [who, id] of run.ids.entries()) {
        const { entries, balance } = await statement(store.blocks(), id);
        expect(balance).toBe(market.balance(id));
        for (const carrier of ["electricity", "heat"]) {
          const sum = (...names: string[]): bigint =>
            entries
              .filter((each) => each.carrier === carrier && names.includes(each.entry))
              .reduce((all, { energy }) => all + energy, 0n);
          const said = [...run.said].filter(([key]) => key.endsWith(` ${carrier} ${who}`));
          const total = (side: "in" | "out"): bigint => said.reduce((all, [, each]) => all + each[side], 0n);
          expect(sum("received", "from grid"), `seed ${seed}: ${id}, ${carrier}`).toBe(total("in"));
          expect(-sum("supplied", "to grid")).toBe(total("out"));
          const of = (side: 0 | 1): bigint =>
            [...run.shared]
              .filter(([key]) => key.includes(` ${carrier} `))
              .flatMap(([, pairs]) => [...pairs])
              .filter(([pair]) => pair.split(" ")[side] === `${who}`)
              .reduce((all, [, quantity]) => all + quantity, 0n);
          expect(sum("received")).toBe(of(1));
          expect(-sum("supplied")).toBe(of(0));
        }
        for (const { entry, counterparty, price, energy, amount } of entries) {
          met.add(entry);
          if (entry !== "received" && entry !== "supplied") continue;
          expect(run.ids).toContain(counterparty);
          expect(amount).toBe(-energy * price!);
        }
      }
    }
    expect([...met]).toEqual(
      expect.arrayContaining(["received", "supplied", "from grid", "to grid", "default"]),
    );
  });
});

describe("a flow of shared energy", () => {
  it("is its receiver's and its supplier's, and nobody else's", async () => {
    const { run, store } = await playShared(engine, 502);
    let flows = 0;
    for (const { sections } of await blocksOf(store))
      for (const number of run.ids.keys()) {
        const own = ownIn("flows", sections.flows, { number, devices: new Set() }, new Set());
        const view = new DataView(sections.flows.buffer, sections.flows.byteOffset, sections.flows.length);
        for (let index = 0; index < sections.flows.length / 40; index += 1) {
          const sides = [view.getUint32(index * 40 + 4, true), view.getUint32(index * 40 + 8, true)];
          expect(own.includes(index)).toBe(sides.includes(number));
          flows += 1;
        }
      }
    expect(flows).toBeGreaterThan(0);
    const from = { version: 1, from: 0 };
    expect(memberOf({ kind: "member", ...from, community: "a", participant: "ann", factor: 1 })).toBe("ann");
    expect(memberOf({ kind: "community", ...from, community: "a", carrier: "heat", price: 1, key: {} })).toBe(
      null,
    );
  });
});
