/**
 * Blocks as they were published, for whoever only reads: a gateway, an auditor's page in a browser. Any server that
 * keeps the stream answers, so what comes may be behind what others have, and never another.
 */
import type { DirectStreamAPI, StoredMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import { fail, GridclearError } from "../errors.js";
import { type Line, offline } from "./line.js";
import { decodeSealed, isSameBlock, type PublishedBlock } from "./messages.js";
import type { Names } from "./names.js";
import { pause } from "./pause.js";

/** A fleet that is read. */
export interface Reader {
  readonly nc: NatsConnection;
  readonly direct: DirectStreamAPI;
  readonly names: Names;
}

/** How long nobody says that there is a new block until somebody looks, in milliseconds. */
const lookMs = 2_000;
/** How often a block that one server has lost is asked for again; each time any of the servers answers. */
const attempts = 10;
const againMs = 50;
const looksForNews = 20;

/** What a worker's line reads with. */
export const readerOf = ({ nc, jsm, names }: Line): Reader => ({ nc, names, direct: jsm.direct });

/** The first message on a subject from a sequence on; null: there is none yet. Throws `storage` for no answer. */
async function firstFrom(
  { direct }: Reader,
  stream: string,
  subject: string,
  from: number,
): Promise<StoredMsg | null> {
  try {
    return await direct.getMessage(stream, { seq: from, next_by_subj: subject });
  } catch (error) {
    throw offline(error);
  }
}

/** The first block of a microgrid that stands at a sequence or behind it; null: there is none. */
export async function blockFrom(reader: Reader, grid: string, from: number): Promise<PublishedBlock | null> {
  const place = reader.names.of(grid);
  const found = await firstFrom(reader, reader.names.blockStream(place.shard), place.blocks, from);
  return found && { ...decodeSealed(found.data), sequence: found.seq };
}

/**
 * The block of a height: searched for, as nobody keeps a list of where each stands, and looked for where lost ones are
 * put back. Null: there is none.
 */
export async function blockAt(reader: Reader, grid: string, height: number): Promise<PublishedBlock | null> {
  const place = reader.names.of(grid);
  const stream = reader.names.blockStream(place.shard);
  try {
    const last = await reader.direct.getMessage(stream, { last_by_subj: place.blocks });
    let [low, high] = [1, last?.seq ?? 0];
    while (low <= high) {
      const middle = Math.floor((low + high) / 2);
      const found = await blockFrom(reader, grid, middle);
      if (found?.height === height) return found;
      if (found === null || found.height > height) high = middle - 1;
      else low = found.sequence + 1;
    }
    const put = await reader.direct.getMessage(stream, { last_by_subj: place.mended(height) });
    return put && { ...decodeSealed(put.data), sequence: put.seq };
  } catch (error) {
    throw offline(error);
  }
}

/** Where to go on reading: behind which sequence, and the height of the next block. */
export interface ReadFrom {
  readonly sequence: number;
  readonly height: number;
}

/**
 * The blocks of a microgrid in order as they are published, each once, until `signal` is aborted. Throws `corrupt`
 * naming the height for one that is nowhere, and where the stream has two of one height.
 */
export async function* blocksAsPublished(
  reader: Reader,
  grid: string,
  { sequence, height }: ReadFrom,
  signal: AbortSignal,
): AsyncGenerator<PublishedBlock> {
  const { blocks } = reader.names.of(grid);
  let wake = (): void => {};
  let soon = 0;
  // That somebody publishes is a reason to look, and no more: what counts is what the stream has a moment later.
  const news = reader.nc.subscribe(blocks, {
    callback: () => {
      soon = looksForNews;
      wake();
    },
  });
  let [last, next, tried]: [PublishedBlock | null, number, number] = [null, height, 0];
  let at = sequence;
  try {
    while (!signal.aborted) {
      const ended = new AbortController();
      wake = () => ended.abort();
      signal.addEventListener("abort", wake, { once: true });
      const found = await blockFrom(reader, grid, at + 1).catch((error: unknown) => unlessOffline(error));
      if (found === null) {
        await pause(soon > 0 ? againMs : lookMs, soon > 0 ? signal : ended.signal);
        soon = Math.max(0, soon - 1);
      }
      signal.removeEventListener("abort", wake);
      if (found === null || signal.aborted) continue;
      if (found.height > next && tried < attempts) {
        // The server that answered may have lost it, and another have it.
        tried += 1;
        await pause(againMs, signal);
        continue;
      }
      tried = 0;
      for (; next < found.height; next += 1) yield await putBack(reader, grid, next);
      at = found.sequence;
      // A server that had lost a block took it twice: the same, or somebody has to look.
      if (last !== null && isSameBlock(last, found)) continue;
      if (found.height < next)
        fail("corrupt", `${grid}, block ${found.height}`, "one of each height", "another one behind it");
      last = found;
      next += 1;
      yield found;
    }
  } finally {
    news.unsubscribe();
  }
}

/** Servers that do not answer are asked again. */
function unlessOffline(error: unknown): null {
  if (error instanceof GridclearError && error.code === "storage") return null;
  throw error;
}

async function putBack(reader: Reader, grid: string, height: number): Promise<PublishedBlock> {
  const found = await blockAt(reader, grid, height);
  const wanted = "one in the stream, or put back (gridclear audit-fleet --mend)";
  return found ?? fail("corrupt", `${grid}, block ${height}`, wanted, "none");
}
