/**
 * Typed arrays of another realm, as a page's frame, `vm` or jsdom hands them over: not `instanceof` our classes, and as
 * good as ours everywhere.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { copyOf, isArrayOf, isBytes, isDetached } from "../../src/bytes.js";
import { copyClearing, type OrderColumns, openEngine } from "../../src/core/engine.js";
import { scalarCore } from "../../src/core/scalar.js";
import { decodeBlock, encodeBlock, hashOfBlock } from "../../src/ledger/format/block.js";
import { decodeHeader, encodeHeader } from "../../src/ledger/format/header.js";
import { orderStatement, readingStatement } from "../../src/ledger/format.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import { plainHasher } from "../../src/ledger/verify.js";
import { openMarket } from "../../src/market/open.js";
import { backends } from "../ledger/keys/backends.js";

const realm = createContext({});
const foreign = {
  Uint8Array: runInContext("Uint8Array", realm) as typeof Uint8Array,
  Uint32Array: runInContext("Uint32Array", realm) as typeof Uint32Array,
  Int32Array: runInContext("Int32Array", realm) as typeof Int32Array,
};
const bytesFrom = (bytes: Uint8Array): Uint8Array => foreign.Uint8Array.from(bytes);
const side = (quantity: number[], price: number[], make: typeof foreign): OrderColumns => ({
  quantity: make.Uint32Array.from(quantity),
  price: make.Int32Array.from(price),
});
const ours = { Uint8Array, Uint32Array, Int32Array };

test("the arrays of the other realm are none of ours", () => {
  expect(bytesFrom(Uint8Array.of(1)) instanceof Uint8Array).toBe(false);
  expect(isBytes(bytesFrom(Uint8Array.of(1)))).toBe(true);
});

test("a kind is told by what an array is, not by what it says", () => {
  for (const [kind, make] of Object.entries(foreign))
    for (const asked of ["Uint8Array", "Uint32Array", "Int32Array"] as const)
      expect(isArrayOf(new make(2), asked)).toBe(kind === asked);
  const pretender = Object.assign(Object.create(null), { length: 2, [Symbol.toStringTag]: "Uint8Array" });
  const disguised = Object.defineProperty(new DataView(new ArrayBuffer(2)), Symbol.toStringTag, {
    value: "Uint8Array",
  });
  for (const value of [pretender, disguised, new Uint8ClampedArray(2), [1, 2], "ab", null, undefined, 7])
    expect(isBytes(value)).toBe(false);
  expect(isBytes(Buffer.from("ab"))).toBe(true);
});

test("a detached array is told from an empty one", () => {
  const moved = new Uint8Array(8);
  structuredClone(moved.buffer, { transfer: [moved.buffer] });
  expect(isDetached(moved)).toBe(true);
  expect(isDetached(new Uint8Array(0))).toBe(false);
  expect(isDetached(new foreign.Uint8Array(0))).toBe(false);
});

describe("arrays of another realm do as well as ours", () => {
  const abc = new TextEncoder().encode("abc");
  const records = Uint8Array.from({ length: 40 * 7 }, (_, at) => at);

  test("in an engine", async () => {
    const engine = await openEngine();
    const clear = (make: typeof foreign): unknown => {
      const offers = { ...side([10, 4], [3, 2], make), consent: make.Uint8Array.of(1, 1) };
      const bids = side([6, 5], [7, 4], make);
      const lots = side([2], [1], make);
      const cleared = copyClearing(engine.clear({ offers, bids, lots }, { pool: { price: 3 } }));
      const { bytes } = engine.tradeRecords({
        carrier: 0,
        offers: make.Uint32Array.of(7, 8),
        bids: make.Uint32Array.of(9, 10),
        devices: make.Uint32Array.of(11),
      });
      return [cleared, copyOf(bytes)];
    };
    expect(clear(foreign)).toEqual(clear(ours));
    expect(engine.sha256(bytesFrom(abc))).toEqual(engine.sha256(abc));
    expect(engine.sha256Stream().update(bytesFrom(abc)).digest()).toEqual(engine.sha256(abc));
    expect(engine.merkleRoot(bytesFrom(records), 40)).toEqual(engine.merkleRoot(records, 40));
    const other = await openEngine({ wasm: bytesFrom(scalarCore()) as Uint8Array<ArrayBuffer> });
    expect(other.sha256(abc)).toEqual(engine.sha256(abc));
  });

  test("in hashers and proofs", async () => {
    for (const hasher of [await openHasher(), plainHasher]) {
      expect(hasher.sha256(bytesFrom(abc))).toEqual(hasher.sha256(abc));
      expect(hasher.merkleRoot(bytesFrom(records), 40)).toEqual(hasher.merkleRoot(records, 40));
    }
  });

  test("in blocks, statements and signatures", async () => {
    const market = await openMarket({ engine: await openEngine(), participants: ["ann", "bob"] });
    const block = (await market.store.get(0)) as Uint8Array;
    expect(encodeBlock(decodeBlock(bytesFrom(block)))).toEqual(block);
    expect(hashOfBlock(decodeBlock(bytesFrom(block)), plainHasher)).toEqual(
      hashOfBlock(decodeBlock(block), plainHasher),
    );
    const header = decodeHeader(block);
    const foreignHeader = Object.fromEntries(
      Object.entries(header).map(([name, value]) => [name, isBytes(value) ? bytesFrom(value) : value]),
    ) as unknown as typeof header;
    expect(encodeHeader(foreignHeader)).toEqual(encodeHeader(header));

    const id = plainHasher.sha256(block);
    const order = new Uint8Array(16);
    const reading = new Uint8Array(28);
    const statement = orderStatement(id, 1, order);
    expect(orderStatement(bytesFrom(id), 1, bytesFrom(order))).toEqual(statement);
    expect(readingStatement(bytesFrom(id), 7, bytesFrom(reading))).toEqual(readingStatement(id, 7, reading));
    for (const signatures of backends) {
      const key = await signatures.importSeed(bytesFrom(new Uint8Array(32).fill(7)));
      const signature = await key.sign(bytesFrom(statement));
      expect(
        await signatures.verify(bytesFrom(key.publicKey), bytesFrom(statement), bytesFrom(signature)),
      ).toBe(true);
    }
  });
  test("in a market's batches", async () => {
    const batch = (make: typeof foreign) => ({
      participant: make.Uint32Array.of(0, 1),
      carrier: make.Uint8Array.of(0, 0),
      side: make.Uint8Array.of(0, 1),
      quantity: make.Uint32Array.of(5, 5),
      price: make.Int32Array.of(3, 4),
    });
    for (const make of [ours, foreign]) {
      const market = await openMarket({ engine: await openEngine(), participants: ["ann", "bob"] });
      expect(market.submitColumns(batch(make))).toMatchObject({ accepted: 2 });
    }
  });
});

test("nothing in src tells typed arrays or buffers by their class", () => {
  const source = fileURLToPath(new URL("../../src", import.meta.url));
  const classes =
    /instanceof\s+(?:\w*Array|ArrayBuffer|SharedArrayBuffer|DataView|URL|Response|WebAssembly\.Module)\b/;
  const wrong = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("inline"))
    .filter((name) => classes.test(readFileSync(join(source, name), "utf8").replace(/^\s*\*.*$/gm, "")));
  expect(wrong).toEqual([]);
});

test("without TextDecoder the built package loads and clears, and leaves no trace of one", () => {
  const program = `
    delete globalThis.TextDecoder;
    const { openEngine } = await import(${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)});
    const one = { quantity: Uint32Array.of(2), price: Int32Array.of(3) };
    const { trades } = (await openEngine()).clear({ offers: one, bids: one });
    console.log(trades.count, "TextDecoder" in globalThis);
  `;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(stdout).toBe("1 false\n");
});
