import { concat } from "../../bytes.js";
import { fail } from "../../errors.js";
import { maxBlockBytes } from "../format/header.js";
import type { Ask } from "./server.js";

/** How far an HTTP server is trusted with time and memory. */
export interface HttpLimits {
  /** Longest wait for a whole answer; default 30 000. */
  readonly timeoutMs?: number;
  /** Longest answer other than a block; default 1 MiB. Blocks may be as long as the format lets them. */
  readonly answerBytes?: number;
}

/**
 * Asks a server of blocks over HTTP, from Node or a page. 404 is null. Throws `storage`, its field the address, when
 * there is no answer, `limit` for an answer that is too long; redirects are not followed.
 */
export function httpAsk(url: string, limits: HttpLimits = {}): Ask {
  const { timeoutMs = 30_000, answerBytes = 1 << 20 } = limits;
  const base = URL.canParse(url) ? new URL(url.endsWith("/") ? url : `${url}/`) : null;
  if (base?.protocol !== "http:" && base?.protocol !== "https:")
    return fail("invalid", "url", "an address of http or https", url);
  return async (path) => {
    const { href } = new URL(path, base);
    try {
      const response = await fetch(href, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) });
      if (response.status === 404) return null;
      if (!response.ok || response.body === null)
        return fail("storage", href, "an answer", `status ${response.status}`);
      return await readAtMost(response.body, path.startsWith("block/") ? maxBlockBytes : answerBytes, href);
    } catch (error) {
      // What fetch throws differs by platform: TypeError without a connection, DOMException when time is up.
      if (error instanceof TypeError || error instanceof DOMException)
        return fail("storage", href, "an answer", error.message);
      throw error;
    }
  };
}

/** The bytes of a stream, refused as soon as there are more than `limit`: a length announced is not believed. */
async function readAtMost(
  body: ReadableStream<Uint8Array>,
  limit: number,
  field: string,
): Promise<Uint8Array> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length;
    if (length > limit) {
      await reader.cancel();
      return fail("limit", field, `at most ${limit} bytes`, length);
    }
    parts.push(next.value);
  }
  return concat(...parts);
}
