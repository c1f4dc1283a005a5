/**
 * The block that is open: its header and records, checking it, tampering with it, proving a trade, copying and pasting.
 */
import type { App } from "../app.js";
import { sectionWords, tradeWords } from "../blockwords.js";
import { dataTable } from "../charts/figure.js";
import { createPath } from "../charts/path.js";
import { el } from "../dom.js";
import { count, duration, energy, localTime, money, price, share } from "../format.js";
import { counted, t } from "../say.js";
import { words } from "../trouble.js";
import { carrierNames, sideWords } from "../words.js";
import type { BlockShown, InLedger, Proved } from "../worker/ledger.js";
import { pasting, tampering } from "./attempts.js";
import { checkList } from "./checks.js";
import { answer, busy, part } from "./parts.js";
import { threadTo } from "./thread.js";

/** Checks the block in this browser, with how far it has come: everything before is executed again. */
function verifying(app: App, at: InLedger): { readonly button: HTMLElement; readonly verdict: HTMLElement } {
  const verdict = answer();
  const button: HTMLButtonElement = el(
    "button",
    {
      type: "button",
      class: "button main",
      onclick: () =>
        void busy(button, verdict, async () => {
          const onNews = (done: number): void => {
            verdict.textContent = t`Executing the blocks before it again: ${share(Math.floor(done * 100) / 100, 1)}`;
          };
          const checks = await app.client.call("verify", at, { onNews });
          const took = checks.reduce((sum, check) => sum + check.took, 0);
          const good = checks.every((check) => check.ok);
          const text = good
            ? t`This block is valid. Checked in ${duration(took)}, with code independent of what sealed it.`
            : t`This block is not valid.`;
          return [el("p", {}, text), checkList(checks)];
        }),
    },
    t`Verify this block here`,
  );
  return { button, verdict };
}

function copying(
  app: App,
  at: InLedger,
  bytes: number,
): { readonly button: HTMLElement; readonly copied: HTMLElement } {
  const copied = answer();
  const button: HTMLButtonElement = el(
    "button",
    {
      type: "button",
      class: "button",
      onclick: () =>
        void busy(button, copied, async () => {
          const text = await app.client.call("copy", at);
          const area = el("textarea", { readonly: true, "aria-label": t`The block in base64` });
          area.value = text;
          try {
            await navigator.clipboard.writeText(text);
            return [el("p", { class: "note" }, t`Copied: ${count(bytes)} bytes in base64.`), area];
          } catch {
            return [el("p", { class: "note" }, t`Select the text and copy it.`), area];
          }
        }),
    },
    t`Copy block`,
  );
  return { button, copied };
}

/** The block's period as the community's clock has it, and its number. */
function periodWords(block: BlockShown): string {
  if (block.height === 0) return t`genesis: the contracts of the day`;
  const start = block.timestampMs - block.periodMs;
  return t`began ${localTime(start, block.utcOffsetMinutes)}; period ${count(block.period)} since 1 January 1970`;
}

function factsOf(block: BlockShown): HTMLElement {
  const row = (name: string, value: string, hash = false): HTMLElement[] => [
    el("dt", {}, name),
    el("dd", hash ? { class: "hash" } : {}, value),
  ];
  return el(
    "dl",
    { class: "facts" },
    ...row(t`Hash`, block.hash, true),
    ...row(t`Block before`, block.previous, true),
    ...row(t`Root over all before`, block.history, true),
    ...row(t`Contracts in force`, block.rules, true),
    ...row(t`Market`, block.marketId, true),
    ...row(t`Period`, periodWords(block)),
  );
}

function headerCard(app: App, at: InLedger, block: BlockShown): HTMLElement {
  const { button: verify, verdict } = verifying(app, at);
  const { button: copy, copied } = copying(app, at, block.bytes);
  return part(
    t`Block ${block.height}`,
    t`${count(block.bytes)} bytes, sealed ${localTime(block.timestampMs, block.utcOffsetMinutes)}`,
    el(
      "div",
      { class: "stack" },
      factsOf(block),
      dataTable({
        caption: t`What it holds`,
        columns: [t`Section`, t`Records`, t`Bytes`, t`Root`],
        rows: block.sections.map((section) => [
          section.stored ? sectionWords[section.name] : t`${sectionWords[section.name]}, the root only`,
          count(section.count),
          section.stored ? count(section.bytes) : t`none`,
          `${section.root.slice(0, 16)}…`,
        ]),
      }),
      el(
        "div",
        { class: "row" },
        verify,
        copy,
        ...(block.height === 0 ? [] : [threadTo(app, "period"), threadTo(app, "day")]),
      ),
      verdict,
      copied,
    ),
  );
}

const pathTable = (found: Proved): HTMLElement =>
  el(
    "details",
    { class: "behind" },
    el("summary", {}, t`Table: the path`),
    dataTable({
      caption: t`The path, from the row of the trade upwards`,
      columns: [t`Level`, t`Neighbour`, t`Side`, t`Together`],
      rows: found.steps.map((step, level) => [
        String(level + 1),
        `${step.sibling.slice(0, 16)}…`,
        step.left ? t`to the left` : t`to the right`,
        `${step.hash.slice(0, 16)}…`,
      ]),
    }),
  );

