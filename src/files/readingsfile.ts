/** Meter readings of one period as people write them down: READINGS.csv of `gridclear share` (docs/sharing.md). */
import { identifier } from "../check.js";
import { fail } from "../errors.js";
import { maxSharing } from "../sharing/share.js";
import { formatTicks, maxQuantity, parseTicks, type Tick } from "../units.js";
import { readRecords } from "./csv.js";
import { UnicodeForms } from "./forms.js";
import { readHeader } from "./header.js";

/** A file's participants in its order, and what their meters said: columns of one length. */
export interface ReadingsFile {
  readonly participants: readonly string[];
  /** Quantity ticks, 0 … 2³²−1. */
  readonly drawn: readonly number[];
  /** Quantity ticks, 0 … 2³²−1. */
  readonly injected: readonly number[];
}

const columnNames = ["participant", "in", "out"] as const;
type Column = (typeof columnNames)[number];

/**
 * Reads what each participant drew (`in`) and injected (`out`) from CSV (RFC 4180, header, columns in any order). Row
 * order is the participants' order. Throws `invalid` or `limit` whose field names the line and the column, at the first
 * row that is not acceptable; nothing is skipped or rounded.
 */
export function parseReadingsFile(text: string, tick: Tick): ReadingsFile {
  let place: Record<Column, number> | null = null;
  const file = { participants: [] as string[], drawn: [] as number[], injected: [] as number[] };
  const seen = new Set<string>();
  const forms = new UnicodeForms();
  readRecords(text, (record, line) => {
    if (place === null) {
      place = readHeader(record, line, { known: columnNames });
      return;
    }
    const places = place;
    const field = (column: Column): string => `line ${line}: ${column}`;
    const participant = identifier(record[places.participant], field("participant"));
    forms.add(participant, field("participant"));
    if (seen.has(participant)) fail("invalid", field("participant"), "each participant once", participant);
    if (seen.size === maxSharing)
      fail("limit", field("participant"), `at most ${maxSharing} participants`, "more");
    seen.add(participant);
    file.participants.push(participant);
    file.drawn.push(metered(record[places.in], tick, field("in")));
    file.injected.push(metered(record[places.out], tick, field("out")));
  });
  return place === null ? fail("invalid", "line 1: header", "a header row", "an empty file") : file;
}

/** What a meter said, in ticks. */
function metered(text: string | undefined, tick: Tick, field: string): number {
  const ticks = parseTicks(text, tick, field);
  if (ticks < 0n) fail("invalid", field, "a quantity of 0 or more", text);
  const most = `at most ${formatTicks(maxQuantity, tick)} (a coarser quantityTick allows more)`;
  return ticks > BigInt(maxQuantity) ? fail("limit", field, most, text) : Number(ticks);
}
