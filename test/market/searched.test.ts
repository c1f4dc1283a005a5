// What a private market tells those who are no auditors: everything that its platform answers, and what one member is
// given, are searched for every byte string of the others' records, names, keys and secrets. Nothing of it is there.
import { beforeAll, describe, expect, test } from "vitest";
import { hex, toUtf8 } from "../../src/bytes.js";
import { type Block, contentsOf } from "../../src/ledger/format/block.js";
import { decodeCanonical } from "../../src/ledger/format/canonical.js";
import { headerBytes } from "../../src/ledger/format/header.js";
import { readRecord } from "../../src/ledger/format/layout.js";
import {
  type FlowRecord,
  flowLayout,
  orderLayout,
  postingLayout,
  readingCorrection,
  readingLayout,
  tradeLayout,
} from "../../src/ledger/format/records.js";
import { saltsOf } from "../../src/ledger/format/salting.js";
import { sectionNames, storedSections } from "../../src/ledger/format/sections.js";
import { decodeBundle, openBundle } from "../../src/ledger/proof/bundle.js";
import {
  decodeContradiction,
  encodeContradiction,
  judgeContradiction,
} from "../../src/ledger/proof/contradiction.js";
import { decodeReceipt, signReceipt } from "../../src/ledger/proof/receipt.js";
import { LightClient } from "../../src/ledger/service/client.js";
import { type Ask, serveLedger } from "../../src/ledger/service/server.js";
import { HistoryTree } from "../../src/ledger/tree/history.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { readBundle } from "../../src/report/bundle/read.js";
import { writeBundle } from "../../src/report/bundle/write.js";
import { engine, gateway, hasher, platform as platformKey, signatures } from "../support/community.js";
import { late, members, names, runSearched } from "../support/searched.js";
import { Haystack, tellingWindows } from "../support/searching.js";

type Searched = Awaited<ReturnType<typeof runSearched>>;
let platform: Searched["platform"];
let blocks: Searched["blocks"];
let carried: Searched["carried"];
let receipts: Searched["receipts"];
beforeAll(async () => {
  ({ platform, blocks, carried, receipts } = await runSearched());
});

/** Every path that a server answers, asked. */
async function answers(ask: Ask): Promise<Haystack> {
  const found = new Haystack();
  const size = blocks.length;
  const paths = ["checkpoint", "contract"];
  for (let a = 0; a <= size; a += 1)
    for (let b = 0; b <= size; b += 1) paths.push(`consistency/${a}/${b}`, `proof/${a}/${b}`);
  for (const [height, { header }] of blocks.entries()) {
    paths.push(`block/${height}`, `header/${height}`);
    for (const section of sectionNames)
      for (let index = 0; index < header.sections[section].count; index += 1)
        paths.push(`proof/${size}/${height}/${section}/${index}`);
  }
  for (const path of paths) {
    const answer = await ask(path);
    if (answer !== null) found.add(answer);
  }
  return found;
}

async function bundleOf(id: string): Promise<string> {
  let text = "";
  for await (const lines of writeBundle(platform.market.store.blocks(), id, {
    engine,
    hasher,
    note: platform.note,
  }))
    text += lines;
  return text;
}

const deviceKinds: readonly FlowRecord["kind"][] = [
  "charged",
  "gridCharged",
  "discharged",
  "selfDischarged",
  "used",
  "undercharged",
];

/** Whether a record is a member's own, read field by field: told apart here by other code than the bundle's. */
function isMine(section: string, bytes: Uint8Array, block: Block, number: number): boolean {
  const mine = (index: number): boolean =>
    readRecord(orderLayout, block.sections.orders, index).participant === number;
  const accounts = [16 + number, 2 ** 31 + number];
  switch (section) {
    case "orders":
      return readRecord(orderLayout, bytes, 0).participant === number;
    case "readings":
      return readRecord(readingLayout, bytes, 0).participant === number;
    case "trades": {
      const { seller, offer, bid } = readRecord(tradeLayout, bytes, 0);
      return mine(bid) || (seller === "order" && mine(offer));
    }
    case "postings": {
      const { debit, credit } = readRecord(postingLayout, bytes, 0);
      return accounts.includes(debit) || accounts.includes(credit);
    }
    case "flows": {
      const { kind, party, order } = readRecord(flowLayout, bytes, 0);
      // Of what is shared both sides are told.
      if (kind === "shared" || kind === "unshared") return party === number || order === number;
      // Member n registered the n-th device.
      return party === number && (deviceKinds.includes(kind) || !["exported", "curtailed"].includes(kind));
    }
    case "contracts": {
      const contract = JSON.stringify(decodeCanonical(bytes, "contract"));
      return (
        !names.some((id, other) => other !== number && contract.includes(JSON.stringify(id).slice(1, -1))) &&
        !contract.includes(late) &&
        (number === 2 || !contract.includes("house 2"))
      );
    }
    default:
      return false;
  }
}

