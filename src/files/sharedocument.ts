/**
 * One period shared, in the names and decimals of the files that it came from: what `gridclear share` prints
 * (docs/sharing.md).
 */
import { share } from "../sharing/share.js";
import { formatTicks } from "../units.js";
import type { ReadingsFile } from "./readingsfile.js";
import type { SharingKeyFile } from "./sharingkeyfile.js";

/** What one participant drew and injected, and how far the community met it; decimals in kWh as strings. */
export interface SharedParticipant {
  readonly participant: string;
  readonly in: string;
  readonly out: string;
  readonly received: string;
  /** From the participant's supplier: `in` − `received`. */
  readonly rest: string;
  readonly supplied: string;
  /** To the grid: `out` − `supplied`. */
  readonly surplus: string;
  /** What a fixed share entitled it to beyond what it drew. */
  readonly unused: string;
}

/** The document that `gridclear share --json` prints; sums first, participants in the file's order. */
export interface ShareDocument {
  readonly key: string;
  readonly in: string;
  readonly out: string;
  readonly shared: string;
  readonly participants: readonly SharedParticipant[];
}

/** Shares the readings of a file by a key file. Throws `invalid` for names of the key that the readings don't have. */
export function shareReadings(readings: ReadingsFile, file: SharingKeyFile): ShareDocument {
  const { participants, drawn, injected } = readings;
  const { shared, received, supplied, unused } = share(readings, file.for(participants));
  const kwh = (ticks: number): string => formatTicks(ticks, file.quantityTick);
  const sum = (column: readonly number[]): number => column.reduce((all, ticks) => all + ticks, 0);
  return {
    key: file.key,
    in: kwh(sum(drawn)),
    out: kwh(sum(injected)),
    shared: kwh(shared),
    participants: participants.map((participant, member) => ({
      participant,
      in: kwh(drawn[member]!),
      out: kwh(injected[member]!),
      received: kwh(received[member]!),
      rest: kwh(drawn[member]! - received[member]!),
      supplied: kwh(supplied[member]!),
      surplus: kwh(injected[member]! - supplied[member]!),
      unused: kwh(unused[member]!),
    })),
  };
}
