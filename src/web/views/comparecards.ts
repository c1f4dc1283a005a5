/** The pictures and tables of the comparison of two sets of rules. */
import { createBars, createHistogram } from "../charts/bars.js";
import { createBoth, priceWords } from "../charts/both.js";
import { createFigure, dataTable } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { el } from "../dom.js";
import { count, energy, money, moneyChange, price, share } from "../format.js";
import { t } from "../say.js";
import type { RuleSet } from "../settings/against.js";
import { pricingWords } from "../words.js";
import type { Comparison, Group, Mover } from "../worker/compare.js";
import type { Curve } from "../worker/curves.js";
import { gainOf, soldWords, spreadOf } from "./comparewords.js";
import { part } from "./parts.js";
import { versusTable } from "./versus.js";

/** What was found, by which rules, and what each set of them is called. */
export interface Compared {
  readonly found: Comparison;
  readonly rules: readonly [RuleSet, RuleSet];
  readonly names: readonly [string, string];
}

/** A part of the comparison, drawn anew for every result. */
export interface Card {
  readonly element: HTMLElement;
  draw(compared: Compared): void;
}

/** Each step of a side with what both sold of it. */
const stepRows = (name: string, a: Curve, b: Curve): string[][] =>
  Array.from(a.until, (until, step) => [
    name,
    energy(until),
    price(a.price[step]!),
    share(a.filled[step]!, 1),
    share(b.filled[step]!, 1),
  ]);

export function curvesCard(): Card {
  const figure = createFigure(t`Supply and demand, and what each sold of it`, "");
  const chart = createBoth();
  figure.body.append(
    chart.element,
    legend([
      ["supply", t`supply, cheapest first`],
      ["demand", t`demand, highest bid first`],
      ["solid", t`sold by A, above the curve; at the right its prices, the point is the mean`],
      ["dashed pool", t`sold by B, below the curve; at the right its prices`],
    ]),
  );
  return {
    element: figure.element,
    draw({ found: { sides } }) {
      const [a, b] = sides;
      const text = soldWords(sides);
      const prices = t`Prices per kWh: A ${priceWords(a)}; B ${priceWords(b)}.`;
      chart.show(sides, `${text} ${prices}`);
      figure.describe(text, () => ({
        caption: t`Both curves in steps, and what each set of rules sold of them`,
        columns: [t`Side`, t`Up to`, t`Limit`, t`Sold by A`, t`Sold by B`],
        rows: [...stepRows(t`Supply`, a.supply, b.supply), ...stepRows(t`Demand`, a.demand, b.demand)],
      }));
    },
  };
}

export function gainsCard(): Card {
  const figure = createFigure(t`Who gets the gain from trade`, "");
  const bars = createBars(money);
  figure.body.append(
    bars.element,
    legend([
      ["supply", t`sellers, above what they asked`],
      ["demand", t`buyers, below what they would have paid`],
    ]),
  );
  return {
    element: figure.element,
    draw({ found: { sides }, names }) {
      const said = sides.map(
        (side, index) =>
          t`${names[index]!}: sellers gain ${money(side.sellersGain)}, buyers ${money(side.buyersGain)}.`,
      );
      bars.show(
        sides.map((side, index) => ({
          name: index === 0 ? "A" : "B",
          parts: [
            { value: Math.max(0, side.sellersGain), colour: "supply" },
            { value: Math.max(0, side.buyersGain), colour: "demand" },
          ],
        })),
        said.join(" "),
      );
      figure.describe(t`Gain: what is paid against each one’s own limit.`, () => ({
        caption: t`Gain from trade`,
        columns: [t`Rules`, t`Sellers`, t`Buyers`, t`Together`],
        rows: sides.map((side, index) => [
          names[index]!,
          money(side.sellersGain),
          money(side.buyersGain),
          money(gainOf(side)),
        ]),
      }));
    },
  };
}

