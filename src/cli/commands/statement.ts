/**
 * `gridclear statement`: one participant's entries out of a ledger, for the eye (sums, or a few periods) or for a
 * program (JSON, CSV). Reading and checking is `report/statement.ts`.
 */
import { fail, GridclearError } from "../../errors.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { csvHeader, csvLine } from "../../report/export/csv.js";
import {
  type Statement,
  type StatementEntry,
  statement,
  statementColumns,
  statementDocument,
  statementRow,
} from "../../report/statement.js";
import { carriers } from "../../units.js";
import { type Command, defineCommand } from "../command.js";
import { inWordsOfRange, type Range, readRange, snapshotBelow } from "../parts/range.js";
import { withSource } from "../parts/source.js";
import { count, grouped, type Row, rounded, table } from "../parts/table.js";

/** `gridclear statement`: one participant's entries. */
export const statementCommand: Command = defineCommand({
  name: "statement",
  summary: "show what a participant bought, sold and paid",
  forms: [
    "LEDGER PARTICIPANT [--period A..B] [--json | --csv]",
    "LEDGER PARTICIPANT --bundle FILE [--period A..B]",
  ],
  about:
    "What a participant bought, sold and paid, from the ledger alone: energy, price, counterparties, fees, imbalances and balance. Every block is hashed on the way. Without --period it shows sums for each carrier; with it, or as JSON or CSV, every entry. A statement that begins later begins to read at the newest snapshot before it, so that what is older may be erased. With --bundle the participant's own records are written to a file with their proofs, which gridclear verify --proof checks without the ledger; of a private market's other records there is nothing in it but salted hashes.",
  arguments: [
    { name: "LEDGER", help: "directory of a ledger, or a file that gridclear export wrote of one" },
    { name: "PARTICIPANT", help: "id, such as home-01" },
  ],
  options: {
    period: { value: "A..B", help: "places in the ledger (heights), half-open: 10..20, or one: 10" },
    json: { help: "one JSON document" },
    csv: { help: "RFC 4180, decimals in plain notation (columns: docs/exports.md)" },
    bundle: {
      value: "FILE",
      help: "write the records with proofs to FILE, for the participant (executes the ledger again)",
    },
  },
  exits: { 0: "shown", 1: "the ledger is not good" },
  async run({ arguments: [ledger, participant], options }, io) {
    const { period, json, csv, bundle } = options;
    if (json && csv) return fail("invalid", "--csv", "either --json or --csv", "both");
    const range = period === undefined ? null : readRange(period);
    if (bundle !== undefined) {
      if (json || csv) return fail("invalid", "--bundle", "no --json and no --csv with it", "both");
      const { saveBundle } = await import("../parts/bundlefile.js");
      await saveBundle(bundle, { ledger: ledger!, participant: participant!, ...range }, io);
      return 0;
    }
    const found = await readStatement(ledger!, participant!, range);
    if (range !== null && range.from >= found.blocks)
      return fail("invalid", "--period", `heights from 0 to ${found.blocks - 1}`, period);
    if (json) io.out(`${JSON.stringify(statementDocument(found))}\n`);
    else if (csv) for (const line of lines(found)) io.out(line);
    else io.out(range === null ? sums(found) : everyEntry(found));
    return 0;
  },
});

async function readStatement(ledger: string, participant: string, range: Range | null): Promise<Statement> {
  const hasher = await openHasher();
  // Links only: every section is hashed by the statement, and once is enough.
  return withSource(ledger, { hasher, verify: "hashes" }, async ({ blocks, store }) => {
    const snapshot = await snapshotBelow(range?.from ?? 0, store, hasher);
    return statement(blocks(), participant, { hasher, ...range, snapshot }).catch((error) => {
      if (!(error instanceof GridclearError) || error.field !== "participant") return inWordsOfRange(error);
      return fail(error.code, "PARTICIPANT", error.wanted, error.value);
    });
  });
}

function* lines({ ticks, entries }: Statement): Generator<string> {
  yield csvHeader(statementColumns);
  for (const entry of entries) yield csvLine(statementRow(entry), statementColumns, ticks);
}

const timeOf = (timestampMs: number): string => new Date(timestampMs).toISOString().slice(11, 19);

/** Every entry, rounded for the eye, under its period and carrier. */
function everyEntry({ participant, ticks, balance, entries }: Statement): string {
  const rows: Row[] = [];
  let title = "";
  for (const entry of entries) {
    const { timestampMs, carrier, period, about } = entry;
    const above = [timeOf(timestampMs), carrier].filter((part) => part !== null).join("  ");
    if (above !== title) rows.push(above);
    title = above;
    rows.push([
      `  ${entry.entry}${about === period ? "" : ` of ${period - about} before`}`,
      entry.counterparty,
      rounded(entry.energy, ticks.quantity, 3),
      entry.price === null ? "-" : rounded(entry.price, ticks.price, 4),
      rounded(entry.amount, ticks.amount, 6),
      rounded(entry.fee, ticks.amount, 6),
      rounded(entry.balance, ticks.amount, 4),
    ]);
  }
  return [
    `${participant}, ${count(entries.length, "entry", "entries")}\n\n`,
    table(["end, UTC", "with", "kWh", "price", "amount", "fee", "balance"], rows),
    `\nbalance ${rounded(balance, ticks.amount, 2)}\n`,
  ].join("");
}

/** What the entries of one carrier and kind come to. */
interface Sum {
  readonly carrier: string;
  readonly entry: string;
  energy: bigint;
  amount: bigint;
  fee: bigint;
  count: number;
  readonly counterparties: Set<string>;
}

function sumsOf(entries: readonly StatementEntry[]): Sum[] {
  const found = new Map<string, Sum>();
  for (const { carrier, entry, energy, amount, fee, counterparty } of entries) {
    const key = `${carrier} ${entry}`;
    const zero = { energy: 0n, amount: 0n, fee: 0n, count: 0, counterparties: new Set<string>() };
    const sum = found.get(key) ?? { carrier: carrier ?? "", entry, ...zero };
    found.set(key, sum);
    sum.energy += energy;
    sum.amount += amount;
    sum.fee += fee;
    sum.count += 1;
    sum.counterparties.add(counterparty);
  }
  const order: readonly string[] = ["", ...carriers];
  return [...found.values()].sort((a, b) => order.indexOf(a.carrier) - order.indexOf(b.carrier));
}

const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** One row for each carrier and kind of entry; each kind goes one way, so energy that went out stands below zero. */
function sums({ participant, ticks, balance, entries, blocks }: Statement): string {
  const rows: Row[] = [];
  let above = "";
  for (const sum of sumsOf(entries)) {
    if (sum.carrier !== above) rows.push(sum.carrier);
    above = sum.carrier;
    const [only] = sum.counterparties;
    rows.push([
      `  ${sum.entry}`,
      grouped(sum.count),
      sum.counterparties.size === 1 ? only! : `${grouped(sum.counterparties.size)} others`,
      rounded(sum.energy, ticks.quantity, 3),
      // Amount ticks per quantity tick are price ticks.
      sum.energy === 0n ? "-" : rounded(size(sum.amount) / size(sum.energy), ticks.price, 4),
      rounded(sum.amount, ticks.amount, 4),
      rounded(sum.fee, ticks.amount, 4),
    ]);
  }
  return [
    `${participant}, ${count(blocks, "block")}\n\n`,
    table(["entry", "times", "with", "kWh", "mean price", "amount", "fee"], rows),
    `\nbalance ${rounded(balance, ticks.amount, 2)}\n`,
    "Every entry: --period A..B, --csv or --json\n",
  ].join("");
}
