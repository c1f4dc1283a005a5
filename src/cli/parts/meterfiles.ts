/** The files of meter readings that a command is given: read one after the other into one table. */
import { basename, extname } from "node:path";
import { fail } from "../../errors.js";
import type { CommunityFile } from "../../files/communityfile.js";
import { MeterReader } from "../../files/meterfile.js";
import { type MeterExtent, MeterFiles, type MeterSpan } from "../../files/meterfiles.js";
import type { MeterTable } from "../../files/metertable.js";
import { TextPieces } from "../../files/text.js";
import { clocksOf } from "../../zones.js";
import type { Io } from "../command.js";
import { withTable } from "./tablefile.js";

const wantedText = 'UTF-8 text ("encoding": "windows-1252" in readings, if it is that)';

/** What is read: the readings of a community, into a table, of a time. */
export interface MeterImport {
  readonly community: CommunityFile;
  readonly table: MeterTable;
  readonly span: MeterSpan;
}

/** Reads files of meter readings; every error begins with the file's name. */
export async function readMeterFiles(
  paths: readonly string[],
  { community, table, span }: MeterImport,
  io: Io,
): Promise<MeterExtent> {
  const { readings: form, quantityTick } = community;
  const files = new MeterFiles({ form, table, quantityTick, span });
  for (const path of paths)
    await withTable(path, io, async (file) => {
      const reader = new MeterReader(files, basename(path, extname(path)));
      let names: readonly string[] = [];
      let cells: unknown[] = [];
      await file.read({
        text: new TextPieces(form.encoding, wantedText),
        write: (piece) => reader.write(piece),
        columns(found) {
          names = reader.columns(found);
          cells = new Array(names.length);
          return names;
        },
        row(row, at) {
          for (const [place, name] of names.entries()) cells[place] = row[name];
          reader.row(cells, at);
        },
      });
      reader.end();
    });
  return files.end();
}

/** The time from and to which is imported: days of the readings' zone, or moments with an offset. */
export function readSpan(
  from: string | undefined,
  to: string | undefined,
  zone: string | undefined,
): MeterSpan {
  const span = { fromMs: readTime("--from", from, zone), toMs: readTime("--to", to, zone) };
  if (span.fromMs !== null && span.toMs !== null && span.fromMs >= span.toMs)
    fail("invalid", "--to", "a time after --from", to);
  return span;
}

function readTime(option: string, text: string | undefined, zone: string | undefined): number | null {
  if (text === undefined) return null;
  const wanted = "a day as 2026-01-31, or a moment as 2026-01-31T12:00Z or 2026-01-31T13:00+01:00";
  const timeMs = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(timeMs)) {
    if (zone === undefined)
      return fail(
        "invalid",
        option,
        'a moment with an offset, or "zone" in readings.time for the days',
        text,
      );
    return clocksOf(zone).timeOf(timeMs / 86_400_000, 0);
  }
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/.test(text) && !Number.isNaN(timeMs)
    ? timeMs
    : fail("invalid", option, wanted, text);
}
