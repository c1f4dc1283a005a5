/** What the story tells of the day beyond its periods: what each home bore. */
import type { Cost } from "../../report/cost.js";
import { summarize } from "../../report/indicators.js";
import { knownOf } from "../../simulation/known.js";
import type { Settings } from "../settings/settings.js";
import { blocksInTurns } from "./chain.js";
import { tradedDay, tradeUntil } from "./day.js";
import { wordsOf } from "./owners.js";
import type { Work } from "./work.js";

/** What the day of a street came to. Money in amount ticks, prices in price ticks, energy in quantity ticks. */
export interface StreetDay {
  /** Key of the day: by it, its blocks are asked about. */
  readonly ledger: string;
  readonly homes: readonly (Pick<Cost, "with" | "without"> & { readonly name: string })[];
  readonly together: Pick<Cost, "with" | "without">;
  /** Electricity traded among the homes, and bought from the grid, by period. */
  readonly traded: readonly number[];
  readonly imported: readonly number[];
}

/** Trades the whole day of a street and adds it up. Tells the part that is done. */
export async function story({ engine, signal, tell }: Work<number>, settings: Settings): Promise<StreetDay> {
  const day = await tradedDay(engine, settings);
  const periods = 1440 / settings.minutes;
  await tradeUntil(day, periods, signal, () => tell(day.periods.length / periods));
  const { community } = day.run;
  const { costOf } = knownOf(community);
  const { savings } = await summarize(blocksInTurns(day.run, { signal }), {
    hasher: engine,
    ...(costOf && { costOf }),
  });
  return {
    ledger: day.key,
    homes: community.members.map((member, number) => ({
      ...wordsOf(member),
      ...savings.participants[number]!,
    })),
    together: savings.together,
    traded: day.periods.map(
      ({ carriers: { electricity } }) => electricity.totals.traded + electricity.totals.sold,
    ),
    imported: day.periods.map(({ carriers: { electricity } }) => electricity.totals.imported),
  };
}
