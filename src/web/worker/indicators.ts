/** What the traded day comes to, measured as a study measures a run. */
import { type Measure, measuresIn } from "../../study/measures.js";
import { runOf } from "./day.js";
import type { Work } from "./work.js";

/** An indicator and its values, one for each set of rules that was traded; null where it has none. */
export interface Indicator {
  readonly measure: Measure;
  readonly values: readonly (number | null)[];
}

/** The indicators of the day under that key. Throws `state` where the worker keeps another. */
export async function indicators(
  _: Work,
  { ledger }: { readonly ledger: string },
): Promise<readonly Indicator[]> {
  const values = await runOf(ledger).values();
  return measuresIn([values]).map((measure) => ({ measure, values: [values[measure.name] ?? null] }));
}
