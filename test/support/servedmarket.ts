/** `gridclear serve` as a process on a market file of its own, and members who join it over the network. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { fromHex, hex } from "../../src/bytes.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import { contractStatement } from "../../src/ledger/keys/message.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";

const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** A market that is served. */
export interface ServedProcess {
  readonly url: string;
  /** Where its files are. */
  readonly folder: string;
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
  const folder = mkdtempSync(join(tmpdir(), "gridclear-served-"));
  const made = new Set<string>();
  const keyFile = (name: string): string => {
    const path = join(folder, `${name}.key`);
    if (!made.has(name)) spawnSync(process.execPath, [command, "keys", "make", path]);
    made.add(name);
    return path;
  };
  keyFile("platform");
  const file = { ledger: "ledger", platformKey: "platform.key", creditLimit: null, log: "silent", ...more };
  writeFileSync(join(folder, "MARKET.json"), JSON.stringify(file));
  const service = spawn(process.execPath, [command, "serve", join(folder, "MARKET.json"), "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const url = String((await once(service.stdout, "data"))[0]).trim();
  const market = async (): Promise<{ id: string; period: number }> =>
    (await (await fetch(`${url}v1/market`)).json()) as { id: string; period: number };
  return {
    url,
    folder,
    async key(name) {
      const { seed } = JSON.parse(readFileSync(keyFile(name), "utf8"));
      return (await openSignatures()).importSeed(fromHex(seed, "seed"));
    },
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
      service.kill("SIGINT");
      await once(service, "close");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
