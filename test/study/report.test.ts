import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { html } from "../../src/html.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { estimateText, figure, placesFor, signed } from "../../src/study/report/figures.js";
import { reportPage, type StudyFacts } from "../../src/study/report/page.js";
import { runsCsv, summaryCsv } from "../../src/study/report/tables.js";
import { parseSetting, variantsOf } from "../../src/study/settings.js";
import { compare, type Plan, type Task } from "../../src/study/study.js";

const scenario = checkScenario({ name: "street", participants: { home: 3 } });
const facts: StudyFacts = {
  title: "street <1> & more",
  description: "homes",
  currency: "euro",
  command: "gridclear compare street.json",
  version: "1",
  facts: [["scenario", "street"]],
};
const planOf = (sets: readonly string[], mechanisms: readonly string[]): Plan => {
  const settings = sets.map(parseSetting);
  return {
    variants: variantsOf(scenario, { settings, mechanisms }),
    seeds: [1, 2, 3],
    axis: settings.find(({ isRange }) => isRange) ?? null,
  };
};
const valuesOf = ({ variant, seed }: Task) => ({
  saved: 1000 * (variant + 1) + seed,
  "electricity.price": variant === 1 ? null : 0.25,
  "saved.home": -3,
});

describe("figures", () => {
  it("have four digits that count, and a true minus", () => {
    expect(placesFor([])).toBe(0);
    expect(placesFor([0.3296, -0.1])).toBe(4);
    expect(placesFor([93.8])).toBe(2);
    expect(placesFor([12345])).toBe(0);
    expect(figure(-1234567.5, 0)).toBe("−1\u202f234\u202f568");
    expect(figure(1234.5678, 2)).toBe("1\u202f234.57");
    expect(figure(-0.001, 2)).toBe("0.00");
    expect(signed(0.001, 2)).toBe("0.00");
    expect(signed(3, 1)).toBe("+3.0");
    expect(estimateText({ count: 2, mean: 5, half: 1.25 }, 1)).toBe("5.0 ± 1.3");
    expect(estimateText(null, 1)).toBe("–");
  });
});

describe("the report", () => {
  it("escapes what comes from elsewhere", () => {
    expect(html`<p title="${`"'<`}">${"<b>&"}${[html`<i>${1}</i>`, "x"]}</p>`.text).toBe(
      '<p title="&quot;&#39;&lt;">&lt;b&gt;&amp;<i>1</i>x</p>',
    );
  });

  it("has each measure as a chart and a row, loads nothing, and runs nothing", () => {
    for (const plan of [
      planOf([], ["value", "merit"]),
      planOf(["participants.storage=0:4:2"], ["value", "merit"]),
    ]) {
      const compared = compare(plan, valuesOf);
      const page = reportPage(plan, compared, facts);
      expect(page).toContain("street &lt;1&gt; &amp; more");
      expect(page).not.toMatch(/<script|https?:|url\(|NaN|undefined|Infinity/);
      expect(page).toContain("default-src 'none'");
      for (const { measure } of compared) expect(page.split(measure.label).length).toBeGreaterThan(2);
      expect(page.match(/<svg/g)!.length).toBe(
        plan.axis === null ? compared.length * plan.variants.length : compared.length,
      );
      expect(page).toContain("1\u202f002");
    }
  });

  it("has the runs and the means as CSV", () => {
    const plan = planOf(["participants.storage=0,2"], []);
    const compared = compare(plan, valuesOf);
    const runs: Record<string, string>[] = parse(runsCsv(plan, compared, valuesOf), { columns: true });
    expect(runs.length).toBe(6);
    expect(runs[3]).toEqual({
      variant: "storage 2",
      "participants.storage": "2",
      seed: "1",
      saved: "2001",
      "saved.home": "-3",
      "electricity.price": "",
    });
    const rows: Record<string, string>[] = parse(summaryCsv(plan, compared, facts), { columns: true });
    expect(rows.length).toBe(6);
    expect(rows[1]).toMatchObject({
      measure: "saved",
      unit: "euro",
      variant: "storage 2",
      runs: "3",
      mean: "2002",
      pairs: "3",
      difference: "1000",
      difference_low: "1000",
    });
    expect(rows[0]).toMatchObject({ difference: "", pairs: "0" });
    // 1002 ± 4.3027 × 1 ÷ √3
    expect(Number(rows[0]!.low)).toBeCloseTo(1002 - 2.4842, 3);
  });
});
