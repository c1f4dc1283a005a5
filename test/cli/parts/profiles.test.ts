// The profile file of a scenario as commands read it: in pieces, into pages on a disk, from CSV or Parquet. What it
// says is what the parser of whole texts says of the same rows.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer, type SchemaElement } from "hyparquet-writer";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type OpenProfiles, readProfiles } from "../../../src/cli/parts/profiles.js";
import { GridclearError } from "../../../src/errors.js";
import { parseProfiles } from "../../../src/simulation/profilefile.js";
import { checkScenario } from "../../../src/simulation/scenariofile.js";
import { call, listening } from "../../support/commands.js";
import { random } from "../../support/scenario.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-profilefiles-"));
const temporary = join(folder, "tmp");
beforeAll(() => {
  mkdirSync(temporary);
  vi.stubEnv("TMPDIR", temporary);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});
// Nothing is left behind, whatever happens.
afterEach(() => expect(readdirSync(temporary)).toEqual([]));

const { io } = listening();
const header = "participant,carrier,step,use,supply";
const steps = 3_000;
const scenario = checkScenario({
  name: "meters",
  periods: steps / 2,
  periodMs: 1_800_000,
  participants: {},
  profiles: { file: "m.csv", stepMs: 900_000 },
});

type Row = readonly [participant: string, carrier: string, step: number, use: string, supply: string];
const below = random(7);
/** 62 columns, of which one ends early and one has a gap of two pages. */
const rows: Row[] = Array.from({ length: 31 }, (_, home) =>
  ["electricity", "heat"].flatMap((carrier) =>
    Array.from({ length: steps }, (_, step): Row[] => {
      if ((home === 3 && step > 2_000) || (home === 4 && step > 300 && step < 700)) return [];
      const kwh = (most: number): string => (below(most) / 1e6).toFixed(6);
      const supply = carrier === "heat" ? "0" : kwh(4_000_000);
      return [[`home ${home}`, carrier, step, kwh(2_000_000), supply]];
    }).flat(),
  ),
).flat();
const shuffled = rows.map((row) => [below(1e9), row] as const).sort((a, b) => a[0] - b[0]);
const orders: { readonly [order: string]: readonly Row[] } = {
  participant: rows,
  step: [...rows].sort((a, b) => a[2] - b[2]),
  chance: shuffled.map(([, row]) => row),
};
const textOf = (all: readonly Row[]): string => `${header}\n${all.map((row) => row.join(",")).join("\n")}\n`;

