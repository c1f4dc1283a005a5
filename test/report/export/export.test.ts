import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { concat, hex } from "../../../src/bytes.js";
import type { Io } from "../../../src/cli/command.js";
import { exportCommand } from "../../../src/cli/commands/export.js";
import { GridclearError } from "../../../src/errors.js";
import { type Block, encodeBlock, encodeItems, hashOfBlock } from "../../../src/ledger/format/block.js";
import { encodeCanonical } from "../../../src/ledger/format/canonical.js";
import { encodeRecords } from "../../../src/ledger/format/layout.js";
import { orderLayout, postingLayout, tradeLayout } from "../../../src/ledger/format/records.js";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { bytesOfJson } from "../../../src/report/export/blockjson.js";
import {
  exportCsv,
  exportJson,
  exportParquet,
  importJson,
  statementColumns,
  tables,
} from "../../../src/report/index.js";
import { type Period, sampleChain, tradePeriod } from "../../support/sample.js";

const ids = ["home-1", "=cmd|'/c calc'!A0", '+quote"and,comma', "-2+3", "@at", "＝1+1"];
const people: Period = {
  sections: {
    contracts: encodeItems(
      ids.map((id) =>
        encodeCanonical({ kind: "participant", version: 1, from: 1001, id, note: 'é\n\u0007"\\' }),
      ),
    ),
    evidence: encodeItems([Uint8Array.of(1, 2, 255), new Uint8Array(0)]),
    orders: encodeRecords(
      orderLayout,
      ids.map((_, participant) => ({
        participant,
        carrier: "gas",
        side: participant % 2 ? "bid" : "offer",
        revision: participant,
        quantity: 4_294_967_295 - participant,
        price: -2_147_483_648 + participant,
      })),
    ),
    trades: encodeRecords(tradeLayout, [
      {
        kind: "storage",
        carrier: "gas",
        seller: "device",
        buyer: "order",
        offer: 7,
        bid: 3,
        quantity: 1,
        supplyPrice: -2,
        usePrice: -1,
        supplyFee: -(2n ** 63n),
        useFee: 2n ** 63n - 1n,
      },
    ]),
    postings: encodeRecords(postingLayout, [
      {
        kind: "deposit",
        carrier: null,
        debit: 16,
        credit: 5,
        reference: 0xffff_ffff,
        amount: 2n ** 64n - 1n,
        period: 0,
      },
      {
        kind: "collateral",
        carrier: null,
        debit: 2 ** 31 + 2,
        credit: 1000,
        reference: 0,
        amount: 0n,
        period: 0,
      },
    ]),
  },
};

let hasher: Hasher;
let chain: Block[];
let blocks: Uint8Array[];
beforeAll(async () => {
  hasher = await openHasher();
  chain = sampleChain([people, tradePeriod(1002), {}, tradePeriod(1004, 3)], hasher, true);
  blocks = chain.map(encodeBlock);
});
const textOf = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
};
/** A document as an export lays it out: a block on each line. */
const layOut = ({ blocks: inner, root, ...frame }: { blocks: unknown[]; root: unknown }): string =>
  [
    `${JSON.stringify(frame).slice(0, -1)},"blocks":[`,
    ...inner.map((block, index) => `${JSON.stringify(block)}${index < inner.length - 1 ? "," : ""}`),
    `],"root":${JSON.stringify(root)}}`,
    "",
  ].join("\n");
const imported = async (pieces: Iterable<string>): Promise<Uint8Array[]> => {
  const found: Uint8Array[] = [];
  for await (const bytes of importJson(pieces, hasher)) found.push(bytes);
  return found;
};
const codeOf = async (text: string): Promise<string | null> => {
  try {
    await imported([text]);
    return null;
  } catch (error) {
    if (error instanceof GridclearError) return error.code;
    throw error;
  }
};
/** Code of the refusal of one block's data; null when it is taken. */
const blockCode = (value: unknown): string | null => {
  try {
    bytesOfJson(value, hasher);
    return null;
  } catch (error) {
    if (error instanceof GridclearError) return error.code;
    throw error;
  }
};

