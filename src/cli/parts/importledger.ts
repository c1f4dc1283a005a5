/**
 * The ledger of an import: a market whose carrier is shared, and of each interval a period with its readings, as if
 * the meters had reported when it was over (docs/import.md).
 */
import { hex } from "../../bytes.js";
import { openEngine } from "../../core/engine.js";
import { fail, placed } from "../../errors.js";
import type { CommunityFile } from "../../files/communityfile.js";
import type { CommunityReadings } from "../../files/communityshare.js";
import { decodeBlock } from "../../ledger/format/block.js";
import { decodeRecords } from "../../ledger/format/layout.js";
import { readingEstimated, readingLayout } from "../../ledger/format/records.js";
import type { Store } from "../../ledger/store/store.js";
import type { Contract } from "../../market/contracts/contracts.js";
import type { Market } from "../../market/market.js";
import { type MarketOptions, openMarket } from "../../market/open.js";
import { formatTicks } from "../../units.js";
import type { Io } from "../command.js";
import { openOwnLedger } from "./folder.js";
import { interruptible } from "./interrupt.js";
import { progressLine } from "./progress.js";
import { grouped } from "./table.js";

const carrier = "electricity";
/** Periods in which a reading is taken after the one that it is of. */
const window = 1;

/** What is written. */
export interface LedgerImport {
  readonly community: CommunityFile;
  readonly readings: CommunityReadings;
  /** Parts per million of each member's meter. */
  readonly factors: readonly number[];
  /** The folder of the ledger: made when it is not there, gone on with when it holds a part of the same. */
  readonly folder: string;
}

/** What came of it; `exitCode` is 130 or 143 where a signal stopped it. */
export interface WrittenLedger {
  readonly folder: string;
  readonly blocks: number;
  readonly head: string;
  readonly complete: boolean;
  readonly exitCode: number;
}

/**
 * Writes the ledger of an import, or what a call that was interrupted left of it. Throws `conflict` for a folder with
 * something else, or a ledger of other readings or of another community.
 */
export async function importLedger(given: LedgerImport, io: Io): Promise<WrittenLedger> {
  const { readings, folder } = given;
  const engine = await openEngine();
  try {
    const store = await openOwnLedger(folder, { hasher: engine, verify: "hashes" });
    try {
      await checkWritten(store, readings, folder);
      const market = await openMarket({ engine, store, ...marketOf(given) }).catch((error: unknown) => {
        throw placed(error, folder);
      });
      return await interruptible(async (stop) => {
        // Period 1 is the first interval; the last is settled in the period after it.
        const last = readings.intervals + window;
        if (market.period > 1 && market.period <= last)
          io.err(`resuming at interval ${grouped(market.period)} of ${grouped(readings.intervals)}\n`);
        const progress = progressLine(io);
        while (market.period <= last && !stop.signal.aborted) {
          const { period } = market;
          report(market, readings, period - 1);
          await market.clearPeriod(readings.startOf(period));
          progress(
            () =>
              `writing ${folder}  ${Math.floor((100 * period) / last)} %, ${utc(readings.startOf(period))}`,
            period === last,
          );
        }
        const complete = market.period > last;
        return {
          folder,
          blocks: store.size,
          head: hex(store.head!.hash),
          complete,
          exitCode: complete ? 0 : stop.exitCode,
        };
      });
    } finally {
      await store.close();
    }
  } finally {
    engine.close();
  }
}

const utc = (timeMs: number): string => new Date(timeMs).toISOString();

/** What a market of the community opens with. */
function marketOf({ community, readings, factors }: LedgerImport): Omit<MarketOptions, "engine" | "store"> {
  const dated = { version: 1, from: 0 };
  const name = community.community;
  const { missing } = community.readings;
  const contracts: Contract[] = [
    { kind: "community", ...dated, community: name, carrier, price: community.price, key: community.key },
    ...readings.members.map(
      (participant, place): Contract => ({
        kind: "member",
        ...dated,
        community: name,
        participant,
        factor: factors[place]!,
      }),
    ),
  ];
  return {
    id: name,
    currency: community.currency,
    quantityTick: formatTicks(1n, community.quantityTick),
    priceTick: formatTicks(1n, community.priceTick),
    periodMs: readings.intervalMs,
    startMs: readings.fromMs,
    participants: readings.members,
    clearing: { [carrier]: { mechanism: "share" } },
    metering: { window, corrections: 0, missing: missing === "last" ? "last" : "zero" },
    contracts,
  };
}

/** Reports what the meters said of a period; what is missing the market estimates, and says so. */
function report(market: Market, readings: CommunityReadings, period: number): void {
  const interval = period - 1;
  if (interval < 0 || interval >= readings.intervals) return;
  const { quantity } = market.ticks;
  for (const [place, participant] of readings.members.entries()) {
    const said = readings.at(interval, place);
    if (said === null) continue;
    const taken = market.report({
      participant,
      carrier,
      period,
      in: formatTicks(said.in, quantity),
      out: formatTicks(said.out, quantity),
    });
    if (taken.status === "refused")
      throw taken.error.at(`${participant}, ${utc(readings.startOf(interval))}`);
  }
}

/**
 * Throws `conflict` unless the blocks that a ledger has were made of these readings. Contracts are compared when the
 * market is opened.
 */
async function checkWritten(store: Store, readings: CommunityReadings, folder: string): Promise<void> {
  const wanted = "a ledger of the same readings";
  let height = 0;
  for await (const bytes of store.blocks()) {
    const { header, sections } = decodeBlock(bytes);
    if (header.timestampMs !== readings.startOf(height) || height > readings.intervals + window)
      fail("conflict", `${folder}: block ${height}`, wanted, `one sealed at ${utc(header.timestampMs)}`);
    const records = decodeRecords(readingLayout, sections.readings).filter(
      ({ flags }) => (flags & readingEstimated) === 0,
    );
    const interval = height - 2;
    const said = readings.members.flatMap((_, place) => {
      const own = interval < 0 || interval >= readings.intervals ? null : readings.at(interval, place);
      return own === null ? [] : [{ participant: place, ...own }];
    });
    const isSame = ({ participant, in: drawn, out }: (typeof records)[number], index: number): boolean => {
      const own = said[index];
      return own?.participant === participant && own.in === drawn && own.out === out;
    };
    if (records.length !== said.length || !records.every(isSame))
      fail("conflict", `${folder}: block ${height}`, wanted, "other readings");
    height += 1;
  }
}
