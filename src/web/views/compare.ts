import type { App, View } from "../app.js";
import { createBars, createHistogram } from "../charts/bars.js";
import { createFigure, dataTable } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { el, freshId } from "../dom.js";
import { clock, count, duration, energy, money, moneyChange, plural, price } from "../format.js";
import { latest } from "../latest.js";
import type { Settings } from "../settings/settings.js";
import { mechanismWords, pricingWords } from "../settings/words.js";
import type { Comparison, Mover, Side } from "../worker/compare.js";

/** Both mechanisms on the same orders: what each makes of them, and who gains and who loses. */
export function openCompare(app: App): View {
  let lastKey = "";
  const lead = el("p", { class: "lead" });
  const trouble = el("p", { class: "notice bad", role: "alert", hidden: true });
  const verdict = el("p", { class: "notice", role: "status" }, "Clearing the same orders twice…");
  const versusId = freshId("versus");
  const versus = el("div", {});
  const gains = createFigure("Who gets the gain from trade", "");
  const bars = createBars(money);
  gains.body.append(
    bars.element,
    legend([
      ["supply", "sellers, above what they asked"],
      ["demand", "buyers, below what they would have paid"],
    ]),
  );
  const changes = createFigure("What merit order changes for each order", "");
  const histogram = createHistogram(moneyChange);
  changes.body.append(
    histogram.element,
    legend([
      ["good", "gains under merit order"],
      ["lack", "loses under merit order"],
    ]),
  );
  const groups = el("section", { class: "card" });
  const movers = el("div", { class: "pair" });
  const element = el(
    "div",
    { class: "view" },
    el("div", {}, el("h1", {}, "Two mechanisms, the same orders"), lead),
    trouble,
    verdict,
    el(
      "section",
      { class: "card", "aria-labelledby": versusId },
      el("div", { class: "head" }, el("h2", { id: versusId }, "Side by side")),
      versus,
    ),
    gains.element,
    changes.element,
    groups,
    movers,
  );

  function words({ orders, sides: [value, merit], groups: all }: Comparison): string {
    const [first, second] = [value.sellersGain + value.buyersGain, merit.sellersGain + merit.buyersGain];
    const better = second > first ? "Merit order" : "Quantity × price";
    const by = Math.abs(second - first);
    const welfare =
      by === 0
        ? "Both make the same gain from trade."
        : `${better} makes ${money(by)} more of the gain from trade.`;
    const shift = (name: string): string => {
      const group = all.find((each) => each.name === name);
      return group === undefined
        ? ""
        : ` ${name} ${group.difference >= 0 ? "gain" : "lose"} ${money(Math.abs(group.difference))} under merit order.`;
    };
    return `${plural(orders, "order")}. ${welfare}${shift("All sellers")}${shift("All buyers")}`;
  }

  function table([value, merit]: readonly [Side, Side]): HTMLElement {
    const row = (
      name: string,
      read: (side: Side) => string,
      number?: (side: Side) => number,
    ): HTMLElement => {
      const cell = (side: Side, other: Side): HTMLElement => {
        const ahead = number !== undefined && number(side) > number(other);
        return el(
          "td",
          ahead ? { class: "better" } : {},
          read(side),
          ahead ? el("span", { class: "unseen" }, " (better)") : null,
        );
      };
      return el("tr", {}, el("th", { scope: "row" }, name), cell(value, merit), cell(merit, value));
    };
    const orNone = (ticks: number | null): string => (ticks === null ? "none" : price(ticks));
    return el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "The two mechanisms side by side" },
      el(
        "table",
        { class: "versus" },
        el(
          "thead",
          {},
          el(
            "tr",
            {},
            el("td", {}),
            el("th", { scope: "col" }, mechanismWords.value.name),
            el("th", { scope: "col" }, mechanismWords.merit.name),
          ),
        ),
        el(
          "tbody",
          {},
          row("Price of a trade", (side) => pricingWords[side.pricing].pays),
          row(
            "Gain from trade, all together",
            (side) => money(side.sellersGain + side.buyersGain),
            (side) => side.sellersGain + side.buyersGain,
          ),
          row(
            "Sellers’ part of it",
            (side) => money(side.sellersGain),
            (side) => side.sellersGain,
          ),
          row(
            "Buyers’ part of it",
            (side) => money(side.buyersGain),
            (side) => side.buyersGain,
          ),
          row(
            "Energy served",
            (side) => energy(side.served),
            (side) => side.served,
          ),
          row(
            "Not served",
            (side) => energy(side.unserved),
            (side) => -side.unserved,
          ),
          row("Trades, direct and pool", (side) => `${count(side.trades)} + ${count(side.poolTrades)}`),
          row("Mean price per kWh", (side) => orNone(side.meanPrice)),
          row("Lowest to highest price", (side) =>
            side.lowest === null ? "none" : `${orNone(side.lowest)} to ${orNone(side.highest)}`,
          ),
          row("Cleared in", (side) => duration(side.took)),
        ),
      ),
    );
  }

  function moverCard(title: string, list: readonly Mover[]): HTMLElement {
    return el(
      "section",
      { class: "card" },
      el("div", { class: "head" }, el("h2", {}, title)),
      list.length === 0
        ? el("p", { class: "note" }, "Nobody.")
        : dataTable({
            caption: `${title}, largest first`,
            columns: ["Who", "As", "Change"],
            rows: list.map((mover) => [
              mover.name,
              mover.side === "offer" ? "seller" : "buyer",
              moneyChange(mover.difference),
            ]),
          }),
    );
  }

  function draw(found: Comparison): void {
    verdict.textContent = words(found);
    versus.replaceChildren(table(found.sides));
    bars.show(
      found.sides.map((side) => ({
        name: mechanismWords[side.mechanism].name,
        parts: [
          { value: Math.max(0, side.sellersGain), colour: "supply" },
          { value: Math.max(0, side.buyersGain), colour: "demand" },
        ],
      })),
      `Gain from trade: ${found.sides.map((side) => `${mechanismWords[side.mechanism].name}: sellers ${money(side.sellersGain)}, buyers ${money(side.buyersGain)}`).join("; ")}.`,
    );
    gains.describe("Gain: what is paid against each one’s own limit.", () => ({
      caption: "Gain from trade",
      columns: ["Mechanism", "Sellers", "Buyers", "Together"],
      rows: found.sides.map((side) => [
        mechanismWords[side.mechanism].name,
        money(side.sellersGain),
        money(side.buyersGain),
        money(side.sellersGain + side.buyersGain),
      ]),
    }));
    const moved = found.counts.reduce((sum, each) => sum + each, 0);
    histogram.show(
      found.edges,
      found.counts,
      `${count(moved)} of ${count(found.orders)} orders gain or lose; most by little.`,
    );
    changes.describe(`${count(moved)} of ${plural(found.orders, "order")} gain or lose.`, () => ({
      caption: "Orders by what changes for them",
      columns: ["From", "To", "Orders"],
      rows: found.counts.map((each, index) => [
        moneyChange(found.edges[index]!),
        moneyChange(found.edges[index + 1]!),
        count(each),
      ]),
    }));
    groups.replaceChildren(
      el(
        "div",
        { class: "head" },
        el("h2", {}, "Who gains, who loses"),
        el("p", { class: "note" }, "Under merit order, against quantity × price."),
      ),
      dataTable({
        caption: "By kind",
        columns: ["Who", "Orders", "Better off", "Worse off", "Change together"],
        rows: found.groups.map((group) => [
          group.name,
          count(group.orders),
          count(group.better),
          count(group.worse),
          moneyChange(group.difference),
        ]),
      }),
    );
    movers.replaceChildren(
      moverCard("Gain most under merit order", found.winners),
      moverCard("Lose most under merit order", found.losers),
    );
    app.announce(words(found));
  }

  const compare = latest(async ({ settings, key }: { settings: Settings; key: string }) => {
    try {
      draw(await app.client.call("compare", { settings, own: app.ownOrders }));
      trouble.hidden = true;
    } catch (error) {
      trouble.textContent = `This could not be compared: ${error instanceof Error ? error.message : String(error)}`;
      trouble.hidden = false;
    }
    if (key === lastKey) element.dataset.ready = "";
  });

  return {
    element,
    show(settings) {
      const { view: _, speed: __, block: ___, mechanism: ____, ...rest } = settings;
      const key = JSON.stringify([rest, app.ownOrders?.number]);
      if (key === lastKey) return;
      lastKey = key;
      lead.textContent = `The orders of ${clock(settings.time)} to ${clock((settings.time + settings.minutes) % 1440)}, cleared once by quantity × price and once by merit order, with the same pool.`;
      element.removeAttribute("data-ready");
      compare({ settings, key });
    },
  };
}
