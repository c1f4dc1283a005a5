/**
 * What meters said, as columns in memory: a series for each member and direction, in pages of many intervals. So rows
 * may come in any order and from any number of files, and memory follows members and intervals, not rows.
 */
import { identifier } from "../check.js";
import { fail } from "../errors.js";
import { maxSharing } from "../sharing/share.js";
import type { MeterForm } from "./meterform.js";

/** Intervals of a page, and most pages of all series together (1 GiB). */
const pageLength = 1024;
const maxPages = 1 << 18;
/** What stands where nothing was said yet; one more than the largest quantity that is taken. */
const nothing = 0xffff_ffff;
/** Largest energy of an interval, in quantity ticks. */
export const maxMetered: number = nothing - 1;

/** A member of a community, and its meters; of a wide file, the columns of these names. */
export interface MeteredMember {
  readonly member: string;
  /** A meter of both directions. */
  readonly meter?: string;
  /** Meters of one direction each. */
  readonly in?: string;
  readonly out?: string;
}

/** How many pages there are, for all series of a table. */
interface PageCount {
  pages: number;
}

/** What one meter said in one direction: energy by the number of the interval, counted from 1970. */
export class MeterSeries {
  /** Unix time of the last row that was taken, in ms. */
  lastMs: number = Number.NEGATIVE_INFINITY;
  /** What a counter stood at then, in ticks. */
  lastCount = 0;
  /** Times of an hour that comes twice that were given once, and the place of the first. */
  once = 0;
  onceAt = "";
  #pages = new Map<number, Uint32Array>();
  #page: Uint32Array | null = null;
  #place = Number.NaN;
  readonly #count: PageCount;

  constructor(count: PageCount) {
    this.#count = count;
  }

  /** Whether a row came at all. */
  get isEmpty(): boolean {
    return this.lastMs === Number.NEGATIVE_INFINITY;
  }

  /** Ticks of an interval; null where nothing was said. */
  get(index: number): number | null {
    const place = Math.floor(index / pageLength);
    if (place !== this.#place) {
      this.#page = this.#pages.get(place) ?? null;
      this.#place = place;
    }
    const ticks = this.#page?.[index - place * pageLength] ?? nothing;
    return ticks === nothing ? null : ticks;
  }

  /** Puts ticks, 0 … {@link maxMetered}, where nothing was said; false where something was. */
  put(index: number, ticks: number): boolean {
    if (this.get(index) !== null) return false;
    if (this.#page === null) {
      this.#count.pages += 1;
      if (this.#count.pages > maxPages)
        fail("limit", "readings", `at most ${maxPages * pageLength} values (import shorter spans)`, "more");
      this.#page = new Uint32Array(pageLength).fill(nothing);
      this.#pages.set(this.#place, this.#page);
    }
    this.#page[index - this.#place * pageLength] = ticks;
    return true;
  }
}

/** Where the rows of a meter go; null: it does not count that direction. */
export interface MeterTarget {
  readonly in: MeterSeries | null;
  readonly out: MeterSeries | null;
}

/** A member with what its meters said; null where it has no meter of a direction. */
export interface MeterRow {
  readonly member: string;
  readonly in: MeterSeries | null;
  readonly out: MeterSeries | null;
  /** Whether each direction has a meter of its own, of which there must be rows. */
  readonly isNamed: boolean;
}

/** The series of all members. */
export class MeterTable {
  readonly rows: MeterRow[] = [];
  readonly #form: MeterForm;
  readonly #isOpen: boolean;
  readonly #count: PageCount = { pages: 0 };
  readonly #targets = new Map<string, MeterTarget>();
  /** Meters that no member names, where these are left. */
  readonly left: Set<string> = new Set();

  /**
   * @param members null: each meter is a member of its name, in the order in which they come
   *
   * Throws `invalid` for a meter that is named twice, or a member without one.
   */
  constructor(form: MeterForm, members: readonly MeteredMember[] | null) {
    this.#form = form;
    this.#isOpen = members === null;
    if (members === null && form.form === "wide")
      fail("invalid", "members", "members, which name the columns of a wide file", "none");
    for (const [index, own] of (members ?? []).entries()) this.#add(own, `members[${index}]`);
  }

  #add({ member, meter, in: drawn, out: injected }: MeteredMember, field: string): void {
    const isWide = this.#form.form === "wide";
    if ((meter !== undefined) === (drawn !== undefined || injected !== undefined))
      fail("invalid", field, "meter, or in, out or both", meter === undefined ? "neither" : "all of them");
    if (isWide && meter !== undefined)
      fail("invalid", `${field}.meter`, "in, out or both: columns of a wide file", meter);
    const both = meter === undefined ? null : this.#target();
    const own: MeterTarget = both ?? {
      in: drawn === undefined ? null : this.#series(),
      out: injected === undefined ? null : this.#series(),
    };
    if (meter !== undefined) this.#name(meter, own, `${field}.meter`);
    if (drawn !== undefined) this.#name(drawn, { in: own.in, out: null }, `${field}.in`);
    if (injected !== undefined) this.#name(injected, { in: null, out: own.out }, `${field}.out`);
    this.rows.push({ member, ...own, isNamed: both === null });
  }

  #series(): MeterSeries {
    return new MeterSeries(this.#count);
  }

  /** Where a meter of both directions goes, by the columns of the file. */
  #target(): MeterTarget {
    const { columns } = this.#form;
    const has = (own: string | undefined): boolean => own !== undefined || columns?.value !== undefined;
    return { in: has(columns?.in) ? this.#series() : null, out: has(columns?.out) ? this.#series() : null };
  }

  #name(meter: string, target: MeterTarget, field: string): void {
    if (this.#targets.has(meter)) fail("invalid", field, "each meter once", meter);
    this.#targets.set(meter, target);
  }

  /** Where the rows of a meter go; null where they are left. Throws `invalid` for one that no member names. */
  target(meter: string, field: string): MeterTarget | null {
    const known = this.#targets.get(meter);
    if (known !== undefined) return known;
    if (this.left.has(meter)) return null;
    if (this.#isOpen) {
      if (this.rows.length === maxSharing) fail("limit", field, `at most ${maxSharing} meters`, "more");
      const target = this.#target();
      this.#targets.set(meter, target);
      this.rows.push({ member: identifier(meter, field), ...target, isNamed: false });
      return target;
    }
    if (this.#form.others === "refuse")
      fail(
        "invalid",
        field,
        'a meter of members ("others": "leave" in readings passes over the rest)',
        meter,
      );
    this.left.add(meter);
    return null;
  }

  /** Ends a file. Throws `invalid` for an hour that comes twice of which its rows gave a part once. */
  endFile(): void {
    for (const { in: drawn, out: injected } of this.rows)
      for (const series of [drawn, injected])
        if (series !== null && series.once > 0)
          fail("invalid", series.onceAt, "the hour that comes twice in two rows for each time", "one");
  }

  /** Ends all rows. Throws `invalid` for a member or a named meter of which there was none. */
  end(): void {
    for (const { member, in: drawn, out: injected, isNamed } of this.rows) {
      const own = [drawn, injected].filter((series) => series !== null);
      if (isNamed ? own.some(({ isEmpty }) => isEmpty) : own.every(({ isEmpty }) => isEmpty))
        fail("invalid", `member ${member}`, "readings of its meter", "none in these files");
    }
  }
}
