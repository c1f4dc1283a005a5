// The real thing: a process that trades on a ledger on disk and is killed, and a log that ends at any byte.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { decodeBlock, decodeItems } from "../../src/ledger/format/block.js";
import { decodeRecords } from "../../src/ledger/format/layout.js";
import { orderLayout, readingLayout, standingRevision } from "../../src/ledger/format/records.js";
import { openNodeStore } from "../../src/ledger/store/node.js";
import type { LoggedMarket } from "../../src/market/logged.js";
import { openMarket } from "../../src/market/open.js";
import { bundled, writtenBy } from "../support/child.js";
import { logFile } from "../support/segments.js";

const engine = await openEngine();
const clock = { now: () => 1, setTimer: () => 0, clearTimer: () => undefined };
let folder: string;
let places = 0;
const place = (): string => join(folder, `ledger-${places++}`);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gridclear-killed-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const open = async (directory: string, options = {}): Promise<LoggedMarket> =>
  openMarket({
    engine,
    clock,
    store: await openNodeStore(directory, { hasher: engine }),
    log: true,
    ...options,
  });

describe.skipIf(process.platform === "win32")("a process that trades", () => {
  let script: string;
  beforeAll(async () => {
    script = await bundled(new URL("logwriter.ts", import.meta.url), "market-writer");
  });
  afterAll(() => rmSync(script, { force: true }));

  /** Runs it until it wrote so many lines, and kills it; the whole lines. */
  const trade = async (directory: string, kill: number): Promise<string[]> =>
    (await writtenBy(process.execPath, [script, directory], kill)).split("\n").slice(0, -1);

  it("may be killed at any moment: what it acknowledged stands in the blocks where it was promised", async () => {
    const directory = place();
    const lines: string[] = [];
    for (const kill of [1, 13, 40, 77]) lines.push(...(await trade(directory, kill)));
    expect(lines.length).toBeGreaterThan(100);
    const market = await open(directory);
    const end = market.period + 3;
    while (market.period < end) await market.clearPeriod(1);
    for (const line of lines) {
      const [kind, period, what = "", record] = line.split(" ");
      const { sections } = decodeBlock((await market.store.get(Number(period)))!);
      if (kind === "order") {
        const at = 16 * Number(what);
        expect(hex(sections.orders.subarray(at, at + 16)), line).toBe(record);
      } else if (kind === "reading") {
        const meters = decodeRecords(readingLayout, sections.readings).map(({ participant }) => participant);
        expect(meters, line).toContain(Number(what));
      } else {
        const ids = decodeItems(sections.contracts).map(
          (item) => JSON.parse(Buffer.from(item).toString()).id,
        );
        expect(ids, line).toContain(what);
      }
    }
    // The order of the one who never sends any is in no log, and stands once in every block.
    for (let height = 1; height < market.store.size; height += 1) {
      const { sections } = decodeBlock((await market.store.get(height))!);
      const made = decodeRecords(orderLayout, sections.orders).filter(
        ({ participant }) => participant === 50,
      );
      expect(made.map(({ revision, quantity }) => [revision, quantity])).toEqual([[standingRevision, 7]]);
    }
    await market.store.close();
  });
});

describe("a log that ends at any byte", () => {
  it("gives back a beginning of what was acknowledged, never less than was flushed, and never anything else", async () => {
    const directory = place();
    const market = await open(directory, { participants: ["ann", "bob"], startMs: 0 });
    const [records, marks] = [[] as string[], [] as number[]];
    for (let index = 0; index < 8; index += 1) {
      const answer = await market.submit({
        participant: index % 2 === 0 ? "ann" : "bob",
        carrier: "electricity",
        side: index % 2 === 0 ? "offer" : "bid",
        quantity: `${1 + index}`,
        price: "0.2",
      });
      if (answer.status === "accepted") records.push(hex(answer.record));
      marks.push(readFileSync(logFile(directory)).length);
    }
    expect(records).toHaveLength(8);
    const whole = readFileSync(logFile(directory));
    // The last flush counts the seven before it: fewer are refused.
    for (let cut = 0; cut <= whole.length; cut += cut > 8 && cut < marks[5]! ? 97 : 1) {
      const copy = place();
      cpSync(directory, copy, { recursive: true });
      rmSync(join(copy, "LOCK"), { force: true });
      writeFileSync(logFile(copy), whole.subarray(0, cut));
      const again = await open(copy).catch((error: { code: string }) => error.code);
      if (typeof again === "string") {
        expect([again, cut < marks[6]!], `cut at ${cut}`).toEqual(["corrupt", true]);
        continue;
      }
      expect(cut, `cut at ${cut}`).toBeGreaterThanOrEqual(marks[6]!);
      const { block } = await again.clearPeriod(1);
      const found = cut === whole.length ? 8 : 7;
      expect(hex(block.sections.orders), `cut at ${cut}`).toBe(records.slice(0, found).join(""));
      await again.store.close();
    }
    await market.store.close();
  });
});
