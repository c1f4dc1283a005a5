/**
 * The two queues of the walk: sellers above, buyers below, each order a block as wide as its quantity and as high as
 * its price. Blocks move to where a step has them; the pair of a trade is joined by a line along which its energy goes.
 */
import { el, stillness, svg } from "../dom.js";
import { energy, price as priceText } from "../format.js";
import { t } from "../say.js";
import type { Step } from "../worker/explain.js";
import {
  type Block,
  gap,
  type Layout,
  layoutOf,
  makeBlock,
  margin,
  namesOf,
  ordersOf,
  type QueueData,
  type Side,
  sides,
} from "./blocks.js";
import { createTip } from "./legend.js";
import { shortNames } from "./names.js";
import { drawn } from "./plot.js";

/** The line that joins the two of a trade, from the seller's block down to the buyer's. */
function joint(from: { x: number; y: number }, to: { x: number; y: number }): SVGPathElement {
  const turn = (from.y + to.y) / 2;
  return svg("path", {
    class: "joint",
    d: `M${from.x} ${from.y}C${from.x} ${turn} ${to.x} ${turn} ${to.x} ${to.y}`,
  });
}

/** Everything that is drawn now. */
interface Stage {
  readonly data: QueueData;
  readonly layout: Layout;
  readonly blocks: Readonly<Record<Side, readonly Block[]>>;
  /** Where lines and moving lots go. */
  readonly air: SVGGElement;
}

function build(root: SVGSVGElement, data: QueueData, width: number, height: number): Stage {
  const layout = layoutOf(data, width, height);
  root.append(
    svg("text", { class: "row-title offer", x: 2, y: 12 }, t`Sellers`),
    svg("text", { class: "row-title bid", x: 2, y: layout.base.offer + 30 }, t`Buyers`),
  );
  const short = shortNames([...data.offerNames, ...data.bidNames]);
  const make = (side: Side): Block[] =>
    ordersOf(data, side).map((_, index) =>
      makeBlock(data, layout, side, index, short[side === "offer" ? index : data.offers.length + index]!),
    );
  const blocks = { offer: make("offer"), bid: make("bid") };
  for (const side of sides) root.append(...blocks[side].map(({ group }) => group));
  const air = svg("g", { "aria-hidden": "true", class: "air" });
  root.append(air);
  return { data, layout, blocks, air };
}

/** The orders of a side as they stand: the queue, and behind it who is not in it. */
function standing(data: QueueData, step: Step, side: Side): number[] {
  const queue = side === "offer" ? step.offers : step.bids;
  const inLine = new Set(queue);
  const rest = ordersOf(data, side).flatMap((_, index) => (inLine.has(index) ? [] : [index]));
  return [...queue, ...rest];
}

/** Whether a step passed over an order: those who were in turn lead, the others are passed. */
const passedOver = (step: Step, side: Side, index: number): boolean =>
  step.kind === "trade" &&
  (step.phase === "A" ? side === "bid" : step.phase === "B" && side === "offer") &&
  step.passed.includes(index);

/** Puts every block where the step has it and marks what the step says of it; returns where each stands. */
function arrange({ data, layout, blocks }: Stage, step: Step): Record<Side, number[]> {
  const at: Record<Side, number[]> = { offer: [], bid: [] };
  for (const side of sides) {
    const left = side === "offer" ? step.offerLeft : step.bidLeft;
    const queue = new Set(side === "offer" ? step.offers : step.bids);
    let x = margin;
    for (const index of standing(data, step, side)) {
      const block = blocks[side][index]!;
      at[side][index] = x;
      block.group.style.transform = `translate(${x}px, ${layout.base[side]}px)`;
      const part = left[index]! / ordersOf(data, side)[index]!.quantity;
      block.fill.style.width = `${part === 0 ? 0 : Math.max(2, block.width * part)}px`;
      const { classList } = block.group;
      classList.toggle("active", step[side] === index && step.kind !== "start");
      classList.toggle("done", left[index] === 0 && step[side] !== index);
      classList.toggle("pooled", step.phase === "pool" && side === "offer" && queue.has(index));
      classList.toggle("passed", passedOver(step, side, index));
      x += block.width + gap;
    }
  }
  return at;
}

/** Joins the two of a trade, and sends the energy along where things may move. */
function connect(stage: Stage, step: Step, at: Record<Side, number[]>, moving: boolean, pace: number): void {
  const { air, blocks, layout } = stage;
  air.replaceChildren();
  const [seller, buyer] = [blocks.offer[step.offer], blocks.bid[step.bid]];
  if (step.quantity === 0 || seller === undefined || buyer === undefined) return;
  const from = { x: at.offer[step.offer]! + seller.width / 2, y: layout.base.offer };
  const to = { x: at.bid[step.bid]! + buyer.width / 2, y: layout.base.bid - buyer.height - 17 };
  air.append(joint(from, to));
  if (!moving || stillness()) return;
  const wide = Math.max(5, step.quantity * layout.unit);
  const lot = svg("rect", { class: "lot", width: wide, height: 12, rx: 3, x: -wide / 2, y: -6 });
  lot.style.transform = `translate(${from.x}px, ${from.y - 10}px)`;
  lot.style.transitionDuration = `${Math.round(620 / pace)}ms`;
  air.append(lot);
  lot.getBoundingClientRect(); // so that the move starts from the seller
  lot.style.transform = `translate(${to.x}px, ${to.y + 6}px)`;
  lot.addEventListener("transitionend", () => lot.remove());
  setTimeout(() => lot.remove(), 1500);
}

