import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import binaryen from "binaryen";
import { afterEach, describe, expect, test } from "vitest";
import { type EngineOptions, openEngine } from "../../src/core/engine.js";
import { wasmBase64 as scalar } from "../../src/core/inline/scalar.js";
import { wasmBase64 as simd } from "../../src/core/inline/simd.js";
import { decodeBase64, restart } from "../../src/core/load.js";
import { scalarCore } from "../../src/core/scalar.js";
import type { GridclearError } from "../../src/errors.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";

const textOf = (wasm: Uint8Array): string => {
  const module = binaryen.readBinaryWithFeatures(wasm, binaryen.Features.All);
  const text = module.emitText();
  module.dispose();
  return text;
};

describe.each([
  ["with SIMD", simd],
  ["without SIMD", scalar],
])("the release build %s", (name, base64) => {
  const wasm = decodeBase64(base64);
  const text = textOf(wasm);

  test("imports nothing", () => {
    expect(WebAssembly.Module.imports(new WebAssembly.Module(wasm))).toEqual([]);
  });

  test("has no floating-point instruction", () => {
    expect(text).toMatch(/\bi64\.mul\b/);
    expect(text).not.toMatch(/\bf(32|64)(x\d+)?\b/);
  });

  test("uses SIMD only where it says so", () => {
    if (name === "without SIMD") expect(text).not.toMatch(/\bv128\b/);
    else expect(text).toMatch(/\bv128\b/);
  });

  test("is small", () => {
    expect(gzipSync(wasm, { level: 9 }).length).toBeLessThanOrEqual(17_600);
  });
});

describe("the core checks once more what the host has checked", () => {
  const { exports: core } = restart(new WebAssembly.Module(decodeBase64(simd)));
  const outOfRange = -1;
  const outOfMemory = -2;
  const emptyOrder = -3;
  const most = 2 ** 24;

  test("room", () => {
    expect(core.reserve(most + 1, 1, 1, 0, 0)).toBe(outOfRange);
    expect(core.reserve(1, most + 1, 1, 0, 0)).toBe(outOfRange);
    expect(core.reserve(1, 1, 2 * most + 1, 0, 0)).toBe(outOfRange);
    expect(core.reserve(1, 1, 1, 65_536, 0)).toBe(outOfRange);
    // Each is allowed, all together pass 4 GiB.
    expect(core.reserve(most, most, 2 * most, 0, 0xffff_0000)).toBe(outOfMemory);
    expect(core.reserve(3, 2, 4, 2, 0)).toBe(0);
  });

  test("arguments of a match", () => {
    const column = (number: number, ...values: number[]): void =>
      new Uint32Array(core.memory.buffer, core.address(number), values.length).set(values);
    column(0, 1, 1, 1);
    column(5, 1, 1);
    expect(core.match(0, 0, 0, 0, 0, 3, 2)).toBe(2);
    expect(core.match(0, 0, 0, 0, 0, 4, 2)).toBe(outOfRange);
    expect(core.match(0, 0, 0, 0, 0, 3, 3)).toBe(outOfRange);
    expect(core.match(2, 0, 0, 0, 0, 3, 2)).toBe(outOfRange);
    expect(core.match(0, 2, 0, 0, 0, 3, 2)).toBe(outOfRange);
    expect(core.match(1, 0, 0, 0, 0, 3, 2)).toBe(outOfRange);
    expect(core.match(1, 1, 1, 0, 0, 3, 2)).toBe(outOfRange);
    expect(core.match(0, 0, 1, 0, 0, 3, 2)).toBe(outOfRange);
    expect(core.match(1, 2, 2, 0, 0, 3, 2)).toBe(outOfRange);
    expect(core.match(1, 1, 0, 1_000_001, 0, 3, 2)).toBe(outOfRange);
    column(0, 1, 0, 1);
    expect(core.match(0, 0, 0, 0, 0, 3, 2)).toBe(emptyOrder);
    expect(core.match(0, 0, 0, 0, 0, 1, 2)).toBe(1);
    expect(core.sell(5, 0, 0)).toBe(outOfRange);
    column(14, 0);
    expect(core.sell(1, 0, 0)).toBe(emptyOrder);
    expect(core.peerRecords(0, 0, 2, 0, 0, 0, 0, core.address(35))).toBe(outOfRange);
    expect(core.peerRecords(256, 0, 1, 0, 0, 0, 0, core.address(35))).toBe(outOfRange);
    expect(core.peerRecords(0, 0, 1, 0, 0, 0, 0, 0)).toBe(outOfRange);
    expect(core.peerRecords(0, 0, 1, 0, 0, 0, 0, core.address(35))).toBe(1);
    expect(core.address(36)).toBe(0);
    expect(core.address(-1)).toBe(0);
  });

  test("trees, and orders in them", () => {
    const words = (number: number, ...values: number[]): void =>
      new Uint32Array(core.memory.buffer, core.address(number), values.length).set(values);
    const limits = (...values: bigint[]): void => {
      for (const number of [27, 28])
        new BigInt64Array(core.memory.buffer, core.address(number), values.length).set(values);
    };
    const unlimited = 1n << 60n;
    words(0, 1, 1, 1);
    words(5, 1, 1);
    words(25, 0, 0);
    words(26, 0, 0x7fff_ffff);
    limits(unlimited, (1n << 53n) - 1n);
    expect(core.plant(0, 3, 2)).toBe(outOfRange);
    expect(core.plant(3, 3, 2)).toBe(outOfRange);
    expect(core.plant(2, 4, 2)).toBe(outOfRange);
    expect(core.plant(2, 3, 3)).toBe(outOfRange);
    expect(core.plant(2, 3, 2)).toBe(1);
    expect(core.reserve(0, 0, 0, 0, 65_536)).toBe(0);
    words(22, 0, 0);
    words(23, 0);
    expect(core.matchAreas(1_000_001, 3, 2)).toBe(outOfRange);
    expect(core.matchAreas(0, 3, 2)).toBe(2);
    // A tree serves one clearing: making room for another may have moved it.
    expect(core.matchAreas(0, 3, 2)).toBe(outOfRange);
    core.plant(2, 3, 2);
    words(22, 2, 0);
    expect(core.matchAreas(0, 3, 2)).toBe(outOfRange);
    core.plant(2, 3, 2);
    words(22, 0, 0);
    words(0, 1, 0, 1);
    expect(core.matchAreas(0, 3, 2)).toBe(emptyOrder);
    for (const limit of [-1n, 1n << 53n, unlimited + 1n]) {
      limits(unlimited, limit);
      expect(core.plant(2, 3, 2)).toBe(outOfRange);
    }
    limits(unlimited, 0n);
    words(26, 0, 0x8000_0000);
    expect(core.plant(2, 3, 2)).toBe(outOfRange);
    words(26, 0, 0);
    for (const parent of [1, 2, 0xffff_ffff]) {
      words(25, 0, parent);
      expect(core.plant(2, 3, 2)).toBe(outOfRange);
    }
    // A clearing without a tree is refused, whatever was cleared before.
    expect(core.matchAreas(0, 3, 2)).toBe(outOfRange);
  });
});

