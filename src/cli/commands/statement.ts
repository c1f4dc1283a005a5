import { parseArgs } from "node:util";
import { fail } from "../../errors.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { checkedBlocks } from "../../report/blocks.js";
import { Statement, type StatementEntry } from "../../report/statement.js";
import { carriers, formatTicks, microTick, type Tick } from "../../units.js";
import type { Command } from "../command.js";
import { withSource } from "../parts/source.js";
import { formatCsv, grouped, rounded, table } from "../parts/table.js";

const usage = `Usage: gridclear statement LEDGER PARTICIPANT [--period A..B] [--json | --csv]

What a participant bought, sold and paid, from the ledger alone: energy, price, counterparties, fees, imbalances and
balance. Without --period it shows sums for each carrier; with it, or as JSON or CSV, every entry.

LEDGER       directory of a ledger
PARTICIPANT  id, such as home-01
--period     places in the ledger (heights), half-open: 10..20, or one: 10
--json       one JSON document
--csv        RFC 4180; decimals in plain notation

Exit code 0: done. 2: the input is not acceptable.
`;

const moneyTick: Tick = { mantissa: 1n, scale: 12 };

/** `gridclear statement`: one participant's entries. */
export const statementCommand: Command = {
  name: "statement",
  summary: "show what a participant bought, sold and paid",
  usage,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        period: { type: "string" },
        json: { type: "boolean", default: false },
        csv: { type: "boolean", default: false },
      },
    });
    const [directory, participant, ...others] = positionals;
    if (directory === undefined || participant === undefined || others.length > 0)
      return fail("invalid", "arguments", "LEDGER and PARTICIPANT", positionals.length);
    if (values.json && values.csv) return fail("invalid", "--csv", "either --json or --csv", "both");
    const range = readRange(values.period);
    const { entries, balance, blocks } = await readStatement(directory, participant, range);
    if (values.json) io.out(`${JSON.stringify(document(participant, entries, balance))}\n`);
    else if (values.csv) io.out(formatCsv([headings, ...entries.map(cells)]));
    else if (values.period === undefined) io.out(sums(participant, entries, balance, blocks));
    else io.out(lines(participant, entries, balance));
    return 0;
  },
};

function readRange(text: string | undefined): { from: number; to: number } {
  if (text === undefined) return { from: 0, to: Number.POSITIVE_INFINITY };
  const match = /^([0-9]{1,15})(?:\.\.([0-9]{1,15}))?$/.exec(text);
  const from = Number(match?.[1] ?? Number.NaN);
  const to = match?.[2] === undefined ? from + 1 : Number(match[2]);
  return match !== null && from < to
    ? { from, to }
    : fail("invalid", "--period", "A..B with A below B, or A", text);
}

async function readStatement(
  ledger: string,
  participant: string,
  range: { from: number; to: number },
): Promise<{ entries: StatementEntry[]; balance: bigint; blocks: number }> {
  const hasher = await openHasher();
  // Links only: every section is hashed below, and once is enough.
  return withSource(ledger, { hasher, verify: "hashes" }, async ({ blocks }) => {
    const statement = new Statement(participant);
    const entries: StatementEntry[] = [];
    let height = 0;
    for await (const { block } of checkedBlocks(blocks(), hasher)) {
      if (height >= range.to) break;
      const found = statement.add(block);
      if (height >= range.from) for (const entry of found) entries.push(entry);
      height += 1;
    }
    return { entries, balance: statement.balance, blocks: height };
  });
}

const headings = [
  "period",
  "end",
  "carrier",
  "entry",
  "counterparty",
  "about",
  "energy",
  "price",
  "amount",
  "fee",
  "balance",
];

/** An entry exactly: kWh, price per kWh and amounts as plain decimals. */
const cells = (entry: StatementEntry): string[] => [
  `${entry.period}`,
  new Date(entry.timestampMs).toISOString(),
  entry.carrier ?? "",
  entry.entry,
  entry.counterparty,
  `${entry.about}`,
  formatTicks(entry.energy, microTick),
  entry.price === null ? "" : formatTicks(entry.price, microTick),
  formatTicks(entry.amount, moneyTick),
  formatTicks(entry.fee, moneyTick),
  formatTicks(entry.balance, moneyTick),
];

