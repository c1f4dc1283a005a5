// A community tried on its past: files in, sums by member out, and every refusal with its file and line.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, test } from "vitest";
import { call } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-import-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

const readings = {
  form: "long",
  separator: ";",
  decimal: ",",
  time: { column: "time", format: "DD.MM.YYYY HH:mm", zone: "Europe/Vienna", stamp: "begin" },
  minutes: 15,
  unit: "kWh",
  columns: { meter: "meter", in: "in", out: "out" },
};
const community = {
  community: "street",
  currency: "EUR",
  price: "0.1",
  quantityTick: "0.001",
  key: { key: "static", shares: { A: 500_000, B: 500_000 } },
  members: [
    { member: "A", meter: "AT1" },
    { member: "B", meter: "AT2" },
    { member: "P", meter: "AT3" },
  ],
  readings,
};
// In the first quarter of an hour 4 kWh are shared by halves: A draws 3 and gets 2, B draws 1 and leaves 1. In the
// second, nothing is injected.
const csv = [
  "meter;time;in;out",
  "AT1;01.07.2024 12:00;3;0",
  "AT2;01.07.2024 12:00;1;0",
  "AT3;01.07.2024 12:00;0;4",
  "AT1;01.07.2024 12:15;0,5;0",
  "AT2;01.07.2024 12:15;0,25;0",
  "AT3;01.07.2024 12:15;0,125;0",
  "",
].join("\n");

/** Calls the command on files of these contents. */
function imported(file: object, contents: string | Uint8Array, ...more: string[]) {
  writeFileSync(at("readings.csv"), contents);
  writeFileSync(at("community.json"), JSON.stringify(file, null, 1));
  return call("import", at("readings.csv"), "--community", at("community.json"), ...more);
}

const zeros = {
  in: "0",
  out: "0",
  received: "0",
  fromGrid: "0",
  supplied: "0",
  toGrid: "0",
  unused: "0",
  pays: "0",
  earns: "0",
};
const expected = {
  community: "street",
  currency: "EUR",
  price: "0.1",
  key: "static",
  from: "2024-07-01T10:00:00.000Z",
  to: "2024-07-01T10:30:00.000Z",
  minutes: 15,
  intervals: 2,
  rows: 6,
  outside: 0,
  rounded: 0,
  missing: 0,
  left: [],
  in: "4.875",
  out: "4",
  shared: "3",
  members: [
    { member: "A", ...zeros, in: "3.5", received: "2", fromGrid: "1.5", pays: "0.2" },
    { member: "B", ...zeros, in: "1.25", received: "1", fromGrid: "0.25", unused: "1", pays: "0.1" },
    {
      member: "P",
      ...zeros,
      in: "0.125",
      fromGrid: "0.125",
      out: "4",
      supplied: "3",
      toGrid: "1",
      earns: "0.3",
    },
  ],
};

test("says what each member received, supplied and would have paid", async () => {
  const { code, out, err } = await imported(community, csv, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(out)).toEqual(expected);
  const text = await imported(community, csv);
  expect(text.out).toContain("street: 3 members, 2 intervals of 15 minutes");
  expect(text.out).toMatch(/4\.88 kWh drawn, 4\.00 kWh injected, 3\.00 kWh shared .*61\.5 % .*75\.0 %/);
  expect(text.out).toMatch(/^A +3\.50 +2\.00 +1\.50 +0\.00 +0\.00 +0\.00 +0\.20 +0\.00$/m);
});

test("counts a part of a meter where its factor says so", async () => {
  const members = community.members.map((own) => ({
    ...own,
    ...(own.member === "P" ? { factor: 500_000 } : {}),
  }));
  const { out } = await imported({ ...community, members }, csv, "--json");
  // Of 4 kWh 2 take part, 1 for each; P's meter is its own as a whole.
  const { shared, members: own } = JSON.parse(out);
  expect(shared).toBe("2");
  expect(own[2]).toMatchObject({ out: "4", supplied: "2", toGrid: "2" });
});

