import type { App } from "../app.js";
import { dataTable } from "../charts/figure.js";
import { el } from "../dom.js";
import { count, energy, money, moneyChange, plural, price } from "../format.js";

/** Opens the dialog that shows one participant's order: what it wanted, what it got, from whom and for how much. */
export async function showOrder(app: App, side: "offer" | "bid", index: number): Promise<void> {
  const { line, trades } = await app.client.call("order", { side, index });
  const sells = side === "offer";
  const done = line.direct + line.pooled;
  const dialog = el("dialog", { class: "detail", "aria-labelledby": "order-name" });
  const row = (name: string, value: string): HTMLElement[] => [el("dt", {}, name), el("dd", {}, value)];
  dialog.append(
    el(
      "div",
      { class: "head" },
      el(
        "div",
        {},
        el("h2", { id: "order-name" }, line.name),
        el(
          "p",
          { class: "note" },
          `${line.kind}, ${sells ? "offer" : "bid"} ${count(line.index + 1)} in order of arrival`,
        ),
      ),
      el("button", { type: "button", class: "button", onclick: () => dialog.close() }, "Close"),
    ),
    el(
      "p",
      {},
      done === 0
        ? `${sells ? "Sold" : "Got"} nothing in this period.`
        : `${sells ? "Sold" : "Got"} ${energy(done)} of ${energy(line.quantity)} for ${money(line.amount)}, which is ${moneyChange(line.gain)} ${sells ? "more than it asked at least" : "less than it would have paid"}.`,
    ),
    el(
      "dl",
      {},
      ...row(sells ? "Offers" : "Asks for", energy(line.quantity)),
      ...row(sells ? "At least" : "At most", `${price(line.price)} per kWh`),
      ...row("Traded directly", energy(line.direct)),
      ...row("Through the pool", energy(line.pooled)),
      ...row(sells ? "Not sold" : "Not served", energy(line.left)),
    ),
  );
  if (trades.length > 0)
    dialog.append(
      dataTable({
        caption: plural(trades.length, "trade"),
        columns: [sells ? "Buyer" : "Seller", "Energy", "Price", "Amount"],
        rows: trades.map((trade) => [
          trade.pool ? `${trade.other} (pool)` : trade.other,
          energy(trade.quantity),
          price(trade.price),
          money(trade.quantity * trade.price),
        ]),
      }),
    );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