test("a core that traps is thrown away, and the engine goes on with a fresh one", async () => {
  const module = binaryen.readBinaryWithFeatures(decodeBase64(simd), binaryen.Features.All);
  const { i32 } = binaryen;
  module.removeExport("match");
  module.addFunction(
    "trap",
    binaryen.createType([i32, i32, i32, i32, i32, i32]),
    i32,
    [],
    module.unreachable(),
  );
  module.addFunctionExport("trap", "match");
  const engine = await openEngine({ wasm: module.emitBinary() as Uint8Array<ArrayBuffer> });
  module.dispose();
  const one = { quantity: Uint32Array.of(1), price: Int32Array.of(1) };
  const before = engine.sha256(Uint8Array.of(1));
  const stream = engine.sha256Stream().update(Uint8Array.of(1));
  expect(() => engine.clear({ offers: one, bids: one })).toThrowError(
    expect.objectContaining({ code: "state", field: "core" }),
  );
  expect(engine.sha256(Uint8Array.of(1))).toEqual(before);
  expect(stream.digest()).toEqual(before);
});

test("decodes base64 as Node does", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7919) & 255);
  expect(decodeBase64(Buffer.from(bytes).toString("base64"))).toEqual(bytes);
});

describe("code from elsewhere", () => {
  const wasm = decodeBase64(simd);
  const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  const worked = async (source: Parameters<typeof openEngine>[0]): Promise<void> => {
    const engine = await openEngine(source);
    expect(engine.sha256(new Uint8Array(0))[0]).toBe(0xe3);
  };

  test("bytes, a module, a response, a promise of one", async () => {
    const headers = { "content-type": "application/wasm" };
    await worked({ wasm });
    await worked({ wasm: wasm.buffer });
    await worked({ wasm: new WebAssembly.Module(wasm) });
    await worked({ wasm: new Response(wasm, { headers }) });
    await worked({ wasm: new Response(wasm, { headers: { "content-type": "application/octet-stream" } }) });
    await worked({ wasm: new Response(wasm) });
    await worked({ wasm: Promise.resolve(new Response(wasm, { headers })) });
  });

  test("a URL", async () => {
    const server = createServer((_, response) => {
      response.setHeader("content-type", "application/wasm");
      response.end(wasm);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await worked({ wasm: new URL(`http://127.0.0.1:${port}/core.wasm`) });
    await new Promise((resolve) => server.close(resolve));
  });

  test("a file: URL, which Node's fetch does not know", async () => {
    await worked({ wasm: new URL("../../build/core.wasm", import.meta.url) });
  });

  const refused: readonly [string, unknown, object][] = [
    ["bytes that are no code", new Uint8Array([1, 2, 3]), {}],
    ["another module", empty, { wanted: "the core of this package (gridclear/core.wasm)" }],
    ["an answer without it", new Response("no such file", { status: 404 }), { got: /status 404/ }],
    ["an answer that is a page", new Response("<!doctype html>"), {}],
    ["a file that is not there", new URL("./no-such.wasm", import.meta.url), { got: /ENOENT/ }],
    ["a server that is not there", new URL("http://127.0.0.1:1/core.wasm"), { got: /fetch failed: / }],
    ["text", "core.wasm", { wanted: /a URL, a Response/ }],
    ["null", null, {}],
    ["numbers", [0, 0x61, 0x73, 0x6d], {}],
  ];
  test.each(refused)(
    "%s is refused",
    async (_, source, { wanted, got }: { wanted?: unknown; got?: RegExp }) => {
      const error: unknown = await openEngine({ wasm: source } as EngineOptions).catch((caught) => caught);
      expect(error).toMatchObject({ name: "GridclearError", code: "invalid", field: "options.wasm" });
      const { wanted: said, got: came } = error as GridclearError;
      if (wanted !== undefined) expect(said).toMatch(wanted as string);
      if (got !== undefined) expect(came).toMatch(got);
    },
  );

  test("the copy in build/ is the one inside", () => {
    expect(new Uint8Array(readFileSync(new URL("../../build/core.wasm", import.meta.url)))).toEqual(wasm);
  });
});

describe("where WebAssembly is limited", () => {
  const { compile } = WebAssembly;
  afterEach(() => {
    WebAssembly.compile = compile;
  });
  /** A platform that refuses to compile some bytes. */
  const refuse = (which: (bytes: Uint8Array) => boolean): void => {
    WebAssembly.compile = async (source) => {
      if (which(new Uint8Array(source as ArrayBuffer)))
        throw new WebAssembly.CompileError("Wasm code generation disallowed by embedder");
      return compile(source);
    };
  };

  test("bytes that may not be compiled are `unsupported`, with the way out", async () => {
    refuse(() => true);
    for (const open of [() => openEngine({ wasm: scalarCore() }), () => openHasher()])
      await expect(open()).rejects.toMatchObject({
        name: "GridclearError",
        code: "unsupported",
        field: "WebAssembly",
      });
    await expect(openEngine({ wasm: scalarCore() })).rejects.toThrow(
      /'wasm-unsafe-eval'.*import wasm from "gridclear\/core.wasm"/,
    );
    await expect(openHasher()).rejects.toThrow(/plainHasher of gridclear\/verify/);
    // A module that was compiled beforehand needs no leave.
    const module = new WebAssembly.Module(decodeBase64(simd));
    expect((await openEngine({ wasm: module })).sha256(new Uint8Array(0))[0]).toBe(0xe3);
  });

  test("without SIMD the message names the core that needs none", async () => {
    // Only the larger of the two small modules and the core with SIMD have it.
    const code = decodeBase64(simd);
    refuse((bytes) => bytes.length === code.length || (bytes.length > 8 && bytes.length < 100));
    await expect(openEngine({ wasm: code })).rejects.toMatchObject({
      code: "unsupported",
      wanted: expect.stringContaining('import { scalarCore } from "gridclear/scalar"'),
    });
    const engine = await openEngine({ wasm: scalarCore() });
    expect(engine.sha256(new Uint8Array(0))[0]).toBe(0xe3);
  });
});