test("reads several files, and of each the meter in its name", async () => {
  const rows = csv.split("\n");
  mkdirSync(at("meters"), { recursive: true });
  for (const meter of ["AT1", "AT2", "AT3"])
    writeFileSync(
      at(`meters/${meter}.csv`),
      [rows[0], ...rows.filter((row) => row.startsWith(`${meter};`))].join("\n"),
    );
  const { meter: _, ...columns } = readings.columns;
  writeFileSync(at("community.json"), JSON.stringify({ ...community, readings: { ...readings, columns } }));
  const files = ["AT3", "AT1", "AT2"].map((meter) => at(`meters/${meter}.csv`));
  const { code, out } = await call("import", ...files, "--community", at("community.json"), "--json");
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(expected);
});

test("leaves aside what lies outside the time that is asked for, by days of the zone too", async () => {
  const early = await imported(community, csv, "--to", "2024-07-01T10:15Z", "--json");
  expect(JSON.parse(early.out)).toMatchObject({ intervals: 1, outside: 6, shared: "3" });
  const late = await imported(community, csv, "--from", "2024-07-01T12:15+02:00", "--json");
  expect(JSON.parse(late.out)).toMatchObject({ from: "2024-07-01T10:15:00.000Z", intervals: 1, shared: "0" });
  const other = await imported(community, csv, "--to", "2024-07-01");
  expect([other.code, other.err]).toEqual([2, expect.stringMatching(/rows of the time that is imported/)]);
  expect((await imported(community, csv, "--to", "2024-07-01T10:20Z")).err).toMatch(
    /--to: wanted whole intervals/,
  );
  const mistyped = `${csv}AT1;01.07.9024 12:00;0;0\n`;
  expect((await imported(community, mistyped)).err).toMatch(
    /readings: wanted at most 268435456 .*3 members .*9024-07-01/,
  );
  for (const text of ["July", "2024-07-01T12:15", "2024-13-01", "2024-07-01 12:15Z"])
    expect((await imported(community, csv, "--from", text)).err).toMatch(/--from: wanted a day/);
  expect((await imported(community, csv, "--from", "2024-07-02", "--to", "2024-07-01")).err).toMatch(
    /--to: /,
  );
  const { zone: _, ...time } = readings.time;
  expect(
    (await imported({ ...community, readings: { ...readings, time } }, csv, "--from", "2024-07-01")).err,
  ).toMatch(/--from: .*"zone"/);
});

test("does with missing readings what was said", async () => {
  const gap = csv.replace("AT2;01.07.2024 12:15;0,25;0\n", "");
  const refused = await imported(community, gap);
  expect([refused.code, refused.err]).toEqual([
    2,
    expect.stringMatching(/"missing".*1 missing, the first of B, 2024-07-01T10:15/),
  ]);
  const missing = async (how: string) =>
    JSON.parse(
      (await imported({ ...community, readings: { ...readings, missing: how } }, gap, "--json")).out,
    );
  expect(await missing("zero")).toMatchObject({ missing: 1, in: "4.625" });
  expect(await missing("last")).toMatchObject({ missing: 1, in: "5.625" });
});

