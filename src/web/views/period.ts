/** The market of one period: what came of it, how it came about, and everyone in it. */
import type { App, View } from "../app.js";
import { bandWords, createBands } from "../charts/bands.js";
import { createCurves, type Picked } from "../charts/curves.js";
import { createFigure, type Figure, type Table } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { el } from "../dom.js";
import { count, duration, energy, money, plural, price, share, span } from "../format.js";
import { latest } from "../latest.js";
import { t } from "../say.js";
import { isDay, isOwn, keyOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { createTrouble } from "../trouble.js";
import { mechanismWords } from "../words.js";
import type { Curve } from "../worker/curves.js";
import type { OrderLine, PeriodResult } from "../worker/period.js";
import type { Pace } from "../worker/timing.js";
import { askForOrders, waitingWords } from "./asking.js";
import { openDownloads } from "./downloads.js";
import { showOrder } from "./participant.js";
import { head, tile, tileRow } from "./parts.js";
import { threadTo } from "./thread.js";
import { openWalk } from "./walk.js";

/** A picture of a period, drawn anew for every result. */
interface Card {
  readonly element: HTMLElement;
  draw(result: PeriodResult): void;
}

type Pick = (side: "offer" | "bid", index: number) => void;

const curveOf = (result: PeriodResult, side: Picked["side"]): Curve =>
  side === "offer" ? result.supply : result.demand;

/** What is said of a step of a curve under the pointer. */
function stepWords(result: PeriodResult, { side, step }: Picked): string {
  const curve = curveOf(result, side);
  const size = curve.until[step]! - (curve.until[step - 1] ?? 0);
  const index = curve.order[step]!;
  const line = index < 0 ? null : lineOf(result, side, index);
  const who = line ? line.name : side === "offer" ? "Sellers around here" : "Buyers around here";
  const limit = side === "offer" ? "asks at least" : "pays at most";
  return `${who}: ${energy(size)}, ${limit} ${price(curve.price[step]!)}\n${share(curve.filled[step]!, 1)} ${side === "offer" ? "sold" : "served"}`;
}

const lineOf = (result: PeriodResult, side: "offer" | "bid", index: number): OrderLine | null =>
  result.orders?.[side === "offer" ? index : result.offers + result.lots + index] ?? null;

const ordersTable = (orders: readonly OrderLine[]): Table => ({
  caption: "Orders in order of arrival, sellers first",
  columns: ["Who", "Side", "Energy", "Limit", "Direct", "Pool", "Left", "Amount"],
  rows: orders.map((order) => [
    order.name,
    order.store ? "store" : order.side,
    energy(order.quantity),
    price(order.price),
    energy(order.direct),
    energy(order.pooled),
    energy(order.left),
    money(order.amount),
  ]),
});

const stepsTable = (result: PeriodResult): Table => ({
  caption: "Both curves, in steps",
  columns: ["Up to", "Side", "Price", "Filled"],
  rows: (["offer", "bid"] as const).flatMap((side) =>
    Array.from(curveOf(result, side).until, (until, step) => [
      energy(until),
      side,
      price(curveOf(result, side).price[step]!),
      share(curveOf(result, side).filled[step]!, 1),
    ]),
  ),
});

function curvesCard(app: App, pick: Pick): Card {
  let result: PeriodResult | null = null;
  const chart = createCurves(
    (picked) => (result === null ? "" : stepWords(result, picked)),
    ({ side, step }) => {
      const index = result === null ? -1 : curveOf(result, side).order[step]!;
      if (index >= 0) pick(side, index);
    },
    app.announce,
  );
  const figure = createFigure("Supply and demand", "");
  figure.body.append(
    chart.element,
    legend([
      ["supply", "supply, cheapest first; shaded where sold"],
      ["demand", "demand, highest bid first; shaded where served"],
    ]),
  );
  return {
    element: figure.element,
    draw(now) {
      result = now;
      const { orders, clearingPrice } = now;
      const sold = energy(now.direct + now.pooled);
      const clearing = clearingPrice === null ? "" : ` Clearing price ${price(clearingPrice)}.`;
      chart.show(
        now,
        `Supply and demand curves. ${energy(now.offered)} offered by ${plural(now.offers, "seller")}, ${energy(now.asked)} asked for by ${plural(now.bids, "buyer")}; ${sold} sold.${clearing}`,
      );
      figure.describe(
        orders
          ? "Point at an order, or use the arrow keys; click or Enter opens it."
          : "Each step stands for many orders.",
        () => (orders ? ordersTable(orders) : stepsTable(now)),
        orders ? (row) => pick(orders[row]!.side, orders[row]!.index) : undefined,
      );
    },
  };
}

function bandsCard(): Card {
  const chart = createBands(bandWords);
  const figure: Figure = createFigure("Who gains what", "");
  figure.body.append(
    chart.element,
    legend([
      ["demand-soft", "the buyer pays this much less than it would have"],
      ["supply-soft", "the seller gets this much more than it asked"],
      ["ink", "the price"],
      ["pool", "through the pool"],
    ]),
  );
  return {
    element: figure.element,
    draw(now) {
      const gains = `Sellers gain ${money(now.sellersGain)}, buyers ${money(now.buyersGain)}`;
      chart.show(now, `${plural(now.bands.length, "column")}, trades in order of execution. ${gains}.`);
      figure.describe(`${gains} against their limits.`, () => ({
        caption: now.tradeLines ? "Trades in order of execution" : "Trades in order of execution, in groups",
        columns: ["Energy", "Seller’s limit", "Price", "Buyer’s limit", "Way"],
        rows: now.bands.map((band) => [
          energy(band.quantity),
          price(band.low),
          price(band.price),
          price(band.high),
          band.pool ? "pool" : "direct",
        ]),
      }));
    },
  };
}

function tilesOf(now: PeriodResult): HTMLElement[] {
  const sold = now.direct + now.pooled;
  return [
    tile(
      "Traded directly",
      energy(now.direct),
      `${plural(now.trades, "trade")}, ${share(now.direct, now.asked)} of demand`,
    ),
    tile(
      "Through the pool",
      energy(now.pooled),
      now.poolPrice === null ? "no pool" : plural(now.poolTrades, "trade"),
    ),
    tile(
      t`Not sold here`,
      energy(now.idle),
      now.grid === null
        ? t`of ${energy(now.offered)} offered`
        : t`of ${energy(now.offered)}; ${energy(now.grid.exported)} to the grid`,
    ),
    tile(
      t`Not served here`,
      energy(now.unserved),
      now.grid === null
        ? t`of ${energy(now.asked)} asked for`
        : t`of ${energy(now.asked)}; ${energy(now.grid.imported)} from the grid`,
    ),
    now.clearingPrice !== null
      ? tile("Clearing price", price(now.clearingPrice), "per kWh, the same for all")
      : sold === 0
        ? tile("Average price", "No trades", "")
        : tile("Average price", price(now.amount / sold), "per kWh"),
    paceTile(now, null),
  ];
}

/** How long the clearing takes: the median of several on a warm engine, and the first, cold one apart. */
function paceTile({ offers, bids, took }: PeriodResult, pace: Pace | null): HTMLElement {
  const orders = plural(offers + bids, "order");
  return pace === null
    ? tile("Cleared in, median", "…", `${orders}; the first ${duration(took)}`)
    : tile("Cleared in, median", duration(pace.median), `${orders}; the first ${duration(pace.first)}`);
}

/** What is on show, in a sentence or two. */
const leadOf = (app: App, settings: Settings): string => {
  const { sentence } = mechanismWords[settings.mechanism];
  return isOwn("period", app.own)
    ? `The orders of ${app.own!.name}. ${sentence}`
    : `${span(settings.time, settings.minutes)}. ${sentence}`;
};

/** Clears what is asked for, one thing at a time, and then measures how long it takes. */
function openClearing(
  app: App,
  wait: (settings: Settings, part: number) => void,
  draw: (settings: Settings, result: PeriodResult, pace: Pace | null) => void,
) {
  let measuring = new AbortController();
  const trouble = createTrouble(() => clear({ settings: app.settings(), done: () => undefined }));
  type Wish = { readonly settings: Settings; readonly done: () => void };
  const clear = latest(async ({ settings, done }: Wish, overtaken) => {
    measuring.abort();
    measuring = new AbortController();
    const { signal } = measuring;
    try {
      const result = await askForOrders(app, "period", settings, {
        signal: overtaken,
        onNews: (part) => wait(settings, part),
      });
      trouble.hide();
      draw(settings, result, null);
      // Without waiting for it: the figures stand there already, and the next setting ends it.
      app.client.call("pace", null, { signal }).then(
        (pace) => draw(settings, result, pace),
        () => undefined,
      );
    } catch (error) {
      if (overtaken.aborted) return;
      trouble.show(t`This could not be cleared.`, error);
    }
    done();
  });
  return { trouble, clear };
}

export function openPeriod(app: App): View {
  let lastKey = "";
  const pick: Pick = (side, index) => void showOrder(app, side, index);
  const lead = el("p", { class: "lead" });
  const waiting = el("span", { class: "note" });
  const tiles = tileRow();
  const walk = openWalk(app, pick);
  const cards = [curvesCard(app, pick), bandsCard()];
  const wait = (settings: Settings, part: number): void => {
    waiting.textContent = waitingWords(settings, part);
  };
  const { trouble, clear } = openClearing(app, wait, (settings, now, pace) => {
    if (pace !== null) {
      tiles.lastElementChild!.replaceWith(paceTile(now, pace));
      return;
    }
    waiting.textContent = "";
    tiles.replaceChildren(...tilesOf(now));
    walk.show(now, settings);
    for (const card of cards) card.draw(now);
    const sold = energy(now.direct + now.pooled);
    app.announce(`${count(now.trades)} trades, ${sold} of ${energy(now.asked)} served.`);
  });
  const thread = el("div", { class: "row" }, threadTo(app, "day"), threadTo(app, "ledger"), waiting);
  const element = el(
    "div",
    { class: "view" },
    head("The market of one period", lead),
    trouble.element,
    tiles,
    thread,
    walk.element,
    ...cards.map((card) => card.element),
    openDownloads(app),
  );
  return {
    element,
    hide: () => walk.stop(),
    show(settings) {
      thread.hidden = isOwn("period", app.own) || !isDay(settings);
      const key = keyOf("period", settings, app.own);
      if (key === lastKey) return;
      lastKey = key;
      lead.textContent = leadOf(app, settings);
      element.setAttribute("aria-busy", "true");
      const done = (): void => {
        if (key === lastKey) element.removeAttribute("aria-busy");
      };
      clear({ settings, done });
    },
  };
}