describe("json", () => {
  it("comes back to the same bytes, in whatever pieces it comes", async () => {
    const text = await textOf(exportJson(blocks, hasher));
    const page = readFileSync(new URL("../../../docs/ledger-format.md", import.meta.url), "utf8");
    expect(page).toContain(`\n${text.split("\n")[0]}\n`);
    const document = JSON.parse(text);
    expect(document.blocks.map((block: { hash: string }) => block.hash)).toEqual(
      chain.map((block) => hex(hashOfBlock(block, hasher))),
    );
    expect(layOut(document)).toBe(text);
    for (const length of [1, 7, 1000, text.length]) {
      const pieces = Array.from({ length: Math.ceil(text.length / length) }, (_, index) =>
        text.slice(index * length, (index + 1) * length),
      );
      expect(await imported(pieces)).toEqual(blocks);
    }
    expect(await imported([text.trimEnd()])).toEqual(blocks);
    expect(await imported([text.replaceAll("\n", "\r\n")])).toEqual(blocks);
    expect(await imported([await textOf(exportJson([], hasher))])).toEqual([]);
  });

  it("says everything that a reader needs", async () => {
    const {
      blocks: [, , third],
    } = JSON.parse(await textOf(exportJson(blocks, hasher)));
    expect(third.orders[1]).toEqual({
      participant: 1,
      carrier: "electricity",
      side: "bid",
      revision: 0,
      quantity: 1_500_000,
      price: 300_000,
    });
    expect(third.trades[0]).toMatchObject({ kind: "peer", offer: 0, bid: 1, supplyFee: "4500000" });
    expect(third.totals.electricity.offered).toBe("2000000");
  });

  it("is refused with any value changed, any key missing or added", async () => {
    const document = JSON.parse(await textOf(exportJson(blocks, hasher)));
    const paths: (string | number)[][] = [];
    const walk = (value: unknown, path: (string | number)[]): void => {
      if (path.length > 0) paths.push(path);
      if (typeof value !== "object" || value === null) return;
      for (const [key, inner] of Object.entries(value))
        walk(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    };
    for (const block of document.blocks as Record<string, unknown>[]) {
      paths.length = 0;
      walk(block, []);
      const changed = (
        path: (string | number)[],
        change: (holder: Record<string, unknown>, key: string) => void,
      ): unknown => {
        const copy = structuredClone(block);
        const holder = path
          .slice(0, -1)
          .reduce((value, key) => (value as Record<string | number, never>)[key]!, copy);
        change(holder, path.at(-1) as string);
        return copy;
      };
      for (const path of paths) {
        const values = [null, "x", -1, 1e300, 0.5, [], {}, "1e5", "0x10", " 1"];
        for (const value of path.length > 1 ? values.slice(0, 3) : values) {
          const other = changed(path, (holder, key) => {
            holder[key] = JSON.stringify(holder[key]) === JSON.stringify(value) ? 12345 : value;
          });
          expect(blockCode(other), path.join(".")).not.toBe(null);
        }
        const gone = changed(path, (holder, key) => {
          if (Array.isArray(holder)) holder.splice(Number(key), 1);
          else delete holder[key];
        });
        expect(blockCode(gone), path.join(".")).not.toBe(null);
        if (path[0] === "contracts") continue;
        const more = changed(path, (holder, key) => {
          const inner = holder[key];
          if (Array.isArray(inner)) inner.push(inner[0] ?? 0);
          else if (typeof inner === "object" && inner !== null) (inner as Record<string, unknown>).other = 1;
          else holder[key] = [inner];
        });
        expect(blockCode(more), path.join(".")).not.toBe(null);
      }
    }
    for (const value of [null, 5, "x", [], {}, JSON.parse('{"__proto__":{}}')])
      expect(blockCode(value)).toBe("invalid");
  });

  it("takes no number with leading zeros, blanks, signs or in another notation", async () => {
    const block = JSON.parse(await textOf(exportJson(blocks, hasher))).blocks[2];
    expect(blockCode(block)).toBe(null);
    const { offered } = block.totals.electricity;
    for (const spelled of [
      `0${offered}`,
      `00${offered}`,
      `+${offered}`,
      ` ${offered}`,
      `${offered}.0`,
      "-0",
    ]) {
      block.totals.electricity.offered = spelled;
      expect(blockCode(block), spelled).toBe("invalid");
    }
    block.totals.electricity.offered = offered;
    block.trades[0].supplyFee = `0${block.trades[0].supplyFee}`;
    expect(blockCode(block)).toBe("invalid");
  });

  it("has one text: what reads the same but is written otherwise is refused", async () => {
    const text = await textOf(exportJson(blocks, hasher));
    for (const [from, to] of [
      ['"flags":', '"flags":1,"flags":'],
      ['"flags":', '"flags": '],
      ['"height":1,', '"height":1.0,'],
      ['"height":1,', '"height":1e0,'],
      ['"flags":1,"marketId"', '"\\u0066lags":1,"marketId"'],
    ] as const) {
      expect(text).toContain(from);
      expect(await codeOf(text.replace(from, to)), to).toBe("invalid");
    }
    const document = JSON.parse(text);
    document.blocks[1] = {
      ...document.blocks[1],
      height: undefined,
      hash: document.blocks[1].hash,
      state: 0,
    };
    for (const laidOut of [
      JSON.stringify(document),
      JSON.stringify(JSON.parse(text), null, 2),
      text.replaceAll("\n", ""),
      `\n${text}`,
      `${text}\n`,
      `${text}{}`,
    ])
      expect(await codeOf(laidOut), laidOut.slice(0, 60)).toBe("invalid");
  });

  it("survives any JSON and any text", async () => {
    const text = await textOf(exportJson(blocks, hasher));
    for (const broken of [
      "",
      "{",
      text.slice(0, -3),
      `${text}}`,
      text.replace("\n]", ",\n]"),
      text.replace("[\n", "[,\n"),
      "x".repeat(5000),
    ])
      expect(await codeOf(broken), broken.slice(-40)).toBe("invalid");
    expect(await codeOf(text.replace('"version":2', '"version":7'))).toBe("unsupported");
    const { root } = JSON.parse(text);
    expect(await codeOf(text.replace(root, "0".repeat(64)))).toBe("corrupt");
    // A block left out, or in another's place.
    const lines = text.split("\n");
    expect(await codeOf(lines.toSpliced(2, 1).join("\n"))).toBe("corrupt");
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: text.length - 2 }),
        fc.constantFrom(...'[]{},":\\0a\n'),
        async (at, character) => {
          const changed = text.slice(0, at) + character + text.slice(at + 1);
          if (text[at] !== character) expect(await codeOf(changed)).not.toBe(null);
        },
      ),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        expect(await codeOf(JSON.stringify(value))).toBe("invalid");
        const inner = { format: "gridclear ledger", version: 2, blocks: [value], root: "" };
        expect(["invalid", "unsupported"]).toContain(await codeOf(layOut(inner)));
      }),
    );
  });
});

