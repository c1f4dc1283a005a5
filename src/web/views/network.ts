/** The network of a carrier in one period: its areas as a tree, with what crossed the edges between them. */
import { createFigure, type Table } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createTree, type EdgeWay, type TreeNode } from "../charts/tree.js";
import { energy, fixed, money, price } from "../format.js";
import { t } from "../say.js";
import type { Settings } from "../settings/settings.js";
import type { DayPeriod } from "../worker/day.js";
import type { AreaPeriod } from "../worker/network.js";

/** What an area comes to over the periods of a day. */
export interface AreaDay {
  /** Mean of its prices over the periods in which it had one, in price ticks. */
  readonly mean: number | null;
  /** Fees and rent of its edge together, in amount ticks. */
  readonly took: bigint;
}

/** Areas of a day by their places, from those of each period; null where none ever had a price. */
export function overDay(periods: readonly (readonly AreaPeriod[])[]): AreaDay[] | null {
  const days = (periods[0] ?? []).map((_, place): AreaDay => {
    const all = periods.map((areas) => areas[place]!);
    const prices = all.flatMap((area) => (area.price === null ? [] : [area.price]));
    return {
      mean: prices.length === 0 ? null : prices.reduce((sum, each) => sum + each, 0) / prices.length,
      took: all.reduce((sum, { fees, rent }) => sum + fees + rent, 0n),
    };
  });
  return days.some(({ mean }) => mean !== null) ? days : null;
}

/** What a unit cost in an area on average, where areas have no prices of their own; null: nobody bought any there. */
const meanPaid = ({ bought, paid }: AreaPeriod): number | null => (bought === 0 ? null : paid / bought);
const priced = (ticks: number | null): string => (ticks === null ? t`none` : price(ticks));

/** Mean power of an energy in a period, in kW. */
const kilowatts = (ticks: number, minutes: number): number => ticks / 1e6 / (minutes / 60);
const power = (ticks: number, minutes: number): string => {
  const value = kilowatts(ticks, minutes);
  return fixed(value, value >= 100 ? 0 : 1);
};

/** One way over an edge: what goes, and of how much where there is a limit. */
function way(isIn: boolean, ticks: number, limit: number | null, minutes: number): EdgeWay {
  const goes = power(ticks, minutes);
  if (limit === null) return { text: isIn ? t`in ${goes} kW` : t`out ${goes} kW`, part: null };
  const most = power(limit, minutes);
  return {
    text: isIn ? t`in ${goes} of ${most} kW` : t`out ${goes} of ${most} kW`,
    part: limit === 0 ? 1 : ticks / limit,
  };
}

/** An edge whose limit mattered: it held orders back, or kept the prices at its ends apart by more than its fee. */
export const isTight = ({ held, rent }: AreaPeriod): boolean => held > 0 || rent > 0n;

/** What stands in the box of an area without a price of its own. */
function paidLines(area: AreaPeriod): string[] {
  const mean = meanPaid(area);
  return mean === null ? [] : [t`paid ${price(mean)}`];
}

/** Areas as the tree draws them: red where the limit of an edge mattered, else by which way more goes. */
export function nodesOf(areas: readonly AreaPeriod[], minutes: number, days: AreaDay[] | null): TreeNode[] {
  const most = Math.max(...areas.map((area) => area.out + area.in), 1);
  const tookOf = ({ fees, rent }: AreaPeriod): EdgeWay[] =>
    days === null ? [] : [{ text: t`took ${money(fees + rent)}`, part: null }];
  return areas.map((area, place) => ({
    name: area.name,
    lines: days === null ? paidLines(area) : [priced(area.price), t`mean ${priced(days[place]!.mean)}`],
    parent: area.parent,
    ways:
      area.parent === null
        ? []
        : [
            way(true, area.in, area.inLimit, minutes),
            way(false, area.out, area.outLimit, minutes),
            ...tookOf(area),
          ],
    weight: (area.out + area.in) / most,
    colour: isTight(area) ? "lack" : area.out > area.in ? "supply" : "demand",
  }));
}

