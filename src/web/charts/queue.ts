import { el, stillness, svg } from "../dom.js";
import { energy, price as priceText } from "../format.js";
import type { Step, WalkOrder } from "../worker/explain.js";
import { drawn } from "./plot.js";

/** What the queue is drawn from. */
export interface QueueData {
  readonly offers: readonly WalkOrder[];
  readonly bids: readonly WalkOrder[];
  readonly offerNames: readonly string[];
  readonly bidNames: readonly string[];
}

interface Block {
  readonly group: SVGGElement;
  readonly fill: SVGRectElement;
  readonly width: number;
  readonly height: number;
}

const gap = 5;
/** Most that a store's block is wide: it may hold many times what anyone trades. */
const storeWidth = 54;

/**
 * The two queues: sellers above, buyers below, each order a block as wide as its quantity and as high as its price.
 * `show` moves the blocks to where a step has them and sends the lot of a trade from seller to buyer.
 */
export function createQueue(onPick: (side: "offer" | "bid", index: number) => void): {
  readonly element: HTMLElement;
  load(data: QueueData): void;
  show(step: Step, text: string, pace: number): void;
} {
  const element = el("div", { class: "queue" });
  let data: QueueData | null = null;
  let step: Step | null = null;
  let text = "";
  let pace = 1;
  let blocks: { offer: Block[]; bid: Block[] } = { offer: [], bid: [] };
  let layout = { unit: 1, level: 1, base: { offer: 0, bid: 0 }, margin: 0 };
  let lots: SVGGElement | null = null;

  const paint = drawn(element, (root, width, height) => {
    if (data === null) return;
    const rowHeight = (height - 64) / 2;
    const orders = { offer: data.offers, bid: data.bids };
    const stores = data.offers.filter((order) => order.store).length;
    const wanted = (side: "offer" | "bid"): number =>
      (width -
        4 -
        gap * Math.max(0, orders[side].length - 1) -
        (side === "offer" ? storeWidth * stores : 0)) /
      Math.max(
        1,
        orders[side].reduce((sum, order) => sum + (order.store ? 0 : order.quantity), 0),
      );
    const top = Math.max(
      ...data.offers.map((order) => order.price),
      ...data.bids.map((order) => order.price),
      1,
    );
    layout = {
      unit: Math.max(0, Math.min(wanted("offer"), wanted("bid"))),
      level: (rowHeight - 18) / top,
      base: { offer: 24 + rowHeight, bid: height - 4 },
      margin: 2,
    };
    root.append(
      svg("text", { class: "row-title offer", x: 2, y: 12 }, "Sellers"),
      svg("text", { class: "row-title bid", x: 2, y: layout.base.offer + 30 }, "Buyers"),
    );
    const make = (side: "offer" | "bid"): Block[] =>
      orders[side].map((order, index) => {
        const wide = Math.max(
          3,
          Math.min(order.quantity * layout.unit, order.store ? storeWidth : Number.POSITIVE_INFINITY),
        );
        const high = Math.max(3, Math.max(0, order.price) * layout.level);
        const names = side === "offer" ? data!.offerNames : data!.bidNames;
        const fill = svg("rect", { class: "fill", x: 0, y: -high, width: wide, height: high, rx: 3 });
        const group = svg(
          "g",
          { class: `block ${side}${order.store ? " store" : ""}`, onclick: () => onPick(side, index) },
          svg("title", {}, `${names[index]}: ${energy(order.quantity)} at ${priceText(order.price)}`),
          svg("rect", { class: "hull", x: 0, y: -high, width: wide, height: high, rx: 3 }),
          fill,
        );
        const short = names[index]!.match(/[0-9]+$/)?.[0] ?? names[index]!.slice(0, 3);
        if (wide > 16)
          group.append(
            svg(
              "text",
              { x: wide / 2, y: -high - 5, "text-anchor": "middle" },
              wide > names[index]!.length * 6.4 ? names[index]! : short,
            ),
          );
        root.append(group);
        return { group, fill, width: wide, height: high };
      });
    blocks = { offer: make("offer"), bid: make("bid") };
    lots = svg("g", { "aria-hidden": "true" });
    root.append(lots);
    element.classList.add("still");
    arrange(false);
    requestAnimationFrame(() => element.classList.toggle("still", stillness()));
  });

  /** Puts every block where the step has it; returns where each stands. */
  function arrange(moving: boolean): void {
    if (step === null || data === null) return;
    const now = step;
    element.querySelector("svg")?.setAttribute("aria-label", text);
    const at = { offer: [] as number[], bid: [] as number[] };
    for (const side of ["offer", "bid"] as const) {
      const queue = side === "offer" ? now.offers : now.bids;
      const left = side === "offer" ? now.offerLeft : now.bidLeft;
      const orders = side === "offer" ? data.offers : data.bids;
      const standing = new Set(queue);
      const order = [...queue, ...orders.map((_, index) => index).filter((index) => !standing.has(index))];
      let x = layout.margin;
      for (const index of order) {
        const block = blocks[side][index]!;
        at[side][index] = x;
        block.group.style.transform = `translate(${x}px, ${layout.base[side]}px)`;
        const part = left[index]! / orders[index]!.quantity;
        block.fill.style.width = `${part === 0 ? 0 : Math.max(2, block.width * part)}px`;
        const names = block.group.classList;
        names.toggle("active", now[side] === index && now.kind !== "start");
        names.toggle("done", left[index] === 0 && now[side] !== index);
        names.toggle("pooled", now.phase === "pool" && side === "offer" && standing.has(index));
        x += block.width + gap;
      }
    }
    if (moving && now.quantity > 0 && !stillness()) send(now, at);
  }

  /** Sends a lot from the seller's block to the buyer's. */
  function send(now: Step, at: { offer: number[]; bid: number[] }): void {
    const wide = Math.max(5, now.quantity * layout.unit);
    const lot = svg("rect", { class: "lot", width: wide, height: 12, rx: 3, y: -12 });
    lot.style.transform = `translate(${at.offer[now.offer]}px, ${layout.base.offer - 4}px)`;
    lot.style.transitionDuration = `${Math.round(620 / pace)}ms`;
    lots?.replaceChildren(lot);
    lot.getBoundingClientRect(); // so that the move starts from the seller
    const high = blocks.bid[now.bid]!.height;
    lot.style.transform = `translate(${at.bid[now.bid]}px, ${layout.base.bid - high / 2 + 6}px)`;
    lot.addEventListener("transitionend", () => lot.remove());
    setTimeout(() => lot.remove(), 1500);
  }

  return {
    element,
    load(next) {
      data = next;
      step = null;
      paint();
    },
    show(next, says, speed) {
      const forward = step !== null && next !== step;
      step = next;
      text = says;
      pace = speed;
      lots?.replaceChildren();
      arrange(forward);
    },
  };
}
