import { copyOf, fromBase64, hex, sameBytes, toBase64 } from "../../bytes.js";
import { type Block, decodeBlock } from "../../ledger/format/block.js";
import { blockHash, headerBytes, maxBlockBytes } from "../../ledger/format/header.js";
import { readRecord } from "../../ledger/format/layout.js";
import { orderLayout, tradeLayout } from "../../ledger/format/records.js";
import { sectionNames } from "../../ledger/format/sections.js";
import { leafHash, nodeHash } from "../../ledger/tree/merkle.js";
import { inclusionRanges, recordRoots } from "../../ledger/tree/path.js";
import type { Run } from "./chain.js";
import { type Check, checksOf, otherHasher } from "./checks.js";
import { lastRun } from "./day.js";
import { byteOf, repairRoots, type Target } from "./forge.js";
import { nameOfByte, valueAtByte } from "./offsets.js";
import { ownerOfStore, wordsOf } from "./scenario.js";
import type { Opened } from "./worker.js";

const mostShown = 200;

function theRun(): Run {
  const run = lastRun();
  if (run === null) throw new Error("nothing has been sealed yet");
  return run;
}

function blockAt(run: Run, height: number): Uint8Array {
  const bytes = run.blocks[height];
  if (bytes === undefined) throw new Error(`there is no block ${height} yet`);
  return bytes;
}

/** The participant behind an order of a block, or the device behind a store's lot. */
function whoSold(run: Run, block: Block, kind: string, offer: number): string {
  if (kind === "storage") {
    const device = run.market.state.terms.devices[offer]?.name ?? "";
    const member = run.community.members.find(({ id }) => device.startsWith(`${id}-`));
    return member ? ownerOfStore(member).name : `device ${offer}`;
  }
  return whoOrdered(run, block, offer);
}
function whoOrdered(run: Run, block: Block, order: number): string {
  const { participant } = readRecord(orderLayout, block.sections.orders, order);
  const member = run.community.members[participant];
  return member ? wordsOf(member).name : `participant ${participant}`;
}

export const ledgerCalls = {
  /** One block, opened: its header, and the first of its orders and trades. */
  block(_engine: Opened, height: number) {
    const run = theRun();
    const bytes = blockAt(run, height);
    const block = decodeBlock(bytes);
    const { header } = block;
    const orders = Array.from({ length: Math.min(mostShown, header.sections.orders.count) }, (_, index) => ({
      ...readRecord(orderLayout, block.sections.orders, index),
      who: whoOrdered(run, block, index),
    }));
    const trades = Array.from({ length: Math.min(mostShown, header.sections.trades.count) }, (_, index) => {
      const { kind, carrier, offer, bid, quantity, price } = readRecord(
        tradeLayout,
        block.sections.trades,
        index,
      );
      return {
        kind,
        carrier,
        quantity,
        price,
        seller: whoSold(run, block, kind, offer),
        buyer: whoOrdered(run, block, bid),
      };
    });
    return {
      height,
      bytes: bytes.length,
      hash: hex(run.hashes[height]!),
      previous: hex(header.previous),
      history: hex(header.history),
      rules: hex(header.rules),
      marketId: hex(header.marketId),
      version: header.version,
      period: header.period,
      timestampMs: header.timestampMs,
      sections: sectionNames.map((name) => ({
        name,
        count: header.sections[name].count,
        bytes: header.sections[name].bytes,
        root: hex(header.sections[name].root),
      })),
      orders,
      trades,
    };
  },

  /** Checks a sealed block. */
  async verify(engine: Opened, height: number): Promise<Check[]> {
    const run = theRun();
    return checksOf(engine, run, height, blockAt(run, height));
  },

  /** Flips one bit of a copy of a block and checks that: which byte it was, what it said and says, and what breaks. */
  async tamper(
    engine: Opened,
    { height, target, repair, random }: { height: number; target: Target; repair: boolean; random: number },
  ) {
    const run = theRun();
    const original = blockAt(run, height);
    const block = decodeBlock(original);
    const offset = byteOf(block, original, target, random);
    const flipped = copyOf(original);
    flipped[offset]! ^= 0x10;
    const bytes = repair && offset >= headerBytes ? repairRoots(flipped, await otherHasher()) : flipped;
    const before = valueAtByte(original, offset);
    let after = "";
    try {
      after = valueAtByte(bytes, offset);
    } catch {
      // The change made the block unreadable: the first check says so.
    }
    return {
      offset,
      field: nameOfByte(block, offset),
      byteBefore: original[offset]!,
      byteAfter: flipped[offset]!,
      before,
      after,
      checks: await checksOf(engine, run, height, bytes),
    };
  },

  /** The path of a trade to the root over its block's trades, with every hash on the way. */
  async prove(_engine: Opened, { height, index }: { height: number; index: number }) {
    const run = theRun();
    const block = decodeBlock(blockAt(run, height));
    const { trades } = block.sections;
    const { count, root } = block.header.sections.trades;
    const other = await otherHasher();
    const rootOf = recordRoots(trades, tradeLayout.bytes, other);
    const record = trades.subarray(index * tradeLayout.bytes, (index + 1) * tradeLayout.bytes);
    let hash = leafHash(record, other);
    const leaf = hex(hash);
    const steps = inclusionRanges(index, count).map(({ start, end }) => {
      const sibling = rootOf(start, end);
      const left = start < index;
      hash = left ? nodeHash(sibling, hash, other) : nodeHash(hash, sibling, other);
      return { sibling: hex(sibling), left, leaves: [start, end] as const, hash: hex(hash) };
    });
    return { count, record: hex(record), leaf, steps, root: hex(root), ok: sameBytes(hash, root) };
  },

  /** A block as text to copy. */
  copy(_engine: Opened, height: number): string {
    const bytes = blockAt(theRun(), height);
    let text = "";
    // In pieces: one call for a large block would have too many arguments.
    for (let at = 0; at < bytes.length; at += 24_576) text += toBase64(bytes.subarray(at, at + 24_576));
    return text;
  },

  /** Checks a block that was pasted: what it is, and whether it holds in this ledger. */
  async paste(engine: Opened, text: string) {
    const run = theRun();
    const clean = text.replaceAll(/\s+/g, "");
    if (clean.length > maxBlockBytes) throw new Error("that is too long for a block");
    const bytes = fromBase64(clean);
    if (bytes === null) throw new Error("that is not base64, as “Copy” writes it");
    const { header } = decodeBlock(bytes);
    const known = run.blocks[header.height];
    return {
      height: header.height,
      bytes: bytes.length,
      hash: hex(blockHash(bytes.subarray(0, headerBytes), await otherHasher())),
      same: known !== undefined && sameBytes(known, bytes),
      checks: known === undefined ? [] : await checksOf(engine, run, header.height, bytes),
    };
  },
};
