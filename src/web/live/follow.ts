/** Follows the market that is served beside the page, as a light client that checks what it is told. */
import { fromHex } from "../../bytes.js";
import { MarketClient } from "../../client/index.js";
import { fail, GridclearError } from "../../errors.js";
import type { SigningKey } from "../../ledger/keys/backend.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { plainHasher } from "../../ledger/tree/plain.js";
import type { Carrier } from "../../units.js";
import { t } from "../say.js";
import { LiveCommunity } from "./community.js";
import { LiveShared } from "./shared.js";

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
  /** Carriers that take no orders: what is metered of them is shared. */
  readonly shared: readonly Carrier[];
  /** kWh of a quantity tick, and money of an amount tick. */
  readonly tick: { readonly quantity: number; readonly amount: number };
}

/** A market that is followed until it is closed. */
export interface Following {
  readonly community: LiveCommunity;
  readonly client: MarketClient;
  readonly shared: LiveShared;
  readonly facts: MarketFacts;
  /** Whose orders, trades and prices are shown: an open market's all, a private one's the member's own, or none. */
  readonly sees: "everything" | "own" | "nothing";
  close(): void;
}

const seconds = 1000;

/** What the service says of the market. */
interface Said {
  readonly id: string;
  readonly period: number;
  readonly closesMs: number | null;
  readonly blocks: number;
  readonly shared?: readonly Carrier[];
  readonly contract: {
    readonly currency: string;
    readonly quantityTick: string;
    readonly priceTick: string;
    readonly privacy: string;
    readonly from: number;
    readonly leastMembers?: number;
  };
}

function factsOf({ id, contract, shared = [] }: Said): MarketFacts {
  const { currency, quantityTick, priceTick, privacy, leastMembers = 0 } = contract;
  const quantity = Number(quantityTick);
  return {
    id,
    currency,
    isPrivate: privacy === "private",
    leastMembers,
    shared,
    tick: { quantity, amount: quantity * Number(priceTick) },
  };
}

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
  const said = (await (await fetch(new URL("v1/market", url))).json()) as Said;
  const community = new LiveCommunity();
  const shared = new LiveShared();
  community.watch(participant ?? "");
  community.begin(said.period, said.closesMs);
  const ended = new AbortController();
  // From some blocks back, so that there is something to see at once.
  const facts = factsOf(said);
  const first = Math.max(said.contract.from, said.contract.from + said.blocks - backBlocks);
  const after = said.blocks === 0 ? undefined : `${first}.0`;
  const sharing = facts.shared.length > 0;
  const sees = !facts.isPrivate ? "everything" : key === null ? "nothing" : "own";
  const readShared = readerOf(client, shared, {
    first: first - said.contract.from,
    all: sharing && !facts.isPrivate,
    own: sharing && sees !== "nothing" ? (participant ?? null) : null,
  });
  let reading: Promise<void> = Promise.resolve();
  const read = async (size: number): Promise<void> => {
    if (ended.signal.aborted) return;
    try {
      community.lie ??= await readShared(size);
      if (community.lie !== null) ended.abort();
      changed();
    } catch (error) {
      if (!ended.signal.aborted) changed(error);
    }
  };
  void (async () => {
    try {
      for await (const event of client.follow(ended.signal, after)) {
        community.take(event);
        changed();
        // Beside the events: what is read of blocks holds up neither the gate nor the next block.
        if (event.kind === "verified") reading = reading.then(() => read(event.size));
      }
    } catch (error) {
      if (!ended.signal.aborted) changed(error);
    }
  })();
  return {
    community,
    client,
    shared,
    facts,
    sees,
    close: () => ended.abort(),
  };
}
/** What is read of shared energy: from which height on, and whose. */
interface Wanted {
  readonly first: number;
  /** Whether everybody's, out of whole blocks. */
  readonly all: boolean;
  /** The member whose own records are read as well; null: nobody's. */
  readonly own: string | null;
}

/**
 * Reads what was shared out of the blocks that a head of so many covers, once each. Answers what the service told that
 * is not so, or null; of what it did not answer at all it is asked again after the next block.
 */
function readerOf(
  client: MarketClient,
  shared: LiveShared,
  { first, all, own }: Wanted,
): (size: number) => Promise<string | null> {
  const next = { all: first, own: first };
  return async (size) => {
    try {
      for (; all && next.all < size; next.all += 1) shared.add(await client.block(next.all));
      if (own !== null && next.own < size) {
        const { member, blocks } = await client.records(own, next.own, size);
        // A first block that is not genesis shows what stood before, and has no records of its own.
        for (const { header, records } of blocks)
          if (header.height >= next.own) shared.addOwn(member.number, header, records);
        next.own = size;
      }
      shared.readTo = size;
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      if (error.code === "corrupt" || error.code === "signature") return error.message;
    }
    return null;
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
