import { fail } from "../errors.js";
import { checkpointKey, maxNoteLength } from "../ledger/checkpoint.js";
import { maxBlockBytes } from "../ledger/header.js";
import { openNodeStore } from "../ledger/store/node.js";
import type { LedgerSource } from "../ledger/witness.js";
import { withCopy } from "./audit.js";

const answerMs = 30_000;

/** A ledger behind HTTP, as `gridclear witness --serve` serves it. Throws `storage` when the server can't be reached. */
export function httpSource(url: string): LedgerSource {
  const base = new URL(url.endsWith("/") ? url : `${url}/`);
  if (base.protocol !== "http:" && base.protocol !== "https:")
    return fail("invalid", "--follow", "a directory, or a URL of http or https", url);
  const fetchBytes = async (path: string, limit: number): Promise<Uint8Array | null> => {
    const address = new URL(path, base);
    try {
      const response = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(answerMs) });
      if (response.status === 404) return null;
      if (!response.ok || response.body === null)
        return fail("storage", address.href, "an answer", `status ${response.status}`);
      return await readAtMost(response.body, limit, address.href);
    } catch (error) {
      if (error instanceof TypeError || (error as Error).name === "TimeoutError")
        return fail("storage", address.href, "an answer", (error as Error).cause ?? (error as Error).message);
      throw error;
    }
  };
  return {
    checkpoint: async () => {
      const bytes = await fetchBytes("checkpoint", maxNoteLength);
      return bytes === null ? null : decodeText(bytes, "checkpoint");
    },
    block: (height) => fetchBytes(`block/${height}`, maxBlockBytes),
  };
}

/** The bytes of a stream, refused as soon as there are more than `limit`: a length announced is not believed. */
async function readAtMost(
  body: ReadableStream<Uint8Array>,
  limit: number,
  field: string,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body as unknown as AsyncIterable<Uint8Array>) {
    length += part.length;
    if (length > limit) return fail("limit", field, `at most ${limit} bytes`, length);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts, length));
}

function decodeText(bytes: Uint8Array, field: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail("corrupt", field, "UTF-8", "other bytes");
  }
}

/**
 * A ledger in a directory, read from a copy, so that a market may go on writing it: `use` gets the state of this moment.
 */
export async function withDirectorySource<T>(
  directory: string,
  use: (source: LedgerSource) => Promise<T>,
): Promise<T> {
  return withCopy(directory, async (copy) => {
    const store = await openNodeStore(copy, { create: false });
    try {
      const note = await store.getMeta(checkpointKey);
      return await use({
        checkpoint: async () => (note === null ? null : decodeText(note, "checkpoint")),
        block: (height) => store.get(height),
      });
    } finally {
      await store.close();
    }
  });
}
