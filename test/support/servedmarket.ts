/** `gridclear serve` as a process on a market file of its own, and members who join it over the network. */
import { expect } from "vitest";
import { fromHex, hex } from "../../src/bytes.js";
import { MarketClient } from "../../src/client/index.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { contractStatement } from "../../src/ledger/keys/message.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { marketFolder, startServing } from "./served.mjs";

/** A market that is served. */
export interface ServedProcess {
  readonly url: string;
  /** Where its files are. */
  readonly folder: string;
  /** What it has written to stderr. */
  said(): string;
  /** The key of the file `NAME.key` in the folder, made where there is none. */
  key(name: string): Promise<SigningKey>;
  /** Joins with a signed contract; resolves to the first period in which it holds. */
  joins(id: string, key: SigningKey, more?: object): Promise<number>;
  /** Resolves when a period is open. */
  opens(period: number): Promise<void>;
  close(): Promise<void>;
}

/** Serves a market; `more` in place of what its file says otherwise. Everything is gone when it is closed. */
export async function serveProcess(more: object): Promise<ServedProcess> {
  const { folder, path, seed, remove } = marketFolder(more);
  const { url, child, ended, said } = await startServing(path, 0);
  const market = async (): Promise<{ id: string; period: number }> =>
    (await (await fetch(`${url}v1/market`)).json()) as { id: string; period: number };
  return {
    url,
    folder,
    said,
    key: async (name) => (await openSignatures()).importSeed(fromHex(seed(name), "seed")),
    async joins(id, key, also = {}) {
      const { id: marketId, period } = await market();
      const from = period + 2;
      const contract = { kind: "participant", version: 1, from, id, key: hex(key.publicKey), ...also };
      const statement = contractStatement(fromHex(marketId, "id"), encodeCanonical(contract));
      const answer = await fetch(`${url}v1/contracts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ contract, signature: hex(await key.sign(statement)) }),
      });
      expect(answer.status).toBe(200);
      return from;
    },
    async opens(period) {
      while ((await market()).period < period) await new Promise((go) => setTimeout(go, 100));
    },
    async close() {
      child.kill("SIGINT");
      await ended;
      remove();
    },
  };
}

/** Members who trade. */
export interface Traders {
  /** Joins, and sends an order a period from then on. */
  join(id: string, order: Parameters<MarketClient["order"]>[0]): Promise<void>;
  stop(): Promise<void>;
}

/** Members of a market that is served, who trade until they are stopped. */
export function tradersOf(served: ServedProcess): Traders {
  const trading: Promise<void>[] = [];
  let done = false;
  return {
    async join(id, order) {
      const key = await served.key(id);
      await served.opens(await served.joins(id, key));
      const signatures = await openSignatures();
      const { url } = served;
      const client = await MarketClient.open({ url, participant: id, key, signatures, hasher: plainHasher });
      trading.push(
        (async () => {
          for (; !done; await new Promise((go) => setTimeout(go, 700)))
            await client.order(order).catch(() => {});
        })(),
      );
    },
    async stop() {
      done = true;
      await Promise.all(trading);
    },
  };
}
