/** `gridclear bills`: what all members owe for a month, in one pass over a ledger, and how it is paid. */
import { createHash } from "node:crypto";
import type { Bill } from "../../bill/bill.js";
import { billsCsv } from "../../bill/document.js";
import { billPage } from "../../bill/page.js";
import { type Payment, paymentsOf } from "../../bill/payments.js";
import { fail } from "../../errors.js";
import { type Accounts, day, maxAccountsLength, parseAccounts } from "../../files/accountsfile.js";
import { formatTicks, parseTick, parseTicks } from "../../units.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { checkingScript, monthBundles, readTariff } from "../parts/billing.js";
import { BillsFolder } from "../parts/billsfolder.js";
import { BundleSpool } from "../parts/bundlespool.js";
import { readInput } from "../parts/document.js";
import { interruptible } from "../parts/interrupt.js";
import { type MonthBills, monthBills } from "../parts/monthbills.js";
import { progressLine } from "../parts/progress.js";
import { type BankFile, bankFiles, loadSepa } from "../parts/sepa.js";
import { grouped, table } from "../parts/table.js";

/** `gridclear bills`: makes the bills of all members. */
export const billsCommand: Command = defineCommand({
  name: "bills",
  summary: "make the bills of all members for a month, and their payments",
  forms: [
    "LEDGER --month YYYY-MM [--tariff FILE] [--json | --csv]",
    "LEDGER --month YYYY-MM --out DIR [--accounts FILE]",
  ],
  about:
    "The ledger is executed once up to the end of the month. Without --out the bills are printed, as a table of totals or whole. With --out each member's bill is a file of the folder DIR, beside a list of all payments; with --accounts also files for a bank, ISO 20022 pain.001 for what is paid to members and pain.008 for what is collected from those who gave a mandate. They take the package sepa, which is not installed with gridclear: npm install sepa. No file is ever replaced, and a call that was interrupted is made again.",
  arguments: [
    { name: "LEDGER", help: "directory of a ledger, or a file that gridclear export wrote of one" },
  ],
  options: {
    month: {
      value: "YYYY-MM",
      help: "the month, by the clocks that each member lives by: its tariff's, else the market's",
    },
    tariff: { value: "FILE", help: "TARIFF.json, in the place of the ledger's tariffs (docs/tariffs.md)" },
    json: { help: "one JSON document; with --out one for each member" },
    csv: { help: "RFC 4180, one row a line of a bill; with --out one for each member" },
    html: {
      help: "with --out a page for each member, which checks itself; the ledger is executed once more for all",
    },
    out: { value: "DIR", help: "the folder of the bills: new, or gone on with" },
    accounts: {
      value: "FILE",
      help: "ACCOUNTS.json: accounts and mandates, which no ledger has (docs/bills.md)",
    },
    on: { value: "YYYY-MM-DD", help: "the day on which the bank is to move the money" },
  },
  exits: { 0: "made", 1: "the ledger is not good" },
  async run({ arguments: [ledger], options }, io) {
    const { month, json, csv, html, out } = options;
    if (month === undefined) return fail("invalid", "--month", "a month, such as 2026-07", "none");
    if ([json, csv, html].filter(Boolean).length > 1)
      return fail("invalid", "--json", "one of --json, --csv and --html", "several");
    if (html && out === undefined) return fail("invalid", "--html", "--out beside it", "none");
    const bank = await bankOf(options);
    const tariff = options.tariff === undefined ? null : await readTariff(options.tariff);
    const progress = progressLine(io);
    const found = await monthBills({ ledger: ledger!, month, tariff }, (blocks, all) =>
      progress(() => `${grouped(blocks)} of ${grouped(all)} blocks`),
    );
    progress(() => `${grouped(found.bills.length)} bills`, true);
    if (out !== undefined) {
      const form = json ? "json" : html ? "html" : "csv";
      const digest = tariff === null ? null : sha256(JSON.stringify(tariff));
      const of = { market: found.marketId, month, head: found.head, form, tariff: digest } as const;
      return keep(found, { out, of, bank, paged: html ? { ledger: ledger!, month, tariff } : null }, io);
    }
    io.out(json ? billsJson(month, found.bills) : csv ? billsCsv(found.bills) : billsTable(found.bills));
    return 0;
  },
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** What a bank is told, as far as that was asked for. */
interface Bank {
  readonly accounts: Accounts;
  readonly on: string;
}

async function bankOf({
  accounts,
  on,
  out,
}: {
  readonly accounts: string | undefined;
  readonly on: string | undefined;
  readonly out: string | undefined;
}): Promise<Bank | null> {
  if (accounts === undefined)
    return on === undefined ? null : fail("invalid", "--on", "--accounts beside it", "none");
  if (out === undefined) return fail("invalid", "--accounts", "--out beside it", "none");
  if (on === undefined) return fail("invalid", "--on", "a day, such as 2026-08-15", "none");
  return { accounts: await readInput(accounts, maxAccountsLength, parseAccounts), on: day(on, "--on") };
}

interface Kept {
  readonly out: string;
  readonly of: Parameters<typeof BillsFolder.open>[1];
  readonly bank: Bank | null;
  /** What pages are made from; null: the folder is of none. */
  readonly paged: Paged | null;
}

type Paged = Omit<Parameters<typeof monthBundles>[0], "participants">;

/** Pages of bills from proofs that are gathered for all who have no page yet. */
class Pages {
  readonly #paged: Paged;
  readonly #spool: BundleSpool;

  constructor(paged: Paged, folder: string) {
    this.#paged = paged;
    this.#spool = new BundleSpool(folder);
  }

  /** Reads the ledger for some members; `tell` is called with how many blocks were read, and says whether to go on. */
  async gather(participants: readonly string[], tell: (blocks: number) => boolean): Promise<void> {
    if (participants.length === 0) return;
    let blocks = 0;
    await monthBundles({ ...this.#paged, participants }, (participant, lines) => {
      this.#spool.add(participant, lines);
      if (participant === participants[0]) blocks += 1;
      return tell(blocks);
    });
  }

  page(bill: Bill): string {
    const { tariff } = this.#paged;
    const bundle = this.#spool.textOf(bill.participant);
    return billPage(bill, {
      bundle,
      tariff: tariff === null ? null : JSON.stringify(tariff),
      ...checkingScript(),
    });
  }

  close(): void {
    this.#spool.remove();
  }
}

/** Writes the folder. */
async function keep(
  { bills, marketId }: MonthBills,
  { out, of, bank, paged }: Kept,
  io: Io,
): Promise<number> {
  const { month } = of;
  // A bill that can't be paid so is told of before anything is written.
  const reference = (participant: string): string =>
    `${month}-${sha256(JSON.stringify([marketId, month, participant])).slice(0, 16)}`;
  const payments = paymentsOf(bills, { accounts: bank?.accounts ?? null, reference });
  const files =
    bank === null ? [] : bankFiles(await loadSepa(), payments, { ...bank, month, created: new Date() });
  const folder = await BillsFolder.open(out, of);
  return interruptible(async (stop) => {
    const progress = progressLine(io);
    const pages = paged && new Pages(paged, folder.drafts);
    try {
      const missing = new Set<string>();
      // A page leads to the newest head of the time when it was made; any such is good.
      for (const { participant } of bills)
        if (pages === null || !(await folder.has(participant))) missing.add(participant);
      await pages?.gather([...missing], (blocks) => {
        progress(() => `proofs of ${grouped(blocks)} blocks for ${grouped(missing.size)} pages`);
        return !stop.signal.aborted;
      });
      let [done, written] = [0, 0];
      for (const bill of bills) {
        if (stop.signal.aborted) return stop.exitCode;
        const { participant } = bill;
        if (missing.has(participant) && (await folder.add(bill, (its) => pages!.page(its)))) written += 1;
        done += 1;
        progress(() => `${grouped(done)} of ${grouped(bills.length)} bills in ${out}`, done === bills.length);
      }
      await folder.pay(payments, files);
      io.out(summary(bills, { out, written, payments, files }));
      return 0;
    } finally {
      pages?.close();
    }
  });
}

interface Written {
  readonly out: string;
  readonly written: number;
  readonly payments: readonly Payment[];
  readonly files: readonly BankFile[];
}

function summary(bills: readonly Bill[], { out, written, payments, files }: Written): string {
  const open = payments.filter(({ way }) => way === "open").length;
  const unclosed = bills.filter(({ isClosed }) => !isClosed).length;
  return [
    `${out}: ${grouped(bills.length)} bills, ${grouped(written)} of them new, and payments.csv\n`,
    sums(bills),
    ...files.map(({ name, payments: count, sum }) => `${name}: ${grouped(count)} payments, ${sum} EUR\n`),
    files.length > 0 && open > 0
      ? `${grouped(open)} without a mandate, which the bank does not collect\n`
      : "",
    unclosed === 0 ? "" : `not closed yet: readings of ${grouped(unclosed)} may still come\n`,
  ].join("");
}

/** What is owed and what is to be paid out in all, as a line; nothing without bills. */
function sums(bills: readonly Bill[]): string {
  const [first] = bills;
  if (first === undefined) return "";
  const scale = Math.max(...bills.map(({ unit }) => parseTick(unit).scale));
  const tick = { mantissa: 1n, scale };
  const totals = bills.map(({ total }) => parseTicks(total, tick));
  const sum = (isIn: (total: bigint) => boolean): string =>
    formatTicks(
      totals.filter(isIn).reduce((all, total) => all + total, 0n),
      tick,
    ).replace("-", "");
  const { currency } = first;
  return `owed ${sum((total) => total > 0n)} ${currency}, to be paid out ${sum((total) => total < 0n)} ${currency}\n`;
}

const billsJson = (month: string, bills: readonly Bill[]): string => `${JSON.stringify({ month, bills })}\n`;

function billsTable(bills: readonly Bill[]): string {
  const head = ["", "lines", "total", "without the community"];
  const rows = bills.map(({ participant, lines, total, without }) => [
    participant,
    `${lines.length}`,
    total,
    without?.total ?? "",
  ]);
  return `${table(head, rows)}\n${sums(bills)}`;
}
