/**
 * Everything that reads what comes from outside: files, ledgers, proofs, requests, messages. Each takes bytes and reads
 * them or refuses with a typed error; where a text has one canonical form, what was read is written again and has to be
 * what came. `examples` are bytes that it reads.
 */
import { sameBytes, toUtf8 } from "../../src/bytes.js";
import { readEvents } from "../../src/client/events.js";
import { GridclearError } from "../../src/errors.js";
import { parseAreas } from "../../src/files/areasfile.js";
import { parseCommunity } from "../../src/files/communityfile.js";
import { readRecords } from "../../src/files/csv.js";
import { parseOrderFile } from "../../src/files/orderfile.js";
import { parseReadingsFile } from "../../src/files/readingsfile.js";
import { parseRulesFile } from "../../src/files/rulesfile.js";
import { parseSharingKey } from "../../src/files/sharingkeyfile.js";
import { parseTariff } from "../../src/files/tarifffile.js";
import { decodeText } from "../../src/files/text.js";
import {
  decodeRegistration,
  decodeSealed,
  decodeSnapshotMessage,
  encodeSealed,
  encodeSnapshotMessage,
} from "../../src/fleet/messages.js";
import { decodeOwn } from "../../src/fleet/ownstore.js";
import { decodeAnswer, decodeRequest, encodeRequest } from "../../src/fleet/requests.js";
import {
  checkBlock,
  decodeBlock,
  encodeBlock,
  encodeItems,
  hashOfBlock,
} from "../../src/ledger/format/block.js";
import { decodeCanonical, encodeCanonical } from "../../src/ledger/format/canonical.js";
import { decodeHeader, encodeHeader, headerBytes } from "../../src/ledger/format/header.js";
import {
  decodeFileHead,
  encodeFileHead,
  encodeMark,
  openChecksum,
} from "../../src/ledger/format/ledgerfile.js";
import { decodeSnapshot, encodeSnapshot } from "../../src/ledger/format/snapshot.js";
import { parseAuthorization } from "../../src/ledger/keys/authorization.js";
import { decodeEvidence, encodeEvidence } from "../../src/ledger/keys/evidence.js";
import { decodeBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import { formatKey, ledgerKeyKind, parseCheckpoint, parseKey } from "../../src/ledger/proof/checkpoint.js";
import {
  checkConsistency,
  decodeConsistency,
  encodeConsistency,
  proveConsistency,
} from "../../src/ledger/proof/consistency.js";
import { decodeContradiction, encodeContradiction } from "../../src/ledger/proof/contradiction.js";
import { decodeProof, encodeProof, openProof } from "../../src/ledger/proof/proof.js";
import { decodeReceipt, encodeReceipt } from "../../src/ledger/proof/receipt.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import { HistoryTree } from "../../src/ledger/tree/history.js";
import { readAcknowledged } from "../../src/market/intake/log.js";
import { openReplay } from "../../src/market/replay.js";
import { readBundle } from "../../src/report/bundle/read.js";
import { decodeColumns, encodeColumns } from "../../src/service/columns.js";
import { parseMarketFile } from "../../src/service/marketfile.js";
import { parseProfiles } from "../../src/simulation/profilefile.js";
import { parseScenario } from "../../src/simulation/scenariofile.js";
import { parseWeather } from "../../src/simulation/weatherfile.js";
import { parseSetting } from "../../src/study/settings.js";
import { parseTick } from "../../src/units.js";
import { load } from "../support/meters.js";
import {
  ask,
  bridge,
  bundle,
  columns,
  engine,
  get,
  ledger,
  log,
  receipts,
  requests,
  sent,
  snapshot,
} from "./served.js";

/** What reads something, and bytes that it does not refuse. */
export interface Parser {
  readonly take: (bytes: Uint8Array) => unknown;
  readonly examples: readonly Uint8Array[];
  /** It takes milliseconds. */
  readonly isSlow?: boolean;
  /** It answers instead of refusing. */
  readonly answers?: boolean;
}

const hasher = await openHasher();
const checksum = await openChecksum();
const tick = parseTick("0.001");
const secondBlock = decodeBlock(ledger[1]!);

// --- Checks ---------------------------------------------------------------------------------------------------------

/** Demands that what was read, written again, is what came. */
function same(bytes: Uint8Array, again: Uint8Array): void {
  if (!sameBytes(bytes, again)) throw new Error("written again it is something else");
}
const text = (read: (text: string) => unknown) => (bytes: Uint8Array) => read(decodeText(bytes));
/** Reads a document that has one form, with a newline at its end or none, and looks that it does. */
const document =
  <T>(decode: (text: string) => T, encode: (value: T) => string, open: (value: T) => unknown = () => {}) =>
  (bytes: Uint8Array): void => {
    const given = decodeText(bytes);
    const value = decode(given);
    if (encode(value).trimEnd() !== given.trimEnd()) throw new Error("written again it is something else");
    open(value);
  };
const utf8 = (...texts: string[]): Uint8Array[] => texts.map((each) => toUtf8(each));
const json = (...values: object[]): Uint8Array[] => utf8(...values.map((each) => JSON.stringify(each)));

const street = {
  name: "street",
  seed: 7,
  date: "2026-07-15",
  periods: 288,
  periodMs: 300_000,
  weather: "mixed",
  participants: { home: 3 },
  profiles: { file: "homes.csv", stepMs: 3_600_000 },
};
const measured = parseScenario(JSON.stringify(street));
const readings = {
  form: "long",
  separator: ";",
  decimal: ",",
  time: { column: "Zeit", format: "DD.MM.YYYY HH:mm", zone: "Europe/Vienna", stamp: "end", twice: "order" },
  minutes: 15,
  unit: "kWh",
  columns: { meter: "Meter", in: "Wert" },
};

const note = decodeText(await get("/v1/ledger/checkpoint"));
const history = new HistoryTree(hasher);
for (const block of ledger) history.append(hashOfBlock(decodeBlock(block), hasher));
const proof = await get("/v1/ledger/proof/2/1");
const sealed = encodeSealed({
  height: 1,
  cut: 2,
  hash: new Uint8Array(32),
  bytes: ledger[1]!,
  carried: [],
  note,
});
const fileHead = encodeFileHead(0);
const mark = encodeMark({ size: 3, hash: new Uint8Array(32) }, checksum);
fileHead.set(mark.bytes, mark.at);

// --- The parsers ----------------------------------------------------------------------------------------------------

export const parsers: Readonly<Record<string, Parser>> = {
  csv: {
    take: text((given) => readRecords(given, () => {})),
    examples: utf8('a,b\r\n"x ""y""",2\n', "a\n1\n"),
  },
  orders: {
    take: text((given) => parseOrderFile(given, { quantity: tick, price: tick })),
    examples: utf8(
      "carrier,side,id,quantity,price\nelectricity,offer,a,1.5,0.1\nelectricity,bid,b,2,-0.3\nheat,bid,c,1,0\n",
    ),
  },
  readings: {
    take: text((given) => parseReadingsFile(given, tick)),
    examples: utf8("participant,in,out\na,1.5,0\nb,0,2\n"),
  },
  meters: {
    take: text((given) =>
      load({ file: given }, { readings, from: "2026-07-01T00:00Z", to: "2026-08-01T00:00Z" }),
    ),
    examples: utf8("Zeit;Meter;Wert\n01.07.2026 02:15;a;1,5\n01.07.2026 02:30;a;0,25\n"),
  },
  rules: {
    take: text((given) => parseRulesFile(given)),
    examples: json(
      { mechanism: "value", pricing: "counterparty" },
      {
        mechanism: "merit",
        quantityTick: "0.001",
        commission: [{ share: 1000000, supply: 1000, use: 2000 }],
        areas: {
          electricity: [{ name: "town" }, { name: "street", parent: "town", fee: "0.05", importLimit: "5" }],
        },
      },
    ),
  },
  areas: {
    take: (bytes) => {
      const given = decodeCanonical(bytes);
      return parseAreas(given, { quantity: tick, price: tick }, "areas");
    },
    examples: [encodeCanonical([{ name: "r" }, { name: "a", parent: "r", fee: "0.01", importLimit: "5" }])],
  },
  "sharing key": {
    take: text((given) => parseSharingKey(given)),
    examples: json({ key: "proportional" }, { key: "static", shares: { a: 600000, b: 400000 } }),
  },
  tariff: {
    take: text((given) => parseTariff(given)),
    examples: json({
      name: "Vienna",
      currency: "EUR",
      zone: "Europe/Vienna",
      components: [
        {
          by: "calendar",
          name: "energy",
          sort: "energy",
          on: ["fromGrid"],
          parts: [
            { name: "day", weekdays: [1, 2], hours: ["06:00-22:00"], rate: "0.18" },
            { name: "rest", rate: "0.14" },
          ],
        },
        { by: "energy", name: "grid", sort: "grid", on: ["received"], rate: "0.0698", less: "at-local" },
        { by: "month", name: "metering", sort: "grid", rate: "2.40" },
        { by: "percent", name: "VAT", sort: "tax", of: ["energy", "grid"], percent: "20" },
      ],
    }),
  },
  community: {
    take: text((given) => parseCommunity(given)),
    examples: json({
      community: "Sonnenweg",
      currency: "EUR",
      price: "0.12",
      key: { key: "static", shares: { Ann: 600_000, Bob: 400_000 } },
      members: [
        { member: "Ann", in: "AT1", out: "AT2" },
        { member: "Bob", in: "AT3", factor: 500_000 },
      ],
      readings,
    }),
  },
  scenario: {
    take: text((given) => parseScenario(given)),
    examples: json(street),
  },
  weather: {
    take: text((given) => parseWeather(given)),
    examples: utf8("time,temperature,irradiance,wind\n2025-01-01T00:00Z,1,0,3\n"),
  },
  profiles: {
    take: text((given) => parseProfiles(given, measured)),
    examples: utf8(
      `participant,carrier,step,use,supply\n${Array.from({ length: 24 }, (_, step) => `a,electricity,${step},1,0.5\n`).join("")}`,
    ),
  },
  setting: {
    take: text((given) => parseSetting(given)),
    examples: utf8("weather.kind=sunny,mixed", "orders=10:50:10"),
  },
  "market file": {
    take: text((given) => parseMarketFile(given)),
    examples: json({ ledger: "ledger", platformKey: "platform.key", creditLimit: null }),
  },
  canonical: {
    take: (bytes) => same(bytes, encodeCanonical(decodeCanonical(bytes))),
    examples: [encodeCanonical({ a: [1, "x", null, true, { b: -1 }] })],
  },
  header: {
    take: (bytes) => same(bytes.slice(0, headerBytes), encodeHeader(decodeHeader(bytes))),
    examples: [ledger[1]!.slice(0, headerBytes)],
  },
  block: {
    take: (bytes) => {
      const block = decodeBlock(bytes);
      same(bytes, encodeBlock(block));
      checkBlock(block, hasher);
    },
    examples: ledger,
  },
  replay: {
    isSlow: true,
    take: (bytes) => {
      const again = openReplay(engine);
      again.replay(decodeBlock(ledger[0]!));
      again.replay(decodeBlock(bytes));
    },
    examples: [ledger[1]!],
  },
  snapshot: {
    take: (bytes) => same(bytes, encodeSnapshot(decodeSnapshot(bytes, hasher))),
    examples: [snapshot],
  },
  "ledger file": {
    take: (bytes) => decodeFileHead(bytes, checksum),
    examples: [fileHead],
  },
  log: {
    take: (bytes) =>
      readAcknowledged({ log: async () => ({ period: 1, entries: [bytes] }) } as never, 1, null),
    examples: log,
  },
  evidence: {
    take: (bytes) => same(bytes, encodeEvidence(decodeEvidence(bytes))),
    examples: [secondBlock.sections.evidence],
  },
  proof: {
    take: document(decodeProof, encodeProof, (proof) => openProof(proof, hasher)),
    examples: [proof, await get("/v1/ledger/proof/2/1/trades/0")],
  },
  bundle: {
    take: text((given) => readBundle(openBundle(decodeBundle(given), hasher))),
    examples: utf8(bundle),
  },
  receipt: { take: document(decodeReceipt, encodeReceipt), examples: receipts },
  consistency: {
    take: document(decodeConsistency, encodeConsistency, (proof) => checkConsistency(proof, hasher)),
    examples: utf8(encodeConsistency(proveConsistency(history, 1, 2))),
  },
  contradiction: {
    take: document(decodeContradiction, encodeContradiction),
    examples: utf8(
      encodeContradiction({
        kind: "receipt",
        receipt: decodeReceipt(decodeText(receipts[0]!)),
        proof: decodeProof(decodeText(proof)),
      }),
      encodeContradiction({ kind: "fork", heads: [note, note], proof: null }),
    ),
  },
  checkpoint: { take: text((given) => parseCheckpoint(given)), examples: utf8(note) },
  key: {
    take: text((given) => {
      const key = parseKey(given, ledgerKeyKind, hasher);
      if (formatKey(key, ledgerKeyKind, hasher) !== given)
        throw new Error("written again it is something else");
    }),
    examples: utf8(
      formatKey({ name: "gridclear/town", publicKey: new Uint8Array(32) }, ledgerKeyKind, hasher),
    ),
  },
  authorization: {
    take: text((given) => parseAuthorization(given)),
    examples: utf8(
      `Gridclear key=${"ab".repeat(32)},until=61000,participant=ann,signature=${"cd".repeat(64)}`,
    ),
  },
  columns: {
    take: (bytes) => same(bytes, encodeColumns(decodeColumns(bytes))),
    examples: [columns],
  },
  http: {
    isSlow: true,
    answers: true,
    take: ask,
    examples: [
      ...utf8(...requests),
      ...sent.map((each) =>
        toUtf8(`POST /v1/orders\ncontent-type: application/json\n\n${JSON.stringify(each)}`),
      ),
    ],
  },
  mqtt: {
    isSlow: true,
    answers: true,
    take: async (bytes) => {
      const given = Buffer.from(bytes).toString("latin1");
      const at = given.indexOf("\n");
      await bridge.take(given.slice(0, at), bytes.slice(at + 1));
    },
    examples: sent.map((each) => toUtf8(`grid/in/orders/ann\n${JSON.stringify(each)}`)),
  },
  events: {
    answers: true,
    take: async (bytes) => {
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(bytes.slice(0, bytes.length >> 1));
          controller.enqueue(bytes.slice(bytes.length >> 1));
          controller.close();
        },
      });
      for await (const _ of readEvents(stream));
    },
    examples: utf8('id: 1\nevent: block\ndata: {"height":1}\n\n: still here\n\n'),
  },
  "fleet request": {
    take: (bytes) => {
      const first = decodeRequest(bytes);
      same(encodeRequest(first), encodeRequest(decodeRequest(encodeRequest(first))));
    },
    examples: json({ kind: "orders", records: "00".repeat(16), gateway: null, signature: "ab".repeat(64) }),
  },
  "fleet answer": {
    take: (bytes) => decodeAnswer(bytes),
    examples: json({ sequence: 1, status: "accepted", period: 3, first: 0, receipts: ["ab".repeat(64)] }),
  },
  registration: {
    take: (bytes) => decodeRegistration(bytes),
    examples: json({ startMs: 0, contracts: [{ kind: "market" }], signatures: ["ab".repeat(64)], cut: 0 }),
  },
  sealed: {
    take: (bytes) => {
      const first = decodeSealed(bytes);
      same(encodeSealed(first), encodeSealed(decodeSealed(encodeSealed(first))));
    },
    examples: [sealed],
  },
  "fleet snapshot": {
    take: (bytes) => decodeSnapshotMessage(bytes),
    examples: [encodeSnapshotMessage({ height: 1, sequence: 2, bytes: snapshot })],
  },
  "worker's journal": {
    take: (bytes) => decodeOwn(bytes),
    examples: [encodeItems([toUtf8("grid-1"), sealed])],
  },
};

/** Gives bytes to a parser; null, or the typed refusal. Throws what is neither. */
export async function given(parser: Parser, bytes: Uint8Array): Promise<GridclearError | null> {
  try {
    await parser.take(bytes);
    return null;
  } catch (error) {
    if (error instanceof GridclearError) return error;
    throw error;
  }
}
