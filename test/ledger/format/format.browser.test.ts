import { parquetReadObjects } from "hyparquet";
import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { type Block, encodeBlock, hashOfBlock } from "../../../src/ledger/format/block.js";
import { verifyChain } from "../../../src/ledger/format/chain.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { readLedgerFile, writeLedgerFile } from "../../../src/report/export/file.js";
import { exportCsv, exportJson, exportParquet, importJson } from "../../../src/report/index.js";
import { golden } from "../../support/golden.js";
import { sampleChain, tradePeriod } from "../../support/sample.js";

describe("ledger in the browser", () => {
  let hasher: Hasher;
  let chain: Block[];
  let blocks: Uint8Array[];
  beforeAll(async () => {
    hasher = await openHasher();
    chain = sampleChain([{}, tradePeriod(1002)], hasher);
    blocks = chain.map(encodeBlock);
  });
  const collect = async <T>(pieces: AsyncIterable<T>): Promise<T[]> => {
    const all: T[] = [];
    for await (const piece of pieces) all.push(piece);
    return all;
  };

  it("has the hashes it has elsewhere", async () => {
    expect(chain.map((block) => hex(hashOfBlock(block, hasher)))).toEqual(golden.blocks);
    const verdict = await verifyChain(blocks, hasher);
    expect(verdict.ok && hex(verdict.root)).toBe(golden.root);
  });

  it("goes out and comes back, as a file and as JSON", async () => {
    const file = await collect(writeLedgerFile(blocks, hasher));
    expect(await collect(readLedgerFile(file, hasher))).toEqual(blocks);
    const json = await collect(exportJson(blocks, hasher));
    expect(await collect(importJson(json, hasher))).toEqual(blocks);
  });

  it("goes out as CSV and Parquet", async () => {
    const csv = (await collect(exportCsv(blocks, "orders", hasher))).join("").split("\r\n");
    expect(csv[2]).toBe("2,1002,1,1,,electricity,bid,0,1.5,0.3");
    const parquet = await exportParquet(blocks, "orders", hasher);
    const rows = await parquetReadObjects({ file: parquet.slice().buffer });
    expect(rows.map(({ side, quantity }) => [side, quantity])).toEqual([
      ["offer", 2],
      ["bid", 1.5],
    ]);
  });
});
