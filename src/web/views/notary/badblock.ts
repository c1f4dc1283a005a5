/** The first bad block of a ledger: what should stand there beside what does, differences marked. */
import { dataTable, type Table } from "../../charts/figure.js";
import { el } from "../../dom.js";
import { count } from "../../format.js";
import { t } from "../../say.js";
import type { BadBlock, Difference, Fault } from "../../worker/notary/shown.js";
import { hiddenTable } from "../parts.js";
import { expectedWords, recordWords } from "./words.js";

/** Records that stand side by side at once; the others are in a table. */
const sideBySide = 3;

const captionOf = ({ section, index, about }: Difference): string =>
  about === "" ? recordWords(section, index) : t`${recordWords(section, index)}: ${about}`;

/** Faults as a table: where, what should stand there, what does. */
export function faultTable(faults: readonly Fault[]): HTMLElement {
  const table = dataTable({
    caption: t`What does not hold`,
    columns: [t`Where`, t`Should stand there`, t`Stands there`],
    rows: faults.map(({ where, expected, found }) => [where, expected, found]),
  });
  table.classList.add("faults");
  return table;
}

/** One record, all its fields, those that differ marked. */
function recordTable(difference: Difference, { certainty }: BadBlock): HTMLElement {
  const { fields } = difference;
  const table = dataTable({
    caption: captionOf(difference),
    columns: [t`Field`, expectedWords(certainty), t`What stands there`],
    rows: fields.map(({ name, expected, found }) => [
      expected === found ? name : `≠ ${name}`,
      expected ?? t`no such record`,
      found ?? t`no such record`,
    ]),
  });
  table.classList.add("faults");
  for (const [place, row] of [...table.querySelectorAll("tbody tr")].entries())
    row.classList.toggle("differs", fields[place]!.expected !== fields[place]!.found);
  return table;
}

const restOf = (bad: BadBlock): Table => ({
  caption: t`All differences`,
  columns: [t`Record`, t`Field`, expectedWords(bad.certainty), t`What stands there`],
  rows: bad.differences.flatMap((difference) =>
    difference.fields
      .filter(({ expected, found }) => expected !== found)
      .map(({ name, expected, found }) => [
        captionOf(difference),
        name,
        expected ?? t`no such record`,
        found ?? t`no such record`,
      ]),
  ),
});

/** Whether a fault names a field of a record, which stands in the tables too, and more readably. */
const isOfField = ({ where }: Fault): boolean => /^[a-z]+\[\d+\]\.\w+$/.test(where);

/** The bad block, with a heading. */
export function badBlock(bad: BadBlock): HTMLElement {
  const { differences, count: all } = bad;
  const more = all - differences.length;
  return el(
    "div",
    { class: "stack" },
    el("h3", {}, t`Block ${count(bad.height)}: what should stand there beside what does`),
    el("p", {}, bad.says),
    differences.length > 0 && isOfField(bad.fault) ? null : faultTable([bad.fault]),
    ...differences.slice(0, sideBySide).map((difference) => recordTable(difference, bad)),
    differences.length > sideBySide
      ? hiddenTable(t`Table: all differences`, () => restOf(bad)).element
      : null,
    more > 0 ? el("p", { class: "note" }, t`${count(more)} more records differ.`) : null,
  );
}