test("reads text of the stated encoding", async () => {
  const latin = Buffer.from(csv.replaceAll("AT2", "Zähler"), "latin1");
  const members = community.members.map((own) =>
    own.member === "B" ? { member: "B", meter: "Zähler" } : own,
  );
  const named = { ...community, members };
  expect((await imported(named, latin)).err).toMatch(
    /readings\.csv: line 3: text: wanted UTF-8 text \("encoding"/,
  );
  const { code, out } = await imported(
    { ...named, readings: { ...readings, encoding: "windows-1252" } },
    latin,
    "--json",
  );
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual(expected);
});

describe("Parquet", () => {
  const meters = ["AT1", "AT2", "AT3", "AT1", "AT2", "AT3"];
  const energy = { in: [3, 1, 0, 0.5, 0.25, 0.125], out: [0, 0, 4, 0, 0, 0] };
  const table = (times: readonly unknown[], isAdjustedToUTC: boolean) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: [
          { name: "unused", data: meters },
          { name: "out", data: energy.out },
          { name: "time", data: [...times] },
          { name: "meter", data: meters },
          { name: "in", data: energy.in },
        ],
        schema: [
          { name: "root", num_children: 5 },
          { name: "unused", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
          { name: "out", type: "DOUBLE", repetition_type: "REQUIRED" },
          {
            name: "time",
            type: "INT64",
            repetition_type: "REQUIRED",
            logical_type: { type: "TIMESTAMP", isAdjustedToUTC, unit: "MILLIS" },
          },
          { name: "meter", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
          { name: "in", type: "DOUBLE", repetition_type: "REQUIRED" },
        ],
      }),
    );
  const times = (first: string) =>
    meters.map((_, place) => new Date(Date.parse(first) + (place < 3 ? 0 : 900_000)));
  const { format: _, zone: __, ...stamped } = readings.time;

  test("has times that say their moment", async () => {
    const file = { ...community, readings: { ...readings, time: stamped } };
    const { code, out, err } = await imported(file, table(times("2024-07-01T10:00Z"), true), "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual(expected);
  });

  test("or times that clocks of a zone show, which has to be said", async () => {
    const local = table(times("2024-07-01T12:00Z"), false);
    const open = await imported({ ...community, readings: { ...readings, time: stamped } }, local);
    expect([open.code, open.err]).toEqual([2, expect.stringMatching(/readings\.csv: row 1: time: .*"zone"/)]);
    const zoned = { ...stamped, zone: "Europe/Vienna" };
    const { out } = await imported({ ...community, readings: { ...readings, time: zoned } }, local, "--json");
    expect(JSON.parse(out)).toEqual(expected);
  });

  test("lacks a column", async () => {
    const columns = { ...readings.columns, in: "drawn" };
    const { code, err } = await imported(
      { ...community, readings: { ...readings, columns } },
      table(times("2024-07-01T10:00Z"), true),
    );
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/readings\.csv: columns: .*"drawn".*unused;out;time;meter;in/),
    ]);
  });
});

describe("refusals name the file, the line and what to say", () => {
  const cases: readonly (readonly [object, RegExp])[] = [
    [
      { ...community, readings: { ...readings, unit: "kwh" } },
      /community\.json: line \d+, column \d+: readings\.unit: /,
    ],
    [{ ...community, price: 0.1 }, /community\.json: line \d+, column \d+: price: /],
    [{ ...community, price: "-0.1" }, /community\.json: line \d+, column \d+: price: /],
    [
      { ...community, price: "0.1234567" },
      /community\.json: line \d+, column \d+: price: .*whole number of ticks/,
    ],
    [{ ...community, key: { key: "static" } }, /community\.json: line \d+, column \d+: key\.shares: /],
    [
      { ...community, key: { key: "static", shares: { X: 1 } } },
      /community\.json: line \d+, column \d+: key\.shares\.X: /,
    ],
    [
      { ...community, key: { quantityTick: "1" } },
      /community\.json: line \d+, column \d+: key\.quantityTick: /,
    ],
    [
      {
        ...community,
        members: [
          { member: "A", meter: "m" },
          { member: "A", meter: "n" },
        ],
      },
      /members\[1\]\.member: .*once/,
    ],
    [
      {
        ...community,
        members: [
          { member: "A", meter: "m" },
          { member: "B", meter: "m" },
        ],
      },
      /members\[1\]\.meter: .*once/,
    ],
    [{ ...community, members: [{ member: "A" }] }, /community\.json: line \d+, column \d+: members\[0\]: /],
    [{ ...community, members: community.members.slice(1) }, /readings\.csv: line 2: meter: .*AT1/],
    [{ ...community, readings: { ...readings, decimal: "." } }, /readings\.csv: line 5: in: .*0,5/],
    [{ ...community, extra: 1 }, /community\.json: line \d+, column \d+: extra: /],
  ];
  test.each(cases)("%#", async (file, words) => {
    const { code, err, out } = await imported(file, csv);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(words);
    expect(err.split("\n")).toHaveLength(2);
  });

  test("no community, no readings, no such file", async () => {
    expect((await call("import", at("readings.csv"))).err).toMatch(/--community/);
    expect((await call("import", "--community", at("community.json"))).err).toMatch(/READINGS/);
    await imported(community, csv);
    const none = await call("import", at("none.csv"), "--community", at("community.json"));
    expect([none.code, none.err]).toEqual([2, expect.stringMatching(/none\.csv: .*a file that can be read/)]);
  });
});
