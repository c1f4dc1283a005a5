import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeBlock, encodeBlock } from "../../../src/ledger/format/block.js";
import { decodeRecords, offsetsOf } from "../../../src/ledger/format/layout.js";
import { flowLayout, orderLayout, readingLayout, tradeLayout } from "../../../src/ledger/format/records.js";
import type { RecordSection } from "../../../src/ledger/format/sections.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { repairRoots } from "../../../src/web/worker/forge.js";
import { readLedger } from "../../../src/web/worker/notary/blocks.js";
import { recognise } from "../../../src/web/worker/notary/kinds.js";
import { type NotaryInput, notarize, saved } from "../../../src/web/worker/notary/notary.js";
import { ledgerFile } from "../../../src/web/worker/notary/samples.js";
import type { Progress, Verdict } from "../../../src/web/worker/notary/shown.js";
import { sectionStart } from "../../../src/web/worker/offsets.js";
import type { Work } from "../../../src/web/worker/work.js";
import { type Sent, type SentFile, sendLedger } from "../../support/handedfiles.js";
import { blocksOf } from "../../support/scenario.js";
import { playShared } from "../../support/sharedrun.js";

let engine: Engine;
let sent: Sent;
let blocks: Uint8Array[];
beforeAll(async () => {
  engine = await openEngine();
  sent = await sendLedger();
  const raw = await readLedger([recognise(sent.file("ledger.gclf"))], await openHasher());
  blocks = raw.blocks.map(({ bytes }) => Uint8Array.from(bytes!));
}, 120_000);
afterAll(() => sent?.remove());

const work = { tell: () => undefined, signal: new AbortController().signal };

async function judged(files: readonly SentFile[], more: Partial<NotaryInput> = {}): Promise<Verdict[]> {
  const handed = files.map(({ path, bytes }) => ({ path, file: new File([new Uint8Array(bytes)], path) }));
  return notarize({ ...work, engine } as Work<Progress>, {
    source: { from: "files", files: handed },
    beside: [],
    snapshot: null,
    ...more,
  });
}
const one = async (...files: SentFile[]): Promise<Verdict> => (await judged(files))[0]!;

/** A file with one byte changed. */
function flipped({ path, bytes }: SentFile, at: number, mask = 1): SentFile {
  const other = Buffer.from(bytes);
  other[at]! ^= mask;
  return { path, bytes: other };
}
const replaced = ({ path, bytes }: SentFile, find: RegExp, by: string): SentFile => {
  const text = bytes.toString();
  expect(text).toMatch(find);
  return { path, bytes: Buffer.from(text.replace(find, by)) };
};

/** A ledger file with the blocks given, sealed as a file that nobody can tell from another. */
const fileWith = async (change: (blocks: Uint8Array[]) => Uint8Array[]): Promise<SentFile> => ({
  path: "sent.gclf",
  bytes: Buffer.from(
    await ledgerFile(change(blocks.map((bytes) => Uint8Array.from(bytes))), await openHasher()),
  ),
});

/** The ledger with a byte of a record of one block changed; `repair`: the roots in its header too. */
async function forged(section: RecordSection, offset: number, repair: boolean): Promise<SentFile> {
  const hasher = await openHasher();
  return fileWith((all) => {
    const bytes = all[sent.trading]!;
    bytes[sectionStart(decodeBlock(bytes), section) + offset]! ^= 0x10;
    if (repair) all[sent.trading] = repairRoots(bytes, hasher);
    return all;
  });
}

it("says what a head is, before there is anything that it can be held against", async () => {
  expect(await one(sent.file("head.txt"))).toMatchObject({ kind: "head", isGood: null });
});

