import { instantiate, instantiateSync } from "@assemblyscript/loader";
import { fail, GridclearError } from "../errors.js";
import { wasmBase64 } from "./inline/simd.js";

/** Where the core's code may come from instead of the copy inside the package. */
export type WasmSource = URL | Response | Promise<Response> | WebAssembly.Module | BufferSource;

/** The core's exports (assembly/index.ts). */
export interface CoreExports extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  reserve(offers: number, bids: number, lots: number, bytes: number): number;
  address(column: number): number;
  match(
    mechanism: number,
    pricing: number,
    k: number,
    maxCycles: number,
    offers: number,
    bids: number,
  ): number;
  countOpen(): number;
  hasClearingPrice(): number;
  clearingPrice(): number;
  pool(price: number): number;
  sell(storageLots: number, divisible: number): number;
  countRest(): number;
  peerRecords(
    carrier: number,
    first: number,
    count: number,
    offerNames: number,
    bidNames: number,
    supplyRate: number,
    useRate: number,
    out: number,
  ): number;
  saleRecords(
    carrier: number,
    offerNames: number,
    bidNames: number,
    deviceNames: number,
    out: number,
  ): number;
  shaState(): number;
  sha256(pointer: number, bytes: number, out: number): void;
  shaInit(state: number): void;
  shaUpdate(state: number, pointer: number, bytes: number): void;
  shaFinal(state: number, out: number): void;
  leafHashes(pointer: number, count: number, recordBytes: number, out: number): void;
  merkleRoot(pointer: number, count: number, recordBytes: number, scratch: number, out: number): void;
  nodesRoot(pointer: number, count: number, out: number): void;
}

/** `() -> v128` that returns a splat: valid where SIMD is. */
const simdProbe: Uint8Array<ArrayBuffer> = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x11, 0x0b],
);

/** Whether this engine has WebAssembly SIMD. */
export function hasSimd(): boolean {
  return WebAssembly.validate(simdProbe);
}

/** Bytes of a base64 text. A plain loop: `Uint8Array.from` with a function takes ten times as long. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

const inlined = new Map<boolean, WebAssembly.Module>();

/** The package's own copy, compiled once a process. */
async function inlinedModule(simd: boolean): Promise<WebAssembly.Module> {
  const known = inlined.get(simd);
  if (known !== undefined) return known;
  const text = simd ? wasmBase64 : (await import("./inline/scalar.js")).wasmBase64;
  // Asynchronous: some browsers refuse to compile more than 4 kB at once on the main thread.
  const module = await WebAssembly.compile(decodeBase64(text));
  inlined.set(simd, module);
  return module;
}

/** A core that can be started again from the same code. */
export interface LoadedCore {
  readonly module: WebAssembly.Module;
  readonly exports: CoreExports;
}

/** Instantiates a module that is already compiled. */
export function restart(module: WebAssembly.Module): LoadedCore {
  return { module, exports: instantiateSync<CoreExports>(module).exports };
}

/**
 * Loads the core: the inlined build with SIMD, the one without where the platform has none or `simd` is false, or the
 * caller's. Throws `unsupported` where WebAssembly can't run (a page needs `'wasm-unsafe-eval'` in its CSP), `invalid`
 * for code that is not this core.
 */
export async function loadCore(wasm: WasmSource | undefined, simd: boolean | undefined): Promise<LoadedCore> {
  if (wasm === undefined) {
    try {
      return restart(await inlinedModule(simd ?? hasSimd()));
    } catch (error) {
      throw new GridclearError(
        "unsupported",
        {
          field: "WebAssembly",
          wanted: "a platform that runs it (in a page: 'wasm-unsafe-eval' in script-src)",
          got: `${error}`,
        },
        { cause: error },
      );
    }
  }
  const source = wasm instanceof URL ? fetch(wasm) : wasm;
  const loaded = await instantiate<CoreExports>(source as Promise<Response>).catch((error: unknown) =>
    fail("invalid", "options.wasm", "the core of this package (gridclear/core.wasm)", `${error}`),
  );
  if (typeof loaded.exports.reserve !== "function" || typeof loaded.exports.match !== "function")
    return fail("invalid", "options.wasm", "the core of this package (gridclear/core.wasm)", wasm);
  return { module: loaded.module, exports: loaded.exports };
}