/** Everything that a run takes from profiles, by participant and carrier. */
function said({ measured, missing }: Pick<OpenProfiles, "measured" | "missing">): unknown {
  const startMs = Date.parse("2026-07-15T00:00:00+02:00");
  const series = measured.map(({ participant, carrier, series }) => {
    const periods = Array.from({ length: 151 }, (_, period) =>
      series.between(startMs + period * 18_061_007, startMs + (period + 1) * 18_061_007, 10),
    );
    let checksum = 0;
    for (const { first, ticks } of series.steps())
      for (const [at, value] of ticks.entries()) checksum = (checksum * 31 + value * (first + at + 1)) % 1e9;
    return [`${participant} ${carrier}`, { periods, checksum, peaks: series.peaks }] as const;
  });
  return { missing, series: Object.fromEntries(series.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

const wanted = said(parseProfiles(textOf(rows), scenario));

async function read(name: string, content: string | Uint8Array): Promise<unknown> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const profiles = await readProfiles(path, scenario, io);
  try {
    return said(profiles);
  } finally {
    profiles.close();
  }
}

async function refusal(content: string | Uint8Array): Promise<GridclearError> {
  const error: unknown = await read("bad", content).catch((each: unknown) => each);
  if (error instanceof GridclearError) return error;
  throw new Error("nothing was refused");
}

describe("CSV", () => {
  test.each(Object.keys(orders))("by %s is what the whole text says", async (order) => {
    const text = textOf(orders[order]!);
    // Longer than what stays in memory.
    expect(text.length).toBeGreaterThan(1 << 22);
    expect(await read("m.csv", text)).toEqual(wanted);
  });

  test("with a byte order mark and CRLF is the same", async () => {
    expect(await read("m.csv", `\uFEFF${textOf(rows).replaceAll("\n", "\r\n")}`)).toEqual(wanted);
  });

  test("names the line of what is wrong, however far in", async () => {
    const lines = textOf(rows).split("\n");
    const at = (line: number, text: string): string => lines.with(line - 1, text).join("\n");
    for (const [line, text, field] of [
      [150_001, "home 1,heat,5,1,0", "step"],
      [150_001, "home 1,coal,5,1,0", "carrier"],
      [150_001, "home 1,heat,5,1", "row"],
      [150_001, 'home 1,he"at,5,1,0', "row"],
      [150_001, "home 1,heat,5,1,0\r", "step"],
      [150_001, "home 1,heat,5,1,0\rx", "row"],
    ] as const)
      expect((await refusal(at(line, text))).field).toBe(`${join(folder, "bad")}: line ${line}: ${field}`);
    const bytes = new TextEncoder().encode(textOf(rows));
    bytes[4_000_000] = 0xff;
    const line = textOf(rows).slice(0, 4_000_000).split("\n").length;
    expect((await refusal(bytes)).field).toBe(`${join(folder, "bad")}: line ${line}: text`);
  });

  test("of one endless line, and in UTF-16, is refused", async () => {
    expect(await refusal("x".repeat(9_000_000))).toMatchObject({ code: "limit" });
    expect(await refusal(Buffer.from(textOf(rows.slice(0, 5)), "utf16le"))).toMatchObject({
      got: '"UTF-16"',
    });
    expect((await refusal("")).field).toBe(`${join(folder, "bad")}: line 1: header`);
  });
});

describe("Parquet", () => {
  type Columns = { readonly [name: string]: readonly unknown[] };
  const columns: Columns = {
    note: rows.map(() => "of no account"),
    participant: rows.map(([participant]) => participant),
    carrier: rows.map(([, carrier]) => carrier),
    step: rows.map(([, , step]) => step),
    use: rows.map(([, , , use]) => Number(use)),
    supply: rows.map(([, , , , supply]) => Number(supply)),
  };
  const file = (
    data: Columns,
    types: { readonly [name: string]: "INT32" | "INT64" | "DOUBLE" } = {},
    schema?: SchemaElement[],
  ): Uint8Array =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: Object.entries(data).map(([name, values]) => ({
          name,
          data: [...values],
          ...(schema !== undefined ? {} : { type: types[name] ?? "STRING" }),
        })),
        ...(schema === undefined ? {} : { schema }),
        rowGroupSize: 50_000,
      }),
    );
  const types = { step: "INT32", use: "DOUBLE", supply: "DOUBLE" } as const;

  test("is what CSV of the same rows says, in several row groups", async () => {
    expect(await read("m.parquet", file(columns, types))).toEqual(wanted);
  });

  test("may count steps in 64 bits, and have decimals", async () => {
    const ticks = (name: "use" | "supply"): bigint[] =>
      columns[name]!.map((kwh) => BigInt(Math.round((kwh as number) * 1e6)));
    const decimal = (name: string): SchemaElement => ({
      name,
      repetition_type: "OPTIONAL",
      type: "INT64",
      converted_type: "DECIMAL",
      logical_type: { type: "DECIMAL", precision: 18, scale: 6 },
      precision: 18,
      scale: 6,
    });
    const text = (name: string): SchemaElement => ({
      name,
      repetition_type: "OPTIONAL",
      type: "BYTE_ARRAY",
      converted_type: "UTF8",
    });
    const { participant, carrier, step } = columns;
    const exact = file(
      {
        participant: participant!,
        carrier: carrier!,
        step: step!.map((each) => BigInt(each as number)),
        use: ticks("use"),
        supply: ticks("supply"),
      },
      {},
      [
        { name: "root", num_children: 5 },
        text("participant"),
        text("carrier"),
        { name: "step", repetition_type: "OPTIONAL", type: "INT64" },
        decimal("use"),
        decimal("supply"),
      ],
    );
    expect(await read("m.parquet", exact)).toEqual(wanted);
  });

  test("names the row and column of what is wrong", async () => {
    const small: Columns = Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, values.slice(0, steps)]),
    );
    const bad = (name: string, value: unknown): Promise<GridclearError> =>
      refusal(file({ ...small, [name]: small[name]!.with(1_999, value) }, types));
    for (const [name, value] of [
      ["participant", ""],
      ["carrier", "coal"],
      ["step", -1],
      ["step", 5],
      ["use", 0.000_000_1],
      ["use", 5_000],
      ["supply", -1],
      ["supply", null],
      ["use", Number.NaN],
    ] as const)
      expect((await bad(name, value)).field).toBe(`${join(folder, "bad")}: row 2000: ${name}`);
  });

  test("without a column, cut short, or of other bytes is refused", async () => {
    const { supply, ...others } = columns;
    expect(await refusal(file(others, types))).toMatchObject({ field: `${join(folder, "bad")}: columns` });
    const whole = file(columns, types);
    expect((await refusal(whole.subarray(0, 100_000))).code).toBe("invalid");
    for (const place of [4, 2_000, whole.length - 500, whole.length - 20]) {
      const bytes = whole.slice();
      bytes.fill(0x5a, place, place + 12);
      const error: unknown = await read("bad", bytes).catch((each: unknown) => each);
      // Some bytes carry no meaning: then it is read as it was.
      if (!(error instanceof GridclearError)) expect(error).toEqual(wanted);
    }
  });
});

