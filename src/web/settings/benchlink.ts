/** What the bench measures, and a result of it as a text short enough for a link. */

/** Who is measured: the engine or JavaScript over typed arrays, by which mechanism. */
export const contenders = ["engine value", "plain value", "engine merit", "plain merit"] as const;
export type Contender = (typeof contenders)[number];
/** How many orders are cleared. */
export const benchSizes = [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000] as const;

/** One measurement, in milliseconds; what is shown and linked is {@link rounded} to whole microseconds. */
export interface Measured {
  readonly contender: Contender;
  readonly orders: number;
  /** Of the best run: clearing, and then sealing: writing the trades as records and hashing them to their root. */
  readonly clear: number;
  readonly seal: number;
  /** Both parts of the first run of this size, before the browser may have compiled everything. */
  readonly first: number;
  readonly runs: number;
  readonly trades: number;
  /** Root over the trades, or its beginning: the same for all who did the same work. */
  readonly root: string;
}

/** The machine on which it was measured, as far as a browser tells; what it does not tell is empty or 0. */
export interface Machine {
  readonly browser: string;
  readonly platform: string;
  readonly processors: number;
  /** GiB, at least. */
  readonly memory: number;
}

export interface BenchResult {
  readonly machine: Machine;
  readonly measured: readonly Measured[];
}

/** Longest text of a result, and of a name in it. */
const mostText = 1_600;
const mostName = 60;
/** Longest time that can be said, in microseconds. */
const mostTime = 1e9;
const version = "1";

/** What may stand in a name: nothing that separates, and nothing that a reader could take for markup. */
const name = (text: string): string => text.replace(/[^A-Za-z0-9 .,;:()/_]/g, "").slice(0, mostName);
const isName = (text: string): boolean => text === name(text);

/** Whole microseconds of a time in milliseconds, as a link can say them. */
const micro = (ms: number): number => Math.min(mostTime, Math.max(1, Math.round(ms * 1000)));

/** A measurement with its times as a link says them, so that whoever follows one is shown the same figures. */
export function rounded(measured: Measured): Measured {
  const { clear, seal, first } = measured;
  return { ...measured, clear: micro(clear) / 1000, seal: micro(seal) / 1000, first: micro(first) / 1000 };
}

/** A result as a text of a link: numbers in base 36, times in microseconds. */
export function writeResult({ machine, measured }: BenchResult): string {
  const { browser, platform, processors, memory } = machine;
  const rows = measured.map(({ contender, orders, clear, seal, first, runs, trades, root }) =>
    [
      ...[contenders.indexOf(contender), orders, micro(clear), micro(seal), micro(first), runs, trades].map(
        (value) => value.toString(36),
      ),
      root.slice(0, 8),
    ].join("-"),
  );
  const parts = [version, name(browser), name(platform), processors, Math.round(memory), rows.join("_")];
  return parts.join("*");
}

/** A whole number in base 36 between two others; null for anything else. */
function whole(text: string | undefined, least: number, most: number): number | null {
  if (text === undefined || !/^[0-9a-z]{1,7}$/.test(text)) return null;
  const value = Number.parseInt(text, 36);
  return value >= least && value <= most ? value : null;
}

function readRow(row: string): Measured | null {
  const parts = row.split("-");
  const [place, orders, clear, seal, first, runs, trades] = [
    [0, contenders.length - 1],
    [1, benchSizes.at(-1)!],
    [1, mostTime],
    [1, mostTime],
    [1, mostTime],
    [1, 99],
    [0, benchSizes.at(-1)!],
  ].map(([least, most], index) => whole(parts[index], least!, most!));
  const root = parts[7];
  if (parts.length !== 8 || root === undefined || !/^[0-9a-f]{8}$/.test(root)) return null;
  if (place == null || orders == null || clear == null || seal == null || first == null) return null;
  if (runs == null || trades == null || trades > orders) return null;
  if (!(benchSizes as readonly number[]).includes(orders)) return null;
  const times = { clear: clear / 1000, seal: seal / 1000, first: first / 1000 };
  return { contender: contenders[place]!, orders, ...times, runs, trades, root };
}

/** A result out of a link, of which nothing is believed but its form; null where it is none. */
export function readResult(text: string): BenchResult | null {
  if (text.length > mostText) return null;
  const [form, browser, platform, processors, memory, rows, more] = text.split("*");
  if (form !== version || rows === undefined || more !== undefined) return null;
  if (!isName(browser!) || !isName(platform!)) return null;
  if (!/^[0-9]{1,4}$/.test(processors!) || !/^[0-9]{1,4}$/.test(memory!)) return null;
  const read = rows.split("_").map(readRow);
  const measured = read.flatMap((row) => (row === null ? [] : [row]));
  const asked = new Set(measured.map(({ contender, orders }) => `${contender} ${orders}`));
  if (measured.length !== read.length || asked.size !== measured.length) return null;
  return {
    machine: {
      browser: browser!,
      platform: platform!,
      processors: Number(processors),
      memory: Number(memory),
    },
    measured,
  };
}
