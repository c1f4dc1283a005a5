/** What can be asked of a sealed block. Every call names its ledger by its key, so that none answers for another. */

import { copyOf, fromBase64, hex, sameBytes, toBase64 } from "../../bytes.js";
import { fail } from "../../errors.js";
import { type Block, decodeBlock, isWithheld } from "../../ledger/format/block.js";
import {
  blockHash,
  decodeHeader,
  type Header,
  headerBytes,
  maxBlockBytes,
  totalNames,
} from "../../ledger/format/header.js";
import { readRecord } from "../../ledger/format/layout.js";
import { type OrderRecord, orderLayout, type TradeRecord, tradeLayout } from "../../ledger/format/records.js";
import {
  isStateSection,
  leafOf,
  rowBytes,
  rowRecords,
  type SectionName,
  type StoredSection,
  sectionNames,
  storedSections,
} from "../../ledger/format/sections.js";
import { leafHash, nodeHash } from "../../ledger/tree/merkle.js";
import { inclusionRanges, leafRoots } from "../../ledger/tree/path.js";
import { type Carrier, carriers } from "../../units.js";
import { clocksOf } from "../../zones.js";
import { t } from "../say.js";
import type { Run } from "./chain.js";
import { type Check, checksOf, otherHasher } from "./checks.js";
import { runOf } from "./day.js";
import { byteOf, repairRoots, type Target } from "./forge.js";
import { nameOfByte, valueAtByte } from "./offsets.js";
import { ownerOfStore, wordsOf } from "./owners.js";
import type { Work } from "./work.js";

/** A block of a ledger. */
export interface InLedger {
  /** Key of the settings whose day the ledger holds. */
  readonly ledger: string;
  readonly height: number;
}

/** A change to try on a copy of a block. */
export interface TamperInput extends InLedger {
  readonly target: Target;
  /** Whether to give the changed block the roots that its records then have. */
  readonly repair: boolean;
  /** From 0 to 1: which record, or which byte. */
  readonly random: number;
}

/** A block, opened. */
export interface BlockShown {
  readonly height: number;
  readonly bytes: number;
  readonly hash: string;
  readonly previous: string;
  readonly history: string;
  readonly rules: string;
  readonly marketId: string;
  readonly period: number;
  readonly timestampMs: number;
  /** The community's own time against UTC. */
  readonly utcOffsetMinutes: number;
  readonly periodMs: number;
  readonly sections: readonly {
    readonly name: SectionName;
    /** Whether its records stand in the block, or only their root does. */
    readonly stored: boolean;
    readonly count: number;
    readonly bytes: number;
    readonly root: string;
  }[];
  /** The first of its orders and trades. */
  readonly orders: readonly (OrderRecord & { readonly who: string })[];
  readonly trades: readonly (Pick<
    TradeRecord,
    "kind" | "carrier" | "quantity" | "supplyPrice" | "usePrice"
  > & {
    readonly seller: string;
    readonly buyer: string;
  })[];
}

/** What a change did to a block. */
export interface Forged {
  readonly offset: number;
  /** What stands at that byte. */
  readonly field: string;
  readonly byteBefore: number;
  readonly byteAfter: number;
  /** What the field said and says; empty where it holds no value by itself. */
  readonly before: string;
  readonly after: string;
  readonly checks: readonly Check[];
}

/**
 * The path of a trade's row to the root over its block's trades. Trades are ranges: the first, and the one after the
 * last.
 */
export interface Proved {
  readonly count: number;
  /** The trades of the row, which is the leaf. */
  readonly row: readonly [number, number];
  readonly leaf: string;
  readonly steps: readonly {
    readonly sibling: string;
    readonly left: boolean;
    readonly trades: readonly [number, number];
    readonly hash: string;
  }[];
  readonly root: string;
  readonly ok: boolean;
}

