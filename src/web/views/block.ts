import type { App } from "../app.js";
import { dataTable } from "../charts/figure.js";
import { createPath } from "../charts/path.js";
import { el, freshId } from "../dom.js";
import { count, duration, energy, money, price } from "../format.js";
import type { Target } from "../worker/ledger.js";
import { checkList } from "./checks.js";

type Opened = Awaited<ReturnType<typeof readBlock>>;
const readBlock = (app: App, height: number) => app.client.call("block", height);

const targets: readonly (readonly [Target, string])[] = [
  ["price", "the price of a trade"],
  ["quantity", "the energy of a trade"],
  ["order", "the quantity of an order"],
  ["posting", "an amount that was paid"],
  ["timestamp", "the time in the header"],
  ["random", "any byte at all"],
];

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

  const clean = (): void => {
    if (marked >= 0) onBroken(marked, false);
    marked = -1;
  };
  const part = (title: string, note: string, ...children: HTMLElement[]): HTMLElement => {
    const id = freshId("part");
    return el(
      "section",
      { class: "card", "aria-labelledby": id },
      el("div", { class: "head" }, el("h2", { id }, title), el("p", { class: "note" }, note)),
      ...children,
    );
  };
  /** A place for an answer that screen readers are told of. */
  const answer = (): HTMLElement => el("div", { class: "answer", role: "status" });
  const busy = async (
    button: HTMLButtonElement,
    into: HTMLElement,
    act: () => Promise<HTMLElement[]>,
  ): Promise<void> => {
    button.disabled = true;
    try {
      into.replaceChildren(...(await act()));
    } catch (error) {
      into.replaceChildren(
        el("p", { class: "notice bad" }, error instanceof Error ? error.message : String(error)),
      );
    } finally {
      button.disabled = false;
    }
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

  function tampering(block: Opened): HTMLElement {
    const what = el(
      "select",
      { id: freshId("target") },
      ...targets.map(([value, name]) => el("option", { value }, name)),
    );
    const repair = el("input", { type: "checkbox" });
    const verdict = answer();
    const tamper: HTMLButtonElement = el(
      "button",
      {
        type: "button",
        class: "button bad",
        onclick: () =>
          void busy(tamper, verdict, async () => {
            clean();
            const change = {
              height: block.height,
              target: what.value as Target,
              repair: repair.checked,
              random: Math.random(),
            };
            const found = await app.client.call("tamper", change);
            const broken = found.checks.filter((check) => !check.ok);
            if (broken.length > 0) {
              marked = block.height;
              onBroken(block.height, true);
            }
            const values =
              found.before === "" || found.before === found.after
                ? ""
                : ` It said ${found.before}${found.after === "" ? "" : ` and now says ${found.after}`}.`;
            return [
              el(
                "p",
                {},
                el("strong", {}, broken.length > 0 ? "Found out. " : "Not found out. "),
                `Byte ${count(found.offset)} changed from ${found.byteBefore} to ${found.byteAfter}: ${found.field}.${values} ${broken.length} of ${found.checks.length} checks fail.`,
              ),
              checkList(found.checks),
            ];
          }),
      },
      "Tamper with this block",
    );
    return part(
      "Try to cheat",
      "Changes a copy; the ledger itself stays as it is.",
      el("div", { class: "row" }, el("label", { for: what.id }, "Change"), what, tamper),
      el("label", { class: "check" }, repair, "and repair the roots, as a careful forger would"),
      verdict,
    );
  }

  function pasting(): HTMLElement {
    const area = el("textarea", { id: freshId("paste"), spellcheck: "false" });
    const verdict = answer();
    const check: HTMLButtonElement = el(
      "button",
      {
        type: "button",
        class: "button",
        onclick: () =>
          void busy(check, verdict, async () => {
            const found = await app.client.call("paste", area.value);
            const known = found.checks.length > 0;
            return [
              el(
                "p",
                {},
                `A block of ${count(found.bytes)} bytes that says it is number ${count(found.height)}, hash ${found.hash.slice(0, 16)}…. ${found.same ? "It is the same as the one in this ledger." : known ? "It differs from the one in this ledger." : "This ledger has no such block."}`,
              ),
              ...(known ? [checkList(found.checks)] : []),
            ];
          }),
      },
      "Check it",
    );
    return part(
      "Paste one in",
      "A block in base64, as “Copy it out” writes it.",
      el(
        "div",
        { class: "stack" },
        el("label", { class: "unseen", for: area.id }, "A block in base64"),
        area,
        el("div", { class: "row" }, check),
        verdict,
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
        el("div", { class: "pair" }, tampering(block), pasting()),
        records(block),
      );
      app.announce(`Block ${height} is open.`);
    },
  };
}