describe("a ledger that holds", () => {
  it("is found to in every form, with its signatures", async () => {
    for (const files of [[sent.file("ledger.gclf")], [sent.file("ledger.json")], sent.directory]) {
      const verdicts = await judged(files);
      expect(verdicts).toHaveLength(1);
      const [verdict] = verdicts;
      expect(verdict).toMatchObject({ kind: "ledger", isGood: true, faults: [] });
      expect(verdict!.says).toContain("10 blocks");
      expect(verdict!.ledger!.blocks.map(({ state }) => state)).toEqual(Array(10).fill("executed"));
      expect(verdict!.signatures.every(({ isValid }) => isValid === true)).toBe(true);
      expect(verdict!.signatures.some(({ who }) => who === "home-01")).toBe(true);
    }
    const [directory] = await judged(sent.directory);
    expect(directory!.name).toBe("ledger");
    expect(directory!.signatures.some(({ what }) => what === "the head of 10 blocks")).toBe(true);
    expect(directory!.ledger!.snapshots).toEqual([4, 8]);
  });

  it("is executed from a snapshot on, and says whom one trusts then", async () => {
    const [verdict] = await judged(sent.directory, { snapshot: 8 });
    expect(verdict).toMatchObject({ isGood: true, ledger: { skipped: 9, from: 8 } });
    expect(verdict!.ledger!.blocks.map(({ state }) => state)).toEqual([
      ...Array(9).fill("skipped"),
      "executed",
    ]);
    expect(verdict!.trust[0]).toContain("up to block 8 you trust whoever sealed that block");
    // What was handed over last is looked at again with what comes to it.
    const [snapshot] = sent.directory.filter(({ path }) => path.includes("0000000004"));
    await judged([sent.file("ledger.gclf")]);
    const [again] = await judged([snapshot!], { snapshot: 4 });
    expect(again).toMatchObject({ isGood: true, ledger: { skipped: 5 } });
    const [bad] = await judged([sent.file("ledger.gclf"), flipped(snapshot!, 3_000)], { snapshot: 4 });
    expect(bad).toMatchObject({ isGood: false, ledger: { skipped: 0, bad: null } });
  });

  it("is held against the key and the head that one brings", async () => {
    const [held] = await judged([sent.file("ledger.gclf"), sent.file("head.txt"), sent.file("key.txt")]);
    expect(held!.trust).toEqual([
      expect.stringContaining("leads to the head that you brought"),
      expect.stringContaining("key in it is the one that you brought"),
    ]);
    const [other] = await judged([sent.file("ledger.gclf")], { beside: ["00".repeat(32)] });
    expect(other).toMatchObject({ isGood: false });
    expect(other!.faults[0]!.where).toBe("The platform’s key");
    const head = replaced(sent.file("head.txt"), /\n10\n/, "\n11\n");
    const [longer] = await judged([sent.file("ledger.gclf"), head]);
    expect(longer!.faults.some(({ expected }) => expected.includes("covers 11"))).toBe(true);
    const [word] = await judged([sent.file("ledger.gclf")], { beside: ["hello"] });
    expect(word!.faults).toHaveLength(1);
  });

  it("is saved as the file that an export writes", async () => {
    await judged([sent.file("ledger.json")]);
    const blob = await saved({ ...work, engine } as Work, { ledger: null });
    expect(Buffer.from(await blob.arrayBuffer()).equals(sent.file("ledger.gclf").bytes)).toBe(true);
  });
});