describe("gridclear run", () => {
  test("has the same blocks from CSV as from Parquet, and goes on from either", async () => {
    const some = rows.filter(([, , step]) => step < 96);
    const data = (name: "participant" | "carrier" | "step" | "use" | "supply", place: number) => ({
      name,
      data: some.map((row) => (place > 2 ? Number(row[place]) : row[place])),
      type: place < 2 ? ("STRING" as const) : place === 2 ? ("INT32" as const) : ("DOUBLE" as const),
    });
    writeFileSync(join(folder, "homes.csv"), textOf(some));
    writeFileSync(
      join(folder, "homes.parquet"),
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            data("participant", 0),
            data("carrier", 1),
            data("step", 2),
            data("use", 3),
            data("supply", 4),
          ],
        }),
      ),
    );
    const heads: string[] = [];
    for (const [first, second] of [
      ["homes.csv", "homes.csv"],
      ["homes.parquet", "homes.csv"],
    ] as const) {
      const ledger = join(folder, `ledger ${first}`);
      // The scenario says which file, and so may not change; its content is what counts.
      writeFileSync(
        join(folder, "run.json"),
        JSON.stringify({
          name: "run",
          periods: 12,
          periodMs: 1_800_000,
          participants: {},
          profiles: { file: "now", stepMs: 900_000 },
        }),
      );
      for (const [file, periods] of [
        [first, "5"],
        [second, "7"],
      ] as const) {
        writeFileSync(join(folder, "now"), readFileSync(join(folder, file)));
        const said = await call(
          "run",
          join(folder, "run.json"),
          "--ledger",
          ledger,
          "--periods",
          periods,
          "--json",
        );
        expect([said.code, said.err.replace(/resuming.*\n/, "")]).toEqual([0, ""]);
        if (periods === "7") heads.push(JSON.parse(said.out).head);
      }
    }
    expect(heads[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(heads[1]).toBe(heads[0]);
  });
});
