/** The file of measured profiles that a scenario names: a meter's steps as rows of CSV. */
import { identifier } from "../check.js";
import { fail } from "../errors.js";
import { readRecords } from "../files/csv.js";
import { type Carrier, carriers, maxQuantity, microTick, parseTicks } from "../units.js";
import type { MeasuredProfile } from "./members/profiles.js";
import { maxMembers, type Scenario } from "./scenario.js";

/** Most steps of a profile. */
export const maxSteps = 1_000_000;

/** What a profile file holds. */
export interface ProfileFile {
  readonly measured: readonly MeasuredProfile[];
  /** Steps of the run that are missing and count as zero, all participants and carriers together. */
  readonly missing: number;
  /** The first of them in words; null when there is none. */
  readonly firstMissing: string | null;
}

const columns = ["participant", "carrier", "step", "use", "supply"] as const;

/** A profile while its rows are read: three columns of one length. */
interface Draft {
  readonly participant: string;
  readonly carrier: Carrier;
  readonly step: number[];
  readonly ticks: number[];
  readonly line: number[];
}

/**
 * Reads measured profiles: CSV (RFC 4180) with the header `participant,carrier,step,use,supply`. `step` counts from 0,
 * where the run begins; `use` and `supply` are exact decimals in kWh of at most six places. Steps left out count as
 * zero and are counted; steps after the run are left aside. Memory follows the rows, not the length of the run. Throws
 * `invalid` or `limit`, naming line and column.
 */
export function parseProfiles(text: string, scenario: Scenario): ProfileFile {
  if (typeof text !== "string") fail("invalid", "profiles", "the text of a profile file", text);
  const { profiles = null } = scenario ?? {};
  if (profiles === null) return fail("invalid", "profiles", "a scenario that names profiles", null);
  const steps = Math.ceil((scenario.periods * scenario.periodMs) / profiles.stepMs);
  if (steps > maxSteps)
    return fail("limit", "profiles.stepMs", `at most ${maxSteps} steps in the run`, steps);
  return readProfiles(text, steps);
}

function readProfiles(text: string, steps: number): ProfileFile {
  const drafts = new Map<string, Map<Carrier, Draft>>();
  let header = false;
  let last = -1;
  readRecords(text, (row, line) => {
    if (!header) {
      if (row.join(",") !== columns.join(","))
        fail("invalid", `line ${line}: header`, columns.join(","), row.join(","));
      header = true;
      return;
    }
    const { participant, carrier, step, ticks } = readRow(row, line);
    last = Math.max(last, step);
    let own = drafts.get(participant);
    if (own === undefined) {
      if (drafts.size === maxMembers)
        fail("limit", `line ${line}: participant`, `at most ${maxMembers} participants`, maxMembers + 1);
      own = new Map();
      drafts.set(participant, own);
    }
    let draft = own.get(carrier);
    if (draft === undefined) {
      draft = { participant, carrier, step: [], ticks: [], line: [] };
      own.set(carrier, draft);
    }
    if (step >= steps) return;
    draft.step.push(step);
    draft.ticks.push(ticks);
    draft.line.push(line);
  });
  if (!header) fail("invalid", "line 1: header", columns.join(","), "an empty file");
  if (last + 1 < steps) fail("invalid", "step", `${steps} steps, as long as the run`, last + 1);
  return closed(
    [...drafts.values()].flatMap((own) => [...own.values()]),
    steps,
  );
}

/** One row of the file, checked. */
function readRow(
  row: readonly string[],
  line: number,
): { participant: string; carrier: Carrier; step: number; ticks: number } {
  const field = (column: (typeof columns)[number]): string => `line ${line}: ${column}`;
  const [id, name, number, used, supplied] = row;
  const participant = identifier(id, field("participant"));
  const carrier =
    carriers.find((each) => each === name) ?? fail("invalid", field("carrier"), carriers.join(" or "), name);
  const step = /^(0|[1-9][0-9]{0,6})$/.test(number ?? "") ? Number(number) : -1;
  if (step < 0 || step >= maxSteps)
    fail("invalid", field("step"), `a whole number from 0 to ${maxSteps - 1}`, number);
  const ticks = (value: string | undefined, column: "use" | "supply"): number => {
    const read = parseTicks(value, microTick, field(column));
    return read >= 0n && read <= BigInt(maxQuantity)
      ? Number(read)
      : fail("invalid", field(column), "0 to 4294.967295 kWh", value);
  };
  return { participant, carrier, step, ticks: ticks(used, "use") - ticks(supplied, "supply") };
}

/** The profiles of the drafts, with their steps in order; throws at the first line that gives a step again. */
function closed(drafts: readonly Draft[], steps: number): ProfileFile {
  let missing = 0;
  let firstMissing: string | null = null;
  let twice: { line: number; step: number } | null = null;
  const measured = drafts.map(({ participant, carrier, step, ticks, line }): MeasuredProfile => {
    const order = Uint32Array.from(step.keys()).sort((a, b) => step[a]! - step[b]! || a - b);
    for (let place = 1; place < order.length; place++) {
      const at = order[place]!;
      if (step[at] === step[order[place - 1]!] && (twice === null || line[at]! < twice.line))
        twice = { line: line[at]!, step: step[at]! };
    }
    const known = Uint32Array.from(order, (at) => step[at]!);
    if (known.length < steps) {
      missing += steps - known.length;
      const first = known.findIndex((value, place) => value !== place);
      firstMissing ??= `${participant}, ${carrier}, step ${first < 0 ? known.length : first}`;
    }
    return { participant, carrier, steps: known, ticks: Float64Array.from(order, (at) => ticks[at]!) };
  });
  if (twice !== null) refuseTwice(twice);
  return { measured, missing, firstMissing };
}

function refuseTwice({ line, step }: { line: number; step: number }): never {
  return fail(
    "invalid",
    `line ${line}: step`,
    "each step once for a participant and carrier (count them in UTC: local clocks repeat an hour in autumn)",
    step,
  );
}
