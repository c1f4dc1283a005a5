import type { App } from "../app.js";
import { dataTable } from "../charts/figure.js";
import { createPath } from "../charts/path.js";
import { el } from "../dom.js";
import { count, duration, energy, money, price } from "../format.js";
import { pasting, tampering } from "./attempts.js";
import { checkList } from "./checks.js";
import { answer, busy, part } from "./parts.js";

type Opened = Awaited<ReturnType<typeof readBlock>>;
const readBlock = (app: App, height: number) => app.client.call("block", height);

/**
 * The block that is open: header, records, checking it, tampering with it, proving a trade, copying and pasting.
 * `onBroken` hears whether the block stands tampered with on the page.
 */
export function openBlockCard(
  app: App,
  onBroken: (height: number, broken: boolean) => void,
): {
  readonly element: HTMLElement;
  show(height: number): Promise<void>;
} {
  let shown = -1;
  let marked = -1;
  const element = el("div", { class: "view" });

  const mark = (broken: boolean): void => {
    clean();
    if (!broken) return;
    marked = shown;
    onBroken(shown, true);
  };
  const clean = (): void => {
    if (marked >= 0) onBroken(marked, false);
    marked = -1;
  };
  function header(block: Opened): HTMLElement {
    const row = (name: string, value: string, hash = false): HTMLElement[] => [
      el("dt", {}, name),
      el("dd", hash ? { class: "hash" } : {}, value),
    ];
    const sealed = new Date(block.timestampMs).toISOString().replace("T", " ").slice(0, 19);
    const verdict = answer();
    const verify: HTMLButtonElement = el(
      "button",
      {
        type: "button",
        class: "button main",
        onclick: () =>
          void busy(verify, verdict, async () => {
            clean();
            const checks = await app.client.call("verify", block.height);
            const took = checks.reduce((sum, check) => sum + check.took, 0);
            const good = checks.every((check) => check.ok);
            return [
              el(
                "p",
                {},
                good
                  ? `This block holds. Checked in ${duration(took)}, with other code than sealed it.`
                  : "This block does not hold.",
              ),
              checkList(checks),
            ];
          }),
      },
      "Verify this block here",
    );
    const copied = answer();
    const copy: HTMLButtonElement = el(
      "button",
      {
        type: "button",
        class: "button",
        onclick: () =>
          void busy(copy, copied, async () => {
            const text = await app.client.call("copy", block.height);
            const area = el("textarea", { readonly: true, "aria-label": "The block in base64" });
            area.value = text;
            try {
              await navigator.clipboard.writeText(text);
              return [el("p", { class: "note" }, `Copied: ${count(block.bytes)} bytes in base64.`), area];
            } catch {
              return [el("p", { class: "note" }, "Select the text and copy it."), area];
            }
          }),
      },
      "Copy it out",
    );
    return part(
      `Block ${block.height}`,
      `${count(block.bytes)} bytes, sealed ${sealed} UTC`,
      el(
        "div",
        { class: "stack" },
        el(
          "dl",
          { class: "facts" },
          ...row("Hash", block.hash, true),
          ...row("Block before", block.previous, true),
          ...row("Root over all before", block.history, true),
          ...row("Contracts in force", block.rules, true),
          ...row("Market", block.marketId, true),
          ...row("Period", count(block.period)),
        ),
        dataTable({
          caption: "What it holds",
          columns: ["Section", "Records", "Bytes", "Root"],
          rows: block.sections.map((section) => [
            section.name,
            count(section.count),
            count(section.bytes),
            `${section.root.slice(0, 16)}…`,
          ]),
        }),
        el("div", { class: "row" }, verify, copy),
        verdict,
        copied,
      ),
    );
  }

  function records(block: Opened): HTMLElement {
    const more = (all: number, listed: number): string => (all > listed ? `, the first ${listed}` : "");
    const path = createPath();
    const proof = answer();
    path.element.hidden = true;
    const prove = async (index: number): Promise<void> => {
      const trade = block.trades[index]!;
      const found = await app.client.call("prove", { height: block.height, index });
      const text = `Trade ${index + 1} of ${count(found.count)} is in this block: ${found.steps.length} hashes lead from it to the root ${found.root.slice(0, 8)}… in the header. ${found.ok ? "The root that comes out is the same." : "Another root comes out!"}`;
      proof.replaceChildren(el("p", {}, text));
      path.element.hidden = false;
      path.show(found, `${trade.seller} → ${trade.buyer}`, text);
      const table = dataTable({
        caption: "The path, from the trade upwards",
        columns: ["Level", "Neighbour", "Side", "Together"],
        rows: found.steps.map((step, level) => [
          String(level + 1),
          `${step.sibling.slice(0, 16)}…`,
          step.left ? "left" : "right",
          `${step.hash.slice(0, 16)}…`,
        ]),
      });
      proof.append(el("details", { class: "behind" }, el("summary", {}, "Table: the path"), table));
      path.element.scrollIntoView({ block: "nearest" });
    };
    const orders = block.sections.find(({ name }) => name === "orders")!.count;
    const trades = block.sections.find(({ name }) => name === "trades")!.count;
    const tradeTable =
      block.trades.length === 0
        ? el("p", { class: "note" }, "No trades in this period.")
        : dataTable(
            {
              caption: `Trades${more(trades, block.trades.length)}. Choose one to prove that it is in the block.`,
              columns: ["Seller", "Buyer", "Carrier", "Energy", "Price", "Amount", "Way"],
              rows: block.trades.map((trade) => [
                trade.seller,
                trade.buyer,
                trade.carrier,
                energy(trade.quantity),
                price(trade.price),
                money(trade.quantity * trade.price),
                trade.kind,
              ]),
            },
            (index) => void prove(index),
          );
    return part(
      "Orders and trades",
      "Proof: a trade is in the block if its path leads to the root.",
      el(
        "div",
        { class: "stack" },
        tradeTable,
        proof,
        path.element,
        block.orders.length === 0
          ? el("p", { class: "note" }, "No orders in this block.")
          : dataTable({
              caption: `Orders${more(orders, block.orders.length)}, in order of arrival`,
              columns: ["Who", "Side", "Carrier", "Energy", "Limit"],
              rows: block.orders.map((order) => [
                order.who,
                order.side,
                order.carrier,
                energy(order.quantity),
                price(order.price),
              ]),
            }),
      ),
    );
  }

  return {
    element,
    async show(height) {
      if (height === shown) return;
      shown = height;
      clean();
      const block = await readBlock(app, height);
      if (height !== shown) return;
      element.replaceChildren(
        header(block),
        el("div", { class: "pair" }, tampering(app, height, mark), pasting(app)),
        records(block),
      );
      app.announce(`Block ${height} is open.`);
    },
  };
}
