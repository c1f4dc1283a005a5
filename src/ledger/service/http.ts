/**
 * Asking a server of blocks over HTTP. Nothing that it says is believed, not even a length: an answer is read piece by
 * piece and refused as soon as it passes what it may be, so that no server can fill the memory of whoever asks.
 */
import { concat } from "../../bytes.js";
import { fail } from "../../errors.js";
import { blockBytes } from "../format/block.js";
import { decodeHeader, headerBytes } from "../format/header.js";
import type { Ask } from "./server.js";

/** How far an HTTP server is trusted with time and memory. */
export interface HttpLimits {
  /** Longest wait for a whole answer; default 30 000. */
  readonly timeoutMs?: number;
  /** Longest answer other than a block, in bytes; default 1 MiB. */
  readonly answerBytes?: number;
  /**
   * Longest block, in bytes; default 64 MiB, the block of some 300,000 signed orders with as many trades. Longer ones can
   * be made (up to 2 GiB): whoever follows such a ledger raises this.
   */
  readonly blockBytes?: number;
}

/**
 * Asks a server of blocks over HTTP, from Node or a page. 404 is null. Throws `storage`, its field the address, when
 * there is no answer, `limit` for an answer that is too long, `corrupt` for a block of another length than its header
 * says; redirects are not followed.
 */
export function httpAsk(url: string, limits: HttpLimits = {}): Ask {
  const { timeoutMs = 30_000, answerBytes = 1 << 20, blockBytes: longest = 1 << 26 } = limits;
  const base = URL.canParse(url) ? new URL(url.endsWith("/") ? url : `${url}/`) : null;
  if (base?.protocol !== "http:" && base?.protocol !== "https:")
    return fail("invalid", "url", "an address of http or https", url);
  return async (path) => {
    const { href } = new URL(path, base);
    // `//elsewhere/x` and `../x` would leave the server that was meant.
    if (!href.startsWith(base.href)) return fail("invalid", "path", `a path under ${base.href}`, path);
    try {
      const response = await fetch(href, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
      if (!response.ok || response.body === null) {
        await response.body?.cancel();
        if (response.status === 404) return null;
        return fail("storage", href, "an answer", `status ${response.status}`);
      }
      return path.startsWith("block/")
        ? await readBlock(response.body, longest, href)
        : await readAtMost(response.body, answerBytes, href);
    } catch (error) {
      // What fetch throws differs by platform: TypeError without a connection, DOMException when time is up.
      if (error instanceof TypeError || error instanceof DOMException)
        return fail("storage", href, "an answer", error.message);
      throw error;
    }
  };
}

type Body = ReadableStream<Uint8Array>;

/** All bytes of a stream, refused as soon as there are more than `limit`. */
function readAtMost(body: Body, limit: number, field: string): Promise<Uint8Array> {
  return reading(body, async (read) => {
    const { bytes, ended } = await read(limit + 1);
    return ended ? bytes : fail("limit", field, `at most ${limit} bytes`, "more");
  });
}

/** A block: its header says how long it is, before the rest is read. */
function readBlock(body: Body, limit: number, field: string): Promise<Uint8Array> {
  return reading(body, async (read) => {
    const { bytes: header } = await read(headerBytes);
    const length = blockBytes(decodeHeader(header));
    if (length > limit) return fail("limit", field, `a block of at most ${limit} bytes`, length);
    const { bytes, ended } = await read(length + 1);
    return ended && bytes.length === length
      ? bytes
      : fail("corrupt", field, `${length} bytes, as its header says`, ended ? bytes.length : "more");
  });
}

/** Reads on until there are at least `wanted` bytes or no more come: all bytes so far, and whether they ended. */
type ReadOn = (wanted: number) => Promise<{ readonly bytes: Uint8Array; readonly ended: boolean }>;

/** Lets `use` read a stream, and lets go of it whatever happens. */
async function reading<T>(body: Body, use: (read: ReadOn) => Promise<T>): Promise<T> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  try {
    return await use(async (wanted) => {
      while (!ended && length < wanted) {
        const next = await reader.read();
        if (next.done) ended = true;
        else {
          parts.push(next.value);
          length += next.value.length;
        }
      }
      return { bytes: concat(...parts), ended };
    });
  } finally {
    await reader.cancel().catch(() => {});
  }
}
