/**
 * Requests of a member to a service of a market, over HTTP from Node or a page: signed, bounded in time and length, and
 * sent again where that is safe.
 */
import { withDeadline } from "../deadline.js";
import { cameAs, errorCodes, fail, GridclearError } from "../errors.js";
import { signRequest } from "../ledger/keys/authorization.js";
import type { SigningKey } from "../ledger/keys/backend.js";
import type { Ask } from "../ledger/service/server.js";

/** How a service is asked. */
export interface RequestOptions {
  /** Address of the service, such as `https://market.example/`. */
  readonly url: string;
  /** Longest wait for an answer, in milliseconds; default 10 000. */
  readonly timeoutMs?: number;
  /** How often a request is sent again when there was no answer; default 5. */
  readonly retries?: number;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
  /** Milliseconds since 1970; default the clock. */
  readonly now?: () => number;
}

/** The names of {@link RequestOptions}. */
export const requestNames = ["url", "timeoutMs", "retries", "fetch", "now"] as const;

/** Whose requests are signed. */
export interface Signer {
  readonly marketId: Uint8Array;
  readonly participant: string;
  readonly key: SigningKey;
}

const longestAnswer = 1 << 20;
/** Of a block with its records. */
const longestBlock = 1 << 26;
/** Of a text that holds the proofs of a month. */
const longestText = 1 << 28;
const firstWaitMs = 200;
/** The longest that a service may make a client wait before it asks again. */
const mostWaitMs = 60_000;
/** How long a signed request is good. */
const goodMs = 60_000;

/** An answer, all of it, and how long it asks to wait. */
interface Answered {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly address: string;
  readonly waitMs: number;
}

/** What a request is made of beside its path. */
interface Asked {
  readonly signer?: Signer | undefined;
  readonly body?: string;
  /** Bytes of the answer at most; a mebibyte unless said. */
  readonly longest?: number;
}

/** Sends requests to one service. */
export class Requests {
  readonly #options: Required<RequestOptions>;
  readonly #base: string;

