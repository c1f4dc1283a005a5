// What callers get wrong first: an option misspelt, an `await` forgotten, the wrong thing handed in. Each is refused by
// name, by everything in the package that takes options; an option passed over in silence would look as if it held.
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { LightClient } from "../../src/ledger/service/client.js";
import { httpAsk } from "../../src/ledger/service/http.js";
import { Witness } from "../../src/ledger/service/witness.js";
import { openBrowserStore } from "../../src/ledger/store/browser.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import { hasLedger, openNodeStore, readNodeStore, removeNodeStore } from "../../src/ledger/store/node.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { openMarket } from "../../src/market/open.js";
import { Platform } from "../../src/market/platform.js";
import { openReplay } from "../../src/market/replay.js";
import { openWitnessReplay } from "../../src/market/snapshots.js";
import { auditBlocks, auditStore } from "../../src/report/audit.js";
import { summarize } from "../../src/report/indicators.js";
import { statement } from "../../src/report/statement.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import { orderColumns } from "../../src/simulation/ordercolumns.js";
import { parseProfiles } from "../../src/simulation/profilefile.js";
import { parseScenario } from "../../src/simulation/scenariofile.js";
import { signedRun } from "../../src/simulation/signed.js";
import { openSimulation } from "../../src/simulation/simulation.js";
import { engine, market, platform, signatures } from "../support/community.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-options-"));
const street = openCommunity(community({ participants: 3, periods: 1 }));
const client = { hasher: plainHasher, signatures, marketId: market, platformKey: platform.publicKey };
const witness = {
  ...{ hasher: plainHasher, signatures, name: "w", key: platform, store: await openMemoryStore() },
  ...{ replay: async () => undefined, now: () => 0 },
};
const typo = { misspelt: true };
/** A value of the wrong type, where the compiler would not let it pass. */
const wrong = (value: unknown): never => value as never;

const unknown: { readonly [name: string]: () => unknown } = {
  openEngine: () => openEngine(wrong(typo)),
  openMarket: () => openMarket(wrong({ engine, ...typo })),
  openNodeStore: () => openNodeStore(folder, wrong(typo)),
  readNodeStore: () => readNodeStore(folder, wrong(typo)),
  openMemoryStore: () => openMemoryStore(wrong(typo)),
  openBrowserStore: () => openBrowserStore("ledger", wrong(typo)),
  openSignatures: () => openSignatures(wrong(typo)),
  LightClient: () => new LightClient(wrong({ ...client, ...typo })),
  "Witness.open": () => Witness.open(wrong({ ...witness, ...typo })),
  openWitnessReplay: () => openWitnessReplay(wrong({ engine, store: witness.store, ...typo })),
  "Platform.open": () => Platform.open(wrong(typo)),
  httpAsk: () => httpAsk("http://localhost", wrong(typo)),
  openSimulation: () => openSimulation(street, wrong({ engine, ...typo })),
  openCommunity: () => openCommunity(street.scenario, wrong(typo)),
  community: () => community(wrong({ participants: 3, ...typo })),
  "community mix": () => community(wrong({ participants: 3, mix: typo })),
  orderColumns: () => orderColumns(3, 1, wrong(typo)),
  signedRun: () => signedRun(street, wrong(typo)),
  statement: () => statement([], "ann", wrong(typo)),
  auditBlocks: () => auditBlocks([], wrong(typo)),
  auditStore: () => auditStore(witness.store, wrong(typo)),
};

test.each(Object.entries(unknown))("%s refuses an option that it does not know", async (_, call) => {
  await expect((async () => call())()).rejects.toMatchObject({
    code: "invalid",
    field: expect.stringContaining("misspelt"),
  });
});

