/** The bill of a member's month, every line held against its proofs, and what happens when somebody changes one. */
import type { BillLine } from "../../bill/bill.js";
import { parseTicks } from "../../units.js";
import type { App } from "../app.js";
import { dataTable } from "../charts/figure.js";
import { download, el } from "../dom.js";
import { count, duration, energy, moneyRound, price, share } from "../format.js";
import { locale, t } from "../say.js";
import { words } from "../trouble.js";
import { carrierWords } from "../words.js";
import type { HomeInput } from "../worker/home/account.js";
import type { BillShown, LineShown } from "../worker/home/bill.js";
import { part } from "./parts.js";

/** What a bill calls its lines, in the language of the page. */
const lineWords: Readonly<Record<string, string>> = {
  "bought from members": t`bought from neighbours`,
  "sold to members": t`sold to neighbours`,
  "bought from the pool": t`bought from the pool`,
  "sold to the pool": t`sold through the pool`,
  "bought for stores": t`bought for stores`,
  "drawn by own stores": t`charged into its own battery`,
  "delivered by own stores": t`delivered by its own battery`,
  "from the grid": t`from the grid`,
  "to the grid": t`to the grid`,
  interruptions: t`paused under contract`,
  "use of the network between areas": t`use of the lines between places`,
  "commission on purchases": t`commission on purchases`,
  "commission on sales": t`commission on sales`,
  imbalance: t`deviation of the meter from what was traded`,
  "corrections of readings": t`corrections of meter readings`,
  "sales not delivered": t`sales not delivered`,
  "purchases not delivered": t`purchases not delivered`,
  "received by sharing": t`received by sharing`,
  "supplied by sharing": t`supplied by sharing`,
};
const labelOf = (label: string): string => lineWords[label] ?? label;

const moneyTick = { mantissa: 1n, scale: 12 };
/** An amount of a bill in the currency of the page. */
const amountOf = (text: string): string => moneyRound(parseTicks(text, moneyTick, "amount"));

const energyOf = ({ quantity, unit }: BillLine): string =>
  quantity === null || unit !== "kWh" ? "" : energy(Number(quantity) * 1e6);
const priceOf = ({ price: mean }: BillLine): string => (mean === null ? "" : price(Number(mean) * 1e6));

/** What was found about a line. */
function foundWords({ fault, amount }: LineShown): string {
  if (fault === null) return t`✓ proved`;
  if (fault.proved === null) return t`✗ no record says it`;
  return fault.proved.amount === amount
    ? t`✗ the proofs say something else`
    : t`✗ the proofs say ${amountOf(fault.proved.amount)}`;
}

/** The lines of a bill and what was found about each. */
function linesTable({ lines }: BillShown): HTMLElement {
  const table = dataTable({
    caption: t`Lines of the bill; what is paid to the member stands below zero`,
    columns: [t`Line`, t`Amount`, t`Proof`, t`Kind of energy`, t`Quantity`, t`Price per kWh`],
    rows: lines.map((line) => [
      labelOf(line.label),
      amountOf(line.amount),
      foundWords(line),
      carrierWords[line.carrier],
      energyOf(line),
      priceOf(line),
    ]),
  });
  for (const [place, row] of table.querySelectorAll("tbody tr").entries())
    row.classList.toggle("bad", lines[place]?.fault != null);
  return table;
}

/** What holding the bill against its proofs came to. */
function verdictOf(made: BillShown): HTMLElement {
  const { lines, missing, total, provedTotal, holds, accounts, records, blocks, took } = made;
  if (holds && lines.length === 0)
    return el(
      "p",
      { class: "verdict" },
      t`✓ Nothing has to be paid: ${count(records)} proved records in ${count(blocks)} blocks account for its balance.`,
    );
  if (holds)
    return el(
      "p",
      { class: "verdict" },
      lines.length === 1
        ? t`✓ The one line follows from ${count(records)} proved records in ${count(blocks)} blocks. Checked here in ${duration(took)}, with code independent of what sealed them.`
        : t`✓ All ${lines.length} lines follow from ${count(records)} proved records in ${count(blocks)} blocks. Checked here in ${duration(took)}, with code independent of what sealed them.`,
    );
  const nameOf = ({ label, carrier }: BillLine): string => `${labelOf(label)} (${carrierWords[carrier]})`;
  const said = [
    ...lines.filter(({ fault }) => fault !== null).map((line) => `${nameOf(line)}: ${foundWords(line)}`),
    ...missing.map((line) => t`${nameOf(line)} is missing: ${amountOf(line.amount)}.`),
    ...(total === provedTotal
      ? []
      : [t`The total says ${amountOf(total)}, the proofs say ${amountOf(provedTotal)}.`]),
    ...(accounts ? [] : [t`The records do not account for the balance: one that moved money is missing.`]),
  ];
  return el(
    "div",
    { class: "verdict bad" },
    el("p", {}, t`✗ This bill does not hold.`),
    el("ul", {}, ...said.map((text) => el("li", {}, text))),
  );
}

