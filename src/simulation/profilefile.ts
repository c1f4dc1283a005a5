import { CsvError, parse } from "csv-parse/sync";
import { fail } from "../errors.js";
import { carriers, microTick, parseTicks } from "../units.js";
import type { MeasuredProfile } from "./members/profiles.js";
import { maxMembers, type Scenario } from "./scenario.js";

/** Longest profile file in characters, most steps of a profile. */
export const maxProfilesLength: number = 256 * 1024 * 1024;
export const maxSteps = 1_000_000;

const columns = ["participant", "carrier", "step", "use", "supply"];

/**
 * Reads measured profiles: RFC 4180 with the header `participant,carrier,step,use,supply`; `step` counts from 0, `use`
 * and `supply` are exact decimals in kWh of at most six places. Steps left out are zero. Throws `invalid` or `limit`,
 * naming line and column.
 */
export function parseProfiles(text: string, scenario: Scenario): MeasuredProfile[] {
  if (scenario.profiles === null) return fail("invalid", "profiles", "a scenario that names profiles", null);
  if (text.length > maxProfilesLength)
    return fail("limit", "profiles", `at most ${maxProfilesLength} characters`, text.length);
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, relax_column_count: false, skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return fail("invalid", "profiles", "RFC 4180 with as many cells as the header", error.message);
  }
  if (rows[0]?.join(",") !== columns.join(","))
    return fail(
      "invalid",
      "profiles, line 1",
      `the header ${columns.join(",")}`,
      rows[0]?.join(",") ?? "nothing",
    );
  const steps = Math.ceil((scenario.periods * scenario.periodMs) / scenario.profiles.stepMs);
  if (steps > maxSteps) return fail("limit", "profiles", `at most ${maxSteps} steps`, steps);
  const found = new Map<string, MeasuredProfile>();
  const ids = new Set<string>();
  let last = -1;
  for (const [index, row] of rows.entries()) {
    if (index === 0) continue;
    const field = (column: number): string => `profiles, row ${index + 1}, ${columns[column]}`;
    const participant = row[0]!;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(participant))
      return fail("invalid", field(0), "1 to 64 letters, digits, points, dashes", participant);
    const carrier = carriers.find((each) => each === row[1]);
    if (carrier === undefined) return fail("invalid", field(1), `one of ${carriers.join(", ")}`, row[1]);
    const step = /^(0|[1-9][0-9]{0,6})$/.test(row[2]!) ? Number(row[2]) : -1;
    if (step < 0 || step >= maxSteps)
      return fail("invalid", field(2), `a whole number from 0 to ${maxSteps - 1}`, row[2]);
    const use = parseTicks(row[3], microTick, field(3));
    const supply = parseTicks(row[4], microTick, field(4));
    if (use < 0n || use > 0xffff_ffffn) return fail("invalid", field(3), "0 to 4294.967295 kWh", row[3]);
    if (supply < 0n || supply > 0xffff_ffffn)
      return fail("invalid", field(4), "0 to 4294.967295 kWh", row[4]);
    ids.add(participant);
    if (ids.size > maxMembers) return fail("limit", field(0), `at most ${maxMembers} participants`, ids.size);
    last = Math.max(last, step);
    if (step >= steps) continue; // longer than the run
    const key = `${participant} ${carrier}`;
    let profile = found.get(key);
    if (profile === undefined) {
      profile = { participant, carrier, ticks: new Float64Array(steps) };
      found.set(key, profile);
    }
    profile.ticks[step] = Number(use - supply);
  }
  if (last + 1 < steps) return fail("invalid", "profiles", `${steps} steps, as long as the run`, last + 1);
  return [...found.values()];
}
