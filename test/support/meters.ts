/** Reads files of meters as an import does, for tests. */
import { MeterReader } from "../../src/files/meterfile.js";
import { MeterFiles } from "../../src/files/meterfiles.js";
import { meterForm } from "../../src/files/meterform.js";
import { type MeteredMember, MeterTable } from "../../src/files/metertable.js";
import { parseTick } from "../../src/units.js";

/** What is said of an import. */
export interface Import {
  readonly readings: object;
  readonly members?: readonly MeteredMember[] | null;
  readonly tick?: string;
  readonly from?: string;
  readonly to?: string;
  /** Length of the pieces in which a text comes. */
  readonly piece?: number;
}

/** Reads texts by the names of their files; what came of it, with a row a member: `begin in/out`, in ticks. */
export function load(texts: { readonly [name: string]: string }, given: Import) {
  const { readings, members = null, tick = "0.001", from, to, piece = 1 << 20 } = given;
  const form = meterForm(readings, "readings");
  const table = new MeterTable(form, members);
  const span = {
    fromMs: from === undefined ? null : Date.parse(from),
    toMs: to === undefined ? null : Date.parse(to),
  };
  const files = new MeterFiles({ form, table, quantityTick: parseTick(tick), span });
  for (const [name, text] of Object.entries(texts)) {
    const reader = new MeterReader(files, name);
    for (let at = 0; at < text.length; at += piece) reader.write(text.slice(at, at + piece));
    reader.end();
  }
  const extent = files.end();
  const { fromMs, toMs, intervalMs } = extent;
  const rows = Object.fromEntries(
    table.rows.map(({ member, in: drawn, out: injected }) => [
      member,
      Array.from({ length: (toMs - fromMs) / intervalMs }, (_, place) => {
        const startMs = fromMs + place * intervalMs;
        const said = (series: typeof drawn): string => {
          const ticks = series === null ? undefined : series.get(Math.floor(startMs / intervalMs));
          return ticks === undefined ? "-" : `${ticks ?? "?"}`;
        };
        return `${new Date(startMs).toISOString().slice(5, 16)} ${said(drawn)}/${said(injected)}`;
      }),
    ]),
  );
  return { extent, rows, left: [...table.left] };
}

/** The refusal of an import in one line. */
export function refusal(text: string, given: Import): string {
  try {
    load({ file: text }, given);
  } catch (error) {
    return (error as Error).message;
  }
  return "taken";
}