const months = new Intl.DateTimeFormat(locale(), { year: "numeric", month: "long", timeZone: "UTC" });

/** What the bill is about and what it comes to. */
function headOf({ month: named, total: due }: BillShown, name: string): HTMLElement {
  const month = months.format(new Date(`${named}-15T00:00:00Z`));
  const owes = !due.startsWith("-");
  const total = amountOf(due.replace("-", ""));
  return el(
    "div",
    {},
    el(
      "p",
      { class: "total" },
      owes ? t`${name}, ${month}: ${total} to pay.` : t`${name}, ${month}: ${total} to be paid out.`,
    ),
    el(
      "p",
      { class: "note" },
      t`Only one day of this month is simulated, so the bill is that of the day. Each line is rounded to whole hundredths.`,
    ),
  );
}

const button = (text: string, act: () => void): HTMLButtonElement =>
  el("button", { type: "button", class: "button", onclick: act }, text);

/** The buttons that give the bill away; what goes wrong is told in `status`. */
function keeping(app: App, whose: () => HomeInput, status: HTMLElement): HTMLElement[] {
  const save = async (type: "html" | "json"): Promise<void> => {
    try {
      download(`bill.${type}`, await app.client.call("homeBillFile", { ...whose(), type }));
    } catch (error) {
      status.textContent = words(error);
    }
  };
  return [
    button(t`Download the bill that checks itself (HTML)`, () => void save("html")),
    button(t`Download it as data (JSON)`, () => void save("json")),
    button(t`Print`, () => print()),
  ];
}

/** The card of the bill. */
export function openBill(app: App): {
  readonly element: HTMLElement;
  /** Makes and checks the bill of a member, who has the name; what was asked before is given up. */
  show(ledger: string, member: number, name: string): void;
} {
  let whose: HomeInput = { ledger: "", member: -1 };
  let [name, line] = ["", -1];
  let running = new AbortController();
  const shown = el("div", { class: "stack whole" });
  const status = el("p", { class: "note", role: "status" });
  const cheat = button(t`Try to cheat: change a line`, () => void make(line + 1));
  const right = button(t`Put it right`, () => void make(-1));
  const buttons = el("div", { class: "row downloads" }, cheat, right, ...keeping(app, () => whose, status));

  /** Shows the bill with a line changed, or as it is for −1. */
  async function make(changed: number): Promise<void> {
    running.abort();
    const mine = new AbortController();
    running = mine;
    const onNews = (done: number): void => {
      status.textContent = t`Executing the day again, to prove every record: ${share(Math.floor(done * 100) / 100, 1)}`;
    };
    try {
      const input = { ...whose, changed };
      const made = await app.client.call("homeBill", input, { signal: mine.signal, onNews });
      const size = made.lines.length;
      line = changed >= size - 1 ? -1 : changed;
      status.textContent =
        changed < 0 ? "" : t`One line and the total now ask ${moneyRound(1e12)} more than was due.`;
      right.hidden = changed < 0;
      cheat.disabled = size === 0;
      shown.replaceChildren(headOf(made, name), verdictOf(made), ...(size === 0 ? [] : [linesTable(made)]));
      shown.dataset.checked = "";
    } catch (error) {
      if (!mine.signal.aborted) status.textContent = words(error);
    }
  }

  const element = part(
    t`The bill of its month`,
    t`Made from the ledger, and held line by line against the proofs of its own records.`,
    el("div", { class: "stack" }, shown, status, buttons),
  );
  element.classList.add("bill");
  return {
    element,
    show(ledger, member, nextName) {
      if (ledger === whose.ledger && member === whose.member) return;
      whose = { ledger, member };
      [name, line] = [nextName, -1];
      right.hidden = true;
      delete shown.dataset.checked;
      shown.replaceChildren();
      status.textContent = t`Making the bill…`;
      void make(-1);
    },
  };
}
