/** The table that sets two sets of rules side by side. */
import { el } from "../dom.js";
import { t } from "../say.js";
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
    ahead ? el("span", { class: "unseen" }, ` ${t`(better)`}`) : null,
  );
}

/** Both sides under their names; what is better is marked. */
export function versusTable(
  names: readonly [string, string],
  sides: readonly [Side, Side],
  rows: readonly VersusRow[],
): HTMLElement {
  const [first, second] = sides;
  return el(
    "table",
    { class: "versus" },
    el("caption", { class: "unseen" }, t`Both sets of rules side by side`),
    el("thead", {}, el("tr", {}, el("td", {}), ...names.map((name) => el("th", { scope: "col" }, name)))),
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
