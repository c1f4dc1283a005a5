/**
 * Asking a server of blocks over HTTP. Nothing that it says is believed, not even a length: an answer is read piece by
 * piece and refused as soon as it passes what it may be, so that no server can fill the memory of whoever asks.
 */
import { concat } from "../../bytes.js";
import { integer, onlyKeys } from "../../check.js";
import { withDeadline } from "../../deadline.js";
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
   * Longest block, in bytes; default 64 MiB, the block of some 300,000 signed orders with as many trades. Longer ones
   * can be made (up to 2 GiB): whoever follows such a ledger raises this.
   */
  readonly blockBytes?: number;
}

/**
 * Asks a server of blocks over HTTP, from Node or a page. 404 is null. Throws `storage`, its field the address, when
 * there is no answer, `limit` for an answer that is too long and for a block that goes on after what its header says,
 * `corrupt` for one whose header is none; redirects are not followed.
 */
export function httpAsk(url: string, limits: HttpLimits = {}): Ask {
  onlyKeys(limits, "limits", ["timeoutMs", "answerBytes", "blockBytes"]);
  const { timeoutMs = 30_000, answerBytes = 1 << 20, blockBytes: longest = 1 << 26 } = limits;
  for (const [name, value] of Object.entries({ timeoutMs, answerBytes, blockBytes: longest }))
    integer(1, Number.MAX_SAFE_INTEGER)(value, `limits.${name}`);
  const base = URL.canParse(url) ? new URL(url.endsWith("/") ? url : `${url}/`) : null;
  if (base?.protocol !== "http:" && base?.protocol !== "https:")
    return fail("invalid", "url", "an address of http or https", url);
  return async (path) => {
    const { href } = new URL(path, base);
    // `//elsewhere/x` and `../x` would leave the server that was meant.
    if (!href.startsWith(base.href)) return fail("invalid", "path", `a path under ${base.href}`, path);
    try {
      const limit = path.startsWith("block/") ? blockLimit(longest) : () => answerBytes;
      return await withDeadline(timeoutMs, (signal) => answerOf(href, signal, limit));
    } catch (error) {
      // What fetch throws differs by platform: TypeError without a connection, DOMException when time is up.
      if (error instanceof TypeError || error instanceof DOMException)
        return fail("storage", href, "an answer", reasonOf(error));
      throw error;
    }
  };
}

/** What a server answers; null for 404. */
async function answerOf(href: string, signal: AbortSignal, limit: Limit): Promise<Uint8Array | null> {
  const response = await fetch(href, { redirect: "error", signal });
  if (response.ok && response.body !== null) return readBody(response.body, limit, href);
  await response.body?.cancel();
  return response.status === 404 ? null : fail("storage", href, "an answer", `status ${response.status}`);
}

/** Why fetch failed. Node says no more than "fetch failed" itself; what happened stands in the cause. */
function reasonOf({ message, cause }: TypeError | DOMException): string {
  const why = (cause as { readonly message?: unknown } | null | undefined)?.message;
  return typeof why === "string" && why !== "" ? `${message}: ${why}` : message;
}

/** How long an answer may be, from what has come of it; null while that does not tell yet. */
type Limit = (bytes: () => Uint8Array, length: number) => number | null;

/** A block is as long as its header says: neither a byte more nor, which is left to whoever decodes it, less. */
const blockLimit =
  (longest: number): Limit =>
  (bytes, length) => {
    if (length < headerBytes) return null;
    const said = blockBytes(decodeHeader(bytes()));
    return said <= longest ? said : fail("limit", "block", `at most ${longest} bytes`, said);
  };

/** All bytes of a stream, refused as soon as there are more than its limit. */
async function readBody(
  body: ReadableStream<Uint8Array>,
  limitOf: Limit,
  field: string,
): Promise<Uint8Array> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  let limit: number | null = null;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      length += next.value.length;
      limit ??= limitOf(() => concat(...parts), length);
      if (limit !== null && length > limit) return fail("limit", field, `at most ${limit} bytes`, "more");
    }
    return concat(...parts);
  } finally {
    await reader.cancel().catch(() => {});
  }
}
