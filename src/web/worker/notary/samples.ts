/** Ledgers made here: a small one that is good, one in which somebody cheated, and the day that the page traded. */

import { concat, copyOf, viewOf } from "../../../bytes.js";
import type { Engine } from "../../../core/engine.js";
import { fail } from "../../../errors.js";
import { decodeBlock } from "../../../ledger/format/block.js";
import { blockHash, headerBytes } from "../../../ledger/format/header.js";
import { offsetsOf } from "../../../ledger/format/layout.js";
import {
  encodeFileEnd,
  encodeFileHead,
  encodeRecordHead,
  openChecksum,
} from "../../../ledger/format/ledgerfile.js";
import { tradeLayout } from "../../../ledger/format/records.js";
import type { Hasher } from "../../../ledger/tree/hasher.js";
import { defaults } from "../../settings/settings.js";
import { openRun } from "../chain.js";
import { repairRoots } from "../forge.js";
import { sectionStart } from "../offsets.js";
import { scenarioOf } from "../scenario.js";
import { pause } from "../work.js";

/** Blocks as a ledger file, whatever they say. */
export async function ledgerFile(blocks: readonly Uint8Array[], hasher: Hasher): Promise<Uint8Array> {
  const checksum = await openChecksum();
  const last = blocks.at(-1) ?? fail("state", "ledger", "a block", "none");
  const end = { size: blocks.length, hash: blockHash(last.subarray(0, headerBytes), hasher) };
  return concat(
    encodeFileHead(0),
    ...blocks.flatMap((block) => [encodeRecordHead(block, checksum), block]),
    encodeFileEnd(end, checksum),
  );
}

/** Members of the sample's street, and minutes of its periods. */
const members = 16;
const minutes = 60;
/** What the buyer of the forged trade pays more, in price ticks. */
const more = 50_000;

/** A day of a small street; forged: one trade is dearer, and everything that a careful forger can repair is. */
export async function sample(
  isForged: boolean,
  {
    engine,
    hasher,
    signal,
  }: { readonly engine: Engine; readonly hasher: Hasher; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  const run = await openRun(engine, scenarioOf({ ...defaults, minutes }, members));
  for await (const _ of run.periods) {
    await pause(signal);
    if (run.blocks.length > 1440 / minutes) break;
  }
  const blocks = isForged ? forged(run.blocks, hasher) : run.blocks;
  return ledgerFile(blocks, hasher);
}

/** The same blocks with a dearer trade in the middle one of those that have trades. */
function forged(blocks: readonly Uint8Array[], hasher: Hasher): Uint8Array[] {
  const trading = blocks.flatMap((bytes, height) =>
    decodeBlock(bytes).header.sections.trades.count > 0 ? [height] : [],
  );
  const height =
    trading[Math.floor(trading.length / 2)] ?? fail("state", "sample", "a block with trades", "none");
  const bytes = copyOf(blocks[height]!);
  const at = sectionStart(decodeBlock(bytes), "trades") + offsetsOf(tradeLayout).usePrice;
  const view = viewOf(bytes);
  view.setInt32(at, view.getInt32(at, true) + more, true);
  return blocks.map((each, place) => (place === height ? repairRoots(bytes, hasher) : each));
}