const mistaken: readonly (readonly [name: string, field: string, call: () => unknown])[] = [
  ["openNodeStore without a path", "directory", () => openNodeStore(wrong(undefined))],
  ["openNodeStore with no path", "directory", () => openNodeStore("")],
  ["openNodeStore with a NUL", "directory", () => openNodeStore("a\0b")],
  ["readNodeStore with a number", "directory", () => readNodeStore(wrong(3))],
  ["removeNodeStore without a path", "directory", () => removeNodeStore(wrong(undefined))],
  ["hasLedger without a path", "directory", () => hasLedger(wrong(undefined))],
  ["a store with a hasher not awaited", "hasher", () => openMemoryStore({ hasher: wrong(openHasher()) })],
  ["a store that verifies something else", "verify", () => openMemoryStore({ verify: wrong("hash") })],
  ["openBrowserStore without a name", "name", () => openBrowserStore(wrong(undefined))],
  ["openReplay without an engine", "engine", () => openReplay(wrong(undefined))],
  ["openReplay with an engine not awaited", "engine", () => openReplay(wrong(openEngine()))],
  ["a replay of bytes", "block", () => openReplay(engine).replay(wrong(new Uint8Array(900)))],
  ["a replay of nothing", "block", () => openReplay(engine).replay(wrong(undefined))],
  ["a light client without options", "options", () => new LightClient(wrong(undefined))],
  [
    "a light client of no market",
    "marketId",
    () => new LightClient({ ...client, marketId: wrong("street") }),
  ],
  [
    "signatures not awaited",
    "signatures",
    () => new LightClient({ ...client, signatures: wrong(openSignatures()) }),
  ],
  ["a witness without a store", "store", () => Witness.open({ ...witness, store: wrong({}) })],
  ["a witness that begins nowhere", "from.snapshot", () => Witness.open({ ...witness, from: wrong({}) })],
  [
    "a witness that never keeps its state",
    "snapshotEvery",
    () => openWitnessReplay({ engine, store: witness.store, snapshotEvery: 0 }),
  ],
  ["a platform without a market", "market", () => Platform.open(wrong({ key: platform }))],
  ["httpAsk that waits for nothing", "limits.timeoutMs", () => httpAsk("http://localhost", { timeoutMs: 0 })],
  ["a statement of a store", "blocks", () => statement(wrong(witness.store), "ann")],
  ["a statement of numbers", "block 0", () => statement(wrong([1]), "ann")],
  ["a statement from a text", "from", () => statement([], "ann", { from: wrong("5") })],
  ["a summary of nothing", "blocks", () => summarize(wrong(undefined))],
  ["an audit of nothing", "blocks", () => auditBlocks(wrong(undefined))],
  ["an audit of no store", "store", () => auditStore(wrong(undefined))],
  ["a community of no options", "options", () => community(wrong(undefined))],
  ["a season that is none", "season", () => community({ participants: 3, season: wrong("sumer") })],
  ["columns of no known kind", "distribution", () => orderColumns(3, 1, { distribution: wrong("unifrom") })],
  ["columns without a seed", "seed", () => orderColumns(3, wrong(undefined))],
  ["a community of a raw file", "scenario", () => openCommunity(wrong({ name: "street", participants: {} }))],
  ["a simulation of a scenario", "community", () => openSimulation(wrong(street.scenario), { engine })],
  ["a simulation without an engine", "options", () => openSimulation(street, wrong(undefined))],
  ["a scenario that is no text", "scenario", () => parseScenario(wrong(undefined))],
  ["profiles that are no text", "profiles", () => parseProfiles(wrong(undefined), street.scenario)],
];

test.each(mistaken)("%s is refused as %s", async (_, field, call) => {
  await expect((async () => call())()).rejects.toMatchObject({
    name: "GridclearError",
    code: "invalid",
    field,
  });
});

test("nothing was made of what was refused", () => {
  expect(readdirSync(folder)).toEqual([]);
});

test("a replay that was handed bytes goes on with the block", async () => {
  const opened = await openMarket({ engine, participants: ["ann"], startMs: 0 });
  const { decodeBlock } = await import("../../src/ledger/format/block.js");
  const bytes = (await opened.store.get(0))!;
  const replay = openReplay(engine);
  expect(() => replay.replay(wrong(bytes))).toThrow("decodeBlock");
  replay.replay(decodeBlock(bytes));
  expect(replay.height).toBe(1);
});

test("a browser's store outside a browser says so", async () => {
  await expect(openBrowserStore("ledger")).rejects.toMatchObject({ code: "unsupported" });
});