/** What the figure says of a period in a line. */
export function saidOf(areas: readonly AreaPeriod[]): string {
  const tight = areas.filter(isTight);
  if (tight.length === 0) return t`every edge carried what was traded`;
  return tight
    .map(({ name, held }) => (held > 0 ? t`${name} held back ${energy(held)}` : t`${name} kept prices apart`))
    .join(", ");
}

/** What it says of prices: how far apart they are, and what the edges took. */
function pricesOf(areas: readonly AreaPeriod[]): string {
  const prices = areas.flatMap((area) => (area.price === null ? [] : [area.price]));
  const [fees, rent] = (["fees", "rent"] as const).map((key) =>
    money(areas.reduce((sum, area) => sum + area[key], 0n)),
  );
  const [low, high] = [Math.min(...prices), Math.max(...prices)].map(price);
  const between =
    prices.length === 0
      ? t`No area had a price.`
      : low === high
        ? t`One price in all areas, ${low!} per kWh.`
        : t`Prices per kWh from ${low!} to ${high!}.`;
  return `${between} ${t`The edges took ${fees!} in fees and ${rent!} in rent.`}`;
}

/** The table of a period; the root stands in it where it has a price. */
export function tableOf(areas: readonly AreaPeriod[], days: AreaDay[] | null, name: string): Table {
  const edge = (area: AreaPeriod): string[] => [
    areas[area.parent!]!.name,
    energy(area.in),
    area.inLimit === null ? t`none` : energy(area.inLimit),
    energy(area.out),
    area.outLimit === null ? t`none` : energy(area.outLimit),
    energy(area.held),
  ];
  const edgeColumns = [t`Lies in`, t`Came in`, t`At most`, t`Went out`, t`At most`, t`Held back`];
  if (days === null)
    return {
      caption: t`Edges of the network ${name}`,
      columns: [t`Area`, t`Paid on average`, ...edgeColumns],
      rows: areas
        .filter(({ parent }) => parent !== null)
        .map((area) => [area.name, priced(meanPaid(area)), ...edge(area)]),
    };
  return {
    caption: t`Areas of the network and their edges ${name}`,
    columns: [t`Area`, t`Price`, t`Mean of the day`, t`Fees`, t`Rent`, t`Both over the day`, ...edgeColumns],
    rows: areas.map((area, place) => {
      const { mean, took } = days[place]!;
      const prices = [area.name, priced(area.price), priced(mean)];
      return area.parent === null
        ? [...prices, "", "", "", ...edgeColumns.map(() => "")]
        : [...prices, money(area.fees), money(area.rent), money(took), ...edge(area)];
    }),
  };
}

/** The card with the tree; hidden where the carrier has no areas. */
export function networkCard(): {
  readonly element: HTMLElement;
  /** Shows the period at a place of those known of the day. */
  draw(periods: readonly DayPeriod[], at: number, settings: Settings, name: string): void;
} {
  const figure = createFigure(t`What crossed the network`, "");
  const tree = createTree();
  figure.body.append(
    tree.element,
    legend([
      ["supply", t`more goes out`],
      ["demand", t`more comes in`],
      ["lack", t`the limit held orders back, or kept prices apart`],
    ]),
  );
  return {
    element: figure.element,
    draw(periods, at, { carrier, minutes }, name) {
      const { areas } = periods[at]!.carriers[carrier];
      figure.element.hidden = areas.length === 0;
      if (areas.length === 0) return;
      const days = overDay(periods.map((period) => period.carriers[carrier].areas));
      const said = areas
        .filter((area) => area.parent !== null)
        .map((area) => {
          const [goesIn, goesOut] = [power(area.in, minutes), power(area.out, minutes)];
          return days === null
            ? t`${area.name} in ${goesIn} kW, out ${goesOut} kW`
            : t`${area.name} in ${goesIn} kW, out ${goesOut} kW, price ${priced(area.price)}, took ${money(area.fees + area.rent)}`;
        });
      tree.show(nodesOf(areas, minutes, days), t`The network ${name}: ${said.join("; ")}.`);
      const crossed = t`${name}: ${saidOf(areas)}.`;
      figure.describe(days === null ? crossed : `${crossed} ${pricesOf(areas)}`, () =>
        tableOf(areas, days, name),
      );
    },
  };
}