/** What nobody but auditors may find out beside a member: all records that are not its own, by section. */
function* secretsFrom(number: number): Generator<[what: string, bytes: Uint8Array]> {
  for (const [height, block] of blocks.entries()) {
    yield ["secret", block.secret!];
    for (const section of storedSections) {
      const saltAt = saltsOf(block.secret!, section, hasher);
      for (const [index, bytes] of contentsOf(section, block.sections[section]).entries()) {
        if (isMine(section, bytes, block, number)) continue;
        yield [section, bytes];
        yield ["salt", saltAt(index)];
      }
    }
    const { state, lastReadings, books } = carried[height]!;
    const own = new Set([16 + number, number]);
    for (const bytes of contentsOf("state", state!)) if (!own.has(bytes[4]!)) yield ["state", bytes];
    for (const bytes of contentsOf("lastReadings", lastReadings!))
      if (bytes[0] !== number) yield ["lastReadings", bytes];
    for (const bytes of contentsOf("books", books!)) yield ["books", bytes];
  }
  for (const [other, id] of [...names, late].entries()) {
    if (other === number) continue;
    yield ["name", toUtf8(id)];
    yield ["name", hasher.sha256(toUtf8(id))];
    if (other < names.length) yield ["key", members[other]!.publicKey];
    if (other !== number && other < names.length) yield ["name", toUtf8(`house ${other}`)];
  }
  if (number < 3) yield ["key", gateway.publicKey];
}

/** What of it stands in a haystack: whole, or as a telling window that is in none of the member's own records. */
function found(haystack: Haystack, number: number | null): Map<string, number> {
  // The words of documents, and what a member may know.
  const words = `${JSON.stringify(sectionNames)} "format":"gridclear contradiction v2","kind":"receipt"`;
  const known = new Set<string>(tellingWindows(toUtf8(words)));
  for (const block of blocks)
    for (const section of storedSections)
      for (const bytes of contentsOf(section, block.sections[section]))
        if (isMine(section, bytes, block, number ?? -1))
          for (const window of tellingWindows(bytes)) known.add(window);
  const hits = new Map<string, number>();
  for (const [what, bytes] of secretsFrom(number ?? -1))
    if (haystack.has(bytes) || haystack.windowsOf(bytes, known).length > 0)
      hits.set(what, (hits.get(what) ?? 0) + 1);
  return hits;
}

