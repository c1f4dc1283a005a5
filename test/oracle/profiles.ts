// What a file of measured profiles says, by a parser of its own kind that holds every row, and sums of big integers.
import { CsvError, parse } from "csv-parse/sync";

const carriers = ["electricity", "heat", "cold", "gas"];

/** A file's profiles with the steps that are not zero, or the field of the first fault. */
export function profilesOf(source: string, steps: number, stepMs: number): unknown {
  // The library counts some lines twice that end in CRLF within quotes.
  const text = source.replaceAll("\r\n", "\n");
  const profiles = new Map<string, Map<string, Map<number, bigint>>>();
  const ends = text.split("\n").length;
  let last = -1;
  let twice: string | null = null;
  let fault: string | null = null;
  let isHeader = true;
  const take = (row: readonly string[], line: number): void => {
    if (isHeader) {
      isHeader = false;
      return;
    }
    const [participant, carrier, step, use, supply] = row as [string, string, string, string, string];
    const ticks = (value: string): bigint | null => {
      const [, whole = "", part = ""] = /^(\d+)(?:\.(\d+))?$/.exec(value) ?? [];
      if (whole === "" || !/^0*$/.test(part.slice(6))) return null;
      const found = BigInt(whole) * 1_000_000n + BigInt(part.slice(0, 6).padEnd(6, "0"));
      return found < 2n ** 32n ? found : null;
    };
    if (participant === "" || /\p{C}/u.test(participant)) fault ??= `line ${line}: participant`;
    else if (!carriers.includes(carrier)) fault ??= `line ${line}: carrier`;
    else if (!/^\d{1,6}$/.test(step) || `${Number(step)}` !== step) fault ??= `line ${line}: step`;
    else if (ticks(use) === null) fault ??= `line ${line}: use`;
    else if (ticks(supply) === null) fault ??= `line ${line}: supply`;
    if (fault !== null) return;
    last = Math.max(last, Number(step));
    const own = profiles.get(participant) ?? new Map<string, Map<number, bigint>>();
    profiles.set(participant, own);
    const entries = own.get(carrier) ?? new Map<number, bigint>();
    own.set(carrier, entries);
    if (Number(step) >= steps) return;
    if (entries.has(Number(step))) twice ??= `line ${line}: step`;
    else entries.set(Number(step), ticks(use)! - ticks(supply)!);
  };
  try {
    parse(text, {
      bom: true,
      skip_empty_lines: true,
      on_record(row: string[], { lines }) {
        const within = row.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);
        take(row, lines - within);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    if (fault !== null) return fault;
    return `line ${error.code === "CSV_QUOTE_NOT_CLOSED" ? openQuote(text) : Math.min(error.lines as number, ends)}: row`;
  }
  if (fault !== null) return fault;
  if (last + 1 < steps) return "step";
  if (twice !== null) return twice;
  return summary(profiles, steps, stepMs);
}

function summary(
  profiles: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<number, bigint>>>,
  steps: number,
  stepMs: number,
): unknown {
  let missing = 0;
  let firstMissing: string | null = null;
  const measured = [...profiles].flatMap(([participant, own]) =>
    [...own].map(([carrier, entries]) => {
      missing += steps - entries.size;
      let gap = 0;
      while (entries.has(gap)) gap += 1;
      if (gap < steps) firstMissing ??= `${participant}, ${carrier}, step ${gap}`;
      const rising = [...entries].sort(([a], [b]) => a - b).map(([step, ticks]) => [step, Number(ticks)]);
      const most = (sign: number): number =>
        rising.reduce((top, [, ticks]) => Math.max(top, sign * ticks!), 0);
      const watts = 3600 / stepMs;
      const peaks = { use: most(1) * watts, supply: most(-1) * watts };
      return [participant, carrier, rising.filter(([, ticks]) => ticks !== 0), peaks];
    }),
  );
  return { measured, missing, firstMissing };
}

/** The line of the last quote that opens a cell and is never closed. */
function openQuote(text: string): number {
  let line = 1;
  let opened = 0;
  let isOpen = false;
  for (const mark of text) {
    if (mark === "\n") line += 1;
    if (mark !== '"') continue;
    isOpen = !isOpen;
    if (isOpen) opened = line;
  }
  return opened;
}
