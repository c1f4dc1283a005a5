/** The market of one period: what came of it, how it came about, and everyone in it. */
import type { App, View } from "../app.js";
import { bandWords, createBands } from "../charts/bands.js";
import { createCurves, type Picked } from "../charts/curves.js";
import { createFigure, type Figure, type Table } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { el } from "../dom.js";
import { count, duration, energy, money, price, share, span } from "../format.js";
import { latest } from "../latest.js";
import { counted, t } from "../say.js";
import { isDay, isOwn, keyOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { createTrouble } from "../trouble.js";
import { mechanismWords, sideWords, tradesWords } from "../words.js";
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
  const limit = price(curve.price[step]!);
  const part = share(curve.filled[step]!, 1);
  if (side === "offer") {
    const who = line?.name ?? t`Sellers around here`;
    return `${t`${who}: ${energy(size)}, asks at least ${limit}`}\n${t`${part} sold`}`;
  }
  const who = line?.name ?? t`Buyers around here`;
  return `${t`${who}: ${energy(size)}, pays at most ${limit}`}\n${t`${part} served`}`;
}

const lineOf = (result: PeriodResult, side: "offer" | "bid", index: number): OrderLine | null =>
  result.orders?.[side === "offer" ? index : result.offers + result.lots + index] ?? null;

const ordersTable = (orders: readonly OrderLine[]): Table => ({
  caption: t`Orders in order of arrival, sellers first`,
  columns: [t`Who`, t`Side`, t`Energy`, t`Limit`, t`Direct`, t`Pool`, t`Left`, t`Amount`],
  rows: orders.map((order) => [
    order.name,
    order.store ? t`store` : sideWords[order.side],
    energy(order.quantity),
    price(order.price),
    energy(order.direct),
    energy(order.pooled),
    energy(order.left),
    money(order.amount),
  ]),
});

const stepsTable = (result: PeriodResult): Table => ({
  caption: t`Both curves, in steps`,
  columns: [t`Up to`, t`Side`, t`Price`, t`Filled`],
  rows: (["offer", "bid"] as const).flatMap((side) =>
    Array.from(curveOf(result, side).until, (until, step) => [
      energy(until),
      sideWords[side],
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
  const figure = createFigure(t`Supply and demand`, "");
  figure.body.append(
    chart.element,
    legend([
      ["supply", t`supply, cheapest first; shaded where sold`],
      ["demand", t`demand, highest bid first; shaded where served`],
    ]),
  );
  return {
    element: figure.element,
    draw(now) {
      result = now;
      const { orders, clearingPrice } = now;
      const sold = energy(now.direct + now.pooled);
      const [offered, asked] = [energy(now.offered), energy(now.asked)];
      const said = [
        t`Supply and demand curves.`,
        counted(
          now.offers,
          t`${offered} offered by 1 seller.`,
          t`${offered} offered by ${count(now.offers)} sellers.`,
        ),
        counted(
          now.bids,
          t`${asked} asked for by 1 buyer.`,
          t`${asked} asked for by ${count(now.bids)} buyers.`,
        ),
        t`${sold} sold.`,
        ...(clearingPrice === null ? [] : [t`Clearing price ${price(clearingPrice)}.`]),
      ];
      chart.show(now, said.join(" "));
      figure.describe(
        orders
          ? t`Point at an order, or use the arrow keys; click or Enter opens it.`
          : t`Each step stands for many orders.`,
        () => (orders ? ordersTable(orders) : stepsTable(now)),
        orders ? (row) => pick(orders[row]!.side, orders[row]!.index) : undefined,
      );
    },
  };
}

function bandsCard(): Card {
  const chart = createBands(bandWords);
  const figure: Figure = createFigure(t`Who gains what`, "");
  figure.body.append(
    chart.element,
    legend([
      ["demand-soft", t`the buyer pays this much less than it would have`],
      ["supply-soft", t`the seller gets this much more than it asked`],
      ["ink", t`the price`],
      ["pool", t`through the pool`],
    ]),
  );
  return {
    element: figure.element,
    draw(now) {
      const gains = t`Sellers gain ${money(now.sellersGain)}, buyers ${money(now.buyersGain)} against their limits.`;
      const columns = counted(
        now.bands.length,
        t`1 column, trades in order of execution.`,
        t`${count(now.bands.length)} columns, trades in order of execution.`,
      );
      chart.show(now, `${columns} ${gains}`);
      figure.describe(gains, () => ({
        caption: now.tradeLines
          ? t`Trades in order of execution`
          : t`Trades in order of execution, in groups`,
        columns: [t`Energy`, t`Seller’s limit`, t`Price`, t`Buyer’s limit`, t`Way`],
        rows: now.bands.map((band) => [
          energy(band.quantity),
          price(band.low),
          price(band.price),
          price(band.high),
          band.pool ? t`pool` : t`direct`,
        ]),
      }));
    },
  };
}

function tilesOf(now: PeriodResult): HTMLElement[] {
  const sold = now.direct + now.pooled;
  return [
    tile(
      t`Traded directly`,
      energy(now.direct),
      counted(
        now.trades,
        t`1 trade, ${share(now.direct, now.asked)} of demand`,
        t`${count(now.trades)} trades, ${share(now.direct, now.asked)} of demand`,
        t`no trades`,
      ),
    ),
    tile(
      t`Through the pool`,
      energy(now.pooled),
      now.poolPrice === null ? t`no pool` : tradesWords(now.poolTrades),
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
      ? tile(t`Clearing price`, price(now.clearingPrice), t`per kWh, the same for all`)
      : sold === 0
        ? tile(t`Average price`, t`No trades`, "")
        : tile(t`Average price`, price(now.amount / sold), t`per kWh`),
    paceTile(now, null),
  ];
}

/** How long the clearing takes: the median of several on a warm engine, and the first, cold one apart. */
function paceTile({ offers, bids, took }: PeriodResult, pace: Pace | null): HTMLElement {
  const orders = offers + bids;
  const first = duration(pace === null ? took : pace.first);
  return tile(
    t`Cleared in, median`,
    pace === null ? "…" : duration(pace.median),
    counted(orders, t`1 order; the first ${first}`, t`${count(orders)} orders; the first ${first}`),
  );
}

/** What is on show, in a sentence or two. */
const leadOf = (app: App, settings: Settings): string => {
  const { sentence } = mechanismWords[settings.mechanism];
  return isOwn("period", app.own)
    ? `${t`The orders of ${app.own!.name}.`} ${sentence}`
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
    const [trades, asked] = [now.trades + now.poolTrades, energy(now.asked)];
    app.announce(
      counted(
        trades,
        t`1 trade, ${sold} of ${asked} served.`,
        t`${count(trades)} trades, ${sold} of ${asked} served.`,
      ),
    );
  });
  const thread = el("div", { class: "row" }, threadTo(app, "day"), threadTo(app, "ledger"), waiting);
  const element = el(
    "div",
    { class: "view" },
    head(t`The market of one period`, lead),
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