describe("csv", () => {
  const rowsOf = async (table: string): Promise<Record<string, string>[]> =>
    parse(await textOf(exportCsv(blocks, table, hasher)), { columns: true });

  it("has exact decimals, names and times", async () => {
    const orders = await rowsOf("orders");
    expect(orders.length).toBe(10);
    expect(orders[6]).toEqual({
      height: "2",
      period: "1002",
      number: "0",
      participant: "0",
      id: "home-1",
      carrier: "electricity",
      side: "offer",
      revision: "0",
      quantity: "2",
      price: "0.2",
    });
    expect(orders[0]).toMatchObject({ quantity: "4294.967295", price: "-2147.483648" });
    const trades = await rowsOf("trades");
    expect(trades[0]).toMatchObject({
      kind: "storage",
      seller_party: "device",
      offer: "7",
      seller: "",
      buyer_party: "order",
      buyer: "'-2+3",
      quantity: "0.000001",
      supply_price: "-0.000002",
      use_price: "-0.000001",
      supply_fee: "-9223372.036854775808",
      use_fee: "9223372.036854775807",
    });
    expect(trades[1]).toMatchObject({
      offer: "0",
      seller_party: "order",
      seller: "home-1",
      bid: "1",
      supply_fee: "0.0000045",
    });
    const postings = (await rowsOf("postings")).filter(
      ({ kind }) => kind === "deposit" || kind === "collateral",
    );
    expect(postings[0]).toMatchObject({ carrier: "", reference: "", amount: "18446744.073709551615" });
    expect(postings[0]).toMatchObject({
      debit: "16",
      debit_account: "home-1",
      credit: "5",
      credit_account: "bank",
    });
    expect(postings[1]).toMatchObject({
      debit: "2147483650",
      debit_account: "'+quote\"and,comma (collateral)",
    });
    const written = await rowsOf("blocks");
    expect(written.map(({ hash }) => hash)).toEqual(chain.map((block) => hex(hashOfBlock(block, hasher))));
    expect(written[1]!.time).toBe("2023-11-14T22:13:50.000Z");
    const totals = await rowsOf("totals");
    expect(totals[8]).toMatchObject({ height: "2", carrier: "electricity", offered: "2", exported: "0.5" });
    expect((await rowsOf("readings"))[0]).toMatchObject({
      id: `'=cmd|'/c calc'!A0`,
      in: "0.000007",
      metered_period: "1001",
    });
    expect((await rowsOf("flows"))[0]).toMatchObject({
      kind: "exported",
      party: "0",
      price: "-0.08",
      amount: "-0.04",
    });
  });

  it("hands no formula to a spreadsheet, and loses no character", async () => {
    const found = (await rowsOf("orders")).slice(0, 6).map(({ id }) => id!);
    expect(found).toEqual(["home-1", `'${ids[1]}`, `'${ids[2]}`, "'-2+3", "'@at", "'＝1+1"]);
    for (const table of tables)
      for (const row of await rowsOf(table.name))
        for (const [name, type] of table.columns)
          if (type === "text") expect(row[name]).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
    expect(JSON.parse((await rowsOf("contracts"))[2]!.contract!).note).toBe('é\n\u0007"\\');
  });

  it("of nothing is a line of names", async () => {
    for (const { name, columns } of tables)
      expect(await textOf(exportCsv([], name, hasher))).toBe(
        `${columns.map(([column]) => column).join(",")}\r\n`,
      );
  });
});