function document(
  participant: string,
  entries: readonly StatementEntry[],
  balance: bigint,
): Record<string, unknown> {
  return {
    participant,
    balance: formatTicks(balance, moneyTick),
    entries: entries.map((entry) => {
      const values = cells(entry);
      return Object.fromEntries(
        headings.map((heading, index) => [
          heading,
          heading === "period" || heading === "about"
            ? Number(values[index])
            : values[index] === ""
              ? null
              : values[index],
        ]),
      );
    }),
  };
}

/** Every entry, rounded for the eye. */
function lines(participant: string, entries: readonly StatementEntry[], balance: bigint): string {
  const rows = entries.map((entry) => [
    new Date(entry.timestampMs).toISOString().slice(11, 19),
    entry.carrier ?? "",
    entry.entry + (entry.about === entry.period ? "" : ` of ${entry.period - entry.about} before`),
    entry.counterparty,
    rounded(entry.energy, 6, 3),
    entry.price === null ? "-" : rounded(entry.price, 6, 4),
    rounded(entry.amount, 12, 6),
    rounded(entry.fee, 12, 6),
    rounded(entry.balance, 12, 4),
  ]);
  return [
    `${participant}\n\n`,
    table(["end, UTC", "carrier", "entry", "with", "kWh", "price", "amount", "fee", "balance"], rows),
    `\nbalance ${rounded(balance, 12, 2)}\n`,
  ].join("");
}

interface Sum {
  energyIn: bigint;
  energyOut: bigint;
  amount: bigint;
  fee: bigint;
  count: number;
  readonly counterparties: Set<string>;
}

/** One row for each carrier and kind of entry. */
function sums(
  participant: string,
  entries: readonly StatementEntry[],
  balance: bigint,
  blocks: number,
): string {
  const found = new Map<string, Sum>();
  for (const entry of entries) {
    const key = `${entry.carrier ?? ""}\t${entry.entry}`;
    const sum = found.get(key) ?? {
      energyIn: 0n,
      energyOut: 0n,
      amount: 0n,
      fee: 0n,
      count: 0,
      counterparties: new Set<string>(),
    };
    found.set(key, sum);
    if (entry.energy > 0n) sum.energyIn += entry.energy;
    else sum.energyOut -= entry.energy;
    sum.amount += entry.amount;
    sum.fee += entry.fee;
    sum.count += 1;
    sum.counterparties.add(entry.counterparty);
  }
  const order = ["", ...carriers] as readonly string[];
  const rows = [...found]
    .map(([key, sum]) => ({ carrier: key.split("\t")[0]!, entry: key.split("\t")[1]!, sum }))
    .sort((a, b) => order.indexOf(a.carrier) - order.indexOf(b.carrier))
    .map(({ carrier, entry, sum }) => {
      const energy = sum.energyIn + sum.energyOut;
      const amount = sum.amount < 0n ? -sum.amount : sum.amount;
      const [only] = sum.counterparties;
      return [
        carrier,
        entry,
        grouped(sum.count),
        sum.counterparties.size === 1 ? only! : `${sum.counterparties.size} others`,
        rounded(sum.energyIn, 6, 3),
        rounded(sum.energyOut, 6, 3),
        energy === 0n ? "-" : rounded(amount / energy, 6, 4),
        rounded(sum.amount, 12, 4),
        rounded(sum.fee, 12, 4),
      ];
    });
  return [
    `${participant}, ${grouped(blocks)} blocks\n\n`,
    table(["carrier", "entry", "times", "with", "kWh in", "kWh out", "mean price", "amount", "fee"], rows),
    `\nbalance ${rounded(balance, 12, 2)}\n`,
    "Every entry: --period A..B, --csv or --json\n",
  ].join("");
}