describe("a ledger that was tampered with", () => {
  const usePrice = offsetsOf(tradeLayout).usePrice + 1;

  it("shows the price that was sealed beside the one that stands there, and all blocks behind it", async () => {
    for (const repair of [false, true]) {
      const verdict = await one(await forged("trades", usePrice, repair));
      expect(verdict.isGood).toBe(false);
      const { bad, blocks: lines } = verdict.ledger!;
      expect(bad).toMatchObject({ height: sent.trading, certainty: "proved" });
      const [difference] = bad!.differences;
      expect(difference).toMatchObject({ section: "trades", index: 0 });
      expect(difference!.about).toMatch(/^\S+ to \S+/);
      const fields = difference!.fields.filter(({ expected, found }) => expected !== found);
      expect(fields.map(({ name }) => name)).toEqual(["price for the buyer"]);
      expect(lines.map(({ state }) => state)).toEqual([
        ...Array(sent.trading).fill("executed"),
        "bad",
        ...Array(9 - sent.trading).fill("after"),
      ]);
    }
  });

  it("says what it can where the orders themselves were changed", async () => {
    const { quantity } = offsetsOf(orderLayout);
    const verdict = await one(await forged("orders", quantity + 2, false));
    expect(verdict.ledger!.bad).toMatchObject({ height: sent.trading, certainty: "unknown" });
    // In a signed market a repaired root does not help: the member did not sign that order.
    const careful = await one(await forged("orders", quantity + 2, true));
    expect(careful.ledger!.bad!.height).toBe(sent.trading);
    expect(careful.ledger!.bad!.fault.where).toMatch(/^batch of orders\[0\]/);
  });

  it("finds every byte that is changed, in a file and in a document", async () => {
    const file = sent.file("ledger.gclf");
    for (let at = 0; at < file.bytes.length; at += 4_001) {
      const verdict = await one(flipped(file, at));
      expect(verdict.isGood, `byte ${at}`).not.toBe(true);
    }
    const json = sent.file("ledger.json");
    for (let at = 0; at < json.bytes.length; at += 21_001) {
      const verdict = await one(flipped(json, at));
      expect(verdict.isGood, `character ${at}`).not.toBe(true);
    }
  });

  it("names the block whose time was changed, though only the next one tells", async () => {
    const verdict = await one(
      await fileWith((all) => {
        const block = decodeBlock(all[6]!);
        all[6] = encodeBlock({
          ...block,
          header: { ...block.header, timestampMs: block.header.timestampMs + 1 },
        });
        return all;
      }),
    );
    expect(verdict.ledger!.bad).toMatchObject({ height: 6, certainty: "unknown", count: 0 });
    expect(verdict.ledger!.bad!.fault.where).toContain("which block 7 names");
  });

  it("says where a file was cut, and what came in another's place", async () => {
    const { path, bytes } = sent.file("ledger.gclf");
    const cut = await one({ path, bytes: bytes.subarray(0, bytes.length - 900) });
    expect(cut.isGood).toBe(false);
    expect(cut.faults[0]!.where).toMatch(/Block 9|Block 10/);
    const shorter = await one(await fileWith((all) => all.filter((_, height) => height !== 4)));
    expect(shorter.ledger!.bad).toMatchObject({ height: 4 });
    const json = await one({ path: "x", bytes: sent.file("ledger.json").bytes.subarray(0, 90_000) });
    expect(json.isGood).toBe(false);
  });

  it("shows a price that was changed in a JSON document, and a reading", async () => {
    const price = replaced(sent.file("ledger.json"), /("usePrice":)(\d)/, "$17");
    expect((await one(price)).ledger!.bad).toMatchObject({ certainty: "proved" });
    const verdict = await one(await forged("readings", offsetsOf(readingLayout).amount, true));
    expect(verdict.ledger!.bad!.differences[0]).toMatchObject({ section: "readings" });
  });
});

