/**
 * What a bill's page does in the browser: opens the bundle that the page holds, bills it again and compares every
 * printed line. It is bundled with all that it needs into one script (`scripts/billcheck.mjs`).
 */
import { hex } from "../bytes.js";
import { GridclearError } from "../errors.js";
import { plainHasher } from "../ledger/tree/plain.js";
import { checkBill, type HeldBill } from "./compare.js";

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

function check(): void {
  const verdict = element("verdict");
  const { opened, proved, faults } = checkBill(
    JSON.parse(element("data").textContent ?? "") as HeldBill,
    printedAmount,
    plainHasher,
  );
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
