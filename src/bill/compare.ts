/**
 * A bill held against its proofs: the bundle that came with it is opened, billed again and compared line by line. The
 * bill's own page does this in the browser (check.ts), and so does whoever was sent one.
 */
import { decodeBundle, type OpenedBundle, openBundle } from "../ledger/proof/bundle.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { type BundleStatement, readBundle } from "../report/bundle/read.js";
import { type Bill, type BillLine, bill } from "./bill.js";

/** A bill with what it follows from, as its page holds them. */
export interface HeldBill {
  readonly bill: Bill;
  readonly bundle: string;
  readonly tariff: string | null;
}

/** A printed line that does not hold, by its element, and why. */
export interface BillFault {
  readonly id: string;
  readonly words: string;
}

/** What a bill came to beside its proofs. */
export interface CheckedBill {
  readonly opened: OpenedBundle;
  readonly statement: BundleStatement;
  /** The bill that follows from the proofs. */
  readonly proved: Bill;
  /** Where the other one differs; none: it holds. */
  readonly faults: readonly BillFault[];
}

/** The printed amount of a line by its element, `line-3`. */
export type Printed = (id: string) => string;

const padded = (amount: string): string => {
  const [whole = "0", fraction = ""] = amount.split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
};

/** What differs at one place: what is printed, what the page's data say, and what the proofs come to. */
function difference(
  shown: BillLine | undefined,
  wanted: BillLine | undefined,
  printed: string,
): string | null {
  if (shown === undefined) return `${wanted!.label}: is missing, ${padded(wanted!.amount)}`;
  if (wanted === undefined) return `${shown.label}: no record says it`;
  const differing = (["label", "quantity", "unit", "price", "amount"] as const).find(
    (key) => shown[key] !== wanted[key],
  );
  if (differing !== undefined)
    return `${shown.label}: ${differing} is ${shown[differing]}, the proofs say ${wanted[differing]}`;
  return printed === padded(wanted.amount)
    ? null
    : `${shown.label}: printed is ${printed}, the proofs say ${padded(wanted.amount)}`;
}

function differences(
  shown: readonly BillLine[],
  proved: readonly BillLine[],
  prefix: string,
  printed: Printed,
): BillFault[] {
  return Array.from({ length: Math.max(shown.length, proved.length) }, (_, place) => {
    const id = `${prefix}-${place}`;
    return { id, words: difference(shown[place], proved[place], printed(id)) };
  }).filter((fault): fault is BillFault => fault.words !== null);
}

/** Bills again and compares. Throws `corrupt` or `invalid` where the proofs themselves don't hold together. */
export function checkBill(held: HeldBill, printed: Printed, hasher: Hasher): CheckedBill {
  const opened = openBundle(decodeBundle(held.bundle), hasher);
  const statement = readBundle(opened);
  const tariff = held.tariff === null ? null : JSON.parse(held.tariff);
  const proved = bill(opened, { month: held.bill.month, tariff });
  const faults = [
    ...differences(held.bill.lines, proved.lines, "line", printed),
    ...differences(held.bill.without?.lines ?? [], proved.without?.lines ?? [], "without", printed),
  ];
  if (!statement.accounts)
    faults.push({
      id: "",
      words: "the records do not account for the balance: one that moved money is missing",
    });
  for (const key of ["participant", "currency", "from", "until", "isClosed", "total"] as const)
    if (held.bill[key] !== proved[key])
      faults.push({ id: "", words: `${key} is ${held.bill[key]}, the proofs say ${proved[key]}` });
  if (JSON.stringify(held.bill.tariffs) !== JSON.stringify(proved.tariffs))
    faults.push({ id: "", words: "the tariffs are others than the bill names" });
  return { opened, statement, proved, faults };
}
