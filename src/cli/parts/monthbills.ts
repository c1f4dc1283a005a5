/**
 * The bills of all members for a month out of a ledger: it is executed once up to the end of the month, and the records
 * of each block are handed to whoever's own they are.
 */
import { type Bill, billOf } from "../../bill/bill.js";
import { type Asked, MonthReader } from "../../bill/month.js";
import { hex } from "../../bytes.js";
import { openEngine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import { type Blocks, Chain } from "../../ledger/format/chain.js";
import type { Snapshot } from "../../ledger/format/snapshot.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { openReplay, type Replay } from "../../market/replay.js";
import { checkedBlocks } from "../../report/blocks.js";
import type { Tariff } from "../../tariff/components.js";
import type { Month, Zone } from "../../tariff/zone.js";
import { heightsIn, monthNamed, type Scanned, scan, zoneOf } from "./billing.js";
import { snapshotBelow } from "./range.js";
import { withSource } from "./source.js";

/** Whose bills of which month: all that a ledger has. */
export interface AllBilled {
  readonly ledger: string;
  readonly month: string;
  /** From a file, in the place of the ledger's; null: the ledger's. */
  readonly tariff: Tariff | null;
}

/** The bills of a month. */
export interface MonthBills {
  readonly marketId: string;
  /** Hash of the last block that the bills need: of a month that is closed it stays the same. */
  readonly head: string;
  /** Of everybody who has a line, in the order in which they joined. */
  readonly bills: readonly Bill[];
}

/** Called with how many blocks were read, of how many. */
export type Told = (blocks: number, all: number) => void;

/** Periods of members that are held at once; of more than that the blocks are read again for the rest. */
const mostHeld = 400_000;

/** A zone's month. */
interface Dated {
  readonly zone: Zone;
  readonly month: Month;
}

/**
 * The bills of all members for a month. Throws `corrupt` for a ledger that is not good, `invalid` for a month of which
 * it has no period.
 */
export async function monthBills({ ledger, month, tariff }: AllBilled, tell: Told): Promise<MonthBills> {
  const hasher = await openHasher();
  const engine = await openEngine();
  try {
    return await withSource(ledger, { hasher, verify: "hashes" }, async ({ blocks, store }) => {
      const scanned = await scan(blocks());
      const dated = datesOf(scanned, month, tariff);
      const { from, periods } = firstIn(scanned, [...dated.values()], month);
      const snapshot = await snapshotBelow(from, store, hasher);
      const members = [...dated.keys()];
      const size = Math.max(1, Math.floor(mostHeld / periods));
      const bills: Bill[] = [];
      let read = { marketId: "", head: "" };
      for (let at = 0; at < members.length; at += size) {
        const asked = members.slice(at, at + size).map((participant): Asked => {
          const { fromMs, toMs } = dated.get(participant)!.month;
          return { participant, isIn: (ms) => ms >= fromMs && ms < toMs };
        });
        const reader = new MonthReader(asked, snapshot);
        // Once is enough to know that the ledger holds.
        const replay = at === 0 ? openReplay(engine, snapshot) : null;
        const all = scanned.timestamps.length;
        read = await readInto(reader, {
          blocks: blocks(),
          hasher,
          snapshot,
          replay,
          tell: (n) => tell(n, all),
        });
        for (const [participant, usage] of reader.usages()) {
          const { zone, month: its } = dated.get(participant)!;
          if (usage.periods.length === 0) continue;
          const of = { participant, month: its, name: month, zone, outside: tariff };
          const found = billOf(reader.market!, usage, of);
          if (found.lines.length > 0) bills.push(found);
        }
      }
      return { ...read, bills };
    });
  } finally {
    engine.close();
  }
}

/** By participant, in the order in which they joined: the zone by which each is billed, and the month there. */
function datesOf(scanned: Scanned, month: string, tariff: Tariff | null): Map<string, Dated> {
  const known = new Map<string, Dated>();
  const dated = new Map<string, Dated>();
  for (const contract of scanned.contracts.values()) {
    if (contract.kind !== "participant") continue;
    const zone = zoneOf(scanned, { participant: contract.id, tariff });
    const its = known.get(zone.name) ?? { zone, month: monthNamed(zone, month) };
    known.set(zone.name, its);
    dated.set(contract.id, its);
  }
  return dated;
}

/** The first height of a month in any zone, and about how many periods it has. */
function firstIn(
  scanned: Scanned,
  dated: readonly Dated[],
  month: string,
): { readonly from: number; readonly periods: number } {
  const [first, ...rest] = [...new Set(dated.map((each) => each.month))];
  if (first === undefined) return fail("invalid", "LEDGER", "a ledger with a participant", "none");
  const whole = rest.reduce(
    (all, each) => ({
      fromMs: Math.min(all.fromMs, each.fromMs),
      toMs: Math.max(all.toMs, each.toMs),
    }),
    first as Pick<Month, "fromMs" | "toMs">,
  );
  const { from, to } = heightsIn(scanned, whole, month);
  return { from, periods: to - from };
}

interface Reading {
  readonly blocks: Blocks;
  readonly hasher: Hasher;
  readonly snapshot: Snapshot | null;
  readonly replay: Replay | null;
  readonly tell: (blocks: number) => void;
}

/** Reads blocks until the month is over for everybody. */
async function readInto(
  reader: MonthReader,
  { blocks, hasher, snapshot, replay, tell }: Reading,
): Promise<{ marketId: string; head: string }> {
  let read = { marketId: "", head: "" };
  for await (const { block, hash } of checkedBlocks(blocks, hasher, new Chain(hasher), snapshot)) {
    replay?.replay(block);
    reader.add(block);
    tell(block.header.height + 1);
    read = { marketId: hex(block.header.marketId), head: hex(hash) };
    if (reader.isOver) break;
  }
  return read;
}
