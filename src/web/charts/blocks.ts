/**
 * The blocks of the walk's queues: as wide as an order's quantity and as high as its price, with what is written at
 * them.
 */
import { svg } from "../dom.js";
import { energy, price as priceText } from "../format.js";
import { t } from "../say.js";
import type { WalkOrder } from "../worker/explain.js";

/** What the queue is drawn from. */
export interface QueueData {
  readonly offers: readonly WalkOrder[];
  readonly bids: readonly WalkOrder[];
  readonly offerNames: readonly string[];
  readonly bidNames: readonly string[];
}

/** A side of the market, as its row is called. */
export type Side = "offer" | "bid";
export const sides = ["offer", "bid"] as const;

/** A block as it is drawn; sizes in pixels. */
export interface Block {
  /** What moves: the block with what is written at it. */
  readonly group: SVGGElement;
  /** What takes the focus: the block alone, under its label. */
  readonly key: SVGGElement;
  readonly fill: SVGRectElement;
  readonly width: number;
  readonly height: number;
}

/** How large everything is drawn, and where the two rows stand. */
export interface Layout {
  /** Pixels of a quantity tick, and of a price tick. */
  readonly unit: number;
  readonly level: number;
  readonly base: Readonly<Record<Side, number>>;
}

/** Pixels between two blocks, and before the first. */
export const gap = 5;
export const margin = 2;
/** Most that a store's block is wide: it may hold many times what anyone trades. */
const storeWidth = 54;
/** Width of a letter of a block's name, about. */
const letter = 6.4;

/** The orders of a side, and who they belong to. */
export const ordersOf = (data: QueueData, side: Side): readonly WalkOrder[] =>
  side === "offer" ? data.offers : data.bids;
export const namesOf = (data: QueueData, side: Side): readonly string[] =>
  side === "offer" ? data.offerNames : data.bidNames;

/** The largest scale at which both queues fit. */
export function layoutOf(data: QueueData, width: number, height: number): Layout {
  const rowHeight = (height - 64) / 2;
  const stores = data.offers.filter((order) => order.store).length;
  const wanted = (side: Side): number => {
    const orders = ordersOf(data, side);
    const taken = gap * Math.max(0, orders.length - 1) + (side === "offer" ? storeWidth * stores : 0);
    const quantity = orders.reduce((sum, order) => sum + (order.store ? 0 : order.quantity), 0);
    return (width - 2 * margin - taken) / Math.max(1, quantity);
  };
  const top = Math.max(...sides.flatMap((side) => ordersOf(data, side).map((order) => order.price)), 1);
  return {
    unit: Math.max(0, Math.min(wanted("offer"), wanted("bid"))),
    level: (rowHeight - 18) / top,
    base: { offer: 24 + rowHeight, bid: height - 4 },
  };
}

/** What is written at a block: its name above, upright where it is narrow, and its figures inside where they fit. */
function writing(name: string, short: string, order: WalkOrder, wide: number, high: number): SVGElement[] {
  const text = (at: { x: number; y: number; turn?: boolean }, words: string, kind: string): SVGTextElement =>
    svg(
      "text",
      {
        class: kind,
        // The label of the block says the same, and more.
        "aria-hidden": "true",
        x: at.x,
        y: at.y,
        "text-anchor": at.turn ? "start" : "middle",
        transform: at.turn ? `rotate(-90 ${at.x} ${at.y})` : null,
      },
      words,
    );
  const parts: SVGElement[] = [];
  if (wide > name.length * letter) parts.push(text({ x: wide / 2, y: -high - 5 }, name, "name"));
  else if (wide > short.length * letter) parts.push(text({ x: wide / 2, y: -high - 5 }, short, "name"));
  else if (wide > 10 && high > short.length * letter + 6)
    parts.push(text({ x: wide / 2 + 4, y: -5, turn: true }, short, "name"));
  const figures = [energy(order.quantity), priceText(order.price)];
  if (wide > Math.max(...figures.map((each) => each.length)) * letter && high > 34)
    parts.push(
      text({ x: wide / 2, y: -high / 2 - 2 }, figures[0]!, "figures"),
      text({ x: wide / 2, y: -high / 2 + 11 }, figures[1]!, "figures"),
    );
  return parts;
}

/** Two strokes across the edges of a block that is drawn narrower than its energy: its figures stand between them. */
const cutMark = (wide: number, high: number): SVGPathElement => {
  const long = Math.min(12, high / 3);
  const stroke = (x: number): string => `M${x} ${-high - 3}l-4 ${long}M${x - 4} ${3 - long}l-4 ${long}`;
  return svg("path", { class: "cut", d: stroke(wide - 13) + stroke(wide - 8) });
};

/** A cross in the upper corner of a block, beside its figures; in the middle of one that is too low for it. */
const crossMark = (wide: number, high: number): SVGPathElement => {
  const x = Math.max(wide / 2, wide - 8);
  const y = -Math.max(high / 2, high - 8);
  return svg("path", { class: "mark", d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8` });
};

/** A block, not yet anywhere. */
export function makeBlock(data: QueueData, layout: Layout, side: Side, index: number, short: string): Block {
  const order = ordersOf(data, side)[index]!;
  const name = namesOf(data, side)[index]!;
  const natural = order.quantity * layout.unit;
  const wide = Math.max(3, Math.min(natural, order.store ? storeWidth : Number.POSITIVE_INFINITY));
  const high = Math.max(3, Math.max(0, order.price) * layout.level);
  const fill = svg("rect", { class: "fill", x: 0, y: -high, width: wide, height: high, rx: 3 });
  const key = svg(
    "g",
    {
      class: "key",
      role: "button",
      tabindex: -1,
      "aria-label":
        side === "offer"
          ? t`${name}, sells ${energy(order.quantity)} at ${priceText(order.price)} per kWh`
          : t`${name}, buys ${energy(order.quantity)} at ${priceText(order.price)} per kWh`,
    },
    svg("rect", { class: "hull", x: 0, y: -high, width: wide, height: high, rx: 3 }),
    fill,
    natural > wide + 1 ? cutMark(wide, high) : null,
  );
  const group = svg(
    "g",
    {
      class: `block ${side}${order.store ? " store" : ""}`,
      "data-side": side,
      "data-index": index,
    },
    key,
    ...writing(name, short, order, wide, high),
    crossMark(wide, high),
  );
  return { group, key, fill, width: wide, height: high };
}
