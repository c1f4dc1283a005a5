/** Why each order of a member was or was not served in a period, in sentences with their numbers. */
import type { App } from "../app.js";
import { el, freshId } from "../dom.js";
import { energy, money, price, span } from "../format.js";
import { t } from "../say.js";
import type { Settings } from "../settings/settings.js";
import { words } from "../trouble.js";
import { carrierWords } from "../words.js";
import type { Part } from "../worker/home/fate.js";
import type { OrderWhy } from "../worker/home/reasons.js";
import { part } from "./parts.js";
import { threadTo } from "./thread.js";

/** What a unit of a part cost on average. */
const mean = ({ quantity, amount }: Part): string => price(amount / quantity);

function askedWords({ side, price: limit, fate }: OrderWhy, name: string): string {
  return side === "offer"
    ? t`${name} offered ${energy(fate.quantity)} for at least ${price(limit)}.`
    : t`${name} asked for ${energy(fate.quantity)} and would pay at most ${price(limit)}.`;
}

function soldWords({ fate }: OrderWhy): string[] {
  const { quantity, direct, partners, pooled, grid, left } = fate;
  const all = direct.quantity === quantity;
  const said: string[] = [];
  if (direct.quantity > 0) {
    const [sold, at] = [energy(direct.quantity), mean(direct)];
    if (partners === 1)
      said.push(
        all ? t`All of it went to one neighbour, at ${at}.` : t`One neighbour bought ${sold}, at ${at}.`,
      );
    else
      said.push(
        all
          ? t`All of it went to ${partners} neighbours, at ${at} on average.`
          : t`${partners} neighbours bought ${sold}, at ${at} on average.`,
      );
  }
  if (pooled.quantity > 0)
    said.push(
      pooled.quantity === quantity
        ? t`All of it was sold through the pool or to a battery, at ${mean(pooled)}.`
        : t`Through the pool or to a battery went ${energy(pooled.quantity)}, at ${mean(pooled)}.`,
    );
  if (grid.quantity > 0)
    said.push(
      grid.quantity === quantity
        ? t`All of it went to the grid, which pays ${mean(grid)}.`
        : t`To the grid went ${energy(grid.quantity)}, at ${mean(grid)}.`,
    );
  if (left > 0)
    said.push(left === quantity ? t`None of it was sold.` : t`The rest, ${energy(left)}, was not sold.`);
  return said;
}

function boughtWords({ fate }: OrderWhy): string[] {
  const { quantity, direct, partners, pooled, grid, paused, left } = fate;
  const all = direct.quantity === quantity;
  const said: string[] = [];
  if (direct.quantity > 0) {
    const [bought, at] = [energy(direct.quantity), mean(direct)];
    if (partners === 1)
      said.push(
        all ? t`All of it came from one neighbour, at ${at}.` : t`One neighbour sold it ${bought}, at ${at}.`,
      );
    else
      said.push(
        all
          ? t`All of it came from ${partners} neighbours, at ${at} on average.`
          : t`${partners} neighbours sold it ${bought}, at ${at} on average.`,
      );
  }
  if (pooled.quantity > 0)
    said.push(
      pooled.quantity === quantity
        ? t`All of it came through the pool, at ${mean(pooled)}.`
        : t`From the pool came ${energy(pooled.quantity)}, at ${mean(pooled)}.`,
    );
  if (paused.quantity > 0)
    said.push(
      t`${energy(paused.quantity)} was paused, as its contract allows; for that it was paid ${money(paused.amount)}.`,
    );
  if (grid.quantity > 0)
    said.push(
      grid.quantity === quantity
        ? t`All of it came from the grid, which asks ${mean(grid)}.`
        : t`From the grid came ${energy(grid.quantity)}, at ${mean(grid)}.`,
    );
  if (left > 0) said.push(t`${energy(left)} was not served.`);
  return said;
}

/** Why direct trade left some of an order. */
function directWords({ side, direct, fate }: OrderWhy): string[] {
  if (direct === null) return [];
  const sells = side === "offer";
  const some = fate.direct.quantity > 0;
  switch (direct.why) {
    case "nobody":
      return [sells ? t`Nobody asked for any.` : t`Nobody else offered any.`];
    case "price":
      return [
        sells
          ? t`Nobody asked for it at that price: the highest bid was ${price(direct.best)}.`
          : t`Nobody sold at that price: the lowest offer was ${price(direct.best)}.`,
      ];
    case "used": {
      const count = direct.agreeing;
      if (count === 1)
        return [
          sells
            ? some
              ? t`The one buyer at that price got the rest of what it wanted from other sellers.`
              : t`The one buyer at that price got all it wanted from other sellers.`
            : some
              ? t`The one seller at that price sold the rest to other buyers.`
              : t`The one seller at that price sold all it had to other buyers.`,
        ];
      return [
        sells
          ? some
            ? t`The ${count} buyers at that price got the rest of what they wanted from other sellers.`
            : t`The ${count} buyers at that price got all they wanted from other sellers.`
          : some
            ? t`The ${count} sellers at that price sold the rest to other buyers.`
            : t`The ${count} sellers at that price sold all they had to other buyers.`,
      ];
    }
    case "line":
      return [t`The line of ${direct.area} was full and held some of it back.`];
    case "place":
      return [t`At its place, ${direct.area}, the price was ${price(direct.price)}.`];
    default:
      return [];
  }
}

