/**
 * Whether a fleet's blocks are what its streams say, and stand where they have to: every block of a microgrid is worked
 * out again from its intake, by the code that the workers run, and held against the stream, the workers' own stores,
 * and receipts that somebody was given. An auditor is a worker that publishes nothing and needs no key.
 */
import { hex, sameBytes } from "../bytes.js";
import { GridclearError } from "../errors.js";
import { decodeBlock } from "../ledger/format/block.js";
import { Chain } from "../ledger/format/chain.js";
import { orderLayout } from "../ledger/format/records.js";
import type { Signatures } from "../ledger/keys/backend.js";
import { checkEvidence } from "../ledger/keys/coverage.js";
import { KeyDirectory } from "../ledger/keys/directory.js";
import { needReceiptSigned, type Receipt } from "../ledger/proof/receipt.js";
import { CompactRange, leafHash } from "../ledger/tree/merkle.js";
import type { MatchingEngine } from "../market/engine.js";
import { openReplay } from "../market/replay.js";
import { Grid } from "./grid.js";
import { needHead, platformOf } from "./heads.js";
import { type Line, lastOn, messagesOn } from "./line.js";
import { decodeRegistration, decodeSealed, isSameBlock, type SealedBlock } from "./messages.js";
import type { OwnBlock } from "./ownstore.js";

/** What is wrong with a microgrid. */
export interface Finding {
  readonly grid: string;
  readonly height: number | null;
  /**
   * `lost`: the stream has not the block, a store has it; `gone`: nobody has it. `fork`: two blocks of one height.
   * `waiting`: a worker ended, or works, between its disk and the stream; whoever takes the microgrid up publishes it.
   * `intake`: the block does not follow from the intake as it stands now, which has lost or gained something.
   * `invalid`: the block contradicts itself, its signatures or its execution. `receipt`: a receipt is not kept.
   */
  readonly kind: "waiting" | "lost" | "gone" | "fork" | "intake" | "invalid" | "receipt";
  readonly detail: string;
}

/** What an audit of one microgrid came to. */
export interface GridAudit {
  readonly grid: string;
  /** Blocks in the stream, put back ones included. */
  readonly blocks: number;
  /** Blocks of the stream that stand in none of the stores that were given. */
  readonly unkept: number;
  /** Blocks that were worked out again from the intake, the same. */
  readonly derived: number;
  /** Receipts that are kept; those of periods that have no block yet count nowhere. */
  readonly receipts: number;
  readonly findings: readonly Finding[];
  /** The blocks that the stream has, put back ones included, in order. */
  readonly published: readonly SealedBlock[];
  /** Blocks that the stream lacks and a store has, in order; those that wait as well. */
  readonly lost: readonly OwnBlock[];
}

/** What microgrids are audited with. */
export interface AuditParts {
  readonly line: Line;
  readonly engine: MatchingEngine;
  readonly signatures: Signatures;
}

/** What is known of a microgrid beside its streams. */
export interface GridEvidence {
  readonly kept: readonly OwnBlock[];
  readonly receipts: readonly Receipt[];
}

/** Audits one microgrid from its first block to its last. Throws `storage` when the servers do not answer. */
export async function auditGrid(
  parts: AuditParts,
  grid: string,
  { kept, receipts }: GridEvidence,
): Promise<GridAudit> {
  const findings: Finding[] = [];
  const find = (height: number | null, kind: Finding["kind"], detail: string): void => {
    findings.push({ grid, height, kind, detail });
  };
  const published = await publishedOf(parts.line, grid, find);
  const stored = storedOf(kept, find);
  const lost: OwnBlock[] = [];
  const top = Math.max(-1, ...published.keys(), ...stored.keys());
  let unkept = 0;
  for (let height = 0; height <= top; height += 1) {
    const [there, own] = [published.get(height), stored.get(height)];
    if (there === undefined && own === undefined)
      find(height, "gone", "neither in the stream nor in a store");
    else if (there === undefined) {
      lost.push(own!);
    } else if (own === undefined) unkept += 1;
    else if (!isSameBlock(there, own.block))
      find(height, "fork", `${hex(there.hash)} in the stream, ${hex(own.block.hash)} in a store`);
  }
  const all = Array.from(
    { length: top + 1 },
    (_, height) => published.get(height) ?? stored.get(height)?.block,
  );
  const whole = all.every((block): block is SealedBlock => block !== undefined) ? all : [];
  const derived = await deriveAll(parts, grid, whole, find);
  // What follows from the intake was checked as it was taken; what does not is checked as any ledger is.
  const end = Math.max(-1, ...published.keys());
  for (const { block } of lost)
    if (block.height > end && block.height < derived)
      find(block.height, "waiting", "in a store, and not published yet");
    else find(block.height, "lost", "not in the stream, but in a store");
  if (derived < whole.length) await checkChain(parts, whole, find);
  await checkHeads(parts, whole, find);
  const good = await checkReceipts(parts, whole, receipts, find);
  const there = [...published.values()].sort((a, b) => a.height - b.height);
  const counts = { blocks: there.length, unkept, derived, receipts: good };
  return { grid, ...counts, findings, published: there, lost };
}

type Find = (height: number | null, kind: Finding["kind"], detail: string) => void;

