/**
 * The file of measured profiles that a scenario names: a meter's steps as rows of CSV, or of a table of such columns.
 */
import { identifier, needMethods, oneOf } from "../check.js";
import { fail } from "../errors.js";
import { RecordReader } from "../files/csv.js";
import { maxTextLength } from "../files/text.js";
import { type Carrier, carriers, maxQuantity, microTick, parseTicks } from "../units.js";
import type { MeasuredProfile } from "./members/profiles.js";
import { ProfileColumns, type ProfileRow } from "./profilecolumns.js";
import { maxMembers, type Scenario, startTime } from "./scenario.js";
import { memoryPages, type Pages } from "./world/series.js";

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

/** The columns of a profile file, in their order in CSV. */
export const profileColumns = ["participant", "carrier", "step", "use", "supply"] as const;

/**
 * Reads measured profiles: CSV (RFC 4180) with the header `participant,carrier,step,use,supply`. `step` counts from 0,
 * where the run begins; `use` and `supply` are exact decimals in kWh of at most six places. Steps left out count as
 * zero and are counted; steps after the run are left aside. Memory follows the rows, not the length of the run. Throws
 * `invalid` or `limit`, naming line and column.
 */
export function parseProfiles(text: string, scenario: Scenario): ProfileFile {
  if (typeof text !== "string") fail("invalid", "profiles", "the text of a profile file", text);
  const reader = new ProfileReader(scenario, memoryPages());
  if (text.length > maxTextLength) fail("limit", "file", `at most ${maxTextLength} characters`, text.length);
  reader.write(text);
  return reader.end();
}

/** A row of a table of another format than CSV, as its reader gives it. */
export type TableRow = { readonly [column in (typeof profileColumns)[number]]: unknown };

/**
 * Reads a profile file that need not fit in memory: a CSV text in pieces (`write`), or a table row by row (`row`), and
 * then `end`. What was measured goes into `pages`, of which the profiles are read while a run goes on. What is wrong is
 * thrown as `invalid` or `limit`, naming line or row and column.
 */
export class ProfileReader {
  readonly #scenario: Scenario;
  readonly #stepMs: number;
  readonly #steps: number;
  readonly #columns: ProfileColumns;
  readonly #csv: RecordReader;
  /** What errors call the place of a row. */
  readonly #word: "line" | "row";
  #hasHeader: boolean;
  #last = -1;
  /** The first place that gives a step again. */
  #twice: { readonly at: number; readonly step: number } | null = null;

