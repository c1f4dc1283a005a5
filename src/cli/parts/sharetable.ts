/** What came of sharing as a person reads it: a table of the document that `--json` prints whole. */
import type { ShareDocument } from "../../files/sharedocument.js";
import { andMore, count, shownRows, table } from "./table.js";

const columns = ["in", "received", "rest", "out", "supplied", "surplus", "unused"] as const;
const headings = [
  "participant",
  "drew",
  "shared",
  "from supplier",
  "injected",
  "shared",
  "to grid",
  "unused",
];

/** A sharing as a person reads it; what no participant has unused is left out. */
export function shareTable({ key, shared, participants, ...all }: ShareDocument): string {
  const hasUnused = participants.some(({ unused }) => unused !== "0");
  const used = hasUnused ? columns : columns.slice(0, -1);
  const rows = participants
    .slice(0, shownRows)
    .map((row) => [row.participant, ...used.map((column) => row[column])]);
  return [
    `${count(participants.length, "participant")} drew ${all.in} kWh and injected ${all.out} kWh; `,
    `${shared} kWh of it was shared (key ${key})\n\n`,
    table(headings.slice(0, used.length + 1), rows),
    andMore(participants.length),
  ].join("");
}