/** Why the pool left some of an order. */
function poolWords({ side, pool, fate }: OrderWhy): string[] {
  if (pool === null) return [];
  const sells = side === "offer";
  if (pool.why === "none") return [t`There is no pool.`];
  if (pool.why === "barred") return [t`Its contract keeps what is left out of the pool.`];
  const [at, limit] = [price(pool.price), price(pool.limit)];
  if (pool.why === "limit")
    return [
      sells
        ? t`The pool pays ${at}; its contract asks for ${limit} there.`
        : t`The pool sells at ${at}; its contract pays at most ${limit} there.`,
    ];
  if (!sells) return [t`The pool, which sells at ${at}, had nothing left for it.`];
  return [
    fate.direct.quantity + fate.pooled.quantity > 0
      ? t`The pool, which pays ${at}, had no buyer for the rest.`
      : t`The pool, which pays ${at}, had no buyer for it.`,
  ];
}

/** What another limit would have brought. */
function insteadWords({ side, instead, fate }: OrderWhy): string[] {
  if (instead === null) return [];
  const sells = side === "offer";
  const at = price(instead.price);
  if (instead.all)
    return [
      sells
        ? t`Asking ${at}, it would have sold all of it in the community.`
        : t`Offering ${at}, it would have got all of it in the community.`,
    ];
  const more = instead.quantity > fate.direct.quantity + fate.pooled.quantity;
  if (more)
    return [
      sells
        ? t`Even asking ${at}, which is what the grid pays, it would have sold only ${energy(instead.quantity)} of it in the community.`
        : t`Even offering ${at}, which is what the grid asks, it would have got only ${energy(instead.quantity)} of it in the community.`,
    ];
  return [
    sells
      ? t`Even asking ${at}, which is what the grid pays, it would have sold no more of it in the community.`
      : t`Even offering ${at}, which is what the grid asks, it would have got no more of it in the community.`,
  ];
}

/** What became of an order and why, sentence by sentence. */
export function whyWords(order: OrderWhy, name: string): string[] {
  const came = order.side === "offer" ? soldWords(order) : boughtWords(order);
  return [
    askedWords(order, name),
    ...came,
    ...directWords(order),
    ...poolWords(order),
    ...insteadWords(order),
  ];
}

/** The period to ask about, by slider or by what is clicked elsewhere, and the sentences on its orders. */
export function openWhy(
  app: App,
  onPick: (place: number) => void,
): {
  readonly element: HTMLElement;
  /** Asks about a member, who has the name, in the period that the settings name. */
  show(ledger: string, member: number, name: string, settings: Settings): void;
} {
  const id = freshId("period");
  const slider = el("input", { id, type: "range", min: 0, oninput: () => onPick(Number(slider.value)) });
  const when = el("output", { class: "when", for: id });
  const said = el("div", { class: "stack", role: "status" });
  const links = el(
    "div",
    { class: "row" },
    threadTo(app, "period"),
    threadTo(app, "day"),
    threadTo(app, "ledger"),
  );
  let running = new AbortController();
  const element = part(
    t`Why it was served, or not`,
    t`Everything here follows from the block of the period. Where a price is named that would have been enough, the period was cleared again with it.`,
    el(
      "div",
      { class: "stack" },
      el("div", { class: "row scrub" }, el("label", { for: id }, t`Period`), slider, when),
      said,
      links,
    ),
  );
  return {
    element,
    show(ledger, member, name, { time, minutes }) {
      const place = Math.floor(time / minutes);
      slider.max = String(1440 / minutes - 1);
      slider.value = String(place);
      const text = span(time, minutes);
      when.textContent = text;
      slider.setAttribute("aria-valuetext", text);
      running.abort();
      const mine = new AbortController();
      running = mine;
      app.client.call("why", { ledger, member, place }, { signal: mine.signal }).then(
        (orders) =>
          said.replaceChildren(
            ...(orders.length === 0
              ? [el("p", {}, t`${name} had no order in this period.`)]
              : orders.map((order) =>
                  el(
                    "div",
                    { class: "why-order" },
                    el("h3", {}, carrierWords[order.carrier]),
                    el("p", {}, whyWords(order, name).join(" ")),
                  ),
                )),
          ),
        (error: unknown) => {
          if (!mine.signal.aborted) said.replaceChildren(el("p", { class: "notice bad" }, words(error)));
        },
      );
    },
  };
}
