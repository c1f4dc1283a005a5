import type { App, View } from "../app.js";
import { bandWords, createBands } from "../charts/bands.js";
import { createCurves, type Picked } from "../charts/curves.js";
import { createFigure } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { download, el } from "../dom.js";
import { clock, count, duration, energy, money, plural, price, share } from "../format.js";
import { latest } from "../latest.js";
import type { Settings } from "../settings/settings.js";
import { mechanismWords } from "../settings/words.js";
import type { Curve } from "../worker/curves.js";
import type { OrderLine, PeriodResult } from "../worker/period.js";
import { showOrder } from "./participant.js";
import { openWalk } from "./walk.js";

/** The market of one period: what came of it, how it came about, and everyone in it. */
export function openPeriod(app: App): View {
  let result: PeriodResult | null = null;
  let lastKey = "";

  const pick = (side: "offer" | "bid", index: number): void => void showOrder(app, side, index);
  const heading = el("h1", {}, "The market of one period");
  const lead = el("p", { class: "lead" });
  const tiles = el("dl", { class: "tiles" });
  const trouble = el("p", { class: "notice bad", role: "alert", hidden: true });
  const walk = openWalk(app, pick);

  const curveOf = (side: Picked["side"]): Curve => (side === "offer" ? result!.supply : result!.demand);
  const pickedWords = ({ side, step }: Picked): string => {
    const curve = curveOf(side);
    const size = curve.until[step]! - (curve.until[step - 1] ?? 0);
    const index = curve.order[step]!;
    const order = index < 0 ? null : orderOf(side, index);
    const who = order ? order.name : side === "offer" ? "Sellers around here" : "Buyers around here";
    const limit = side === "offer" ? "asks at least" : "pays at most";
    return `${who}: ${energy(size)}, ${limit} ${price(curve.price[step]!)}\n${share(curve.filled[step]!, 1)} ${side === "offer" ? "sold" : "served"}`;
  };
  const orderOf = (side: "offer" | "bid", index: number): OrderLine | null =>
    result?.orders?.[side === "offer" ? index : result.offers + result.lots + index] ?? null;

  const curves = createCurves(
    pickedWords,
    ({ side, step }) => {
      const index = curveOf(side).order[step]!;
      if (index >= 0) pick(side, index);
    },
    app.announce,
  );
  const curveFigure = createFigure("Supply and demand", "");
  curveFigure.body.append(
    curves.element,
    legend([
      ["supply", "supply, cheapest first; shaded where sold"],
      ["demand", "demand, highest bid first; shaded where served"],
    ]),
  );
  const bands = createBands(bandWords);
  const bandFigure = createFigure("Who gains what", "");
  bandFigure.body.append(
    bands.element,
    legend([
      ["demand-soft", "the buyer pays this much less than it would have"],
      ["supply-soft", "the seller gets this much more than it asked"],
      ["ink", "the price"],
      ["pool", "through the pool"],
    ]),
  );

  const save = async (type: "json" | "csv"): Promise<void> => {
    const file = await app.client.call("file", { type, settings: app.settings() });
    download(type === "csv" ? "trades.csv" : "period.json", file);
  };
  const downloads = el(
    "div",
    { class: "row" },
    el(
      "button",
      { type: "button", class: "button", onclick: () => void save("csv") },
      "Download trades (CSV)",
    ),
    el(
      "button",
      { type: "button", class: "button", onclick: () => void save("json") },
      "Download everything (JSON)",
    ),
  );
  const element = el(
    "div",
    { class: "view" },
    el("div", {}, heading, lead),
    trouble,
    tiles,
    walk.element,
    curveFigure.element,
    bandFigure.element,
    downloads,
  );
  // Room for what is about to come, so that nothing moves when it does.
  tiles.append(...Array.from({ length: 6 }, () => el("div")));

  const tile = (name: string, value: string, also: string): HTMLElement =>
    el("div", {}, el("dt", {}, name), el("dd", {}, value), el("dd", { class: "also" }, also));

  function draw(settings: Settings, now: PeriodResult): void {
    const sold = now.direct + now.pooled;
    lead.textContent = `${clock(settings.time)} to ${clock((settings.time + settings.minutes) % 1440)}. ${mechanismWords[settings.mechanism].how}`;
    const average = sold === 0 ? null : now.amount / sold;
    tiles.replaceChildren(
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
      tile("Not sold", energy(now.idle), `of ${energy(now.offered)} offered`),
      tile("Not served", energy(now.unserved), `of ${energy(now.asked)} asked for`),
      now.clearingPrice === null
        ? tile("Average price", average === null ? "none" : price(average), "per kWh")
        : tile("Clearing price", price(now.clearingPrice), "per kWh, the same for all"),
      tile("Cleared in", duration(now.took), plural(now.offers + now.bids, "order")),
    );
    walk.show(now, settings);
    curves.show(
      now,
      `Supply and demand curves. ${energy(now.offered)} offered by ${plural(now.offers, "seller")}, ${energy(now.asked)} asked for by ${plural(now.bids, "buyer")}; ${energy(sold)} sold.${now.clearingPrice === null ? "" : ` Clearing price ${price(now.clearingPrice)}.`}`,
    );
    const orders = now.orders;
    curveFigure.describe(
      orders
        ? "Point at an order, or use the arrow keys; click or Enter opens it."
        : "Each step stands for many orders.",
      () =>
        orders
          ? {
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
            }
          : {
              caption: "Both curves, in steps",
              columns: ["Up to", "Side", "Price", "Filled"],
              rows: (["offer", "bid"] as const).flatMap((side) =>
                Array.from(curveOf(side).until, (until, step) => [
                  energy(until),
                  side,
                  price(curveOf(side).price[step]!),
                  share(curveOf(side).filled[step]!, 1),
                ]),
              ),
            },
      orders ? (row) => pick(orders[row]!.side, orders[row]!.index) : undefined,
    );
    bands.show(
      now,
      `${plural(now.bands.length, "column")}, trades in order of execution. Sellers gain ${money(now.sellersGain)}, buyers ${money(now.buyersGain)}.`,
    );
    bandFigure.describe(
      `Sellers gain ${money(now.sellersGain)}, buyers ${money(now.buyersGain)} against their limits.`,
      () => ({
        caption: now.tradeLines ? "Trades in order of execution" : "Trades in order of execution, in groups",
        columns: ["Energy", "Seller’s limit", "Price", "Buyer’s limit", "Way"],
        rows: now.bands.map((band) => [
          energy(band.quantity),
          price(band.low),
          price(band.price),
          price(band.high),
          band.pool ? "pool" : "direct",
        ]),
      }),
    );
    app.announce(`${count(now.trades)} trades, ${energy(sold)} of ${energy(now.asked)} served.`);
  }

  const clear = latest(async ({ settings, key }: { settings: Settings; key: string }) => {
    try {
      result = await app.client.call("period", { settings, own: app.ownOrders });
      trouble.hidden = true;
      draw(settings, result);
    } catch (error) {
      trouble.textContent = `This could not be cleared: ${error instanceof Error ? error.message : String(error)}`;
      trouble.hidden = false;
    }
    if (key === lastKey) element.removeAttribute("aria-busy");
  });

  return {
    element,
    hide: () => walk.stop(),
    show(settings) {
      const { view: _, speed: __, block: ___, ...rest } = settings;
      const key = JSON.stringify([rest, app.ownOrders?.number]);
      if (key === lastKey) return;
      lastKey = key;
      element.setAttribute("aria-busy", "true");
      clear({ settings, key });
    },
  };
}