/** The proof that a trade is in the block: its path to the root, drawn. */
function proving(app: App, at: InLedger, block: BlockShown) {
  const path = createPath();
  const proof = answer();
  path.element.hidden = true;
  const prove = async (index: number): Promise<void> => {
    const trade = block.trades[index]!;
    try {
      const found = await app.client.call("prove", { ...at, index });
      const [first, end] = found.row;
      const { length } = found.steps;
      const root = `${found.root.slice(0, 8)}…`;
      const text = [
        counted(
          length,
          t`Trade ${index + 1} of ${count(found.count)} is in this block: it stands in the row of trades ${first + 1} to ${end}, and 1 hash leads from there to the root ${root} in the header.`,
          t`Trade ${index + 1} of ${count(found.count)} is in this block: it stands in the row of trades ${first + 1} to ${end}, and ${length} hashes lead from there to the root ${root} in the header.`,
          t`Trade ${index + 1} of ${count(found.count)} is in this block: it stands in the row of trades ${first + 1} to ${end}, which is itself the root ${root} in the header.`,
        ),
        found.ok ? t`The root that comes out is the same.` : t`Another root comes out!`,
      ].join(" ");
      path.element.hidden = false;
      path.show(found, `${trade.seller} → ${trade.buyer}`, text);
      proof.replaceChildren(el("p", {}, text), pathTable(found));
      path.element.scrollIntoView({ block: "nearest" });
    } catch (error) {
      proof.replaceChildren(el("p", { class: "notice bad" }, words(error)));
    }
  };
  return { path, proof, prove };
}

function tradesTable(block: BlockShown, onRow: (index: number) => void): HTMLElement {
  const all = block.sections.find(({ name }) => name === "trades")!.count;
  const listed = block.trades.length;
  if (listed === 0) return el("p", { class: "note" }, t`No trades in this period.`);
  return dataTable(
    {
      // Where a table lists only the first of many, its caption says so.
      caption:
        all > listed
          ? t`Trades, the first ${listed}. Choose one to prove that it is in the block.`
          : t`Trades. Choose one to prove that it is in the block.`,
      columns: [
        t`Seller`,
        t`Buyer`,
        t`Kind of energy`,
        t`Energy`,
        t`Seller gets`,
        t`Buyer pays`,
        t`Amount`,
        t`Way`,
      ],
      rows: block.trades.map((trade) => [
        trade.seller,
        trade.buyer,
        carrierNames[trade.carrier],
        energy(trade.quantity),
        price(trade.supplyPrice),
        price(trade.usePrice),
        money(trade.quantity * trade.usePrice),
        tradeWords[trade.kind],
      ]),
    },
    onRow,
  );
}

function ordersTable(app: App, block: BlockShown): HTMLElement {
  const all = block.sections.find(({ name }) => name === "orders")!.count;
  const listed = block.orders.length;
  if (listed === 0) return el("p", { class: "note" }, t`No orders in this block.`);
  const time = ((block.height - 1) * block.periodMs) / 60_000;
  return dataTable(
    {
      caption:
        all > listed
          ? t`Orders, the first ${listed}, in order of arrival. Choose one to see the day from its door.`
          : t`Orders, in order of arrival. Choose one to see the day from its door.`,
      columns: [t`Who`, t`Side`, t`Kind of energy`, t`Energy`, t`Limit`],
      rows: block.orders.map((order) => [
        order.who,
        sideWords[order.side],
        carrierNames[order.carrier],
        energy(order.quantity),
        price(order.price),
      ]),
    },
    (index) => app.update({ view: "home", home: block.orders[index]!.participant, time }),
  );
}

function recordsCard(app: App, at: InLedger, block: BlockShown): HTMLElement {
  const { path, proof, prove } = proving(app, at, block);
  return part(
    t`Orders and trades`,
    t`Proof: a trade is in the block if its path leads to the root.`,
    el(
      "div",
      { class: "stack" },
      tradesTable(block, (index) => void prove(index)),
      proof,
      path.element,
      ordersTable(app, block),
    ),
  );
}

/**
 * Makes the place for the block that is open. `onBroken` is called with the height of the block that stands tampered
 * with on the page, −1 for none. What is shown belongs to the ledger that was asked for last, or to none.
 */
export function openBlockCard(
  app: App,
  onBroken: (height: number) => void,
): {
  readonly element: HTMLElement;
  show(at: InLedger): void;
  /** Shows nothing: the ledger is another one. */
  clear(): void;
} {
  let shown = "";
  const element = el("div", { class: "view" });
  async function open(at: InLedger, key: string): Promise<void> {
    try {
      const block = await app.client.call("block", at);
      if (key !== shown) return;
      element.replaceChildren(
        headerCard(app, at, block),
        el(
          "div",
          { class: "pair" },
          tampering(app, at, (broken) => onBroken(broken ? at.height : -1)),
          pasting(app, at.ledger),
        ),
        recordsCard(app, at, block),
      );
      app.announce(t`Block ${at.height} is open.`);
    } catch (error) {
      if (key === shown)
        element.replaceChildren(el("p", { class: "notice bad", role: "alert" }, words(error)));
    }
  }
  return {
    element,
    show(at) {
      const key = `${at.height} ${at.ledger}`;
      if (key === shown) return;
      shown = key;
      onBroken(-1);
      void open(at, key);
    },
    clear() {
      shown = "";
      onBroken(-1);
      element.replaceChildren();
    },
  };
}
