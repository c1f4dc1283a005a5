// A signed run: the same orders as in an unsigned one, each order receipted, every signature checked by what did not
// make it.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keysCommand } from "../../src/cli/commands/keys.js";
import { runCommand } from "../../src/cli/commands/run.js";
import { verifyCommand } from "../../src/cli/commands/verify.js";
import { openEngine } from "../../src/core/engine.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { decodeEvidence } from "../../src/ledger/keys/evidence.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import { openNodeStore } from "../../src/ledger/store/node.js";
import { openCommunity } from "../../src/simulation/community.js";
import { parseScenario } from "../../src/simulation/scenariofile.js";
import { signedRun } from "../../src/simulation/signed.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { run as call } from "../support/commands.js";

// Readings come late and are corrected; halfway through a contract is amended.
const text = JSON.stringify({
  name: "signed",
  seed: 5,
  periods: 12,
  periodMs: 3_600_000,
  date: "2026-07-15",
  participants: { home: 8, business: 2, solar: 2, car: 1, biomass: 1, supplier: 1, storage: 1 },
  faults: { missing: 20_000, late: 100_000, corrected: 100_000, deviation: 50_000 },
});

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-signed-"));
  await writeFile(at("scenario.json"), text);
  await call(keysCommand, "make", at("platform.key"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (ledger: string, ...more: string[]) =>
  call(runCommand, at("scenario.json"), "--ledger", at(ledger), "--json", ...more);
const verify = async (...args: string[]) => JSON.parse((await call(verifyCommand, "--json", ...args)).out);

async function blocks(ledger: string) {
  const store = await openNodeStore(at(ledger), { create: false });
  const all = [];
  for await (const bytes of store.blocks()) all.push(decodeBlock(bytes));
  await store.close();
  return all;
}

describe("gridclear run --key", () => {
  test("orders what an unsigned run orders, signs all of it, and keeps its receipts", async () => {
    const key = ["--key", at("platform.key")];
    expect(await run("whole", ...key, "--receipts", at("receipts"))).toMatchObject({ code: 0 });
    expect(await run("plain")).toMatchObject({ code: 0 });
    const audit = await verify(at("whole"));
    expect(audit).toMatchObject({ ok: true, signed: true, blocks: 13 });
    const [signed, plain] = [await blocks("whole"), await blocks("plain")];
    // Ties are drawn by the hash of the block before, which differs; what was ordered does not.
    for (const [height, block] of signed.entries())
      expect([height, block.sections.orders]).toEqual([height, plain[height]!.sections.orders]);
    const kinds = signed.flatMap((block) => decodeEvidence(block.sections.evidence).map(({ kind }) => kind));
    expect(kinds.filter((kind) => kind === "batch")).toHaveLength(12);
    expect(kinds).toContain("reading");
    // Genesis apart, the one amendment is signed by its participant.
    expect(
      signed
        .slice(1)
        .flatMap((block) => block.header.sections.contracts.count)
        .filter(Boolean),
    ).toEqual([1]);
    const receipts = (await readFile(at("receipts"), "utf8")).trimEnd().split("\n");
    expect(receipts).toHaveLength(audit.orders);
    for (const place of [0, receipts.length - 1]) {
      await writeFile(at("receipt"), `${receipts[place]}\n`);
      expect(await verify("--receipt", at("receipt"), at("whole"))).toMatchObject({ verdict: "kept" });
    }
    // Stopped before and after the amendment, it comes to the same blocks.
    for (const periods of ["6", "1", "5"])
      expect(await run("parts", ...key, "--periods", periods)).toMatchObject({ code: 0 });
    expect(await verify(at("parts"))).toMatchObject({ ok: true, hash: audit.hash });
    await writeFile(at("receipt"), `${receipts.at(-1)}\n`);
    await run("short", ...key, "--periods", "3");
    expect(await verify("--receipt", at("receipt"), at("short"))).toMatchObject({ verdict: "not yet" });
  });

  test("another key, or none, does not go on with it", async () => {
    await run("mine", "--key", at("platform.key"), "--periods", "1");
    await call(keysCommand, "make", at("other.key"));
    await expect(run("mine", "--key", at("other.key"))).rejects.toMatchObject({ code: "conflict" });
    await expect(run("mine")).rejects.toMatchObject({ code: "conflict" });
    await expect(run("new", "--receipts", at("r"))).rejects.toMatchObject({ field: "--receipts" });
  });
});

test("killed with orders acknowledged and not yet sealed, it takes them again and goes on", async () => {
  const engine = await openEngine();
  const signatures = await openSignatures();
  const key = await signatures.importSeed(new Uint8Array(32).fill(3));
  let batches = 0;
  const open = async (store: Awaited<ReturnType<typeof openMemoryStore>>, die: number) => {
    const { community, run: signed } = await signedRun(openCommunity(parseScenario(text)), {
      signatures,
      hasher: engine,
      key,
      receipts: async () => {
        batches += 1;
        if (batches === die) throw new Error("killed");
      },
    });
    return openSimulation(community, { engine, store, signed });
  };
  const store = await openMemoryStore({ hasher: engine });
  const first = await open(store, 3);
  await first.next();
  await first.next();
  await expect(first.next()).rejects.toThrow("killed");
  const again = await open(store, 0);
  await again.next();
  expect(batches).toBe(3);
  const other = await openMemoryStore({ hasher: engine });
  const whole = await open(other, 0);
  for (let period = 0; period < 3; period += 1) await whole.next();
  expect(store.head!.hash).toEqual(other.head!.hash);
  engine.close();
});