describe("papers", () => {
  const names = ["bundle.json", "proof.json", "growth.json", "bill.html"] as const;

  it("hold as they were made", async () => {
    for (const name of names) {
      const verdict = await one(sent.file(name));
      expect(verdict, name).toMatchObject({ isGood: true, faults: [] });
    }
    expect((await one(sent.file("bill.html"))).says).toContain("The bill of home-01 holds: all 8 lines");
  });

  it("do not with one byte changed, wherever", async () => {
    for (const name of names) {
      const file = sent.file(name);
      // A style says nothing, and in the program anything may stand that hashes to what the policy of the page names.
      const text = file.bytes.toString();
      const begin = text.indexOf("<style>");
      const isStyle = (at: number): boolean => begin >= 0 && at > begin && at < text.indexOf("</style>");
      for (let part = 0; part < 12; part++) {
        const at = Math.floor(((part + 0.5) / 12) * file.bytes.length);
        if (isStyle(at)) continue;
        const verdict = await one(flipped(file, at));
        expect(verdict.isGood, `${name}, byte ${at}`).not.toBe(true);
      }
    }
  });

  it("say which line of a bill is wrong, and what should stand there", async () => {
    const html = replaced(
      sent.file("bill.html"),
      /("label":"bought from members".*?"amount":")0\.16/,
      "$10.14",
    );
    expect((await one(html)).faults[0]).toEqual({
      where: "bought from members, amount",
      expected: "0.16",
      found: "0.14",
    });
    const printed = replaced(sent.file("bill.html"), /(class="amount">)0\.16/, "$10.14");
    expect((await one(printed)).faults[0]).toMatchObject({ expected: "0.16", found: "0.14" });
    const words = replaced(sent.file("bill.html"), /To pay/, "To gain");
    expect((await one(words)).faults[0]).toMatchObject({ where: "The text of the page" });
    // JSON has no proofs: it takes the statement beside it.
    expect(await one(sent.file("bill.json"))).toMatchObject({ isGood: null });
    const both = await judged([sent.file("bill.json"), sent.file("bundle.json")]);
    expect(both.map(({ isGood }) => isGood)).toEqual([true, true]);
    const wrong = replaced(sent.file("bill.json"), /"total":"0\.29"/, '"total":"0.28"');
    expect((await judged([wrong, sent.file("bundle.json")]))[0]).toMatchObject({ isGood: false });
  });

  it("are held against the ledger that was checked, and against a head and a key", async () => {
    const verdicts = await judged([
      sent.file("ledger.gclf"),
      sent.file("proof.json"),
      sent.file("bundle.json"),
    ]);
    expect(verdicts.map(({ kind }) => kind)).toEqual(["ledger", "proof", "bundle"]);
    for (const { trust, signatures } of verdicts.slice(1)) {
      expect(trust).toContain("It leads to the ledger that was checked here.");
      expect(signatures).toMatchObject([{ isValid: true }]);
    }
    const [keyed] = await judged([sent.file("proof.json"), sent.file("key.txt")]);
    expect(keyed!.signatures).toMatchObject([{ isValid: true }]);
    expect(keyed!.trust).toContain("The head is signed with the key that you brought.");
    const [other] = await judged([sent.file("proof.json")], { beside: ["01".repeat(32)] });
    expect(other).toMatchObject({ isGood: false });
  });

  it("are told apart by what stands in them, and what is none is said to be", async () => {
    const [verdict] = await judged([{ path: "proof.json", bytes: Buffer.from("side,id,quantity,price\n") }]);
    expect(verdict).toMatchObject({ kind: "unknown", isGood: null });
    const block: SentFile = { path: "whatever", bytes: Buffer.from(blocks[5]!) };
    expect(await one(block)).toMatchObject({ kind: "block", isGood: true });
    const text = { path: "b", bytes: Buffer.from(Buffer.from(blocks[5]!).toString("base64")) };
    expect(await one(text)).toMatchObject({ kind: "block", isGood: true });
    expect(await one(flipped(block, 3_000))).toMatchObject({ kind: "block", isGood: false });
    const [, beside] = await judged([sent.file("ledger.gclf"), block]);
    expect(beside!.says).toBe("This is block 5 of the ledger that was checked here.");
  });
});

describe("the samples", () => {
  it("are a good ledger and one with a dearer trade", async () => {
    const [good] = await judged([], { source: { from: "sample", isForged: false } });
    expect(good).toMatchObject({ isGood: true });
    const [bad] = await judged([], { source: { from: "sample", isForged: true } });
    expect(bad!.ledger!.bad).toMatchObject({ certainty: "proved", differences: [{ section: "trades" }] });
    expect(bad!.ledger!.blocks.at(-1)!.state).toBe("after");
  });
});

describe("a ledger in which energy is shared", () => {
  it("says of each block who shared with whom, how much and for what", async () => {
    const { store } = await playShared(engine, 3, false);
    const opened = await blocksOf(store);
    const file = await ledgerFile(
      opened.map((block) => encodeBlock(block)),
      await openHasher(),
    );
    const verdict = await one({ path: "shared.gclf", bytes: Buffer.from(file) });
    expect(verdict.isGood).toBe(true);
    let count = 0;
    for (const [height, { sections }] of opened.entries()) {
      const flows = decodeRecords(flowLayout, sections.flows).filter(({ kind }) => kind.endsWith("shared"));
      const { shared } = verdict.ledger!.blocks[height]!;
      count += flows.length;
      expect(shared?.count ?? 0).toBe(flows.length);
      // A tick of this market is a whole kWh, and one of money a whole unit.
      const lines = flows.map(({ kind, party, order, quantity, amount, extra }) => {
        const sign = kind === "unshared" ? -1 : 1;
        return [`m${order}`, `m${party}`, sign * quantity + 0, sign * Number(amount) + 0, `period ${extra}`];
      });
      const number = (text: string): number => Number(text.replace("−", "-").split(" ")[0]) + 0;
      expect(
        shared?.lines.map((line) => [
          ...[line.supplier, line.receiver, number(line.energy), number(line.amount), line.period],
        ]) ?? [],
      ).toEqual(lines.slice(0, 50));
    }
    expect(count).toBeGreaterThan(10);
  });
});
