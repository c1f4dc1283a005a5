/**
 * A member's bill as one HTML file: printed lines, the proofs they follow from, and the program that checks them again
 * in the browser. It loads nothing from anywhere; its policy lets only its own script run, by hash.
 */
import { html, Markup, type Piece } from "../html.js";
import type { Bill, BillLine } from "./bill.js";
import { pageStyle } from "./pagestyle.js";

/** What a page is made of beside the bill. */
export interface BillPageParts {
  /** The statement bundle that the bill was made from. */
  readonly bundle: string;
  /** The tariff file's tariff as JSON, where the bill is not by the ledger's; else null. */
  readonly tariff: string | null;
  /** The checking program, `dist/bill/check.bundle.js`, and its SHA-256 in base64. */
  readonly script: string;
  readonly scriptHash: string;
}

const titles = {
  community: "In the community",
  tariff: "By tariff",
  earlier: "Corrections of earlier months",
} as const;

/** JSON that can stand in a script element. */
const inScript = (text: string): Markup => new Markup(text.replaceAll("<", "\\u003c"));

/** The page of a bill. */
export function billPage(bill: Bill, { bundle, tariff, script, scriptHash }: BillPageParts): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'`;
  const data = JSON.stringify({ bill, bundle, tariff });
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Bill of ${bill.participant}, ${bill.month}</title>
<style>${new Markup(pageStyle)}</style>
</head>
<body>
<header>
<h1>Bill of ${bill.participant}</h1>
<p class="lead">${bill.month}, by the clocks of ${bill.zone}: ${moment(bill.from)} to ${moment(bill.until)} UTC</p>
${bill.isClosed ? "" : html`<p class="warn">Not closed yet: readings of this month may still come.</p>`}
<p class="total"><span>${toPay(bill.total)}</span> <strong>${size(bill.total)} ${bill.currency}</strong></p>
<div id="verdict" role="status"><p>Not checked: a browser that runs scripts checks this bill by the proofs in this file.</p></div>
</header>
<main>
${sections(bill)}
${without(bill)}
<section aria-labelledby="how"><h2 id="how">How it is checked</h2>
<p>This file holds the records of the ledger that concern ${bill.participant}, with proofs. Your browser works out from them, without asking anybody, that they belong to one ledger, that the headers
follow each other and that all money that was moved is accounted for, bills them again and compares every line. ${provenance(bill)}</p>
<p>What it can’t know by itself is whether this is the ledger that everybody sees: compare its head with one from a source that you trust.</p>
<dl id="head"></dl></section>
</main>
<script type="application/json" id="data">${inScript(data)}</script>
<script>${new Markup(script)}</script>
</body>
</html>
`;
  return page.text;
}

const moment = (iso: string): string => iso.slice(0, 16).replace("T", " ");
const size = (amount: string): string => padded(amount.replace("-", ""));
const toPay = (total: string): string => (total.startsWith("-") ? "To be paid to you" : "To pay");

/** An amount with at least two decimal places. */
function padded(amount: string): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
}

const provenance = ({ tariffs }: Bill): string =>
  tariffs.length === 0
    ? "No tariff was applied."
    : tariffs.some(({ isInLedger }) => !isInLedger)
      ? "The tariff is from a file, which no ledger proves: compare it with your contract."
      : "The tariff is the one that stands in the ledger.";

function sections({ lines, currency }: Bill): Piece {
  const groups = new Map<string, [BillLine, number][]>();
  for (const [place, line] of lines.entries()) {
    const title = `${titles[line.group]}: ${line.carrier}`;
    groups.set(title, [...(groups.get(title) ?? []), [line, place]]);
  }
  return [...groups].map(([title, own], index) => {
    const rows = own.map(([line, place]) => row(line, `line-${place}`));
    return html`<section aria-labelledby="group-${index}"><h2 id="group-${index}">${title}</h2>${table(rows, currency, title)}</section>`;
  });
}

const table = (rows: Piece, currency: string, title: string): Markup =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="Lines: ${title}"><table><thead><tr><th scope="col">line</th><th scope="col">quantity</th><th scope="col">price</th><th scope="col">${currency}</th><th scope="col" class="mark"><span class="hidden">checked</span></th></tr></thead><tbody>${rows}</tbody></table></div>`;

function row({ label, quantity, unit, price, amount }: BillLine, id: string): Markup {
  const counted = quantity === null ? "" : `${quantity} ${unit === "percent" ? "" : (unit ?? "")}`;
  const per = price === null ? "" : unit === "percent" ? `${price} %` : price;
  return html`<tr id="${id}"><th scope="row">${label}</th><td>${counted}</td><td>${per}</td><td class="amount">${padded(amount)}</td><td class="mark"></td></tr>`;
}

function without({ without: alone, currency, total }: Bill): Piece {
  if (alone === null) return "";
  const rows = alone.lines.map((line, place) => row(line, `without-${place}`));
  return html`<section aria-labelledby="alone"><h2 id="alone">Without the community</h2><p>The same energy, all of it from and to the grid by the same tariff: <strong>${padded(alone.total)} ${currency}</strong>, instead of ${padded(total)}.</p><details><summary>Lines without the community</summary>${table(rows, currency, "Without the community")}</details></section>`;
}