describe("a private market that was searched", () => {
  test("had all there is: every section, corrections, contracts that came and ended, two kinds of evidence", () => {
    const count = (section: (typeof sectionNames)[number]): number =>
      blocks.reduce((sum, { header }) => sum + header.sections[section].count, 0);
    for (const section of sectionNames) expect(count(section), section).toBeGreaterThan(5);
    const evidence = new Set(
      blocks.flatMap(({ sections }) => contentsOf("evidence", sections.evidence).map(([code]) => code)),
    );
    expect(evidence).toEqual(new Set([1, 2, 3, 4]));
    const flags = blocks.flatMap(({ sections }) =>
      contentsOf("readings", sections.readings).map((bytes) => readRecord(readingLayout, bytes, 0).flags),
    );
    expect(flags.some((each) => (each & readingCorrection) !== 0)).toBe(true);
    const kinds = blocks.flatMap(({ sections }) =>
      contentsOf("flows", sections.flows).map((bytes) => readRecord(flowLayout, bytes, 0).kind),
    );
    expect(kinds).toEqual(expect.arrayContaining(["shared", "unshared"]));
  });

  test("tells everybody nothing of any record", async () => {
    expect(found(await answers(platform.answer), null)).toEqual(new Map());
  });

  test("tells each member nothing of the others, beside what everybody is told", async () => {
    for (const [number, id] of names.entries()) {
      const haystack = await answers(platform.answerFor(id));
      const bundle = await bundleOf(id);
      haystack.addText(bundle);
      if (number === 0) for (const receipt of receipts) haystack.addText(receipt);
      expect(found(haystack, number), id).toEqual(new Map());
      expect(readBundle(openBundle(decodeBundle(bundle), hasher)).accounts).toBe(true);
    }
  });

  test("answers a member, and no other, what judges its receipts", async () => {
    const client = new LightClient({
      hasher: plainHasher,
      signatures,
      marketId: platform.market.id,
      platformKey: platformKey.publicKey,
    });
    await client.update(platform.answer);
    expect(receipts.length).toBeGreaterThan(8);
    for (const text of receipts) {
      const receipt = decodeReceipt(text);
      const own = await client.judge(platform.answerFor(names[0]!), receipt);
      expect(own.verdict).toBe("kept");
      for (const ask of [platform.answer, platform.answerFor(names[1]!)])
        expect(await client.judge(ask, receipt)).toEqual({
          verdict: "withheld",
          reason: `order ${receipt.number} of period ${receipt.period} is not shown: an auditor, who has the block, can tell`,
        });
    }
    // A place that the block has not is contradicted by its header alone, which everybody may have.
    const beyond = { ...decodeReceipt(receipts[0]!), number: 1000 };
    const promised = await signReceipt(beyond, platformKey, hasher);
    expect((await client.judge(platform.answer, promised)).verdict).toBe("contradicted");
    const judged = client.contradiction!;
    const accused = { marketId: platform.market.id, platformKey: platformKey.publicKey };
    expect(await judgeContradiction(judged, accused, signatures, plainHasher)).toContain("1000");
    // Of two of its own orders at the place of one a member learns both, and can show it to anybody.
    const [first, second] = receipts.map((text) => decodeReceipt(text));
    const swapped = await signReceipt({ ...first!, order: second!.order }, platformKey, hasher);
    expect((await client.judge(platform.answerFor(names[0]!), swapped)).verdict).toBe("contradicted");
    expect(await judgeContradiction(client.contradiction!, accused, signatures, plainHasher)).toMatch(
      /another/,
    );
  });

  test("gives bundles that judge receipts without asking anybody", async () => {
    const options = {
      hasher: plainHasher,
      signatures,
      marketId: platform.market.id,
      platformKey: platformKey.publicKey,
    };
    const accused = { marketId: platform.market.id, platformKey: platformKey.publicKey };
    const bundle = decodeBundle(await bundleOf(names[0]!));
    const client = new LightClient(options);
    const given = receipts.map((text) => decodeReceipt(text));
    for (const receipt of given) expect((await client.judgeByBundle(bundle, receipt)).verdict).toBe("kept");
    expect(client.contradiction).toBeNull();
    const [first, second] = given;
    const resigned = (change: object) => signReceipt({ ...first!, ...change }, platformKey, hasher);
    // Another of its own orders stands there, or none: shown by one proof, which tells nothing of the others.
    for (const [change, said] of [
      [{ order: second!.order }, /another than the one promised/],
      [{ number: 1000 }, /has \d+ orders/],
    ] as const) {
      expect((await client.judgeByBundle(bundle, await resigned(change))).verdict).toBe("contradicted");
      const contradiction = decodeContradiction(encodeContradiction(client.contradiction!));
      expect(contradiction.kind).toBe("receipt");
      expect(await judgeContradiction(contradiction, accused, signatures, plainHasher)).toMatch(said);
      const haystack = new Haystack();
      haystack.addText(encodeContradiction(contradiction));
      expect(found(haystack, 0)).toEqual(new Map());
    }
    // The order of somebody else stands there, so the bundle does not say.
    const { orders } = blocks[1]!.sections;
    const foreign = contentsOf("orders", orders).findIndex(
      (bytes) => readRecord(orderLayout, bytes, 0).participant === 1,
    );
    expect(await client.judgeByBundle(bundle, await resigned({ number: foreign }))).toMatchObject({
      verdict: "withheld",
    });
    await expect(client.judgeByBundle(bundle, await resigned({ period: 999 }))).rejects.toThrow(
      "receipt.period",
    );
    await expect(client.judgeByBundle(bundle, { ...first!, number: 5 })).rejects.toMatchObject({
      code: "signature",
    });
    // A head that nobody signed binds nobody, unless it is the one that the client has seen.
    const unsigned = { ...bundle, checkpoint: null };
    await expect(client.judgeByBundle(unsigned, first!)).rejects.toThrow("bundle.checkpoint: wanted a head");
    await client.update(platform.answer);
    expect((await client.judgeByBundle(unsigned, first!)).verdict).toBe("kept");
    const other = new LightClient({ ...options, platformKey: members[0]!.publicKey });
    await expect(other.judgeByBundle(bundle, first!)).rejects.toMatchObject({ code: "signature" });
  });

  test("answers each member all of its own orders and no other record", async () => {
    const size = blocks.length;
    for (const [number, id] of names.entries()) {
      const ask = platform.answerFor(id);
      let own = 0;
      for (const [height, block] of blocks.entries())
        for (const section of sectionNames)
          for (let index = 0; index < block.header.sections[section].count; index += 1) {
            const answer = await ask(`proof/${size}/${height}/${section}/${index}`);
            const mine =
              section === "orders" &&
              readRecord(orderLayout, block.sections.orders, index).participant === number;
            expect(answer !== null, `${id}: ${height}/${section}/${index}`).toBe(mine);
            own += Number(mine);
          }
      expect(own).toBeGreaterThan(8);
      for (const path of [
        `proof/${size}/1/orders/99`,
        `proof/${size + 1}/1/orders/0`,
        `proof/${size}/99/orders/0`,
      ])
        expect(await ask(path)).toBeNull();
      expect(await ask("block/1")).toEqual(await platform.answer("block/1"));
    }
    for (const id of ["nobody", "", 1, null, undefined])
      expect(() => platform.answerFor(id as string)).toThrow(/participant: wanted a registered participant/);
  });

  test("tells everybody the market contract, which its id checks", async () => {
    const { id, contract } = platform.market;
    const options = { hasher: plainHasher, signatures, marketId: id, platformKey: platformKey.publicKey };
    const client = new LightClient(options);
    expect(await client.contract(platform.answer)).toEqual(contract);
    const other = toUtf8('{"kind":"market"}');
    await expect(client.contract(async () => other)).rejects.toThrow(/contract: wanted .*, got/);
    await expect(client.contract(async () => null)).rejects.toThrow("contract: wanted an answer");
    // Who serves blocks without saying which contract it is takes the one of genesis, while that has its records.
    const store = platform.market.store;
    const served = { hasher, history: new HistoryTree(hasher), checkpoint: () => null };
    const whole = serveLedger({ ...served, block: (height) => store.get(height) });
    expect(await client.contract(whole)).toEqual(contract);
    const erased = serveLedger({
      ...served,
      block: async (height) => (await store.get(height))?.subarray(0, headerBytes) ?? null,
    });
    expect(await erased("contract")).toBeNull();
    expect(await erased("contract/0")).toBeNull();
  });

  test("would have been found out: auditors' answers have every kind, and so do another member's", async () => {
    const all = found(await answers(platform.disclose), 0);
    for (const what of ["secret", "salt", ...storedSections, "name", "key"])
      expect(all.has(what), what).toBe(true);
    // What another member may ask for shows its orders with their salts. Their quantities and prices stand in its
    // trades as well.
    const asked = found(await answers(platform.answerFor(names[1]!)), 0);
    expect([...asked.keys()].sort()).toEqual(["orders", "salt", "trades"]);
    const other = new Haystack();
    other.addText(await bundleOf(names[1]!));
    const hits = found(other, 0);
    for (const what of [
      "orders",
      "readings",
      "trades",
      "flows",
      "postings",
      "contracts",
      "state",
      "name",
      "salt",
    ])
      expect(hits.has(what), what).toBe(true);
  });

  test("is searched in bytes, hexadecimal, base64 and in pieces", () => {
    for (const [what, bytes] of secretsFrom(0)) {
      if (bytes.length < 32 || bytes.filter((byte) => byte === 0).length > 8) continue;
      const piece = bytes.subarray(3, 27);
      for (const planted of [
        bytes,
        toUtf8(`{"x":"a${hex(bytes)}"}`),
        toUtf8(`ab ${Buffer.from(bytes).toString("base64")}`),
      ]) {
        const haystack = new Haystack();
        haystack.add(planted);
        expect(haystack.has(bytes), what).toBe(true);
        expect(haystack.windowsOf(piece, new Set()).length, what).toBeGreaterThan(0);
      }
    }
  });
});
