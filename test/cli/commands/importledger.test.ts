// The ledger of an import: a period for each interval; gone on with where it stopped, refused where it is another's.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { decodeRecords } from "../../../src/ledger/format/layout.js";
import { readingLayout } from "../../../src/ledger/format/records.js";
import { readNodeStore } from "../../../src/ledger/store/node.js";
import { parseTicks } from "../../../src/units.js";
import { call } from "../../support/commands.js";
import { engine } from "../../support/community.js";
import { segmentFiles } from "../../support/segments.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-import-ledger-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** 10⁻¹²: everything that a statement says is a whole number of these. */
const amounts = { mantissa: 1n, scale: 12 };

const community = {
  community: "street",
  currency: "EUR",
  price: "0.1",
  quantityTick: "0.001",
  key: { key: "proportional" },
  members: [
    { member: "A", meter: "A" },
    { member: "B", meter: "B", factor: 500_000 },
    { member: "P", meter: "P" },
  ],
  readings: {
    form: "long",
    separator: ",",
    decimal: ".",
    time: { column: "time", format: "iso", stamp: "begin" },
    minutes: 15,
    unit: "kWh",
    columns: { meter: "meter", in: "in", out: "out" },
  },
};
const startMs = Date.parse("2024-07-01T00:00Z");
/** Sixteen quarter hours: what a member drew and injected, Wh. */
const wh = (member: string, interval: number): readonly [number, number] =>
  member === "P" ? [0, 100 + 7 * interval] : [member === "A" ? 50 + interval : 80 - interval, 0];
const rows = Array.from({ length: 16 }, (_, interval) =>
  ["A", "B", "P"].map((member) => {
    const [drawn, injected] = wh(member, interval).map((value) => (value / 1000).toFixed(3));
    return `${member},${new Date(startMs + interval * 900_000).toISOString()},${drawn},${injected}`;
  }),
).flat();
const csv = ["meter,time,in,out", ...rows].join("\n");

/** Calls the command with files of these contents. */
function imported(text: string, ledger: string, file: object = community, ...more: string[]) {
  writeFileSync(at("readings.csv"), text);
  writeFileSync(at("community.json"), JSON.stringify(file));
  return call(
    "import",
    at("readings.csv"),
    "--community",
    at("community.json"),
    "--out",
    at(ledger),
    ...more,
  );
}

/** The head of a ledger that a call wrote. */
async function headOf(ledger: string, ...more: string[]): Promise<string> {
  const { code, out, err } = await imported(csv, ledger, community, "--json", ...more);
  expect({ code, err: err.replace(/^resuming .*\n/, "") }).toEqual({ code: 0, err: "" });
  return JSON.parse(out).ledger.head;
}

test("has a block for each interval, with the readings' times, and is verified", async () => {
  const head = await headOf("whole");
  const store = await readNodeStore(at("whole"), { hasher: engine, verify: "hashes" });
  const blocks = [];
  for await (const bytes of store.blocks()) blocks.push(decodeBlock(bytes));
  await store.close();
  // Genesis, sixteen periods, and one more in which the last readings come.
  expect(blocks.map(({ header }) => header.timestampMs)).toEqual(
    Array.from({ length: 18 }, (_, height) => startMs + height * 900_000),
  );
  for (const [height, { sections }] of blocks.entries()) {
    const said = decodeRecords(readingLayout, sections.readings);
    const expected = ["A", "B", "P"].map((member, participant) => {
      const [drawn, injected] = wh(member, height - 2);
      return { participant, carrier: "electricity", flags: 0, version: 1, age: 1, in: drawn, out: injected };
    });
    expect(said.map(({ amount: _, ...reading }) => reading)).toEqual(height < 2 ? [] : expected);
  }
  const verified = await call("verify", at("whole"));
  expect([verified.code, verified.out]).toEqual([0, expect.stringContaining(head)]);
});

test("goes on where it stopped, or where the readings ended before", async () => {
  const head = await headOf("again");
  expect(await headOf("parts", "--to", "2024-07-01T00:15Z")).not.toBe(head);
  expect(await headOf("parts", "--to", "2024-07-01T02:00Z")).not.toBe(head);
  expect(await headOf("parts")).toBe(head);
  expect(await headOf("parts")).toBe(head);
});

test("says in each member's statement what the import said", async () => {
  const { out } = await imported(csv, "stated", community, "--json");
  for (const { member, ...sums } of JSON.parse(out).members) {
    const { entries, balance } = JSON.parse((await call("statement", at("stated"), member, "--json")).out);
    const sum = (kind: string, column: string): bigint =>
      entries
        .filter(({ entry }: { entry: string }) => entry === kind)
        .reduce((all: bigint, own: { [name: string]: string }) => all + parseTicks(own[column], amounts), 0n);
    const ticks = (text: string): bigint => parseTicks(text, amounts);
    expect(
      ["received", "supplied", "from grid", "to grid"].map((kind) => sum(kind, "energy")),
      member,
    ).toEqual([ticks(sums.received), -ticks(sums.supplied), ticks(sums.fromGrid), -ticks(sums.toGrid)]);
    expect([-sum("received", "amount"), sum("supplied", "amount")], member).toEqual([
      ticks(sums.pays),
      ticks(sums.earns),
    ]);
    expect(ticks(balance), member).toBe(ticks(sums.earns) - ticks(sums.pays));
  }
});

describe("is refused", () => {
  const refusal = async (text: string, ledger: string, file: object = community, ...more: string[]) => {
    const { code, err, out } = await imported(text, ledger, file, ...more);
    return { code, err, out };
  };

  test("where another ledger lies, and stays as it is", async () => {
    const head = await headOf("mine");
    const before = segmentFiles(at("mine")).map((path) => readFileSync(path));
    const last = rows.at(-1)!;
    expect(await refusal(csv.replace(last, last.replace(/[0-9]$/, "9")), "mine")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/mine: block 17: wanted a ledger of the same readings/),
    });
    expect(await refusal(csv, "mine", { ...community, price: "0.2" })).toMatchObject({ code: 2 });
    expect(await refusal(csv, "mine", community, "--from", "2024-07-01T00:15Z")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/mine: block 0: wanted a ledger of the same readings/),
    });
    expect(await refusal(csv, "mine", community, "--to", "2024-07-01T00:30Z")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/mine: block 4: /),
    });
    expect(segmentFiles(at("mine")).map((path) => readFileSync(path))).toEqual(before);
    expect(await headOf("mine")).toBe(head);
  });

  test("where other files lie", async () => {
    cpSync(at("readings.csv"), at("other.csv"));
    expect(await refusal(csv, ".")).toMatchObject({
      code: 2,
      err: expect.stringMatching(/a folder with a ledger/),
    });
  });

  test("where the ledger is damaged, with 1", async () => {
    await headOf("damaged");
    const [segment] = segmentFiles(at("damaged"));
    const bytes = readFileSync(segment!);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(segment!, bytes);
    expect(await refusal(csv, "damaged")).toMatchObject({ code: 1, out: "" });
  });
});

test("says what is next", async () => {
  const { out } = await imported(csv, "next");
  expect(out).toContain("18 blocks in");
  expect(out).toMatch(/gridclear verify .*next\n +gridclear statement .*next A\n$/);
});
