/**
 * Where the core's code comes from: the copy inside this package, or what the caller gives. Everything here answers
 * with a clear error where a platform can't run it, and says what to do there.
 */
import "./decoder.js";
import { demangle } from "@assemblyscript/loader";
import { isDetached } from "../bytes.js";
import { fail, GridclearError } from "../errors.js";
import { wasmBase64 } from "./inline/simd.js";

/**
 * Where the core's code may come from instead of the copy inside the package: where it lies (in Node a `file:` URL
 * too), an answer of `fetch`, a compiled module such as `import core from "gridclear/core.wasm"` gives where modules
 * are bundled so, or its bytes.
 */
export type WasmSource = URL | Response | Promise<Response> | WebAssembly.Module | BufferSource;

/** Writes the records of trades `first` … `first + count`, which bear one rate of commission, at `out`. */
type WriteTrades = (
  carrier: number,
  first: number,
  count: number,
  offerNames: number,
  bidNames: number,
  supplyRate: number,
  useRate: number,
  out: number,
) => number;

/** The core's exports (assembly/index.ts). */
export interface CoreExports extends Record<string, unknown> {
  readonly memory: WebAssembly.Memory;
  reserve(offers: number, bids: number, lots: number, areas: number, bytes: number): number;
  address(column: number): number;
  match(
    mechanism: number,
    pricing: number,
    ties: number,
    k: number,
    maxCycles: number,
    offers: number,
    bids: number,
  ): number;
  plant(areas: number, offers: number, bids: number): number;
  matchAreas(k: number, offers: number, bids: number): number;
  countOpen(): number;
  hasClearingPrice(): number;
  clearingPrice(): number;
  pool(price: number, limited: number): number;
  sell(storageLots: number, divisible: number, limited: number): number;
  countRest(): number;
  readonly peerRecords: WriteTrades;
  parties(orderOffers: number, deviceOffers: number, orderBids: number, deviceBids: number): void;
  readonly areaRecords: WriteTrades;
  saleRecords(
    carrier: number,
    count: number,
    hasPurchasePrice: boolean,
    purchasePrice: number,
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
  leafHashes(pointer: number, bytes: number, leafBytes: number, out: number): number;
  merkleRoot(pointer: number, bytes: number, leafBytes: number, scratch: number, out: number): void;
  nodesRoot(pointer: number, count: number, out: number): void;
  saltedHashes(
    secret: number,
    code: number,
    first: number,
    pointer: number,
    count: number,
    recordBytes: number,
    scratch: number,
    out: number,
  ): void;
}

/** Bytes of a base64 text. A plain loop: `Uint8Array.from` with a function takes ten times as long. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** A core that can be started again from the same code. */
export interface LoadedCore {
  readonly module: WebAssembly.Module;
  readonly exports: CoreExports;
}

/** Starts a compiled core afresh, at once; to be asked for in the middle of a call. */
export function restart(module: WebAssembly.Module): LoadedCore {
  return coreOf(module, new WebAssembly.Instance(module, {}));
}

const coreOf = (module: WebAssembly.Module, { exports }: WebAssembly.Instance): LoadedCore => ({
  module,
  exports: demangle<CoreExports>(exports),
});

let inlined: WebAssembly.Module | undefined;

/**
 * Loads the core: the build inside this package, which needs SIMD, or the caller's. Throws `unsupported` where
 * WebAssembly can't be compiled or has no SIMD, `invalid` for code that is not this core.
 */
export async function loadCore(wasm: WasmSource | undefined): Promise<LoadedCore> {
  if (wasm !== undefined) return checkedCore(await moduleOf(wasm), wasm);
  inlined ??= await compile(decodeBase64(wasmBase64), "WebAssembly");
  return coreOf(inlined, await WebAssembly.instantiate(inlined, {}));
}

const field = "options.wasm";
const wanted = "the core of this package (gridclear/core.wasm)";

async function checkedCore(module: WebAssembly.Module, given: unknown): Promise<LoadedCore> {
  let core: LoadedCore;
  try {
    core = coreOf(module, await WebAssembly.instantiate(module, {}));
  } catch (error) {
    return fail("invalid", field, wanted, `${error}`);
  }
  const { reserve, match } = core.exports;
  return typeof reserve === "function" && typeof match === "function"
    ? core
    : fail("invalid", field, wanted, given);
}

/** Whether a value is of the class with this name, of whatever realm. */
const isA = (name: string, value: unknown): boolean =>
  Object.prototype.toString.call(value) === `[object ${name}]`;

/** The compiled module of any source. */
async function moduleOf(wasm: WasmSource): Promise<WebAssembly.Module> {
  let source: unknown = wasm;
  try {
    source = await source;
    if (isA("URL", source)) source = await open(source as URL);
    if (isA("Response", source)) {
      const response = source as Response;
      if (!response.ok) fail("invalid", field, wanted, `an answer with status ${response.status}`);
      // Not while it streams: that wants the type application/wasm, which many servers don't send, and saves nothing
      // with code this small.
      source = await response.arrayBuffer();
    }
  } catch (error) {
    if (error instanceof GridclearError) throw error;
    throw new GridclearError("invalid", { field, wanted, got: told(error) }, { cause: error });
  }
  if (isA("WebAssembly.Module", source)) return source as WebAssembly.Module;
  const isBuffer = isA("ArrayBuffer", source) || isA("SharedArrayBuffer", source);
  if (!isBuffer && !ArrayBuffer.isView(source))
    return fail("invalid", field, "a URL, a Response, a WebAssembly.Module or bytes", source);
  if (ArrayBuffer.isView(source) && isDetached(source))
    return fail("state", field, "bytes whose memory is still there", "detached ones");
  return compile(source as BufferSource, field);
}

/** An error with what caused it: `fetch` alone says no more than that it failed. */
const told = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? `${error}: ${error.cause.message}` : `${error}`;

/** Reads a `file:` URL where there is Node, whose `fetch` knows none; fetches any other. */
async function open(url: URL): Promise<unknown> {
  // Asked for at run time: an import of a `node:` module would have to be explained to every bundler.
  const files = (
    globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  ).process?.getBuiltinModule?.("node:fs/promises") as
    | { readFile(url: URL): Promise<Uint8Array> }
    | undefined;
  return url.protocol === "file:" && files !== undefined ? files.readFile(url) : fetch(url);
}

/** The smallest module there is, and `() -> v128` that returns a splat: valid where SIMD is. */
const emptyModule = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const simdModule = [
  ...emptyModule,
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 8, 1, 6, 0, 0x41, 0, 0xfd, 0x11, 0x0b],
];