  /**
   * @param word what errors call the place of a row: `line` of a text, `row` of a table
   *
   * Throws `invalid` for a scenario without profiles, `limit` for one with too many steps.
   */
  constructor(scenario: Scenario, pages: Pages, word: "line" | "row" = "line") {
    const { profiles = null } = scenario ?? {};
    if (profiles === null) fail("invalid", "profiles", "a scenario that names profiles", null);
    needMethods(pages, "pages", "pages, such as memoryPages()", ["add", "write", "read"]);
    oneOf("line", "row")(word, "word");
    this.#stepMs = profiles.stepMs;
    this.#steps = Math.ceil((scenario.periods * scenario.periodMs) / this.#stepMs);
    if (this.#steps > maxSteps)
      fail("limit", "profiles.stepMs", `at most ${maxSteps} steps in the run`, this.#steps);
    this.#scenario = scenario;
    this.#columns = new ProfileColumns(pages, this.#steps);
    this.#csv = new RecordReader((row, line) => this.#record(row, line));
    this.#word = word;
    // The columns of a table have their names from elsewhere.
    this.#hasHeader = word === "row";
  }

  /** Takes the next piece of a CSV text. */
  write(piece: string): void {
    this.#csv.write(piece);
  }

  /** Takes the row of a table at a place, counted from 1. */
  row({ participant, carrier, step, use, supply }: TableRow, at: number): void {
    const number = typeof step === "bigint" ? Number(step) : step;
    const ticks = (value: unknown, column: string): number => {
      const kwh = typeof value === "bigint" ? Number(value) : value;
      const found = typeof kwh === "number" ? Math.round(kwh * 1e6) : Number.NaN;
      if (!(found >= 0 && found <= maxQuantity)) this.#refuse(at, column, wantedKwh, value);
      // A number of six decimal places is only near them: doubles have no tenths.
      return Math.abs((kwh as number) * 1e6 - found) < 1e-5
        ? found
        : this.#refuse(at, column, "at most six decimal places", value);
    };
    this.#take(
      {
        participant: this.#participant(participant, at),
        carrier: this.#carrier(carrier, at),
        step: this.#step(typeof number === "number" ? number : Number.NaN, step, at),
        ticks: ticks(use, "use") - ticks(supply, "supply"),
      },
      at,
    );
  }

  /** Ends the file; refuses one that is empty or ends before the run, or that gave a step twice. */
  end(): ProfileFile {
    this.#csv.end();
    if (!this.#hasHeader) fail("invalid", "line 1: header", profileColumns.join(","), "an empty file");
    if (this.#last + 1 < this.#steps)
      fail("invalid", "step", `${this.#steps} steps, as long as the run`, this.#last + 1);
    if (this.#twice !== null) this.#refuse(this.#twice.at, "step", wantedOnce, this.#twice.step);
    return this.#columns.close({ startMs: startTime(this.#scenario), stepMs: this.#stepMs });
  }

  #record(row: readonly string[], line: number): void {
    if (!this.#hasHeader) {
      const header = profileColumns.join(",");
      if (row.join(",") !== header) fail("invalid", `line ${line}: header`, header, row.join(","));
      this.#hasHeader = true;
      return;
    }
    const [id, name, number, used, supplied] = row;
    this.#take(
      {
        participant: this.#participant(id, line),
        carrier: this.#carrier(name, line),
        step: this.#step(/^(?:0|[1-9][0-9]{0,6})$/.test(number!) ? Number(number) : Number.NaN, number, line),
        ticks: this.#ticks(used!, "use", line) - this.#ticks(supplied!, "supply", line),
      },
      line,
    );
  }

  #take(row: ProfileRow, at: number): void {
    if (row.step > this.#last) this.#last = row.step;
    if (!this.#columns.add(row)) this.#twice ??= { at, step: row.step };
  }

  #participant(id: unknown, at: number): string {
    if (this.#columns.has(id)) return id;
    const participant = identifier(id, this.#field(at, "participant"));
    if (this.#columns.participants < maxMembers) return participant;
    return fail(
      "limit",
      this.#field(at, "participant"),
      `at most ${maxMembers} participants`,
      maxMembers + 1,
    );
  }

  #carrier(name: unknown, at: number): number {
    const found = carriers.indexOf(name as Carrier);
    return found >= 0 ? found : this.#refuse(at, "carrier", carriers.join(" or "), name);
  }

  #step(step: number, given: unknown, at: number): number {
    return Number.isInteger(step) && step >= 0 && step < maxSteps
      ? step
      : this.#refuse(at, "step", `a whole number from 0 to ${maxSteps - 1}`, given);
  }

  #ticks(text: string, column: string, line: number): number {
    const plain = plainTicks(text);
    if (plain >= 0) return plain;
    const read = parseTicks(text, microTick, this.#field(line, column));
    return read >= 0n && read <= BigInt(maxQuantity)
      ? Number(read)
      : this.#refuse(line, column, wantedKwh, text);
  }

  #field(at: number, column: string): string {
    return `${this.#word} ${at}: ${column}`;
  }

  #refuse(at: number, column: string, wanted: string, got: unknown): never {
    return fail("invalid", this.#field(at, column), wanted, got);
  }
}

const wantedKwh = "0 to 4294.967295 kWh";
const wantedOnce =
  "each step once for a participant and carrier (count them in UTC: local clocks repeat an hour in autumn)";

const [zero, nine, point] = [0x30, 0x39, 0x2e];

/**
 * Ticks of a decimal as meters write them: up to four digits and six places. −1 for whatever else: `parseTicks` then
 * reads or refuses it, at several times the cost.
 */
function plainTicks(text: string): number {
  let ticks = 0;
  let places = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === point && places < 0) places = 0;
    else if (code >= zero && code <= nine) {
      ticks = 10 * ticks + code - zero;
      if (places >= 0) places += 1;
    } else return -1;
  }
  const whole = places < 0 ? text.length : text.length - 1 - places;
  if (whole === 0 || whole > 4 || places === 0 || places > 6) return -1;
  ticks *= 10 ** (6 - Math.max(places, 0));
  return ticks <= maxQuantity ? ticks : -1;
}
