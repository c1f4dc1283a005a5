/** The table that sets both mechanisms side by side. */
import { el } from "../dom.js";
import { mechanismWords } from "../words.js";
import type { Side } from "../worker/compare.js";

/** A row: what each side says, and what is more where more is better. */
export interface VersusRow {
  readonly name: string;
  readonly text: (side: Side) => string;
  readonly better?: (side: Side) => number;
}

function cell(row: VersusRow, side: Side, other: Side): HTMLElement {
  const ahead = row.better !== undefined && row.better(side) > row.better(other);
  return el(
    "td",
    ahead ? { class: "better" } : {},
    row.text(side),
    ahead ? el("span", { class: "unseen" }, " (better)") : null,
  );
}

export function versusTable(sides: readonly [Side, Side], rows: readonly VersusRow[]): HTMLElement {
  const [first, second] = sides;
  const heading = (side: Side): HTMLElement =>
    el("th", { scope: "col" }, mechanismWords[side.mechanism].name);
  return el(
    "table",
    { class: "versus" },
    el("caption", { class: "unseen" }, "The two mechanisms side by side"),
    el("thead", {}, el("tr", {}, el("td", {}), heading(first), heading(second))),
    el(
      "tbody",
      {},
      ...rows.map((row) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, row.name),
          cell(row, first, second),
          cell(row, second, first),
        ),
      ),
    ),
  );
}
