import { describe, expect, it } from "vitest";
import { csvOf, fileName, inLines } from "../../../src/web/charts/save.js";

describe("a figure as files", () => {
  it("is a table that spreadsheets read, and that runs no formula in them", () => {
    const table = {
      caption: "Who",
      columns: ["Who", "Energy, all"],
      rows: [
        ["Home 3", "1,000 Wh"],
        ['=1+"1"', "+28.22 ct"],
      ],
    };
    expect(csvOf(table)).toBe(`\uFEFFWho,"Energy, all"\r\nHome 3,"1,000 Wh"\r\n"'=1+""1""",'+28.22 ct\r\n`);
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