/** The blocks that the stream has, by height. */
async function publishedOf(line: Line, grid: string, find: Find): Promise<Map<number, SealedBlock>> {
  const place = line.names.of(grid);
  const stream = line.names.blockStream(place.shard);
  const found = new Map<number, SealedBlock>();
  const take = (data: Uint8Array): void => {
    try {
      const block = decodeSealed(data);
      const before = found.get(block.height);
      if (before === undefined) found.set(block.height, block);
      else if (!isSameBlock(before, block))
        find(block.height, "fork", `${hex(before.hash)} and ${hex(block.hash)}, both in the stream`);
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      find(null, "invalid", error.message);
    }
  };
  for await (const { data } of messagesOn(line, stream, place.blocks, 1)) take(data);
  for await (const { data } of messagesOn(line, stream, place.allMended, 1)) take(data);
  return found;
}

/** The blocks that stores have, by height. */
function storedOf(kept: readonly OwnBlock[], find: Find): Map<number, OwnBlock> {
  const found = new Map<number, OwnBlock>();
  for (const own of kept) {
    const { height, hash } = own.block;
    const before = found.get(height);
    if (before === undefined || (before.registered === null && own.registered !== null))
      found.set(height, own);
    if (before !== undefined && !isSameBlock(before.block, own.block))
      find(height, "fork", `${hex(before.block.hash)} and ${hex(hash)}, both in stores`);
  }
  return found;
}

/** Works the blocks out again from the intake; resolves to how many are the same, from genesis on. */
async function deriveAll(
  { line, engine, signatures }: AuditParts,
  name: string,
  blocks: readonly SealedBlock[],
  find: Find,
): Promise<number> {
  const place = line.names.of(name);
  const registered = await lastOn(line, line.names.blockStream(place.shard), place.grid);
  const last = blocks.at(-1);
  if (registered === null || last === undefined) return 0;
  let derived = 0;
  let differs = false;
  const publish = async (block: SealedBlock): Promise<void> => {
    const wanted = blocks[block.height];
    if (differs || wanted === undefined) return;
    differs = !isSameBlock(wanted, block) || !sameBytes(wanted.bytes, block.bytes);
    if (!differs) derived += 1;
    else find(block.height, "intake", `${hex(block.hash)} follows from the intake, not ${hex(wanted.hash)}`);
  };
  try {
    const registration = decodeRegistration(registered.data);
    const sink = {
      keep: async () => {},
      publish,
      read: async () => null,
      snapshot: async () => {},
      answer: () => {},
    };
    const grid = await Grid.open(
      { name, engine, signatures, key: null, snapshotEvery: null, sink, warn: () => {} },
      { registration, first: null, snapshot: null, blocks: [] },
    );
    const intake = line.names.intakeStream(place.shard);
    for await (const { seq, subject, data } of messagesOn(line, intake, place.intake, registration.cut + 1)) {
      if (seq > last.cut || differs) break;
      const kind = subject === place.gates ? "gate" : subject === place.requests ? "request" : null;
      if (kind !== null) await grid.take({ sequence: seq, kind, data });
    }
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    find(derived, "intake", error.message);
    return derived;
  }
  if (derived < blocks.length && !differs)
    find(derived, "intake", `the gate of this block is not in the intake (sequence ${blocks[derived]!.cut})`);
  return derived;
}

/** Checks a chain by itself: hashes and links, signatures, execution. */
async function checkChain(
  { engine, signatures }: AuditParts,
  blocks: readonly SealedBlock[],
  find: Find,
): Promise<void> {
  const chain = new Chain(engine);
  const directory = new KeyDirectory();
  const replay = openReplay(engine);
  for (const { height, bytes } of blocks)
    try {
      chain.append(bytes);
      const block = decodeBlock(bytes);
      await checkEvidence(block, directory, signatures, engine);
      replay.replay(block);
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      find(height, "invalid", error.message);
      return;
    }
}

/** Holds the signed heads against the hashes of the blocks. */
async function checkHeads(
  { engine, signatures }: AuditParts,
  blocks: readonly SealedBlock[],
  find: Find,
): Promise<void> {
  const [genesis] = blocks;
  if (genesis === undefined) return;
  const check = { platform: platformOf(genesis.bytes), signatures, hasher: engine };
  const tree = new CompactRange(engine);
  for (const { height, hash, note } of blocks) {
    tree.append(leafHash(hash, engine));
    try {
      await needHead({ height, note }, tree.root(), check);
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      find(height, "invalid", error.message);
    }
  }
}

/** Holds receipts against the blocks of their periods; resolves to how many are kept. */
async function checkReceipts(
  { engine, signatures }: AuditParts,
  blocks: readonly SealedBlock[],
  receipts: readonly Receipt[],
  find: Find,
): Promise<number> {
  const [genesis] = blocks;
  if (genesis === undefined || receipts.length === 0) return 0;
  const { header } = decodeBlock(genesis.bytes);
  const platform = platformOf(genesis.bytes);
  let good = 0;
  for (const receipt of receipts) {
    const height = receipt.period - header.period;
    const block = blocks[height];
    if (block === undefined) continue;
    try {
      await needReceiptSigned(receipt, "receipt", platform, signatures, engine);
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      find(height, "receipt", error.message);
      continue;
    }
    const { orders } = decodeBlock(block.bytes).sections;
    const { bytes } = orderLayout;
    const found = orders.subarray(receipt.number * bytes, (receipt.number + 1) * bytes);
    if (sameBytes(found, receipt.order)) good += 1;
    else
      find(
        height,
        "receipt",
        `order ${receipt.number} is ${hex(found) || "not there"}, not ${hex(receipt.order)}`,
      );
  }
  return good;
}