describe("docs/exports.md", () => {
  const page = readFileSync(new URL("../../../docs/exports.md", import.meta.url), "utf8");
  /** Names and types of the table of columns under a heading. */
  const listed = (heading: string): string[][] => {
    const section = page.split(/^#+ /m).find((each) => each.startsWith(`${heading}\n`)) ?? "";
    return [...section.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, name, type]) => [name!, type!]);
  };

  it("names every column of every table, in order", () => {
    for (const { name, columns } of tables) expect([name, listed(name)]).toEqual([name, columns]);
    expect(listed("Statements")).toEqual(statementColumns);
  });
});

describe("parquet", () => {
  const exactly = (value: Uint8Array | bigint): bigint =>
    typeof value === "bigint"
      ? value
      : BigInt.asIntN(
          128,
          value.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
        );

  it("says the same as csv, digit by digit", async () => {
    for (const { name, columns } of tables) {
      const bytes = await exportParquet(blocks, name, hasher);
      const file = bytes.slice().buffer as ArrayBuffer;
      const schema = parquetSchema(parquetMetadata(file)).children.map(({ element }) => element);
      expect(schema.map((element) => element.name)).toEqual(columns.map(([column]) => column));
      for (const [index, [, type]] of columns.entries())
        if (type === "quantity" || type === "price" || type === "total" || type === "share")
          expect(schema[index]).toMatchObject({ converted_type: "DECIMAL", scale: 6 });
        else if (type === "amount" || type === "mass")
          expect(schema[index]).toMatchObject({ converted_type: "DECIMAL", scale: 12 });
      // The reader turns decimals into doubles; without their type it gives the bytes as they are.
      const metadata = parquetMetadata(file);
      for (const element of metadata.schema)
        if (element.converted_type === "DECIMAL") {
          delete element.converted_type;
          delete element.logical_type;
        }
      const rows = await parquetReadObjects({ file, metadata, utf8: false });
      const wanted: Record<string, string>[] = parse(await textOf(exportCsv(blocks, name, hasher)), {
        columns: true,
      });
      expect(rows.length).toBe(wanted.length);
      for (const [index, row] of rows.entries())
        for (const [column, type] of columns) {
          const cell = row[column];
          const text = wanted[index]![column]!;
          if (text === "") expect(cell ?? null, `${name}.${column}`).toBe(null);
          else if (["quantity", "total", "price", "share", "amount", "mass"].includes(type)) {
            const scale = type === "amount" || type === "mass" ? 12 : 6;
            const [whole, fraction = ""] = text.split(".");
            expect(exactly(cell)).toBe(BigInt(whole + fraction.padEnd(scale, "0")));
          } else if (type === "moment") expect(cell.toISOString()).toBe(text);
          else if (type === "text") expect([`${cell}`, `'${cell}`]).toContain(text);
          else expect(`${cell}`).toBe(text);
        }
    }
  });

  it("of nothing is a file without rows", async () => {
    const bytes = await exportParquet([], "trades", hasher);
    expect(await parquetReadObjects({ file: bytes.slice().buffer as ArrayBuffer })).toEqual([]);
  });
});

