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
import { heightsIn, type Scanned, scan } from "./billing.js";
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

/**
 * The bills of all members for a month. Throws `corrupt` for a ledger that is not good, `invalid` for a month of which
 * it has no period.
 */
export async function monthBills({ ledger, month, tariff }: AllBilled, tell: Told): Promise<MonthBills> {
  const hasher = await openHasher();
  const engine = await openEngine();
  try {
    return await withSource(ledger, { hasher, verify: "hashes" }, async ({ blocks, store }) => {
      const scanned = await scan(blocks(), store, hasher);
      const participants = participantsOf(scanned);
      const heights = heightsIn(scanned, { participants, month, tariff });
      const ranges = [...heights.values()];
      const from = Math.min(...ranges.map((range) => range.from));
      const periods = Math.max(...ranges.map((range) => range.to)) - from;
      const snapshot = await snapshotBelow(from, store, hasher);
      const members = [...heights.keys()];
      const size = Math.max(1, Math.floor(mostHeld / periods));
      const bills: Bill[] = [];
      let read = { marketId: "", head: "" };
      for (let at = 0; at < members.length; at += size) {
        const wanted = { name: month, zone: tariff?.zone ?? null };
        const asked = members
          .slice(at, at + size)
          .map((participant): Asked => ({ participant, month: wanted }));
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
          const found = billOf(reader.market!, usage, { participant, month, outside: tariff });
          if (found.lines.length > 0) bills.push(found);
        }
      }
      return { ...read, bills };
    });
  } finally {
    engine.close();
  }
}

/** Everybody whom a ledger ever had, in the order in which they joined. */
function participantsOf({ contracts }: Scanned): string[] {
  const ids = contracts
    .flatMap(([, own]) => own)
    .flatMap((contract) => (contract.kind === "participant" ? [contract.id] : []));
  if (ids.length === 0) fail("invalid", "LEDGER", "a ledger with a participant", "none");
  return [...new Set(ids)];
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
