/** The chain of a ledger that was handed over, drawn as the page draws its own, with what was found of each block. */
import { dataTable, type Table } from "../../charts/figure.js";
import { el } from "../../dom.js";
import { clock, count, localTime } from "../../format.js";
import { t } from "../../say.js";
import type { BlockLine, LedgerShown } from "../../worker/notary/shown.js";
import { type ChainBlock, openChain } from "../chain.js";
import { hiddenTable } from "../parts.js";
import { stateWords } from "./words.js";

/** Most blocks that are drawn: of a longer ledger those around the first bad one, or the last. */
const mostDrawn = 600;

/** The clock at which a block was sealed (UTC). */
function sealedAt(timestampMs: number): string {
  const moment = new Date(timestampMs);
  return clock(moment.getUTCHours() * 60 + moment.getUTCMinutes());
}

const chainBlock = ({ height, timestampMs, hash, state }: BlockLine): ChainBlock => ({
  height,
  lines: [
    hash === "" ? "" : sealedAt(timestampMs),
    hash === "" ? "" : `${hash.slice(0, 8)}…`,
    `${state === "executed" ? "✓ " : state === "bad" || state === "after" ? "✗ " : ""}${stateWords(state)}`,
  ],
});

/** The blocks that are drawn. */
function drawn({ blocks, bad }: LedgerShown): readonly BlockLine[] {
  if (blocks.length <= mostDrawn) return blocks;
  const middle = bad?.height ?? blocks.length;
  const end = Math.min(blocks.length, Math.max(mostDrawn, middle + mostDrawn / 2));
  return blocks.slice(end - mostDrawn, end);
}

/** Who shared with whom by a block, how much, and for what. */
function sharedTable({ shared }: BlockLine): HTMLElement | null {
  if (shared === null || shared.lines.length === 0) return null;
  const { count: all, lines } = shared;
  return dataTable({
    caption:
      all > lines.length
        ? t`Shared in this block, the first ${lines.length} of ${count(all)}; what goes back is below zero`
        : t`Shared in this block; what goes back is below zero`,
    columns: [t`Who supplied`, t`Who received`, t`Kind of energy`, t`Energy`, t`Amount`, t`Metered in`],
    rows: lines.map((each) => [
      each.supplier,
      each.receiver,
      each.carrier,
      each.energy,
      each.amount,
      each.period,
    ]),
  });
}

/** What is known of one block. */
const factsOf = (block: BlockLine): HTMLElement => {
  const row = (name: string, value: string, isHash = false): HTMLElement[] => [
    el("dt", {}, name),
    el("dd", isHash ? { class: "hash" } : {}, value),
  ];
  return el(
    "dl",
    { class: "facts" },
    ...row(t`Block ${count(block.height)}`, stateWords(block.state)),
    ...row(t`Sealed`, block.hash === "" ? "" : localTime(block.timestampMs, 0)),
    ...row(t`Orders and trades`, t`${count(block.orders)} orders, ${count(block.trades)} trades`),
    ...(block.shared === null ? [] : row(t`Shared`, t`${count(block.shared.count)} times`)),
    ...row(t`Hash`, block.hash, true),
    ...row(t`Block before`, block.previous, true),
  );
};

const tableOf = (blocks: readonly BlockLine[]): Table => ({
  caption: t`All blocks`,
  columns: [t`Block`, t`Found`, t`Orders`, t`Trades`, t`Hash`],
  rows: blocks.map(({ height, state, orders, trades, hash }) => [
    String(height),
    stateWords(state),
    count(orders),
    count(trades),
    hash === "" ? "" : `${hash.slice(0, 16)}…`,
  ]),
});

/** Draws it, the first bad block or else the last one open. */
export function sentChain(ledger: LedgerShown, prefix: string): HTMLElement {
  const { blocks, bad } = ledger;
  const facts = el("div", { class: "answer" });
  const open = (height: number): void => {
    const block = blocks[height];
    if (block === undefined) return;
    chain.select(height);
    facts.replaceChildren(el("div", { class: "stack" }, factsOf(block), sharedTable(block)));
  };
  const chain = openChain(open, prefix);
  const shown = drawn(ledger);
  chain.add(shown.map(chainBlock));
  chain.mark(bad?.height ?? -1, {
    broken: t`Not what it should be`,
    after: t`Builds on a block that is not what it should be`,
  });
  for (const { height, state } of shown)
    if (state === "skipped" || state === "withheld")
      chain.element.querySelector(`#${prefix}-${height}`)?.classList.add("unchecked");
  // Once it lies in the page, for it scrolls to the block.
  requestAnimationFrame(() => open(bad?.height ?? blocks.length - 1));
  const left = blocks.length - shown.length;
  const table = hiddenTable(t`Table: all blocks`, () => tableOf(blocks));
  return el(
    "div",
    { class: "stack" },
    left > 0
      ? el("p", { class: "note" }, t`${count(shown.length)} of ${count(blocks.length)} blocks are drawn.`)
      : null,
    chain.element,
    facts,
    table.element,
  );
}
