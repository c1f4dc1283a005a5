/** `gridclear bill`: what a member owes for a month, from its proved records (docs/bills.md). */
import { type Bill, type BillLine, bill } from "../../bill/bill.js";
import { billCsv, billJson } from "../../bill/document.js";
import { billPage } from "../../bill/page.js";
import { fail, GridclearError } from "../../errors.js";
import { decodeBundle, openBundle } from "../../ledger/proof/bundle.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { type Command, defineCommand } from "../command.js";
import { checkingScript, monthBundle, readTariff } from "../parts/billing.js";
import { type Row, table } from "../parts/table.js";

/** `gridclear bill`: prints a member's bill. */
export const billCommand: Command = defineCommand({
  name: "bill",
  summary: "show what a member owes for a month, line by line",
  forms: [
    "LEDGER MEMBER --month YYYY-MM [--tariff FILE]",
    "LEDGER MEMBER --month YYYY-MM … [--json | --csv | --html]",
  ],
  about:
    "What a member bought, sold and shared in a month, what the grid, levies, taxes and fixed parts of its tariff come to, and what the same energy would have cost without the community. It is made from the member's proved records: the ledger is executed up to the end of the month. The tariff is the one that the member's contract names, or that of --tariff.",
  arguments: [
    { name: "LEDGER", help: "directory of a ledger, or a file that gridclear export wrote of one" },
    { name: "MEMBER", help: "id, such as home-01" },
  ],
  options: {
    month: { value: "YYYY-MM", help: "the month, by the clocks of the zone that holds for the member" },
    tariff: { value: "FILE", help: "TARIFF.json, in the place of the ledger's tariff (docs/tariffs.md)" },
    json: { help: "one JSON document" },
    csv: { help: "RFC 4180, one row a line, the total last" },
    html: { help: "one page with the proofs in it, which checks itself in a browser, offline" },
  },
  exits: { 0: "shown", 1: "the ledger is not good" },
  async run({ arguments: [ledger, participant], options }, io) {
    const { month, json, csv, html } = options;
    if (month === undefined) return fail("invalid", "--month", "a month, such as 2026-07", "none");
    if ([json, csv, html].filter(Boolean).length > 1)
      return fail("invalid", "--json", "one of --json, --csv and --html", "several");
    const tariff = options.tariff === undefined ? null : await readTariff(options.tariff);
    const billed = { ledger: ledger!, participant: participant!, month, tariff };
    const text = await monthBundle(billed).catch((error: unknown) => {
      if (!(error instanceof GridclearError) || error.field !== "participant") throw error;
      return fail(error.code, "MEMBER", error.wanted, error.value);
    });
    const found = bill(openBundle(decodeBundle(text), await openHasher()), { month, tariff });
    const page = { bundle: text, tariff: tariff === null ? null : JSON.stringify(tariff) };
    io.out(
      json
        ? billJson(found)
        : csv
          ? billCsv(found)
          : html
            ? billPage(found, { ...page, ...checkingScript() })
            : billTable(found),
    );
    return 0;
  },
});

const titles = {
  community: "in the community",
  tariff: "by tariff",
  earlier: "corrections of earlier months",
} as const;

const rowOf = ({ label, quantity, unit, price, amount }: BillLine): Row => [
  `  ${label}`,
  quantity ?? "",
  unit ?? "",
  price ?? "",
  amount,
];

/** A bill for the eye. */
function billTable(found: Bill): string {
  const rows: Row[] = [];
  let above = "";
  for (const line of found.lines) {
    const title = `${line.carrier}, ${titles[line.group]}`;
    if (title !== above) rows.push(title);
    above = title;
    rows.push(rowOf(line));
  }
  rows.push("", ["  total", "", "", "", found.total]);
  if (found.without !== null) rows.push(["  without the community", "", "", "", found.without.total]);
  const head = ["", "quantity", "unit", "price", found.currency];
  return [
    `${found.participant}, ${found.month} (${found.zone}): ${found.from} to ${found.until}\n`,
    `tariff: ${found.tariffs.map(({ name, isInLedger }) => `${name}${isInLedger ? "" : " (from a file)"}`).join(", ") || "none"}\n`,
    found.isClosed ? "" : "not closed yet: readings of the month may still come\n",
    "\n",
    table(head, rows),
  ].join("");
}
