/** Where a microgrid is to be taken up: its registration, its newest snapshot, and the blocks behind that. */
import { sameBytes } from "../bytes.js";
import { fail, GridclearError } from "../errors.js";
import { encodeHeader, headerBytes } from "../ledger/format/header.js";
import { decodeSnapshot } from "../ledger/format/snapshot.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import type { GridBeginning } from "./grid.js";
import { type Line, lastOn, messagesOn } from "./line.js";
import {
  decodeRegistration,
  decodeSealed,
  decodeSnapshotMessage,
  isSameBlock,
  type PublishedBlock,
  type PublishedSnapshot,
  type SealedBlock,
} from "./messages.js";
import type { GridPlace } from "./names.js";

/** A microgrid as its streams have it. */
export interface LoadedGrid extends GridBeginning {
  /** Its registration as it stands in the stream. */
  readonly registered: Uint8Array;
  /** Sequence of the last message on its subject of blocks; 0: none. */
  readonly lastSequence: number;
}

/**
 * Reads where a microgrid stands. Throws `invalid` for one that was never registered, `corrupt` naming the height for a
 * block that the stream has lost.
 */
export async function loadGrid(line: Line, grid: string, hasher: Hasher): Promise<LoadedGrid> {
  const place = line.names.of(grid);
  const stream = line.names.blockStream(place.shard);
  const registered = await lastOn(line, stream, place.grid);
  if (registered === null) return fail("invalid", "grid", "a microgrid that is registered", grid);
  const registration = decodeRegistration(registered.data);
  const [genesis] = await firstOf(messagesOn(line, stream, place.blocks, 1));
  if (genesis === undefined)
    return {
      registered: registered.data,
      registration,
      first: null,
      snapshot: null,
      blocks: [],
      lastSequence: 0,
    };
  const first = decodeSealed(genesis.data).bytes;
  const taken = await newestSnapshot(line, place, hasher);
  const { snapshot, from } = taken ?? { snapshot: null, from: genesis.seq };
  const blocks: PublishedBlock[] = [];
  for await (const block of blocksOf(line, grid, from, snapshot?.height ?? 0)) blocks.push(block);
  const lastSequence = blocks.at(-1)!.sequence;
  return { registered: registered.data, registration, first, snapshot, blocks, lastSequence };
}

async function firstOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  for await (const item of items) return [item];
  return [];
}

/** The newest snapshot whose block stands where it says; null: none, and the chain is read from its beginning. */
async function newestSnapshot(
  line: Line,
  place: GridPlace,
  hasher: Hasher,
): Promise<{ readonly snapshot: PublishedSnapshot; readonly from: number } | null> {
  const message = await lastOn(line, line.names.snapshotStream, place.snapshots);
  if (message === null) return null;
  try {
    const snapshot = decodeSnapshotMessage(message.data);
    const { header } = decodeSnapshot(snapshot.bytes, hasher);
    const stream = line.names.blockStream(place.shard);
    const [found] = await firstOf(messagesOn(line, stream, place.blocks, snapshot.sequence));
    if (found === undefined || found.seq !== snapshot.sequence) return null;
    const { bytes, height } = decodeSealed(found.data);
    const isIts =
      height === snapshot.height && sameBytes(bytes.subarray(0, headerBytes), encodeHeader(header));
    return isIts ? { snapshot, from: snapshot.sequence } : null;
  } catch (error) {
    // A snapshot is never needed: whoever finds none that holds begins further back.
    if (error instanceof GridclearError) return null;
    throw error;
  }
}

/**
 * The blocks of a microgrid from the one of `height` on, which stands at `from` in the stream. One that the stream has
 * lost is looked for where it was put back. Throws `corrupt` naming the height where it is nowhere, and where the
 * stream has two of one height.
 */
async function* blocksOf(
  line: Line,
  grid: string,
  from: number,
  height: number,
): AsyncGenerator<PublishedBlock> {
  const place = line.names.of(grid);
  const stream = line.names.blockStream(place.shard);
  let next = height;
  let last: SealedBlock | null = null;
  for await (const { seq, data } of messagesOn(line, stream, place.blocks, from)) {
    const block = { ...decodeSealed(data), sequence: seq };
    // A server that had lost a block took it twice: the same, or somebody has to look.
    if (last !== null && isSameBlock(last, block)) continue;
    if (block.height < next)
      fail("corrupt", `${grid}, block ${block.height}`, "one of each height", "another one behind it");
    for (; next < block.height; next += 1) {
      const put = await lastOn(line, stream, place.mended(next));
      const lost = "one in the stream, or put back (gridclear audit-fleet --mend)";
      if (put === null) return fail("corrupt", `${grid}, block ${next}`, lost, "none");
      yield { ...decodeSealed(put.data), sequence: put.seq };
    }
    yield block;
    last = block;
    next += 1;
  }
}