/** What was found about a block that came from elsewhere. */
export interface Pasted {
  readonly height: number;
  readonly bytes: number;
  readonly hash: string;
  readonly same: boolean;
  /** Empty where the ledger has no block of that height, and for a header alone. */
  readonly checks: readonly Check[];
  /** What it says where it is the header of a private market's block, which everybody may have; else null. */
  readonly header: PublicHeader | null;
}

/** What everybody may know of a block of a private market. Totals are in the market's quantity ticks. */
export interface PublicHeader {
  readonly marketId: string;
  readonly period: number;
  readonly timestampMs: number;
  readonly counts: readonly (readonly [name: StoredSection, count: number])[];
  readonly totals: readonly (readonly [carrier: Carrier, name: string, total: string])[];
}

const mostShown = 200;

function blockAt(run: Run, height: number): Uint8Array {
  return run.blocks[height] ?? fail("state", "block", `0 to ${run.blocks.length - 1}`, height);
}

/** The participant behind an order of a block, or the device behind a store's lot. */
function whoTraded(run: Run, block: Block, party: TradeRecord["seller"], number: number): string {
  if (party === "grid") return t`The grid`;
  if (party === "order") return whoOrdered(run, block, number);
  const member = run.stores[number];
  return member ? ownerOfStore(member).name : t`Store ${number + 1}`;
}
function whoOrdered(run: Run, block: Block, order: number): string {
  const { participant } = readRecord(orderLayout, block.sections.orders, order);
  const member = run.community.members[participant];
  return member ? wordsOf(member).name : t`participant ${participant}`;
}

/** One block, opened: its header, and the first of its orders and trades. */
export function block(_work: Work, { ledger, height }: InLedger): BlockShown {
  const run = runOf(ledger);
  const bytes = blockAt(run, height);
  const opened = decodeBlock(bytes);
  const { header, sections } = opened;
  const first = (name: "orders" | "trades") => ({
    length: Math.min(mostShown, header.sections[name].count),
  });
  const { timeZone, periodMs } = run.community.scenario;
  return {
    height,
    bytes: bytes.length,
    hash: hex(run.hashes[height]!),
    previous: hex(header.previous),
    history: hex(header.history),
    rules: hex(header.sections.rules.root),
    marketId: hex(header.marketId),
    period: header.period,
    timestampMs: header.timestampMs,
    utcOffsetMinutes: clocksOf(timeZone).offsetAt(header.timestampMs) / 60_000,
    periodMs,
    sections: sectionNames.map((name) => ({
      name,
      stored: !isStateSection(name),
      count: header.sections[name].count,
      bytes: header.sections[name].bytes,
      root: hex(header.sections[name].root),
    })),
    orders: Array.from(first("orders"), (_, index) => ({
      ...readRecord(orderLayout, sections.orders, index),
      who: whoOrdered(run, opened, index),
    })),
    trades: Array.from(first("trades"), (_, index) => {
      const { offer, bid, ...trade } = readRecord(tradeLayout, sections.trades, index);
      const { kind, carrier, quantity, supplyPrice, usePrice } = trade;
      const seller = whoTraded(run, opened, trade.seller, offer);
      const buyer = whoTraded(run, opened, trade.buyer, bid);
      return { kind, carrier, quantity, supplyPrice, usePrice, seller, buyer };
    }),
  };
}

/** Checks a sealed block. */
export async function verify(
  { engine, signal, tell }: Work<number>,
  { ledger, height }: InLedger,
): Promise<Check[]> {
  const run = runOf(ledger);
  return checksOf({ engine, run, height, signal, tell }, blockAt(run, height));
}

/** Flips one bit of a copy of a block and checks that: which byte it was, what it said and says, and what breaks. */
export async function tamper({ engine, signal }: Work, input: TamperInput): Promise<Forged> {
  const { ledger, height, target, repair, random } = input;
  const run = runOf(ledger);
  const original = blockAt(run, height);
  const opened = decodeBlock(original);
  const offset = byteOf(opened, original, target, random);
  const flipped = copyOf(original);
  flipped[offset]! ^= 0x10;
  const bytes = repair && offset >= headerBytes ? repairRoots(flipped, await otherHasher()) : flipped;
  let after = "";
  try {
    after = valueAtByte(bytes, offset);
  } catch {
    // The change made the block unreadable: the first check says so.
  }
  return {
    offset,
    field: nameOfByte(opened, offset),
    byteBefore: original[offset]!,
    byteAfter: flipped[offset]!,
    before: valueAtByte(original, offset),
    after,
    checks: await checksOf({ engine, run, height, signal, tell: () => undefined }, bytes),
  };
}

