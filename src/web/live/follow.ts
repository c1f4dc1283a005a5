/** Follows the market that is served beside the page, as a light client that checks what it is told. */
import { fromHex } from "../../bytes.js";
import { MarketClient } from "../../client/index.js";
import { fail } from "../../errors.js";
import type { SigningKey } from "../../ledger/keys/backend.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { plainHasher } from "../../ledger/tree/plain.js";
import { t } from "../say.js";
import { LiveCommunity } from "./community.js";

/** The address of the market beside the page; null where the page is served without one. */
export function marketBeside(): string | null {
  const said = document.querySelector<HTMLMetaElement>('meta[name="gridclear-market"]')?.content;
  return said === undefined ? null : new URL(said, document.baseURI).href;
}

/** A member, as the person who watches says: with a key it signs, without one it only shows what is everybody's. */
export interface Watched {
  readonly participant: string;
  readonly key: SigningKey | null;
}

/** What anybody may know of the market. */
export interface MarketFacts {
  readonly id: string;
  readonly currency: string;
  readonly isPrivate: boolean;
  /** Of a carrier in which fewer members have an order a private market tells no sums; 0: it tells all. */
  readonly leastMembers: number;
}

/** A market that is followed until it is closed. */
export interface Following {
  readonly community: LiveCommunity;
  readonly client: MarketClient;
  readonly facts: MarketFacts;
  /** Whose orders, trades and prices are shown: an open market's all, a private one's the member's own, or none. */
  readonly sees: "everything" | "own" | "nothing";
  close(): void;
}

const seconds = 1000;

/**
 * Begins to follow a market from its newest blocks on, and calls `changed` whenever more is known, with the error where
 * that was the end of it.
 */
export async function follow(
  url: string,
  watched: Watched | null,
  changed: (error?: unknown) => void,
): Promise<Following> {
  const signatures = await openSignatures();
  const { participant, key = null } = watched ?? {};
  const client = await MarketClient.open({
    url,
    hasher: plainHasher,
    signatures,
    retries: 2,
    ...(participant === undefined || key === null ? {} : { participant, key }),
  });
  const said = (await (await fetch(new URL("v1/market", url))).json()) as {
    readonly id: string;
    readonly period: number;
    readonly closesMs: number | null;
    readonly blocks: number;
    readonly contract: {
      readonly currency: string;
      readonly privacy: string;
      readonly from: number;
      readonly leastMembers?: number;
    };
  };
  const community = new LiveCommunity();
  community.watch(participant ?? "");
  community.begin(said.period, said.closesMs);
  const ended = new AbortController();
  // From some blocks back, so that there is something to see at once.
  const isPrivate = said.contract.privacy === "private";
  const first = Math.max(said.contract.from, said.contract.from + said.blocks - backBlocks);
  const after = said.blocks === 0 ? undefined : `${first}.0`;
  void (async () => {
    try {
      for await (const event of client.follow(ended.signal, after)) {
        community.take(event);
        changed();
      }
    } catch (error) {
      if (!ended.signal.aborted) changed(error);
    }
  })();
  return {
    community,
    client,
    facts: {
      id: said.id,
      currency: said.contract.currency,
      isPrivate,
      leastMembers: said.contract.leastMembers ?? 0,
    },
    sees: !isPrivate ? "everything" : key === null ? "nothing" : "own",
    close: () => ended.abort(),
  };
}
/** Blocks from which the view begins. */
const backBlocks = 40;

/** What a key file is. */
export const wantedFile = (): string => t`a key file as gridclear keys make writes it`;

/** The key of a key file that a person chose. It stays in the page. Throws `invalid` for anything else. */
export async function keyOfFile(file: Blob): Promise<SigningKey> {
  const wanted = wantedFile();
  if (file.size > 4096) return fail("invalid", "key", wanted, t`a longer file`);
  let seed: unknown;
  try {
    ({ seed } = Object(JSON.parse(await file.text())) as { seed?: unknown });
  } catch {
    return fail("invalid", "key", wanted, t`another file`);
  }
  if (typeof seed !== "string" || !/^[0-9a-f]{64}$/.test(seed))
    return fail("invalid", "key", wanted, t`another file`);
  return (await openSignatures()).importSeed(fromHex(seed, "seed"));
}

/** Seconds until an instant, 0 when it has passed. */
export const secondsTo = (ms: number, nowMs: number): number =>
  Math.max(0, Math.ceil((ms - nowMs) / seconds));
