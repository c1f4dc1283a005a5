import { GridclearError } from "../../errors.js";
import { fromBase64, toBase64 } from "../../ledger/base64.js";
import { type Block, checkBlock, decodeBlock, decodeItems, encodeBlock } from "../../ledger/block.js";
import { hex, sameBytes } from "../../ledger/bytes.js";
import { Chain } from "../../ledger/chain.js";
import { type Hasher, hashBytes } from "../../ledger/hasher.js";
import { openHasher } from "../../ledger/hashwasm.js";
import { blockHash, type Header, headerBytes, maxBlockBytes, sectionNames } from "../../ledger/header.js";
import { readRecord } from "../../ledger/layout.js";
import { leafHash, merkleRoot, nodeHash } from "../../ledger/merkle.js";
import { inclusionRanges, recordRoots } from "../../ledger/path.js";
import { orderLayout, tradeLayout } from "../../ledger/records.js";
import { openReplay } from "../../market/replay.js";
import type { Run } from "./chain.js";
import { lastRun } from "./day.js";
import { layouts, nameOfByte, sectionStart, valueAtByte } from "./offsets.js";
import { ownerOfStore, wordsOf } from "./scenario.js";
import type { Opened } from "./worker.js";

/** One check of a block: what was checked, whether it held, and how long it took in milliseconds. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly took: number;
}

/** What a person may change about a block. */
export type Target = "price" | "quantity" | "order" | "posting" | "timestamp" | "random";

const mostShown = 200;
let hasher: Promise<Hasher> | null = null;
const otherHasher = (): Promise<Hasher> => (hasher ??= openHasher());

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

/** What is wrong, as a person says it; long hashes by their beginning. */
function inWords(error: unknown): string {
  const short = (value: string): string =>
    value.replaceAll(/"?([0-9a-f]{16})[0-9a-f]{48}"?/g, "$1…").replace(/^(-?[0-9]+)n$/, "$1");
  if (error instanceof GridclearError)
    return `${error.field} should be ${short(error.wanted)}, but is ${short(error.got)}.`;
  return error instanceof Error ? error.message : String(error);
}

async function timed(name: string, act: () => string | Promise<string>): Promise<Check> {
  const start = performance.now();
  try {
    const detail = await act();
    return { name, ok: true, detail, took: performance.now() - start };
  } catch (error) {
    return { name, ok: false, detail: inWords(error), took: performance.now() - start };
  }
}

/** Everything that can be checked of the bytes that claim to be the block at `height`. */
async function checksOf(engine: Opened, run: Run, height: number, bytes: Uint8Array): Promise<Check[]> {
  const other = await otherHasher();
  const form = await timed("Form", () => {
    decodeBlock(bytes);
    return "The header and the lengths of all sections fit the bytes.";
  });
  if (!form.ok) return [form];
  const block = decodeBlock(bytes);
  const hash = blockHash(other, bytes.subarray(0, headerBytes));
  const next = run.blocks[height + 1];
  const wanted = next === undefined ? run.hashes[height]! : decodeBlock(next).header.previous;
  return [
    form,
    await timed("Roots", () => {
      checkBlock(block, other);
      return "Every record hashes to the roots in the header.";
    }),
    await timed("Link back", () => {
      const before = height === 0 ? new Uint8Array(hashBytes) : run.hashes[height - 1]!;
      if (!sameBytes(block.header.previous, before))
        throw new Error(
          `it names ${hex(block.header.previous).slice(0, 16)}… as the block before, which is ${hex(before).slice(0, 16)}…`,
        );
      const chain = new Chain(other);
      for (const earlier of run.blocks.slice(0, height)) chain.append(earlier, true);
      if (!sameBytes(block.header.history, chain.root()))
        throw new Error("its root over all earlier blocks is another");
      return height === 0
        ? "The first block: nothing before it."
        : "It follows the block before, and all before that.";
    }),
    await timed("Hash", () => {
      if (!sameBytes(hash, wanted))
        throw new Error(
          `its hash is now ${hex(hash).slice(0, 16)}…, but ${next === undefined ? "the sealed head is" : `block ${height + 1} says`} ${hex(wanted).slice(0, 16)}…`,
        );
      return next === undefined
        ? `${hex(hash).slice(0, 16)}…, as sealed.`
        : `${hex(hash).slice(0, 16)}…, as block ${height + 1} says.`;
    }),
    await timed("Execution", () => {
      const replay = openReplay(engine);
      for (const earlier of run.blocks.slice(0, height)) replay.replay(decodeBlock(earlier));
      replay.replay(block);
      return `Cleared and settled again from its orders${height > 0 ? `, and so were the ${height} before it` : ""}: the same to the last bit.`;
    }),
  ];
}

/** The byte of a block that a target names; the lowest of its field, so that the value changes by one bit. */
function byteOf(block: Block, bytes: Uint8Array, target: Target, random: number): number {
  const inRecord = (section: "orders" | "trades" | "postings", field: string): number => {
    const layout = layouts[section]!;
    const count = block.header.sections[section].count;
    if (count === 0) throw new Error(`this block has no ${section}: choose another`);
    const offset = layout.fields.find(({ name }) => name === field)!.offset;
    return sectionStart(block, section) + Math.floor(random * count) * layout.bytes + offset + 1;
  };
  switch (target) {
    case "price":
      return inRecord("trades", "price");
    case "quantity":
      return inRecord("trades", "quantity");
    case "order":
      return inRecord("orders", "quantity");
    case "posting":
      return inRecord("postings", "amount");
    case "timestamp":
      return 56 + 2;
    case "random":
      return Math.floor(random * bytes.length);
  }
}

/** Gives a changed block the roots its records now have, as a careful forger would. */
function repairRoots(bytes: Uint8Array, other: Hasher): Uint8Array {
  const block = decodeBlock(bytes);
  const sections = Object.fromEntries(
    sectionNames.map((name) => {
      const described = block.header.sections[name];
      if (name === "state") return [name, described];
      const layout = layouts[name];
      const root =
        layout === undefined
          ? merkleRoot(other, decodeItems(block.sections[name]))
          : other.merkleRoot(block.sections[name], layout.bytes);
      return [name, { ...described, root }];
    }),
  ) as Header["sections"];
  return encodeBlock({ header: { ...block.header, sections }, sections: block.sections });
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
    const flipped = original.slice();
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
    const rootOf = recordRoots(other, trades, tradeLayout.bytes);
    const record = trades.subarray(index * tradeLayout.bytes, (index + 1) * tradeLayout.bytes);
    let hash = leafHash(other, record);
    const leaf = hex(hash);
    const steps = inclusionRanges(index, count).map(({ start, end }) => {
      const sibling = rootOf(start, end);
      const left = start < index;
      hash = left ? nodeHash(other, sibling, hash) : nodeHash(other, hash, sibling);
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
      hash: hex(blockHash(await otherHasher(), bytes.subarray(0, headerBytes))),
      same: known !== undefined && sameBytes(known, bytes),
      checks: known === undefined ? [] : await checksOf(engine, run, header.height, bytes),
    };
  },
};
