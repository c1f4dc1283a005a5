/** Which lines of the network were full over the day, how often, and what that held back or cost. */
import { createFigure } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createLoads, type Load } from "../charts/loads.js";
import { count, energy, money, share } from "../format.js";
import { counted, t } from "../say.js";
import type { Settings } from "../settings/settings.js";
import type { DayPeriod } from "../worker/day.js";
import type { AreaPeriod } from "../worker/network.js";
import { isTight } from "./network.js";

/** An edge over the day. */
export interface EdgeDay {
  readonly name: string;
  readonly loads: readonly Load[];
  /** In how many periods its limit decided something. */
  readonly tight: number;
  /** The most of its limit that was taken in a period; null: it has no limit. */
  readonly most: number | null;
  /** What it held back of the orders behind it, in quantity ticks, and its rent, in amount ticks. */
  readonly held: number;
  readonly rent: bigint;
}

/** The part of its limits that is taken, whichever way more of them is; null: it has none. */
function partOf(area: AreaPeriod): number | null {
  const ways = [
    [area.in, area.inLimit],
    [area.out, area.outLimit],
  ] as const;
  const parts = ways.flatMap(([goes, limit]) =>
    limit === null ? [] : [limit === 0 ? Number(goes > 0) : goes / limit],
  );
  return parts.length === 0 ? null : Math.max(...parts);
}

/** The edges of a network over the periods so far; the root has none. */
export function edgesOf(periods: readonly (readonly AreaPeriod[])[]): EdgeDay[] {
  return (periods[0] ?? []).flatMap(({ name, parent }, place) => {
    if (parent === null) return [];
    const all = periods.map((areas) => areas[place]!);
    const loads = all.map((area): Load => ({ part: partOf(area), tight: isTight(area) }));
    const parts = loads.flatMap(({ part }) => (part === null ? [] : [part]));
    return [
      {
        name,
        loads,
        tight: loads.filter(({ tight }) => tight).length,
        most: parts.length === 0 ? null : Math.max(...parts),
        held: all.reduce((sum, { held }) => sum + held, 0),
        rent: all.reduce((sum, { rent }) => sum + rent, 0n),
      },
    ];
  });
}

/** What the figure says in a line. */
export function congestionWords(edges: readonly EdgeDay[]): string {
  const tight = edges.filter((edge) => edge.tight > 0);
  if (tight.length === 0) return t`No line was full: each carried what was traded, all day.`;
  return tight
    .map((edge) =>
      counted(
        edge.tight,
        t`${edge.name} was full in 1 period`,
        t`${edge.name} was full in ${count(edge.tight)} periods`,
      ),
    )
    .join(", ");
}

/** The card; hidden where the carrier has no areas. `onPick` is called with the period that was clicked. */
export function congestionCard(onPick: (index: number) => void): {
  readonly element: HTMLElement;
  draw(periods: readonly DayPeriod[], settings: Settings): void;
  mark(index: number): void;
} {
  const figure = createFigure(t`Where lines were full`, "");
  const chart = createLoads(onPick);
  figure.body.append(
    chart.element,
    legend([
      ["supply", t`the darker, the more of its limit a line carried`],
      ["lack", t`its limit held orders back, or kept prices apart`],
    ]),
  );
  return {
    element: figure.element,
    mark: chart.mark,
    draw(periods, { carrier, minutes }) {
      const edges = edgesOf(periods.map((period) => period.carriers[carrier].areas));
      figure.element.hidden = edges.length === 0;
      if (edges.length === 0) return;
      const said = congestionWords(edges);
      chart.show(edges, minutes, t`How full each line was over the day. ${said}.`);
      figure.describe(said, () => ({
        caption: t`Lines of the network over the day`,
        columns: [t`Area`, t`Periods in which it was full`, t`Most that was taken`, t`Held back`, t`Rent`],
        rows: edges.map(({ name, tight, most, held, rent }) => [
          name,
          count(tight),
          most === null ? t`none` : share(most, 1),
          energy(held),
          money(rent),
        ]),
      }));
    },
  };
}
