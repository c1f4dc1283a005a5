import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Engine, openEngine } from "../../src/core/engine.js";
import { loadCore } from "../../src/core/load.js";
import { HashThreads } from "../../src/core/threads.js";
import type { HashWorker } from "../../src/core/worker.js";
import { GridclearError } from "../../src/errors.js";
import { merkleTreeHash, splitLeaves } from "../oracle/merkle.js";
import { hex, someBytes } from "../support/builds.js";

const hash = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

describe("hashing on several threads", () => {
  const engines: Engine[] = [];
  beforeAll(async () => {
    for (const threads of [1, 2, 4]) engines.push(await openEngine({ threads }));
  });
  afterAll(() => {
    for (const engine of engines) engine.close();
  });

  it("runs as many as were asked for", () => {
    expect(engines.map((engine) => engine.threads)).toEqual([1, 2, 4]);
  });

  it("gives the bytes that one thread gives", () => {
    const [one, ...more] = engines;
    for (const [count, bytes] of [
      [4095, 40],
      [4096, 40],
      [4097, 40],
      [10_000, 64],
      [33_333, 54],
      [70_000, 1],
      [9_000, 100],
      [500, 3000],
      [40, 65_536],
      [255, 640],
      [256, 640],
      [257, 640],
      [5_000, 640],
      [20_000, 256],
    ] as const) {
      // The last leaf is cut by a few bytes in every other case.
      const records = someBytes(count * bytes - (count % 2) * Math.floor(bytes / 3), count);
      const want = hex(one!.merkleRoot(records, bytes));
      expect(want).toBe(hex(merkleTreeHash(splitLeaves(records, bytes), hash)));
      // Again and again, since the threads take different pieces each time.
      for (let round = 0; round < 5; round++)
        for (const engine of more)
          expect(hex(engine.merkleRoot(records, bytes)), `${count} × ${bytes}`).toBe(want);
    }
  });

  it("gives the root of RFC 6962", () => {
    const records = someBytes(9001 * 40, 1);
    const want = hex(merkleTreeHash(splitLeaves(records, 40), hash));
    for (const engine of engines) expect(hex(engine.merkleRoot(records, 40))).toBe(want);
  });

  it("hashes records in the core's memory and leaves them as they are", () => {
    const count = 20_000;
    const price = new Int32Array(count).fill(5);
    const quantity = Uint32Array.from({ length: count }, (_, i) => 1 + (i % 9));
    const roots = engines.map((engine) => {
      engine.clear({ offers: { quantity, price }, bids: { quantity, price } });
      const numbers = Uint32Array.from({ length: count }, (_, i) => i);
      const { bytes } = engine.tradeRecords({ carrier: 0, offers: numbers, bids: numbers });
      const before = hex(hash(bytes));
      const root = hex(engine.merkleRoot(bytes, 40));
      const view = engine.tradeRecords({ carrier: 0, offers: numbers, bids: numbers }).bytes;
      expect(hex(hash(view))).toBe(before);
      return root;
    });
    expect(new Set(roots).size).toBe(1);
  });

  it("refuses a number of threads that is none", async () => {
    for (const threads of [0, -1, 1.5, Number.NaN, 65, "2"])
      await expect(openEngine({ threads: threads as number })).rejects.toThrow(GridclearError);
  });

  it("goes on with one thread after close of the workers", async () => {
    const { module } = await loadCore(undefined);
    const threads = await HashThreads.open(module, 3);
    expect(threads?.count).toBe(3);
    threads?.close();
    threads?.close();
    expect(threads?.count).toBe(1);
    expect(threads?.shares(40_000_000, 40)).toBe(false);
  });
});

describe("workers that do not work", () => {
  const records = someBytes(20_000 * 40, 2);
  /** Listens to nothing and answers with `answer`; undefined: an error instead. */
  const fake = (answer: unknown): HashWorker => ({
    postMessage() {},
    terminate() {},
    once(type, listener) {
      if (type === (answer === undefined ? "error" : "message")) queueMicrotask(() => listener(answer));
    },
  });
  const open = async (answer: unknown): Promise<HashThreads | null> =>
    HashThreads.open((await loadCore(undefined)).module, 3, () => fake(answer));

  it("leave one thread when they don't start", async () => {
    expect(await open(undefined)).toBeNull();
    expect(await open("CompileError: no")).toBeNull();
    const { module } = await loadCore(undefined);
    const refuse = (): HashWorker => {
      throw new Error("refused by the content security policy");
    };
    expect(await HashThreads.open(module, 2, refuse)).toBeNull();
  });

  it("hold nothing up when they say they are ready and never hash", async () => {
    const threads = await open(true);
    const want = new Map<number, number>();
    for (let round = 0; round < 3; round++) {
      const roots = new Uint8Array(32 * 20);
      const hashed: number[] = [];
      threads!.run({
        bytes: records,
        leafBytes: 40,
        pieceLength: 40_960,
        roots,
        hash: (piece) => {
          hashed.push(piece);
          roots[piece * 32] = piece + 1;
        },
      });
      expect(hashed.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
      want.set(round, hashed.length);
    }
    expect(want.size).toBe(3);
  });

  it("do not confuse the next tree when one ends in the middle", async () => {
    const { module, exports: core } = await loadCore(undefined);
    const threads = await HashThreads.open(module, 2);
    const base = core.memory.buffer.byteLength;
    core.memory.grow(4);
    const run = (source: Uint8Array, fails: boolean): string => {
      const roots = new Uint8Array(32 * 20);
      threads!.run({
        bytes: source,
        leafBytes: 40,
        pieceLength: 40_960,
        roots,
        hash: (piece) => {
          if (fails) throw new Error("trap");
          const memory = new Uint8Array(core.memory.buffer);
          const own = source.subarray(piece * 40_960, (piece + 1) * 40_960);
          memory.set(own, base);
          core.merkleRoot(base, own.length, 40, base + 131_072, base + 131_072);
          roots.set(memory.subarray(base + 131_072, base + 131_104), piece * 32);
        },
      });
      return hex(roots);
    };
    const other = someBytes(20_000 * 40, 3);
    const want = [run(records, false), run(other, false)];
    for (let round = 0; round < 50; round++) {
      expect(() => run(records, true)).toThrow("trap");
      expect([run(other, false), run(records, false)]).toEqual([want[1], want[0]]);
    }
    threads?.close();
  });
});

describe("a process with worker threads", () => {
  let folder = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gridclear-"));
    await build({
      entryPoints: [new URL("../../src/core/engine.ts", import.meta.url).pathname],
      bundle: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      outfile: join(folder, "engine.mjs"),
      logLevel: "silent",
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ["closed", "engine.close();"],
    ["left open", ""],
  ])("ends by itself, engine %s", async (_, last) => {
    const script = `import { openEngine } from ${JSON.stringify(pathToFileURL(join(folder, "engine.mjs")).href)};
      const engine = await openEngine({ threads: 3 });
      engine.merkleRoot(new Uint8Array(40 * 50000), 40);
      console.log(engine.threads); ${last}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect(output).toBe("3\n");
    expect(code).toBe(0);
  });
});