/** Where a key goes from a block: along its row, or to the other; null for other keys. */
function neighbour(
  stage: Stage,
  step: Step,
  side: Side,
  index: number,
  key: string,
): { side: Side; index: number } | null {
  const row = standing(stage.data, step, side);
  const place = row.indexOf(index);
  const along = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: row.length - 1 }[key];
  if (along !== undefined) return { side, index: row[Math.max(0, Math.min(row.length - 1, along))]! };
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const other = key === "ArrowUp" ? "offer" : "bid";
  const others = standing(stage.data, step, other);
  const to = others[Math.min(place, others.length - 1)];
  return to === undefined ? null : { side: other, index: to };
}

/** What a block says under the pointer or the focus. */
function blockWords({ data }: Stage, step: Step, side: Side, index: number): string {
  const order = ordersOf(data, side)[index]!;
  const left = (side === "offer" ? step.offerLeft : step.bidLeft)[index]!;
  const [who, much, limit] = [namesOf(data, side)[index]!, energy(order.quantity), priceText(order.price)];
  return side === "offer"
    ? `${t`${who}: ${much}, asks at least ${limit}`}\n${t`${energy(left)} left`}`
    : `${t`${who}: ${much}, pays at most ${limit}`}\n${t`${energy(left)} still needed`}`;
}

/** The block that an event came from. */
function blockOf(event: Event): { side: Side; index: number } | null {
  const group = (event.target as Element).closest<SVGGElement>(".block");
  return group === null ? null : { side: group.dataset.side as Side, index: Number(group.dataset.index) };
}

/** Answers pointer and keys: a note at the block that is pointed at, and the way from block to block. */
function listen(
  host: HTMLElement,
  tip: ReturnType<typeof createTip>,
  now: () => { stage: Stage; step: Step } | null,
  onPick: (side: Side, index: number) => void,
): void {
  const tell = (event: Event): void => {
    const at = blockOf(event);
    const drawn = now();
    if (at === null || drawn === null) tip.hide();
    else {
      const box = drawn.stage.blocks[at.side][at.index]!.group.getBoundingClientRect();
      const words = blockWords(drawn.stage, drawn.step, at.side, at.index);
      tip.say(words, box.right - host.getBoundingClientRect().left);
    }
  };
  for (const name of ["pointerover", "focusin"]) host.addEventListener(name, tell);
  for (const name of ["pointerleave", "focusout"]) host.addEventListener(name, () => tip.hide());
  host.addEventListener("click", (event) => {
    const at = blockOf(event);
    if (at !== null) onPick(at.side, at.index);
  });
  host.addEventListener("keydown", (event) => {
    const at = blockOf(event);
    const drawn = now();
    if (at === null || drawn === null) return;
    if (event.key === "Enter" || event.key === " ") onPick(at.side, at.index);
    else {
      const to = neighbour(drawn.stage, drawn.step, at.side, at.index, event.key);
      if (to === null) return;
      drawn.stage.blocks[to.side][to.index]!.key.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  });
}

/** The queues as a chart. A click or Enter on a block calls `onPick`; the arrow keys go from block to block. */
export function createQueue(onPick: (side: Side, index: number) => void): {
  readonly element: HTMLElement;
  load(data: QueueData): void;
  show(step: Step, text: string, pace: number): void;
} {
  const host = el("div", { class: "queue-room" });
  const element = el("div", { class: "queue" }, host);
  let data: QueueData | null = null;
  let step: Step | null = null;
  let stage: Stage | null = null;
  let text = "";

  const paint = drawn(
    host,
    (root, width, height) => {
      if (data === null) return;
      stage = build(root, data, width, height);
      element.classList.add("still");
      put(false, 1);
      requestAnimationFrame(() => element.classList.toggle("still", stillness()));
    },
    "group",
  );
  function put(moving: boolean, pace: number): void {
    if (step === null || stage === null) return;
    host.querySelector("svg")?.setAttribute("aria-label", text);
    connect(stage, step, arrange(stage, step), moving, pace);
    // One stop for the Tab key: the front of the sellers' queue, or of the buyers'.
    const front = {
      offer: standing(stage.data, step, "offer")[0],
      bid: standing(stage.data, step, "bid")[0],
    };
    for (const side of sides)
      for (const [index, { key }] of stage.blocks[side].entries())
        key.setAttribute("tabindex", front[side] === index ? "0" : "-1");
  }
  const now = (): { stage: Stage; step: Step } | null =>
    stage === null || step === null ? null : { stage, step };
  listen(host, createTip(element), now, onPick);

  return {
    element,
    load(next) {
      data = next;
      step = null;
      paint();
    },
    show(next, says, pace) {
      const forward = step !== null && next !== step;
      step = next;
      text = says;
      put(forward, pace);
    },
  };
}
