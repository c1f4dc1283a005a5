/**
 * What a bill's page does in the browser: opens the bundle that the page holds, bills it again and compares every
 * printed line. It is bundled with all that it needs into one script (`scripts/billcheck.mjs`).
 */
import { hex } from "../bytes.js";
import { GridclearError } from "../errors.js";
import { decodeBundle, openBundle } from "../ledger/proof/bundle.js";
import { plainHasher } from "../ledger/tree/plain.js";
import { readBundle } from "../report/bundle/read.js";
import { type Bill, type BillLine, bill } from "./bill.js";

/** What the page holds. */
interface Held {
  readonly bill: Bill;
  readonly bundle: string;
  readonly tariff: string | null;
}

/** A printed line that does not hold, by its element, and why. */
interface Fault {
  readonly id: string;
  readonly words: string;
}

const element = (id: string): HTMLElement => document.getElementById(id)!;

function said(kind: string, text: string): HTMLElement {
  const paragraph = document.createElement("p");
  paragraph.className = kind;
  paragraph.textContent = text;
  return paragraph;
}

/** The printed amount of a line, as the page shows it. */
const printedAmount = (id: string): string =>
  document.getElementById(id)?.querySelector(".amount")?.textContent ?? "no line";

const padded = (amount: string): string => {
  const [whole = "0", fraction = ""] = amount.split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
};

/** Lines that differ, by place: what is printed, what the page's data say, and what the proofs come to. */
function differences(printed: readonly BillLine[], proved: readonly BillLine[], prefix: string): Fault[] {
  const faults: Fault[] = [];
  for (let place = 0; place < Math.max(printed.length, proved.length); place += 1) {
    const [shown, wanted] = [printed[place], proved[place]];
    const id = `${prefix}-${place}`;
    if (shown === undefined)
      faults.push({ id, words: `${wanted!.label}: is missing, ${padded(wanted!.amount)}` });
    else if (wanted === undefined) faults.push({ id, words: `${shown.label}: no record says it` });
    else {
      const differing = (["label", "quantity", "unit", "price", "amount"] as const).find(
        (key) => shown[key] !== wanted[key],
      );
      const shownAmount = printedAmount(id);
      if (differing !== undefined)
        faults.push({
          id,
          words: `${shown.label}: ${differing} is ${shown[differing]}, the proofs say ${wanted[differing]}`,
        });
      else if (shownAmount !== padded(wanted.amount))
        faults.push({
          id,
          words: `${shown.label}: printed is ${shownAmount}, the proofs say ${padded(wanted.amount)}`,
        });
    }
  }
  return faults;
}

function check(): void {
  const held = JSON.parse(element("data").textContent ?? "") as Held;
  const verdict = element("verdict");
  const opened = openBundle(decodeBundle(held.bundle), plainHasher);
  const statement = readBundle(opened);
  const tariff = held.tariff === null ? null : JSON.parse(held.tariff);
  const proved = bill(opened, { month: held.bill.month, tariff });
  const faults = [
    ...differences(held.bill.lines, proved.lines, "line"),
    ...differences(held.bill.without?.lines ?? [], proved.without?.lines ?? [], "without"),
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
  for (const row of document.querySelectorAll("tr[id]")) {
    const isBad = faults.some(({ id }) => id === row.id);
    row.classList.toggle("bad", isBad);
    row.querySelector(".mark")!.textContent = isBad ? "✗" : "✓";
  }
  const head = element("head");
  for (const [name, value] of [
    ["market", hex(opened.marketId)],
    ["blocks", `${opened.size}`],
    ["root", hex(opened.root)],
  ]) {
    head.append(Object.assign(document.createElement("dt"), { textContent: name }));
    head.append(Object.assign(document.createElement("dd"), { textContent: value }));
  }
  if (faults.length === 0) {
    verdict.replaceChildren(
      said("good", `✓ Checked: all ${proved.lines.length} lines follow from the proofs.`),
    );
    return;
  }
  const list = document.createElement("ul");
  for (const { words } of faults)
    list.append(Object.assign(document.createElement("li"), { textContent: words }));
  verdict.replaceChildren(said("bad", "✗ This bill does not hold:"), list);
}

try {
  check();
} catch (error) {
  const words = error instanceof GridclearError ? error.message : `${error}`;
  element("verdict").replaceChildren(said("bad", "✗ The proofs in this file do not hold:"), said("", words));
}