/** Whether the platform compiles such a module from its bytes. */
async function compiles(module: readonly number[]): Promise<boolean> {
  try {
    // Asynchronous: some browsers refuse to compile more than 4 kB at once on the main thread.
    await WebAssembly.compile(Uint8Array.from(module));
    return true;
  } catch {
    return false;
  }
}

/** Compiles code. Where that fails, small modules tell what is at fault: the platform, or the code. */
async function compile(code: BufferSource, at: string): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(code);
  } catch (cause) {
    const got = `${cause}`;
    if (!(await compiles(emptyModule)))
      throw new GridclearError("unsupported", { field: "WebAssembly", wanted: compiler, got }, { cause });
    if (!(await compiles(simdModule)))
      throw new GridclearError("unsupported", { field: "WebAssembly", wanted: simd, got }, { cause });
    throw new GridclearError("invalid", { field: at, wanted, got }, { cause });
  }
}

const compiler =
  "a platform that compiles it from bytes; in a page that is 'wasm-unsafe-eval' in script-src of its policy; where " +
  'modules are compiled beforehand (workerd), import wasm from "gridclear/core.wasm" and open with { wasm }';
const simd =
  'a platform with SIMD; without it, import { scalarCore } from "gridclear/scalar" and open with { wasm: scalarCore() }';
