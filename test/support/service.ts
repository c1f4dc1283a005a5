/** A service over a signed market, and requests to it as a member would make them. */
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { readStatement } from "../../src/ledger/keys/message.js";
import { type MemoryMedium, openMemoryStore } from "../../src/ledger/store/memory.js";
import type { LoggedMarket } from "../../src/market/logged.js";
import type { MarketOptions } from "../../src/market/open.js";
import { Platform } from "../../src/market/platform.js";
import { openService, type Service, type ServiceOptions } from "../../src/service/service.js";
import { openLogged, type order, platform as platformKey, signatures, signOrder } from "./signedmarket.js";

/** What an answer or an event says, as it comes. */
// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it.
type Answer = any;

export interface Served {
  readonly service: Service;
  readonly market: LoggedMarket;
  readonly platform: Platform;
  /** Asks for a path: status, and the body as JSON where it is some, else as text. */
  ask(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; body: Answer }>;
  post(path: string, body: unknown): ReturnType<Served["ask"]>;
  /** A signed order as it is sent. */
  signed(of: ReturnType<typeof order>, key?: SigningKey): Promise<object>;
}

export interface ServeOptions extends Partial<Omit<ServiceOptions, "platform">> {
  readonly medium?: MemoryMedium;
  readonly market?: Partial<MarketOptions>;
}

/** Opens a service over the market on a medium; a new one where there is none. */
export async function serve({ medium, market: more, ...options }: ServeOptions = {}): Promise<Served> {
  const engine = await openEngine();
  const store = await openMemoryStore({ hasher: engine }, medium);
  const market = await openLogged({ engine, store, ...more });
  const platform = await Platform.open({ market, key: platformKey, hasher: engine });
  const service = openService({ platform, signatures, now: () => 1_000, ...options });
  const ask: Served["ask"] = async (path, init) => {
    const answer = await service.fetch(new Request(`http://market.test${path}`, init));
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
  };
  return {
    service,
    market,
    platform,
    ask,
    post: (path, body) =>
      ask(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    signed: async (of, key) => ({
      ...of,
      revision: of.revision ?? 0,
      period: market.period,
      signature: hex(await signOrder(market, of, key)),
    }),
  };
}

/** The header by which a member, or an auditor without an id, signs a GET request. */
export async function authorization(
  marketId: Uint8Array,
  key: SigningKey,
  path: string,
  { participant, untilMs = 61_000 }: { readonly participant?: string; readonly untilMs?: number } = {},
): Promise<{ authorization: string }> {
  const signature = hex(await key.sign(readStatement(marketId, untilMs, `GET ${path}`)));
  const who = participant === undefined ? "" : `participant=${encodeURIComponent(participant)},`;
  return {
    authorization: `Gridclear key=${hex(key.publicKey)},until=${untilMs},${who}signature=${signature}`,
  };
}

/** Reads events off a stream until there are so many with an id, or it ends. */
export async function eventsOf(
  service: Service,
  path: string,
  count: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ id: string | null; event: string; data: Answer }[]> {
  const ended = new AbortController();
  const answer = await service.fetch(
    new Request(`http://market.test${path}`, { headers, signal: ended.signal }),
  );
  const events: { id: string | null; event: string; data: Answer }[] = [];
  let text = "";
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  const isEnough = (): boolean => events.filter(({ id }) => id !== null).length >= count;
  while (!isEnough()) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0 && !isEnough(); end = text.indexOf("\n\n")) {
      const lines = new Map(
        text
          .slice(0, end)
          .split("\n")
          .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
      );
      text = text.slice(end + 2);
      if (lines.has("data"))
        events.push({
          id: lines.get("id") ?? null,
          event: lines.get("event")!,
          data: JSON.parse(lines.get("data")!),
        });
    }
  }
  ended.abort();
  await reader.cancel();
  return events;
}
