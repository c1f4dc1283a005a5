/** What came of an import, as a document for programs and as a table for people. */
import type { CommunityFile } from "../../files/communityfile.js";
import type { CommunityReadings, MemberSums } from "../../files/communityshare.js";
import type { MeterExtent } from "../../files/meterfiles.js";
import { amountTick, formatTicks } from "../../units.js";
import type { WrittenLedger } from "./importledger.js";
import { andMore, count, grouped, rounded, shownRows, table } from "./table.js";

/** An import that was read and shared. */
export interface Imported {
  readonly community: CommunityFile;
  readonly readings: CommunityReadings;
  readonly extent: MeterExtent;
  /** By member, in the order of members. */
  readonly sums: readonly MemberSums[];
  /** Meters that no member names and that were left. */
  readonly left: readonly string[];
  /** The ledger that was written; null where none was asked for. */
  readonly written: WrittenLedger | null;
}

/** Sums of all members, in ticks. */
function totals(sums: readonly MemberSums[]): { in: bigint; out: bigint; shared: bigint } {
  const sum = (of: (sums: MemberSums) => number): bigint =>
    sums.reduce((all, own) => all + BigInt(of(own)), 0n);
  return { in: sum((own) => own.in), out: sum((own) => own.out), shared: sum((own) => own.received) };
}

const utc = (timeMs: number): string => new Date(timeMs).toISOString();

/** The document of `--json`: decimals as strings, members in their order. */
export function importDocument({ community, readings, extent, sums, left, written }: Imported): object {
  const { quantityTick, priceTick, price } = community;
  const all = totals(sums);
  const kwh = (ticks: number | bigint): string => formatTicks(ticks, quantityTick);
  const money = (ticks: number): string =>
    formatTicks(BigInt(ticks) * BigInt(price), amountTick(quantityTick, priceTick));
  return {
    community: community.community,
    currency: community.currency,
    price: formatTicks(price, priceTick),
    key: community.key.key ?? "proportional",
    from: utc(extent.fromMs),
    to: utc(extent.toMs),
    minutes: extent.intervalMs / 60_000,
    intervals: readings.intervals,
    rows: extent.rows,
    outside: extent.outside,
    rounded: extent.rounded,
    missing: readings.missing,
    left,
    ...(written === null ? {} : { ledger: ledgerDocument(written) }),
    in: kwh(all.in),
    out: kwh(all.out),
    shared: kwh(all.shared),
    members: sums.map((own, place) => ({
      member: readings.members[place],
      in: kwh(own.in),
      out: kwh(own.out),
      received: kwh(own.received),
      fromGrid: kwh(own.in - own.received),
      supplied: kwh(own.supplied),
      toGrid: kwh(own.out - own.supplied),
      unused: kwh(own.unused),
      pays: money(own.received),
      earns: money(own.supplied),
    })),
  };
}

const headings = ["member", "drew", "shared", "from grid", "injected", "shared", "to grid", "pays", "earns"];

/** An import as a person reads it; kWh and money to two places. */
export function importText({ community, readings, extent, sums, left, written }: Imported): string {
  const { quantityTick, priceTick, price, currency } = community;
  const all = totals(sums);
  const kwh = (ticks: number | bigint): string => rounded(BigInt(ticks), quantityTick, 2);
  const money = (ticks: number): string =>
    rounded(BigInt(ticks) * BigInt(price), amountTick(quantityTick, priceTick), 2);
  const share = (part: bigint, whole: bigint): string =>
    whole === 0n ? "-" : `${rounded((1000n * part) / whole, { mantissa: 1n, scale: 1 }, 1)} %`;
  const rows = sums
    .slice(0, shownRows)
    .map((own, place) => [
      readings.members[place]!,
      ...[own.in, own.received, own.in - own.received, own.out, own.supplied, own.out - own.supplied].map(
        kwh,
      ),
      money(own.received),
      money(own.supplied),
    ]);
  const notes = [
    extent.outside > 0 ? `${grouped(extent.outside)} values lie outside that time` : "",
    extent.rounded > 0 ? `${grouped(extent.rounded)} values were rounded to a quantity tick` : "",
    readings.missing > 0
      ? `${grouped(readings.missing)} readings are missing, the first of ${readings.firstMissing}`
      : "",
    left.length > 0 ? `${count(left.length, "meter")} of nobody: ${left.slice(0, 5).join(", ")}` : "",
  ].filter((note) => note !== "");
  return [
    `${community.community}: ${count(sums.length, "member")}, ${count(readings.intervals, "interval")} of `,
    `${extent.intervalMs / 60_000} minutes, ${utc(extent.fromMs)} to ${utc(extent.toMs)}\n`,
    `${kwh(all.in)} kWh drawn, ${kwh(all.out)} kWh injected, ${kwh(all.shared)} kWh shared (key ${community.key.key ?? "proportional"}): `,
    `${share(all.shared, all.in)} of what was drawn, ${share(all.shared, all.out)} of what was injected\n`,
    ...notes.map((note) => `${note}\n`),
    `\nkWh, and ${currency} at ${formatTicks(price, priceTick)} per kWh\n`,
    table(headings, rows),
    andMore(sums.length),
    written === null ? "" : ledgerText(written, readings.members[0]!),
  ].join("");
}

const ledgerDocument = ({ folder, blocks, head, complete }: WrittenLedger): object => ({
  folder,
  blocks,
  head,
  complete,
});

/** Where the ledger is, and what to do with it next. */
function ledgerText({ folder, blocks, head, complete }: WrittenLedger, member: string): string {
  if (!complete) return `\nstopped after ${count(blocks, "block")}; the same command goes on there\n`;
  const shown = /^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder);
  return [
    `\n${count(blocks, "block")} in ${folder}, head ${head}\n`,
    `  gridclear verify ${shown}\n`,
    `  gridclear statement ${shown} ${/^[\w.-]+$/.test(member) ? member : JSON.stringify(member)}\n`,
  ].join("");
}
