// Every function and class that the package exports, called as it should be, and then with each argument in turn
// replaced by something else: what comes of that is the package's own error, naming the field. The names are taken from
// the package's entries, so that a new export fails here until its row says how it is called.
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bill } from "../../src/bill/bill.js";
import { openEngine } from "../../src/core/engine.js";
import { GridclearError } from "../../src/errors.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { headerBytes } from "../../src/ledger/format/header.js";
import { encodeRecords } from "../../src/ledger/format/layout.js";
import { orderLayout } from "../../src/ledger/format/records.js";
import { decodeSnapshot } from "../../src/ledger/format/snapshot.js";
import { bookLayout } from "../../src/ledger/format/state.js";
import { decodeBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import { ledgerKeyKind, parseCheckpoint } from "../../src/ledger/proof/checkpoint.js";
import type { Contradiction } from "../../src/ledger/proof/contradiction.js";
import { encodeProof, type RecordProof } from "../../src/ledger/proof/proof.js";
import { proveBlock, proveRecord } from "../../src/ledger/proof/prove.js";
import { encodeReceipt } from "../../src/ledger/proof/receipt.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import { openNodeStore } from "../../src/ledger/store/node.js";
import { openMarket } from "../../src/market/open.js";
import { writeBundle } from "../../src/report/bundle/write.js";
import { exportJson } from "../../src/report/export/document.js";
import { writeLedgerFile } from "../../src/report/export/file.js";
import { community, openCommunity } from "../../src/simulation/community.js";
import { checkScenario } from "../../src/simulation/scenariofile.js";
import { memoryPages } from "../../src/simulation/world/series.js";
import { monthOf, zoneOffsets } from "../../src/tariff/zone.js";
import { microTick } from "../../src/units.js";
import {
  engine,
  hasher,
  keyOf,
  makeLedger,
  market,
  platform,
  replayer,
  signatures,
} from "../support/community.js";
import { serve } from "../support/service.js";
import { keys, openSigned, platform as signedPlatform } from "../support/signedmarket.js";

const { exports: entries } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as {
  readonly exports: { readonly [name: string]: string | { readonly default: string } };
};
type Callable = ((...given: readonly unknown[]) => unknown) & (new (...given: readonly unknown[]) => unknown);
/** Classes whose objects come from a function, never from `new`. */
const madeByOthers = ["Platform", "Witness", "Simulation", "MarketClient"];
const exported = new Map<string, Callable>();
for (const entry of Object.values(entries)) {
  const file = typeof entry === "string" ? entry : entry.default;
  if (!file.endsWith(".js")) continue;
  const path = file.replace("./dist/", "../../src/").replace(/\.js$/, ".ts");
  const names = (await import(/* @vite-ignore */ path)) as { readonly [name: string]: unknown };
  for (const [name, value] of Object.entries(names)) {
    if (typeof value !== "function") continue;
    if (!madeByOthers.includes(name)) exported.set(name, value as Callable);
    for (const [own, inner] of Object.entries(Object.getOwnPropertyDescriptors(value)))
      if (typeof inner.value === "function") exported.set(`${name}.${own}`, inner.value.bind(value));
  }
}

const ledger = await makeLedger(2);
/** A solver that finds nothing. */
const solver = { solve: () => ({ Status: "Optimal", ObjectiveValue: 0, Columns: {}, Rows: [] }) };
const bytes = ledger.blocks[2]!;
const block = decodeBlock(bytes);
const { header } = block;
const rawHeader = bytes.subarray(0, headerBytes);
const record = proveRecord(block, { section: "orders", index: 0 }, hasher);
const note = await ledger.head();
const proof = { ...proveBlock(ledger.history, header, record), checkpoint: note };
const meterBook: RecordProof = {
  section: "books",
  index: 0,
  row: encodeRecords(bookLayout, [
    {
      period: 1,
      terms: new Uint8Array(32),
      root: hasher.merkleRoot(new Uint8Array(56), 56),
      meters: 1,
      due: 1,
      participants: 1,
      flags: 0,
    },
  ]),
  salted: null,
  path: [],
};
const anchor = { size: 3, root: ledger.history.root() };
const receipt = ledger.receipts[0]!;
const signed = parseCheckpoint(note);
const witness = { name: "w", publicKey: platform.publicKey };
const contradiction: Contradiction = {
  kind: "receipts",
  receipts: [receipt, { ...receipt, order: new Uint8Array(16) }],
};
const lie = await makeLedger(1, { seed: 7 });
const twice: Contradiction = { kind: "receipts", receipts: [receipt, lie.receipts[0]!] };
const genesis = decodeBlock(ledger.blocks[0]!);
const trading = await openMarket({ engine, participants: ["ann", "bob"], startMs: 0 });
trading.submit({ participant: "ann", carrier: "electricity", side: "offer", quantity: "1", price: "0.1" });
trading.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.2" });
const period = await trading.clearPeriod(30_000);
const clearing = engine.clear(
  {
    offers: { quantity: Uint32Array.of(1), price: Int32Array.of(1) },
    bids: { quantity: Uint32Array.of(1), price: Int32Array.of(2) },
  },
  { mechanism: "merit", pricing: "uniform", pool: null },
);
const tree = [{}, { parent: 0, fee: 1 }];
const treeBook = {
  offers: { quantity: Uint32Array.of(1), price: Int32Array.of(1), area: Uint16Array.of(1) },
  bids: { quantity: Uint32Array.of(1), price: Int32Array.of(2) },
};
const treeEngine = await openEngine();
const treeClearing = treeEngine.clear(treeBook, { mechanism: "merit", areas: tree });
const street = openCommunity(community({ participants: 3, periods: 1 }));
const store = await openMemoryStore();
const measured = checkScenario({
  name: "mill",
  participants: {},
  periods: 1,
  periodMs: 3_600_000,
  profiles: { file: "mill.csv", stepMs: 3_600_000 },
});
const folder = mkdtempSync(join(tmpdir(), "gridclear-exports-"));
for (const name of ["read", "removed"]) {
  const kept = await openNodeStore(join(folder, name));
  await kept.append(ledger.blocks[0]!, 0);
  await kept.close();
}
const served = await serve();
const key = await keyOf(3);
const kept = await openMemoryStore();
const keeping = await openMarket({
  engine,
  store: kept,
  participants: ["ann"],
  startMs: 0,
  snapshotEvery: 1,
});
await keeping.clearPeriod(1);
await keeping.clearPeriod(2);
const snapshotBytes = await kept.getSnapshot(1);
const snapshot = decodeSnapshot(snapshotBytes!, hasher);
const client = { hasher, signatures, marketId: market, platformKey: platform.publicKey };
const piecesOf = async (pieces: AsyncIterable<Uint8Array | string>): Promise<unknown[]> => {
  const all: unknown[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
};

const bundle = (await piecesOf(writeBundle(trading.store.blocks(), "ann", { hasher, engine }))).join("");

const zone = zoneOffsets("Europe/Vienna", 0, 2e12);
const july = monthOf(zone, "2026-07");
const tariff = {
  ...{ name: "t", carrier: "electricity", currency: "EUR", unit: "0.01", zone },
  components: [{ by: "month", name: "m", sort: "grid", rate: "1" }],
};

/** How an export is called, what else than its arguments it takes, and which it does not look at. */
interface Row {
  readonly call: readonly unknown[];
  /** Wrong as they look, some values are right: by argument. */
  readonly takes?: { readonly [argument: number]: readonly unknown[] };
  /** Place names for errors, and what only a listener sees. */
  readonly free?: readonly number[];
  /** What even the good call throws here, where there is no browser. */
  readonly throws?: string;
}
/** What stands in an argument's place; `object` and `array` are empty ones. */
const others: readonly unknown[] = [undefined, null, 7, "x", "object", "array"];
const made = (other: unknown): unknown => (other === "object" ? {} : other === "array" ? [] : other);
const contract = { kind: "participant", version: 1, from: 0, id: "ann" };
const rows: { readonly [name: string]: Row } = {
  GridclearError: { call: ["invalid", { field: "a", wanted: "b", got: 3 }], free: [0, 1] },
  HistoryTree: { call: [hasher] },
  "Platform.open": { call: [{ market: await openSigned({ log: true }), key: signedPlatform, hasher }] },
  "Witness.open": {
    call: [
      {
        ...{ hasher, signatures, name: "w", key: platform, store: await openMemoryStore() },
        ...{ replay: replayer(), now: () => 1 },
      },
    ],
  },
  "MarketClient.open": {
    call: [
      {
        ...{ url: "http://market.test", hasher, signatures, participant: "ann", key: keys.get("ann")! },
        fetch: (url: string, init: RequestInit) => served.service.fetch(new Request(url, init)),
        now: () => 1_000,
      },
    ],
  },
  openService: { call: [{ platform: served.platform, signatures }] },
  parseMarketFile: { call: ['{"ledger":"l","platformKey":"k","creditLimit":null}'] },
  readStatement: { call: [market, 1, "GET /"], takes: { 1: [7] } },
  amountTick: { call: [microTick, microTick] },
  batchRecords: {
    call: [
      {
        participant: Uint32Array.of(0),
        carrier: Uint8Array.of(0),
        side: Uint8Array.of(0),
        quantity: Uint32Array.of(1),
        price: Int32Array.of(1),
      },
    ],
  },
  areaFault: { call: [tree, treeBook, treeClearing] },
  copyClearing: { call: [clearing] },
  edgeMoney: { call: [tree, treeClearing.areas, 1] },
  decodeBlock: { call: [bytes] },
  encodeBlock: { call: [block] },
  formatTicks: { call: [5n, microTick], takes: { 0: [7], 1: [undefined] } },
  hashOfBlock: { call: [block, hasher] },
  openEngine: { call: [{}], takes: { 0: [undefined, "object"] } },
  openHasher: { call: [] },
  openMarket: { call: [{ engine, participants: ["ann"], startMs: 0 }] },
  openReplay: { call: [engine] },
  openTerms: { call: [0], takes: { 0: [7] } },
  openWitnessReplay: { call: [{ engine, store: await openMemoryStore() }] },
  paperArrays: { call: [period, "electricity", 2], takes: { 2: [7] } },
  parseContract: { call: [contract, "contract"], free: [1] },
  parsePrice: { call: ["1.5", microTick, "price"], takes: { 1: [undefined] }, free: [2] },
  parseQuantity: { call: ["1.5", microTick, "quantity"], takes: { 1: [undefined] }, free: [2] },
  parseTick: { call: ["0.01", "tick"], free: [1] },
  parseTicks: { call: ["1.5", microTick, "value"], takes: { 1: [undefined] }, free: [2] },
  proveBlock: { call: [ledger.history, header, record, 3], takes: { 2: [null], 3: [undefined] } },
  proveRecord: { call: [block, { section: "orders", index: 0 }, hasher] },
  reportToConsole: { call: [], free: [0, 1] },
  serveLedger: {
    call: [{ hasher, history: ledger.history, block: async () => bytes, checkpoint: () => note }],
  },
  Chain: { call: [hasher] },
  "Chain.after": { call: [snapshot.header, snapshot.subtrees, hasher] },
  decodeSnapshot: { call: [snapshotBytes, hasher] },
  encodeSnapshot: { call: [snapshot] },
  LightClient: { call: [client] },
  blockHash: { call: [rawHeader, hasher] },
  checkBlock: { call: [block, hasher] },
  cosignatures: { call: [signed, [witness], signatures, hasher], takes: { 1: ["array"] } },
  decodeBundle: { call: [bundle] },
  meterOf: { call: [{ index: 1, row: new Uint8Array(112), path: [] }] },
  proveMeter: { call: [meterBook, new Uint8Array(56), 0, hasher] },
  openBundle: { call: [decodeBundle(bundle), hasher] },
  proveByBundle: { call: [decodeBundle(bundle), { height: 1, record: null }, hasher] },
  readBundle: { call: [openBundle(decodeBundle(bundle), hasher)] },
  decodeContradiction: {
    call: [`${exported.get("encodeContradiction")!(contradiction)}`],
  },
  decodeHeader: { call: [bytes] },
  decodeProof: { call: [encodeProof(proof)] },
  decodeReceipt: { call: [encodeReceipt(receipt)] },
  encodeContradiction: { call: [contradiction] },
  encodeProof: { call: [proof] },
  encodeReceipt: { call: [receipt] },
  formatKey: { call: [witness, ledgerKeyKind, hasher] },
  fromHex: { call: ["00ff", "field"], free: [1] },
  hex: { call: [bytes] },
  httpAsk: { call: ["http://localhost/", {}], takes: { 1: [undefined, "object"] } },
  isFinal: { call: [signed, { threshold: 1, witnesses: [witness] }, signatures, hasher] },
  isReceiptSigned: { call: [receipt, platform.publicKey, signatures, hasher] },
  isSignedBy: { call: [signed, platform.publicKey, signatures, hasher] },
  judgeContradiction: {
    call: [twice, { marketId: market, platformKey: platform.publicKey }, signatures, hasher],
  },
  judgeReceipt: {
    call: [{ ...receipt, period: header.period }, header, new Uint8Array(16)],
  },
  marketId: { call: [bytes, hasher] },
  openProof: { call: [proof, hasher] },
  openSignatures: { call: [{}], takes: { 0: [undefined, "object"] } },
  originOf: { call: [market] },
  parseCheckpoint: { call: [note] },
  parseKey: {
    call: [exported.get("formatKey")!(witness, ledgerKeyKind, hasher), ledgerKeyKind, hasher],
  },
  readRecord: { call: [orderLayout, block.sections.orders, 0] },
  recordOf: { call: [record] },
  verifyChain: { call: [ledger.blocks, hasher, {}], takes: { 0: ["array"], 2: [undefined, "object"] } },
  // No size and no root are no proof: false is the answer.
  verifyConsistency: {
    call: [anchor, anchor, [], hasher],
    takes: { 0: ["object"], 1: ["object"], 2: ["array"] },
  },
  verifyInclusion: {
    call: [{ leaf: anchor.root, index: 0, size: 1, path: [] }, anchor.root, hasher],
    takes: { 0: ["object"] },
  },
  verifyProof: { call: [proof, anchor, hasher] },
  batchStatement: { call: [market, 1, 1, anchor.root], takes: { 1: [7], 2: [7] } },
  blockBytes: { call: [header] },
  buildBlock: {
    call: [{ ...header, signed: true, sections: block.sections, state: header.sections.state }, hasher],
  },
  checkRecords: { call: [orderLayout, block.sections.orders] },
  codesOf: { call: [orderLayout, "side"] },
  contractStatement: { call: [market, bytes] },
  decodeCanonical: { call: [new TextEncoder().encode("7"), "json"], free: [1] },
  decodeEvidence: { call: [block.sections.evidence] },
  decodeItems: { call: [genesis.sections.contracts, "section"], free: [1] },
  decodeRecords: { call: [orderLayout, block.sections.orders] },
  encodeCanonical: {
    call: [{ a: 1 }, "json"],
    takes: { 0: [null, 7, "x", "object", "array"] },
    free: [1],
  },
  encodeEvidence: { call: [[]], takes: { 0: ["array"] } },
  encodeHeader: { call: [header] },
  encodeItems: { call: [[bytes]], takes: { 0: ["array"] } },
  encodeRecords: { call: [orderLayout, []], takes: { 1: ["array"] } },
  leafOf: { call: ["orders", 0, 1], takes: { 2: [7] } },
  offsetsOf: { call: [orderLayout] },
  orderStatement: { call: [market, 1, receipt.order], takes: { 1: [7] } },
  readingStatement: { call: [market, 7, new Uint8Array(28)], takes: { 1: [7] } },
  receiptStatement: { call: [market, 1, 1, anchor.root], takes: { 1: [7], 2: [7] } },
  recordCount: { call: [orderLayout, block.sections.orders] },
  recordsRoot: { call: [orderLayout, block.sections.orders, hasher] },
  rowBytes: { call: [orderLayout] },
  scalarCore: { call: [] },
  auditBlocks: {
    call: [ledger.blocks, { hasher, engine, signatures }],
    takes: { 0: ["array"], 1: [undefined, "object"] },
  },
  auditStore: { call: [store, { hasher, engine, signatures }], takes: { 1: [undefined, "object"] } },
  exportCsv: { call: [ledger.blocks, "orders", hasher], takes: { 0: ["array"] } },
  exportJson: { call: [ledger.blocks, hasher], takes: { 0: ["array"] } },
  exportParquet: { call: [ledger.blocks, "orders", hasher], takes: { 0: ["array"] } },
  exportRows: { call: [ledger.blocks, "orders", hasher], takes: { 0: ["array"] } },
  importJson: { call: [await piecesOf(exportJson(ledger.blocks, hasher)), hasher] },
  readLedgerFile: {
    call: [await piecesOf(writeLedgerFile(ledger.blocks, hasher)), hasher, false],
    takes: { 2: [undefined] },
  },
  replayWith: {
    call: [ledger.blocks, {}, { hasher, engine }],
    takes: { 0: ["array"], 1: ["object"], 2: [undefined, "object"] },
  },
  optimum: { call: [ledger.blocks, { solver, engine, hasher }], takes: { 0: ["array"] } },
  statement: {
    call: [trading.store.blocks(), "ann", { hasher }],
    takes: { 0: ["array"], 1: ["x"], 2: [undefined, "object"] },
  },
  statementRow: { call: [{}], free: [0] },
  summarize: { call: [ledger.blocks, { hasher }], takes: { 0: ["array"], 1: [undefined, "object"] } },
  writeBundle: {
    call: [trading.store.blocks(), "ann", { hasher, engine }],
    takes: { 0: ["array"], 1: ["x"], 2: [undefined, "object"] },
  },
  writeLedgerFile: { call: [ledger.blocks, hasher], takes: { 0: ["array"] } },
  share: { call: [{ drawn: [1, 0], injected: [0, 2] }, { key: "equal" }] },
  charge: { call: [tariff, { month: july, ...july, periods: [], quantityTick: microTick }] },
  checkTariff: { call: [tariff, "t"], free: [1] },
  localTime: { call: [zone, july.fromMs], takes: { 1: [7] } },
  monthOf: { call: [zone, "2026-07"] },
  ratioText: { call: [{ num: 1n, den: 3n }, 2], takes: { 1: [7] } },
  bill: {
    call: [openBundle(decodeBundle(bundle), hasher), { month: "1970-01" }],
  },
  billCsv: { call: [bill(openBundle(decodeBundle(bundle), hasher), { month: "1970-01" })] },
  billJson: { call: [bill(openBundle(decodeBundle(bundle), hasher), { month: "1970-01" })] },
  parseTariff: {
    call: [
      '{"name":"t","currency":"EUR","zone":"UTC","components":[{"by":"month","name":"m","sort":"grid","rate":"1"}]}',
      () => "",
    ],
    takes: { 1: [undefined] },
  },
  tariffSchema: { call: [] },
  zoneOffsets: { call: ["Europe/Vienna", 0, july.toMs], takes: { 1: [7], 2: [7] } },
  bundledScenario: { call: ["small"] },
  checkScenario: { call: [{ name: "street", participants: { home: 2 } }] },
  community: { call: [{ participants: 3 }], takes: { 0: ["object"] } },
  inspectScenario: { call: ['{"name":"street","participants":{"home":2}}'], takes: { 0: ["x"] } },
  openCommunity: { call: [street.scenario, {}], takes: { 1: [undefined, "object"] } },
  openSimulation: { call: [street, { engine }] },
  orderColumns: { call: [3, 1, {}], takes: { 0: [7], 1: [7], 2: [undefined, "object"] } },
  memoryPages: { call: [] },
  ProfileReader: { call: [measured, memoryPages(), "line"], takes: { 2: [undefined] } },
  parseProfiles: { call: ["participant,carrier,step,use,supply\nmill,electricity,0,1,0\n", measured] },
  parseScenario: { call: ['{"name":"street","participants":{"home":2}}'] },
  parseWeather: { call: ["time,temperature,irradiance,wind\n2025-01-01T00:00Z,2.5,0,4\n"] },
  scenarioSchema: { call: [] },
  signedRun: { call: [street, { signatures, hasher, key }] },
  openBrowserStore: { call: ["ledger", {}], takes: { 1: [undefined, "object"] }, throws: "unsupported" },
  memoryMedium: { call: [] },
  openMemoryStore: { call: [{}], takes: { 0: [undefined, "object"] } },
  // No ledger of a private market, of which alone something is erased.
  eraseBlocks: { call: [join(folder, "read"), 0], takes: { 1: [7] }, throws: "state" },
  hasLedger: { call: [folder], takes: { 0: ["x"] } },
  openNodeStore: { call: [join(folder, "a"), {}], takes: { 0: ["x"], 1: [undefined, "object"] } },
  readNodeStore: { call: [join(folder, "read"), {}], takes: { 0: ["x"], 1: [undefined, "object"] } },
  removeNodeStore: { call: [join(folder, "removed")], takes: { 0: ["x"] } },
  openKeyring: { call: [signatures, "keys"], takes: { 1: [undefined, "x"] }, throws: "storage" },
};

test("every function that is exported has its row, and no other", () => {
  expect(Object.keys(rows).sort()).toEqual([...exported.keys()].sort());
});

/** Calls an export and goes through what it hands back piece by piece. */
async function outcome(name: string, given: readonly unknown[]): Promise<string> {
  try {
    const callee = exported.get(name)!;
    const answer = await (/^class/.test(`${callee}`) ? new callee(...given) : callee(...given));
    if (Symbol.asyncIterator in Object(answer)) await piecesOf(answer as AsyncIterable<Uint8Array>);
    return "an answer";
  } catch (error) {
    return error instanceof GridclearError && error.field !== ""
      ? `GridclearError ${error.code}`
      : `${error}`;
  }
}

const named = (other: unknown): string =>
  other === "object" || other === "array" ? `an ${other}` : `${JSON.stringify(other)}`;

test.each(Object.entries(rows))("%s", async (name, { call, takes, free, throws }) => {
  expect(await outcome(name, call)).toEqual(throws === undefined ? "an answer" : `GridclearError ${throws}`);
  const wrong: string[] = [];
  for (const [place] of call.entries())
    for (const other of others) {
      if (free?.includes(place) || takes?.[place]?.includes(other)) continue;
      const answer = await outcome(name, call.with(place, made(other)));
      if (!answer.startsWith("GridclearError")) wrong.push(`argument ${place}, ${named(other)}: ${answer}`);
    }
  expect(wrong).toEqual([]);
});
