/** The story's screen of the street's day: what was shared, and what it was worth to each. */

import { dataTable } from "../charts/figure.js";
import { hoursChart } from "../charts/hours.js";
import { legend } from "../charts/legend.js";
import { el } from "../dom.js";
import { difference, energy, money, moneyRound } from "../format.js";
import { t } from "../say.js";
import type { StreetDay } from "../worker/story.js";
import type { Screen, Tale } from "./tale.js";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function dayScreen({ settings }: Tale, day: StreetDay): Screen {
  const { homes, together, traded, imported } = day;
  const said = t`Over the day the three exchanged ${energy(sum(traded))} and bought ${energy(sum(imported))} from the grid.`;
  return {
    title: t`A day on the street`,
    tale: `${said} ${t`Without a market their energy would have cost them ${money(together.without)}; with it, ${money(together.with)}: ${money(difference(together.without, together.with, money))} less, for one day of three homes.`}`,
    stage: [
      el(
        "div",
        {},
        hoursChart({ below: traded, above: imported, marked: settings.time / settings.minutes }, said),
        legend([
          ["supply", t`from the neighbours`],
          ["grid", t`from the grid`],
        ]),
      ),
      dataTable({
        caption: t`What the energy of the day cost; less than zero was earned`,
        columns: [t`Home`, t`With a supplier alone`, t`With the neighbours`, t`Better by`],
        rows: homes.map((home) => [
          home.name,
          moneyRound(home.without),
          moneyRound(home.with),
          moneyRound(difference(home.without, home.with, moneyRound)),
        ]),
      }),
    ],
    on: t`Who says that this is true?`,
  };
}
