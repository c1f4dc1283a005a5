/** Both mechanisms on the same orders: what each makes of them, and who gains and who loses. */
import type { App, View } from "../app.js";
import { createBars, createHistogram } from "../charts/bars.js";
import { createFigure, dataTable } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { el } from "../dom.js";
import { count, energy, money, moneyChange, plural, price, share, span } from "../format.js";
import { latest } from "../latest.js";
import { t } from "../say.js";
import { isOwn, keyOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { createTrouble } from "../trouble.js";
import { mechanismWords, pricingWords } from "../words.js";
import type { Comparison, Mover, Side } from "../worker/compare.js";
import { askForOrders, waitingWords } from "./asking.js";
import { head, part } from "./parts.js";
import { versusTable } from "./versus.js";

/** A part of the comparison, drawn anew for every result. */
interface Card {
  readonly element: HTMLElement;
  draw(found: Comparison): void;
}

const gainOf = ({ sellersGain, buyersGain }: Side): number => sellersGain + buyersGain;

/** Which creates more value, and which side it moves to. */
export function verdictOf({ orders, sides: [value, merit], groups }: Comparison): string {
  const [first, second] = [gainOf(value), gainOf(merit)];
  const [more, less] = second > first ? [second, first] : [first, second];
  const better = mechanismWords[second > first ? "merit" : "value"].name;
  const welfare =
    more === less
      ? "Both create the same value from the same orders."
      : less <= 0
        ? `${better} creates more value from the same orders: ${money(more)} against ${money(less)}.`
        : `${better} creates ${share(more - less, less)} more value from the same orders.`;
  const shift = (name: string): string => {
    const group = groups.find((each) => each.name === name);
    if (group === undefined) return "";
    return ` ${name} ${group.difference >= 0 ? "gain" : "lose"} ${money(Math.abs(group.difference))} under merit order.`;
  };
  return `${plural(orders, "order")}. ${welfare}${shift("All sellers")}${shift("All buyers")}`;
}

/** How the changes are spread, in words that are true of these counts. */
export function spreadOf({ orders, counts, edges }: Pick<Comparison, "orders" | "counts" | "edges">): string {
  const moved = counts.reduce((sum, each) => sum + each, 0);
  if (moved === 0) return `None of ${plural(orders, "order")} gains or loses.`;
  const most = edges.at(-1)!;
  const half = counts.length / 4;
  const little = counts.slice(half, -half).reduce((sum, each) => sum + each, 0);
  return `${count(moved)} of ${plural(orders, "order")} gain or lose, at most ${money(most)}; ${share(little, moved)} of them less than half of that.`;
}

function gainsCard(): Card {
  const figure = createFigure("Who gets the gain from trade", "");
  const bars = createBars(money);
  figure.body.append(
    bars.element,
    legend([
      ["supply", "sellers, above what they asked"],
      ["demand", "buyers, below what they would have paid"],
    ]),
  );
  const nameOf = ({ mechanism }: Side): string => mechanismWords[mechanism].name;
  return {
    element: figure.element,
    draw({ sides }) {
      const said = sides.map(
        (side) => `${nameOf(side)}: sellers ${money(side.sellersGain)}, buyers ${money(side.buyersGain)}`,
      );
      bars.show(
        sides.map((side) => ({
          name: nameOf(side),
          parts: [
            { value: Math.max(0, side.sellersGain), colour: "supply" },
            { value: Math.max(0, side.buyersGain), colour: "demand" },
          ],
        })),
        `Gain from trade: ${said.join("; ")}.`,
      );
      figure.describe("Gain: what is paid against each one’s own limit.", () => ({
        caption: "Gain from trade",
        columns: ["Mechanism", "Sellers", "Buyers", "Together"],
        rows: sides.map((side) => [
          nameOf(side),
          money(side.sellersGain),
          money(side.buyersGain),
          money(gainOf(side)),
        ]),
      }));
    },
  };
}

function changesCard(): Card {
  const figure = createFigure("What merit order changes for each order", "");
  const histogram = createHistogram(moneyChange);
  figure.body.append(
    histogram.element,
    legend([
      ["good", "gains under merit order"],
      ["lack", "loses under merit order"],
    ]),
  );
  return {
    element: figure.element,
    draw(found) {
      const text = spreadOf(found);
      histogram.show(found.edges, found.counts, text);
      figure.describe(text, () => ({
        caption: "Orders by what changes for them",
        columns: ["From", "To", "Orders"],
        rows: found.counts.map((each, index) => [
          moneyChange(found.edges[index]!),
          moneyChange(found.edges[index + 1]!),
          count(each),
        ]),
      }));
    },
  };
}

function groupsCard(): Card {
  const body = el("div", { class: "room groups" });
  return {
    element: part("Who gains, who loses", "Under merit order, against quantity × price.", body),
    draw({ groups }) {
      // Beyond a number of orders the worker names sides only.
      const kinds = groups.some(({ name }) => name.includes(":"));
      body.replaceChildren(
        dataTable({
          caption: kinds ? "By side, and by kind of participant" : "By side",
          columns: ["Who", "Orders", "Better off", "Worse off", "Total change"],
          rows: groups.map((group) => [
            group.name,
            count(group.orders),
            count(group.better),
            count(group.worse),
            moneyChange(group.difference),
          ]),
        }),
      );
    },
  };
}

function moversCard(title: string, listOf: (found: Comparison) => readonly Mover[]): Card {
  const body = el("div", { class: "room movers" });
  return {
    element: part(title, "", body),
    draw(found) {
      const list = listOf(found);
      body.replaceChildren(
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
    },
  };
}

function versusCard(): Card {
  const body = el("div", { class: "room versus-room" });
  return {
    element: part("Side by side", "", body),
    draw({ sides }) {
      const orNone = (ticks: number | null): string => (ticks === null ? "no trades" : price(ticks));
      body.replaceChildren(
        versusTable(sides, [
          { name: "Price of a trade", text: (side) => pricingWords[side.pricing].does },
          { name: "Gain from trade, all together", text: (side) => money(gainOf(side)), better: gainOf },
          {
            name: "Sellers’ part of it",
            text: (side) => money(side.sellersGain),
            better: (side) => side.sellersGain,
          },
          {
            name: "Buyers’ part of it",
            text: (side) => money(side.buyersGain),
            better: (side) => side.buyersGain,
          },
          { name: "Energy served", text: (side) => energy(side.served), better: (side) => side.served },
          { name: "Not served", text: (side) => energy(side.unserved), better: (side) => -side.unserved },
          {
            name: "Trades, direct and pool",
            text: (side) => `${count(side.trades)} + ${count(side.poolTrades)}`,
          },
          { name: "Mean price per kWh", text: (side) => orNone(side.meanPrice) },
          {
            name: "Lowest to highest price",
            text: (side) =>
              side.lowest === null ? orNone(null) : `${orNone(side.lowest)} to ${orNone(side.highest)}`,
          },
        ]),
      );
    },
  };
}

const leadOf = (app: App, { time, minutes }: Settings): string =>
  `${isOwn("compare", app.own) ? `The orders of ${app.own!.name}` : `The orders of ${span(time, minutes)}`}, cleared once by quantity × price and once by merit order.`;

export function openCompare(app: App): View {
  let lastKey = "";
  const lead = el("p", { class: "lead" });
  const verdict = el("p", { class: "notice comparison", role: "status" }, "Clearing the same orders twice…");
  const movers = [
    moversCard("Gain most under merit order", ({ winners }) => winners),
    moversCard("Lose most under merit order", ({ losers }) => losers),
  ];
  const cards = [versusCard(), gainsCard(), changesCard(), groupsCard()];
  const trouble = createTrouble(() => compare({ settings: app.settings(), key: lastKey }));
  const element = el(
    "div",
    { class: "view" },
    head("Two mechanisms, the same orders", lead),
    trouble.element,
    verdict,
    ...cards.map((card) => card.element),
    el("div", { class: "pair" }, ...movers.map((card) => card.element)),
  );
  const compare = latest(async ({ settings, key }: { settings: Settings; key: string }, signal) => {
    try {
      const found = await askForOrders(app, "compare", settings, {
        signal,
        onNews: (part) => {
          verdict.textContent = waitingWords(settings, part);
        },
      });
      trouble.hide();
      verdict.textContent = verdictOf(found);
      for (const card of [...cards, ...movers]) card.draw(found);
    } catch (error) {
      if (signal.aborted) return;
      trouble.show(t`This could not be compared.`, error);
    }
    if (key === lastKey) element.dataset.ready = "";
  });
  return {
    element,
    show(settings) {
      const key = keyOf("compare", settings, app.own);
      if (key === lastKey) return;
      lastKey = key;
      lead.textContent = leadOf(app, settings);
      element.removeAttribute("data-ready");
      compare({ settings, key });
    },
  };
}
