/** The indicators of a day as a table that says what each of them means, and as files. */
import { version } from "../about.js";
import { dataTable } from "../charts/figure.js";
import { download, el } from "../dom.js";
import { t } from "../say.js";
import type { Settings } from "../settings/settings.js";
import type { Indicator } from "../worker/indicators.js";
import { aboutMeasure, measureWords, valueWords } from "./measurewords.js";
import { part } from "./parts.js";

/** Whose values the columns hold: A and B, or those of the day alone. */
export interface Sides {
  readonly names: readonly string[];
  /** The rules of each in words, for the file. */
  readonly rules: readonly string[];
}

/** The unit of an indicator where money has a currency. */
const unitOf = ({ measure: { unit } }: Indicator, { currency }: Settings): string =>
  unit.replace("coin", currency);

/** Which of two values is better: the column's name, or nothing where neither is. */
function betterOf({ measure, values }: Indicator, { carrier }: Settings, names: readonly string[]): string {
  const [a, b] = values;
  const better = measureWords(measure, carrier)?.[1] ?? 0;
  if (better === 0 || a == null || b == null || a === b) return "";
  return names[b > a === better > 0 ? 1 : 0]!;
}

/** The indicators as CSV, numbers bare, their units in a column of their own. */
async function csvText(found: readonly Indicator[], { names }: Sides, settings: Settings): Promise<string> {
  const { csvOf } = await import("../charts/save.js");
  const columns = names.length > 1 ? names.map((_, side) => (side === 0 ? "a" : "b")) : ["value"];
  return csvOf({
    columns: ["indicator", "label", "unit", ...columns],
    rows: found.map((each) => [
      each.measure.name,
      each.measure.label,
      unitOf(each, settings),
      ...each.values.map((value) => (value === null ? "" : String(value))),
    ]),
  });
}

/** The same as JSON, with what it takes to make it again. */
const jsonText = (found: readonly Indicator[], { names, rules }: Sides, settings: Settings): string =>
  `${JSON.stringify(
    {
      gridclear: version,
      address: location.hash,
      rules: rules.length > 1 ? { a: rules[0], b: rules[1] } : rules[0],
      indicators: found.map((each) => ({
        name: each.measure.name,
        label: each.measure.label,
        unit: unitOf(each, settings),
        ...(names.length > 1 ? { a: each.values[0], b: each.values[1] } : { value: each.values[0] }),
      })),
    },
    null,
    2,
  )}\n`;

/** The card with the table and the buttons that save it. */
export function indicatorsCard(title: string, note: string, ...first: HTMLElement[]) {
  let shown: { found: readonly Indicator[]; sides: Sides; settings: Settings } | null = null;
  const body = el("div", { class: "room indicators" });
  const save = (type: "csv" | "json") => async (): Promise<void> => {
    if (shown === null) return;
    const { found, sides, settings } = shown;
    const text = await (type === "csv" ? csvText : jsonText)(found, sides, settings);
    const { fileName } = await import("../charts/save.js");
    const form = type === "csv" ? "text/csv" : "application/json";
    download(fileName(location.hash, title, type), new Blob([text], { type: form }));
  };
  const button = (text: string, name: string, onclick: () => void): HTMLElement =>
    el("button", { type: "button", class: "button plain", "aria-label": name, title: name, onclick }, text);
  const saves = el(
    "div",
    { class: "figure-foot", hidden: true },
    el(
      "div",
      { class: "saves" },
      button("CSV", t`Save as CSV: ${title}`, () => void save("csv")()),
      button("JSON", t`Save as JSON: ${title}`, () => void save("json")()),
    ),
  );
  const element = part(title, note, ...first, body, saves);
  return {
    element,
    clear(): void {
      shown = null;
      saves.hidden = true;
      body.replaceChildren();
    },
    show(found: readonly Indicator[], sides: Sides, settings: Settings): void {
      shown = { found, sides, settings };
      const both = sides.names.length > 1;
      const rows = found.flatMap((each) => {
        const { measure, values } = each;
        const said = measureWords(measure, settings.carrier);
        if (said === undefined) return [];
        const cells = values.map((value) => (value === null ? t`none` : valueWords(measure, value)));
        const better = both ? [betterOf(each, settings, sides.names)] : [];
        return [[said[0], ...cells, ...better, aboutMeasure(measure, settings.carrier)]];
      });
      body.replaceChildren(
        dataTable({
          caption: both ? t`Indicators of the day by both` : t`Indicators of the day`,
          columns: [
            t`Indicator`,
            ...(both ? sides.names : [t`Value`]),
            ...(both ? [t`Better`] : []),
            t`What it says`,
          ],
          rows,
        }),
      );
      saves.hidden = false;
    },
  };
}
