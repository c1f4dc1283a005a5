import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import binaryen from "binaryen";
import { describe, expect, test } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { wasmBase64 as scalar } from "../../src/core/inline/scalar.js";
import { wasmBase64 as simd } from "../../src/core/inline/simd.js";
import { decodeBase64, hasSimd } from "../../src/core/load.js";

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
    expect(gzipSync(wasm, { level: 9 }).length).toBeLessThanOrEqual(12_288);
  });
});

test("decodes base64 as Node does", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7919) & 255);
  expect(decodeBase64(Buffer.from(bytes).toString("base64"))).toEqual(bytes);
});

describe("code from elsewhere", () => {
  const wasm = decodeBase64(simd);
  const worked = async (source: Parameters<typeof openEngine>[0]): Promise<void> => {
    const engine = await openEngine(source);
    expect(engine.sha256(new Uint8Array(0))[0]).toBe(0xe3);
  };

  test("bytes, a module, a response, a promise of one", async () => {
    expect(hasSimd()).toBe(true);
    const headers = { "content-type": "application/wasm" };
    await worked({ wasm });
    await worked({ wasm: wasm.buffer });
    await worked({ wasm: new WebAssembly.Module(wasm) });
    await worked({ wasm: new Response(wasm, { headers }) });
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

  test("what is not the core is refused", async () => {
    await expect(openEngine({ wasm: new Uint8Array([1, 2, 3]) })).rejects.toMatchObject({ code: "invalid" });
    const other = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await expect(openEngine({ wasm: other })).rejects.toMatchObject({
      code: "invalid",
      field: "options.wasm",
    });
  });

  test("the copy in build/ is the one inside", () => {
    expect(new Uint8Array(readFileSync(new URL("../../build/core.wasm", import.meta.url)))).toEqual(wasm);
  });
});