describe("gridclear export", () => {
  const folder = mkdtempSync(join(tmpdir(), "gridclear-export-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = async (...args: string[]): Promise<{ code: number; out: string }> => {
    let out = "";
    const io: Io = {
      out: (text) => {
        out += text;
      },
      err: () => {},
      columns: 80,
      isTTY: false,
    };
    return { code: await exportCommand.run(args, io), out };
  };
  const codeFrom = (...args: string[]): Promise<string | null> =>
    run(...args).then(
      () => null,
      (error: GridclearError) => error.code,
    );
  const ledger = join(folder, "ledger");
  beforeAll(async () => {
    const store = await openNodeStore(ledger, { hasher });
    for (const [height, bytes] of blocks.entries()) await store.append(bytes, height);
    await store.close();
  });

  it("goes from directory to file to json and back to a directory, to the last bit", async () => {
    const path = (name: string): string => join(folder, name);
    await run(ledger, "--format", "file", "--output", path("a.gclf"));
    await run(path("a.gclf"), "--format", "json", "--output", path("a.json"));
    await run(path("a.json"), "--format", "directory", "--output", path("again"));
    const { out } = await run(path("again"), "--format", "json");
    expect(out).toBe(readFileSync(path("a.json"), "utf8"));
    const store = await openNodeStore(path("again"), { create: false });
    const found: Uint8Array[] = [];
    for await (const bytes of store.blocks()) found.push(bytes);
    await store.close();
    expect(concat(...found)).toEqual(concat(...blocks));
  });

  it("writes a file for each table, or prints one", async () => {
    for (const format of ["csv", "parquet"]) {
      await run(ledger, "--format", format, "--output", join(folder, format));
      expect(readdirSync(join(folder, format)).sort()).toEqual(
        tables.map(({ name }) => `${name}.${format}`).sort(),
      );
    }
    const rows = JSON.parse((await run(ledger, "--format", "json", "--table", "trades")).out);
    expect(rows.length).toBe(
      readFileSync(join(folder, "csv", "trades.csv"), "utf8").split("\r\n").length - 2,
    );
    const { out, code } = await run(ledger, "--format", "csv", "--table", "trades");
    expect(code).toBe(0);
    expect(out).toBe(readFileSync(join(folder, "csv", "trades.csv"), "utf8"));
  });

  it("makes a file of one table, or puts it into a directory that is there", async () => {
    const printed = (await run(ledger, "--format", "csv", "--table", "trades")).out;
    const file = join(folder, "one.csv");
    await run(ledger, "--format", "csv", "--table", "trades", "--output", file);
    expect(readFileSync(file, "utf8")).toBe(printed);
    mkdirSync(join(folder, "several"));
    await run(ledger, "--format", "csv", "--table", "trades", "--output", join(folder, "several"));
    await run(ledger, "--format", "parquet", "--table", "orders", "--output", join(folder, "several"));
    expect(readdirSync(join(folder, "several")).sort()).toEqual(["orders.parquet", "trades.csv"]);
  });

  it("leaves none of the tables when one can't be written, and nothing in a place that is refused", async () => {
    const taken = join(folder, "half-taken");
    mkdirSync(taken);
    writeFileSync(join(taken, "trades.csv"), "mine");
    expect(await codeFrom(ledger, "--format", "csv", "--output", taken)).toBe("conflict");
    expect(readdirSync(taken)).toEqual(["trades.csv"]);
    expect(readFileSync(join(taken, "trades.csv"), "utf8")).toBe("mine");
    // A directory with somebody's files is no place for a ledger.
    expect(await codeFrom(ledger, "--format", "directory", "--output", taken)).toBe("conflict");
    expect(readdirSync(taken)).toEqual(["trades.csv"]);
    for (const format of ["csv", "parquet", "directory", "json", "file"]) {
      const below = join(taken, "trades.csv", "below");
      expect(await codeFrom(ledger, "--format", format, "--output", below)).toBe("storage");
    }
  });

  it("leaves no ledger directory that is only the beginning of one", async () => {
    const text = await textOf(exportJson(blocks, hasher));
    writeFileSync(join(folder, "cut.json"), text.slice(0, text.lastIndexOf("\n]")));
    const output = join(folder, "beginning");
    expect(await codeFrom(join(folder, "cut.json"), "--format", "directory", "--output", output)).toBe(
      "invalid",
    );
    expect(readdirSync(folder)).not.toContain("beginning");
  });

  it("tells a bad ledger, and leaves no half of an export behind", async () => {
    const bytes = readFileSync(join(folder, "a.gclf"));
    bytes[bytes.length - 60]! ^= 1;
    const bad = join(folder, "bad.gclf");
    writeFileSync(bad, bytes);
    expect(await codeFrom(bad, "--format", "json", "--output", join(folder, "half.json"))).toBe("corrupt");
    expect(await codeFrom(bad, "--format", "csv", "--table", "trades")).toBe("corrupt");
    expect(readdirSync(folder)).not.toContain("half.json");
  });

  it("refuses what it can't do, and overwrites nothing", async () => {
    writeFileSync(join(folder, "taken"), "");
    writeFileSync(join(folder, "bad.json"), "{");
    expect(await codeFrom()).toBe("invalid");
    expect(await codeFrom(ledger)).toBe("invalid");
    expect(await codeFrom(ledger, "--format", "xml")).toBe("invalid");
    expect(await codeFrom(ledger, "--format", "csv")).toBe("invalid");
    expect(await codeFrom(ledger, "--format", "parquet", "--table", "trades")).toBe("invalid");
    expect(await codeFrom(ledger, "--format", "csv", "--table", "../x")).toBe("invalid");
    expect(await codeFrom(ledger, "--format", "file", "--table", "trades")).toBe("invalid");
    expect(await codeFrom(ledger, "--format", "json", "--period", "1..2")).toBe("invalid");
    expect(await codeFrom(join(folder, "none"), "--format", "json")).toBe("invalid");
    expect(await codeFrom(folder, "--format", "json")).toBe("invalid");
    expect(await codeFrom(join(folder, "bad.json"), "--format", "json")).toBe("invalid");
    writeFileSync(join(folder, "wide.json"), Buffer.from('{"format":1}', "utf16le"));
    await expect(run(join(folder, "wide.json"), "--format", "json")).rejects.toThrow('"UTF-16"');
    expect(await codeFrom(ledger, "--format", "json", "--output", join(folder, "taken"))).toBe("conflict");
    expect(await codeFrom(ledger, "--format", "directory", "--output", ledger)).toBe("conflict");
    expect(readdirSync(folder)).not.toContain("none");
  });
});
