/**
 * A member's bill of the month, made from the blocks of the ledger and held, line by line, against what the proofs of
 * its own records come to; with a line changed as somebody who cheats would; and as the file that checks itself.
 */
import checker from "../../../../dist/bill/check.bundle.js?raw";
import { type Bill, type BillLine, billOf } from "../../../bill/bill.js";
import { checkBill } from "../../../bill/compare.js";
import { billJson } from "../../../bill/document.js";
import { MonthReader } from "../../../bill/month.js";
import { billPage } from "../../../bill/page.js";
import { BillingRules } from "../../../bill/rules.js";
import { hex, toBase64, toUtf8 } from "../../../bytes.js";
import { fail } from "../../../errors.js";
import { type Block, decodeBlock } from "../../../ledger/format/block.js";
import { writeBundle } from "../../../report/bundle/write.js";
import { contractsOf } from "../../../report/columns.js";
import { wallTime } from "../../../tariff/zone.js";
import { formatTicks, parseTicks, type Tick } from "../../../units.js";
import { blocksInTurns, type Run } from "../chain.js";
import { otherHasher } from "../checks.js";
import { runOf } from "../day.js";
import type { Work } from "../work.js";
import type { HomeInput } from "./account.js";

/** A line of a bill, and what its proofs come to; null: the same. */
export interface LineShown extends BillLine {
  readonly fault: {
    /** null: no record says it. */
    readonly proved: BillLine | null;
  } | null;
}

/** A bill and what holding it against its proofs came to. */
export interface BillShown {
  readonly month: string;
  readonly lines: readonly LineShown[];
  /** Lines that the proofs come to and the bill leaves out. */
  readonly missing: readonly BillLine[];
  readonly total: string;
  readonly provedTotal: string;
  /** Whether all of it follows from the proofs. */
  readonly holds: boolean;
  /** Whether the proved records account for all that the member's balance changed by. */
  readonly accounts: boolean;
  /** Records of the member that are proved, and blocks of the ledger that they stand in. */
  readonly records: number;
  readonly blocks: number;
  /** Root over all blocks up to the last, to which every proof leads. */
  readonly root: string;
  readonly took: number;
}

/** A bill, and which of its lines to say something else in; −1: none. */
export interface BillInput extends HomeInput {
  readonly changed: number;
}

/** What is kept of a bill: it is made once, and held against its proofs whenever it is shown. */
interface Made {
  readonly bill: Bill;
  readonly bundle: string;
}
const kept = new WeakMap<Run, Map<number, Promise<Made>>>();

function madeOf(work: Work<number>, { ledger, member }: HomeInput): Promise<Made> {
  const run = runOf(ledger);
  const bills = kept.get(run) ?? new Map<number, Promise<Made>>();
  kept.set(run, bills);
  const known = bills.get(member);
  if (known !== undefined) return known;
  const made = make(work, run, member);
  bills.set(member, made);
  // Given up, or failed: the next one who asks tries again.
  made.catch(() => bills.delete(member));
  return made;
}

async function make(work: Work<number>, run: Run, member: number): Promise<Made> {
  const { id } = run.community.members[member] ?? fail("invalid", "member", "one of the day's", member);
  const name = firstMonth(decodeBlock(run.blocks[0]!), id);
  const reader = new MonthReader([{ participant: id, month: { name, zone: null } }]);
  for (const bytes of run.blocks) reader.add(decodeBlock(bytes));
  const usage = reader.usages().get(id)!;
  const bill = billOf(reader.market!, usage, { participant: id, month: name, outside: null });
  return { bill, bundle: await bundleOf(work, run, id) };
}

/** The month in which a ledger begins for a member, `YYYY-MM`. */
function firstMonth(genesis: Block, id: string): string {
  const rules = new BillingRules();
  for (const contract of contractsOf(genesis)) rules.enter(contract);
  const { year, month } = wallTime(rules.zoneOf(id), genesis.header.timestampMs);
  return `${year}-${`${month}`.padStart(2, "0")}`;
}

/** The member's records with their proofs; every block is executed again on the way. */
async function bundleOf({ engine, signal, tell }: Work<number>, run: Run, id: string): Promise<string> {
  let text = "";
  const to = run.blocks.length;
  for await (const lines of writeBundle(blocksInTurns(run, { signal, tell }), id, {
    from: 1,
    to,
    engine,
    hasher: engine,
  }))
    text += lines;
  return text;
}

/** Holds a bill against its proofs, with code that neither made nor sealed it. */
async function held({ bill, bundle }: Made): Promise<Omit<BillShown, "took">> {
  // What is printed is what the bill says: this page writes it from there.
  const asSaid = (id: string): string => {
    const [of, place] = id.split("-");
    const lines = of === "line" ? bill.lines : bill.without?.lines;
    return padded(lines?.[Number(place)]?.amount ?? "");
  };
  const found = checkBill({ bill, bundle, tariff: null }, asSaid, await otherHasher());
  const { faults, proved, opened, statement } = found;
  const isFaulty = new Set(faults.map(({ id }) => id));
  return {
    month: bill.month,
    lines: bill.lines.map((line, place) => ({
      ...line,
      fault: isFaulty.has(`line-${place}`) ? { proved: proved.lines[place] ?? null } : null,
    })),
    missing: proved.lines.slice(bill.lines.length),
    total: bill.total,
    provedTotal: proved.total,
    holds: faults.length === 0,
    accounts: statement.accounts,
    records: [...statement.records.values()].reduce((sum, count) => sum + count, 0),
    blocks: opened.size,
    root: hex(opened.root),
  };
}

/** An amount as a bill's page prints it: with two places at least. */
function padded(amount: string): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
}

const cent: Tick = { mantissa: 1n, scale: 2 };

/** A bill that asks one unit of money more in one of its lines, total and all. */
function withOneMore(bill: Bill, line: number): Bill {
  const more = (amount: string): string => formatTicks(parseTicks(amount, cent, "amount") + 100n, cent);
  const lines = bill.lines.map((each, place) =>
    place === line ? { ...each, amount: more(each.amount) } : each,
  );
  return { ...bill, lines, total: more(bill.total) };
}

/** The bill of a member, held against its proofs; with a line changed where one is named. */
export async function homeBill(work: Work<number>, { changed, ...input }: BillInput): Promise<BillShown> {
  const start = performance.now();
  const made = await madeOf(work, input);
  const shown = await held(changed < 0 ? made : { ...made, bill: withOneMore(made.bill, changed) });
  return { ...shown, took: performance.now() - start };
}

/** The bill as a file: one page that checks itself in a browser, or one JSON document. */
export async function homeBillFile(
  work: Work<number>,
  { type, ...input }: HomeInput & { readonly type: "html" | "json" },
): Promise<Blob> {
  const { bill, bundle } = await madeOf(work, input);
  if (type === "json") return new Blob([billJson(bill)], { type: "application/json" });
  const script = checker.replaceAll("</script", "<\\/script");
  const scriptHash = toBase64((await otherHasher()).sha256(toUtf8(script)));
  return new Blob([billPage(bill, { bundle, tariff: null, script, scriptHash })], { type: "text/html" });
}
