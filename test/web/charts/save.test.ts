import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csvOf, fileName, inLines } from "../../../src/web/charts/save.js";
import {
  addingUp,
  count,
  duration,
  energy,
  exactly,
  fixed,
  money,
  moneyChange,
  moneyRound,
  price,
  share,
} from "../../../src/web/format.js";

describe("a figure as files", () => {
  it("is a table that spreadsheets read, and that runs no formula in them", () => {
    const table = {
      columns: ["Who", "Energy, all", "Change", "Period", "Left"],
      rows: [
        ["Home 3", "1.5 kWh", "-0.02 EUR", "04:45", ""],
        ['=1+"1"', "0.25 kWh", "1e-7 EUR", "05:00", "none"],
      ],
    };
    expect(csvOf(table)).toBe(
      `\uFEFFWho,"Energy, all (kWh)",Change (EUR),Period,Left\r\nHome 3,1.5,-0.02,04:45,\r\n"'=1+""1""",0.25,1e-7,05:00,none\r\n`,
    );
    const mixed = {
      columns: ["Measure", "A"],
      rows: [
        ["Saved", "3 EUR"],
        ["Price", "0.2 EUR/kWh"],
        ["Gini", "0.5"],
      ],
    };
    expect(csvOf(mixed)).toBe(
      "\uFEFFMeasure,A,Unit of A\r\nSaved,3,EUR\r\nPrice,0.2,EUR/kWh\r\nGini,0.5,\r\n",
    );
  });

  it("has its figures whole for a program, and rounded for people again afterwards", () => {
    const said = () => [
      energy(1_234_567),
      price(274_123),
      money(12_404_567_000_000n),
      moneyRound(-1n),
      moneyChange(5_000_000_000n),
      share(1, 3),
      count(1_000_000),
      duration(1234.5),
      fixed(0.12345, 2),
    ];
    const shown = said();
    expect(exactly(said)).toEqual([
      "1.234567 kWh",
      "0.274123 EUR/kWh",
      "12.404567 EUR",
      "-1e-12 EUR",
      "0.005 EUR",
      `${100 * (1 / 3)} %`,
      "1000000",
      "1234.5 ms",
      "0.12345",
    ]);
    expect(() =>
      exactly(() => {
        throw new Error();
      }),
    ).toThrow();
    expect(said()).toEqual(shown);
    expect(shown.slice(0, 3)).toEqual(["1.23 kWh", "27.4 ct", "€12.40"]);
  });

  it("has amounts that add up to their sum as shown", () => {
    const amount = fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n });
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 12 }), (amounts) => {
        const rounded = addingUp(amounts);
        const sum = (all: readonly bigint[]): bigint => all.reduce((total, each) => total + each, 0n);
        expect(Math.abs(Number(sum(rounded) - sum(amounts)))).toBeLessThanOrEqual(0.5e10);
        for (const [place, each] of rounded.entries()) {
          expect(each % 10n ** 10n).toBe(0n);
          expect(Math.abs(Number(each - amounts[place]!))).toBeLessThan(1e10);
        }
      }),
    );
    expect(exactly(() => addingUp([1n, 2n]))).toEqual([1n, 2n]);
  });

  it("has a name that says the view, the figure and the settings", () => {
    expect(fileName("#/compare?members=40&pool=no", "Who gains, who loses", "svg")).toBe(
      "gridclear-compare-who-gains-who-loses-members-40-pool-no.svg",
    );
    expect(fileName("", "Überschuss", "csv")).toBe("gridclear-uberschuss.csv");
    expect(fileName(`#/day?${"x".repeat(500)}`, "Prices", "csv").length).toBeLessThan(130);
  });

  it("is described in lines that fit", () => {
    const text = `some words ${"long".repeat(20)} and more`;
    const lines = inLines(text, 20);
    expect(lines.every((line) => line.length <= 20)).toBe(true);
    expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  });
});