  constructor({ url, timeoutMs = 10_000, retries = 5, fetch: given, now = Date.now }: RequestOptions) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
      fail("invalid", "url", "an address of http or https", url);
    this.#base = url.endsWith("/") ? url.slice(0, -1) : url;
    this.#options = { url, timeoutMs, retries, now, fetch: given ?? ((...args) => fetch(...args)) };
  }

  /**
   * What a light client asks with; what the service refuses is no answer, and so proves nothing. Signed, so that a
   * private market shows a member its own.
   */
  ledgerOf(signer: Signer | undefined): Ask {
    return async (path) => {
      const longest = path.startsWith("block/") ? longestBlock : longestAnswer;
      const { status, bytes, address } = await this.#answer(`/v1/ledger/${path}`, { signer, longest });
      if (status === 404) return null;
      if (status !== 200) {
        const { field, wanted, got } = problemOf(status, bytes, address);
        throw new GridclearError("storage", { field, wanted, got });
      }
      return bytes;
    };
  }

  /** JSON that a path answers. */
  async get(path: string, signer?: Signer): Promise<unknown> {
    return this.#json(await this.#answer(path, { signer }));
  }

  /** Text that a path answers. */
  async text(path: string, signer?: Signer): Promise<string> {
    const { status, bytes, address } = await this.#answer(path, { signer, longest: longestText });
    if (status !== 200) throw problemOf(status, bytes, address);
    return new TextDecoder().decode(bytes);
  }

  /** Posts JSON. The same again does no harm, so it is sent again where there was no answer. */
  async post(path: string, body: object): Promise<unknown> {
    return this.#json(await this.#answer(path, { body: JSON.stringify(body) }));
  }

  /** An answer that goes on: the body, as it comes. Throws as {@link Requests.get} does. */
  async stream(path: string, signal: AbortSignal, signer?: Signer): Promise<ReadableStream<Uint8Array>> {
    const headers = signer === undefined ? {} : { authorization: await this.#authorization(path, signer) };
    const answer = await this.#options.fetch(this.#base + path, { headers, signal, redirect: "error" });
    if (!answer.ok || answer.body === null)
      throw problemOf(answer.status, await readAtMost(answer), answer.url);
    return answer.body;
  }

  #json({ status, bytes, address }: Answered): unknown {
    if (status < 200 || status > 299) throw problemOf(status, bytes, address);
    return parsed(new TextDecoder().decode(bytes));
  }

  async #answer(path: string, asked: Asked): Promise<Answered> {
    const { retries, timeoutMs } = this.#options;
    for (let tried = 0; ; tried += 1) {
      const answer = await this.#once(path, asked, timeoutMs);
      const isLast = tried >= retries;
      let waitMs = firstWaitMs * 2 ** tried;
      if (answer instanceof GridclearError) {
        if (isLast) throw answer;
      } else {
        if (isLast || !isBusy(answer)) return answer;
        waitMs = Math.max(waitMs, answer.waitMs);
      }
      await new Promise((go) => setTimeout(go, waitMs));
    }
  }

  async #once(
    path: string,
    { signer, body, longest }: Asked,
    timeoutMs: number,
  ): Promise<Answered | GridclearError> {
    const headers: Record<string, string> = {};
    if (signer !== undefined) headers.authorization = await this.#authorization(path, signer);
    if (body !== undefined) headers["content-type"] = "application/json";
    try {
      const method = body === undefined ? "GET" : "POST";
      const [answer, bytes] = await withDeadline(timeoutMs, async (signal) => {
        const init = { method, headers, body: body ?? null, redirect: "error", signal } as const;
        const come = await this.#options.fetch(this.#base + path, init);
        // A body that breaks off is no answer either.
        return [come, await readAtMost(come, longest)] as const;
      });
      const seconds = Number(answer.headers.get("retry-after"));
      const waitMs = Number.isFinite(seconds) ? Math.min(mostWaitMs, Math.max(0, 1000 * seconds)) : 0;
      return { status: answer.status, bytes, address: this.#base + path, waitMs };
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      const detail = { field: this.#base + path, wanted: "an answer", got: error.message };
      return new GridclearError("storage", detail, { cause: error });
    }
  }

  async #authorization(path: string, { marketId, participant, key }: Signer): Promise<string> {
    const untilMs = this.#options.now() + goodMs;
    const { pathname } = new URL(this.#base);
    const request = `GET ${pathname === "/" ? "" : pathname}${path}`;
    return signRequest({ marketId, untilMs, request, participant }, key);
  }
}

/** No room, or too many requests: the same may be granted later. */
const isBusy = ({ status }: Answered): boolean => status === 429 || status === 502 || status === 503;

/** What a service says that it did not grant, as an error. */
function problemOf(status: number, bytes: Uint8Array, address: string): GridclearError {
  const said = parsed(new TextDecoder().decode(bytes)) as {
    readonly code?: unknown;
    readonly field?: unknown;
    readonly wanted?: unknown;
    readonly got?: unknown;
  };
  const code = errorCodes.find((each) => each === said.code) ?? "storage";
  const text = (value: unknown, other: string): string => (typeof value === "string" ? value : other);
  const field = text(said.field, address);
  return new GridclearError(code, {
    field,
    wanted: text(said.wanted, "an answer"),
    got: cameAs(text(said.got, `status ${status}`)),
  });
}

function parsed(source: string): object {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** The body of an answer, refused as soon as it is too long. */
async function readAtMost(answer: Response, longest: number = longestAnswer): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = answer.body?.getReader();
  for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
    length += next.value.length;
    if (length > longest) {
      await reader?.cancel();
      fail("limit", answer.url, `at most ${longest} bytes`, "more");
    }
    parts.push(next.value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
