/** The dialog about one order: what it wanted, what it got, from whom and for how much, and why not more. */
import type { App } from "../app.js";
import { dataTable } from "../charts/figure.js";
import { el } from "../dom.js";
import { count, energy, money, price } from "../format.js";
import { t } from "../say.js";
import { words } from "../trouble.js";
import { tradesWords } from "../words.js";
import type { OrderShown } from "../worker/period.js";

/** What came of the order, in a sentence. */
function outcomeWords({ line }: OrderShown): string {
  const sells = line.side === "offer";
  const done = line.direct + line.pooled;
  if (done === 0) return sells ? t`Sold nothing in this period.` : t`Got nothing in this period.`;
  const [part, whole] = [energy(done), energy(line.quantity)];
  return sells
    ? t`Sold ${part} of ${whole} for ${money(line.amount)}, ${money(line.gain)} more than its minimum.`
    : t`Got ${part} of ${whole} for ${money(line.amount)}, ${money(line.gain)} less than it would have paid.`;
}

function facts({ line }: OrderShown): HTMLElement {
  const sells = line.side === "offer";
  const row = (name: string, value: string): HTMLElement[] => [el("dt", {}, name), el("dd", {}, value)];
  return el(
    "dl",
    {},
    ...row(sells ? t`Offers` : t`Asks for`, energy(line.quantity)),
    ...row(sells ? t`At least` : t`At most`, t`${price(line.price)} per kWh`),
    ...row(t`Traded directly`, energy(line.direct)),
    ...row(t`Through the pool`, energy(line.pooled)),
    ...row(sells ? t`Not sold` : t`Not served`, energy(line.left)),
  );
}

function tradesTable({ line, trades }: OrderShown): HTMLElement {
  return dataTable({
    caption: tradesWords(trades.length),
    columns: [line.side === "offer" ? t`Buyer` : t`Seller`, t`Energy`, t`Price`, t`Amount`],
    rows: trades.map((trade) => [
      trade.pool ? t`${trade.other} (pool)` : trade.other,
      energy(trade.quantity),
      price(trade.price),
      money(trade.quantity * trade.price),
    ]),
  });
}

/** The way to the door of whoever's order it is; null for an order that is no member's of the day. */
const doorOf = (app: App, { member, name }: OrderShown["line"], close: () => void): HTMLElement | null =>
  member === undefined
    ? null
    : el(
        "button",
        {
          type: "button",
          class: "button",
          onclick: () => {
            close();
            app.update({ view: "home", home: member });
          },
        },
        t`See the day from the door of ${name}`,
      );

function dialogOf(app: App, order: OrderShown): HTMLDialogElement {
  const { line, trades } = order;
  const dialog = el("dialog", { class: "detail", "aria-labelledby": "order-name" });
  const place = count(line.index + 1);
  const arrival =
    line.side === "offer"
      ? t`${line.kind}, offer ${place} in order of arrival`
      : t`${line.kind}, bid ${place} in order of arrival`;
  dialog.append(
    el(
      "div",
      { class: "inside" },
      el(
        "div",
        { class: "head" },
        el("div", {}, el("h2", { id: "order-name" }, line.name), el("p", { class: "note" }, arrival)),
        el("button", { type: "button", class: "button", onclick: () => dialog.close() }, t`Close`),
      ),
      el("p", {}, outcomeWords(order)),
      facts(order),
      trades.length > 0 ? tradesTable(order) : null,
      doorOf(app, line, () => dialog.close()),
    ),
  );
  return dialog;
}

/**
 * Opens the dialog about an order. A click beside it closes it, and the focus goes back to where it was opened from.
 */
export async function showOrder(app: App, side: "offer" | "bid", index: number): Promise<void> {
  const opener = document.activeElement;
  let order: OrderShown;
  try {
    order = await app.client.call("order", { side, index });
  } catch (error) {
    return app.tell({ text: words(error), bad: true });
  }
  const dialog = dialogOf(app, order);
  // All of the dialog is covered by what is inside it: a click that reaches the dialog itself lies beside.
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener instanceof HTMLElement || opener instanceof SVGElement) opener.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