/** The path of a trade to the root over its block's trades, with every hash on the way. */
export async function prove(
  _work: Work,
  { ledger, height, index }: InLedger & { readonly index: number },
): Promise<Proved> {
  const { header, sections } = decodeBlock(blockAt(runOf(ledger), height));
  const { count, root } = header.sections.trades;
  const other = await otherHasher();
  const rootOf = leafRoots(sections.trades, rowBytes(tradeLayout), other);
  const row = leafOf("trades", index, count);
  let hash = leafHash(
    sections.trades.subarray(row.start * tradeLayout.bytes, row.end * tradeLayout.bytes),
    other,
  );
  const leaf = hex(hash);
  const steps = inclusionRanges(row.place, row.leaves).map(({ start, end }) => {
    const sibling = rootOf(start, end);
    const left = start < row.place;
    hash = left ? nodeHash(sibling, hash, other) : nodeHash(hash, sibling, other);
    const trades = [start * rowRecords, Math.min(count, end * rowRecords)] as const;
    return { sibling: hex(sibling), left, trades, hash: hex(hash) };
  });
  const ok = sameBytes(hash, root);
  return { count, row: [row.start, row.end], leaf, steps, root: hex(root), ok };
}

/** A block as text to copy. */
export function copy(_work: Work, { ledger, height }: InLedger): string {
  const bytes = blockAt(runOf(ledger), height);
  let text = "";
  // In pieces: one call for a large block would have too many arguments.
  for (let at = 0; at < bytes.length; at += 24_576) text += toBase64(bytes.subarray(at, at + 24_576));
  return text;
}

/** Checks a block that was pasted: what it is, and whether it is valid in this ledger. */
export async function paste(
  { engine, signal }: Work,
  { ledger, text }: { readonly ledger: string; readonly text: string },
): Promise<Pasted> {
  const run = runOf(ledger);
  const clean = text.replaceAll(/\s+/g, "");
  if (clean === "") return fail("invalid", "block", t`a block in base64`, t`nothing pasted yet`);
  if (clean.length > maxBlockBytes)
    return fail("limit", "block", t`a block in base64`, t`text that is too long`);
  const bytes = fromBase64(clean);
  if (bytes === null)
    return fail("invalid", "block", t`base64, as “Copy block” writes it`, `${clean.slice(0, 20)}…`);
  const header = decodeHeader(bytes);
  const hash = hex(blockHash(bytes.subarray(0, headerBytes), await otherHasher()));
  const { height } = header;
  const said = { height, bytes: bytes.length, hash };
  if (isWithheld(header, bytes)) return { ...said, same: false, checks: [], header: publicHeader(header) };
  decodeBlock(bytes);
  const known = run.blocks[height];
  const checking = { engine, run, height, signal, tell: () => undefined };
  return {
    ...said,
    same: known !== undefined && sameBytes(known, bytes),
    checks: known === undefined ? [] : await checksOf(checking, bytes),
    header: null,
  };
}

/** What a header says; of the totals those that are not 0. */
function publicHeader({ marketId, period, timestampMs, sections, totals }: Header): PublicHeader {
  return {
    marketId: hex(marketId),
    period,
    timestampMs,
    counts: storedSections.map((name) => [name, sections[name].count]),
    totals: carriers.flatMap((carrier) =>
      totalNames
        .filter((name) => totals[carrier][name] > 0n)
        .map((name) => [carrier, name, `${totals[carrier][name]}`] as const),
    ),
  };
}