export function changesCard(): Card {
  const figure = createFigure(t`What B changes for each order`, "");
  const histogram = createHistogram(moneyChange);
  figure.body.append(
    histogram.element,
    legend([
      ["good", t`gains under B`],
      ["lack", t`loses under B`],
    ]),
  );
  return {
    element: figure.element,
    draw({ found }) {
      const text = spreadOf(found);
      histogram.show(found.edges, found.counts, text);
      figure.describe(text, () => ({
        caption: t`Orders by what changes for them`,
        columns: [t`From`, t`To`, t`Orders`],
        rows: found.counts.map((each, index) => [
          moneyChange(found.edges[index]!),
          moneyChange(found.edges[index + 1]!),
          count(each),
        ]),
      }));
    },
  };
}

const groupName = ({ side, kind }: Group): string =>
  kind === null
    ? side === "offer"
      ? t`All sellers`
      : t`All buyers`
    : side === "offer"
      ? t`Selling: ${kind}`
      : t`Buying: ${kind}`;

export function groupsCard(): Card {
  const body = el("div", { class: "room groups" });
  return {
    element: part(t`Who gains, who loses`, t`Under B, against A.`, body),
    draw({ found: { groups } }) {
      // Beyond a number of orders the worker names sides only.
      const kinds = groups.some(({ kind }) => kind !== null);
      body.replaceChildren(
        dataTable({
          caption: kinds ? t`By side, and by kind of participant` : t`By side`,
          columns: [t`Who`, t`Orders`, t`Better off`, t`Worse off`, t`Total change`],
          rows: groups.map((group) => [
            groupName(group),
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

export function moversCard(
  title: string,
  caption: string,
  listOf: (found: Comparison) => readonly Mover[],
): Card {
  const body = el("div", { class: "room movers" });
  return {
    element: part(title, "", body),
    draw({ found }) {
      const list = listOf(found);
      body.replaceChildren(
        list.length === 0
          ? el("p", { class: "note" }, t`Nobody.`)
          : dataTable({
              caption,
              columns: [t`Who`, t`As`, t`Change`],
              rows: list.map((mover) => [
                mover.name,
                mover.side === "offer" ? t`seller` : t`buyer`,
                moneyChange(mover.difference),
              ]),
            }),
      );
    },
  };
}

export function versusCard(): Card {
  const body = el("div", { class: "room versus-room" });
  return {
    element: part(t`Side by side`, "", body),
    draw({ found: { sides }, rules, names }) {
      const range = ([low, high]: readonly [number | null, number | null]): string =>
        low === null || high === null ? t`no trades` : t`${price(low)} to ${price(high)}`;
      body.replaceChildren(
        versusTable(names, sides, [
          {
            name: t`Price of a trade`,
            text: (side) => pricingWords[rules[sides.indexOf(side)]!.pricing].does,
          },
          { name: t`Gain from trade, all together`, text: (side) => money(gainOf(side)), better: gainOf },
          {
            name: t`Sellers’ part of it`,
            text: (side) => money(side.sellersGain),
            better: (side) => side.sellersGain,
          },
          {
            name: t`Buyers’ part of it`,
            text: (side) => money(side.buyersGain),
            better: (side) => side.buyersGain,
          },
          { name: t`Energy served`, text: (side) => energy(side.served), better: (side) => side.served },
          { name: t`Not served`, text: (side) => energy(side.unserved), better: (side) => -side.unserved },
          {
            name: t`Trades, direct and pool`,
            text: (side) => t`${count(side.trades)} direct, ${count(side.poolTrades)} through the pool`,
          },
          {
            name: t`Mean price per kWh`,
            text: ({ meanPrice }) => (meanPrice === null ? t`no trades` : price(meanPrice)),
          },
          { name: t`Lowest to highest price`, text: ({ lowest, highest }) => range([lowest, highest]) },
        ]),
      );
    },
  };
}
