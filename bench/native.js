// @ts-check
// Compiles the native twin (bench/native) and loads it into this process; without a compiler the bench goes on without.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @typedef {object} Native
 * @property {number} level 2: AVX2, 1: SSE 4.1
 * @property {number} instructions 1 when the machine has SHA instructions
 * @property {(quantity: Uint32Array, price: Int32Array, descending: number, out: Uint32Array) => number} order
 * @property {Clear} value
 * @property {Clear} merit
 * @property {(bytes: Uint8Array, instructions: number, out: Uint8Array) => number} hash
 * @property {(bytes: Uint8Array, leafBytes: number, instructions: number, out: Uint8Array) => number} root
 * @property {(oq: Uint32Array, op: Int32Array, bq: Uint32Array, bp: Int32Array, settings: Int32Array, header:
 * Uint8Array, rootOffset: number, hash: Uint8Array, stages: Float64Array) => number} period
 *
 * @typedef {(oq: Uint32Array, op: Int32Array, bq: Uint32Array, bp: Int32Array, k: number, level: number, offer:
 * Uint32Array, bid: Uint32Array, quantity: Uint32Array, price: Int32Array, restOffers: Uint32Array, restBids:
 * Uint32Array) => number} Clear
 */

const folder = join(dirname(fileURLToPath(import.meta.url)), "native");
const built = join(dirname(dirname(folder)), "build", "bench");

/** Folder of node_api.h: beside this Node, or where node-gyp keeps headers. */
function headers() {
  const version = process.versions.node;
  return [
    join(dirname(dirname(process.execPath)), "include", "node"),
    process.env.npm_config_nodedir && join(process.env.npm_config_nodedir, "include", "node"),
    join(homedir(), ".cache", "node-gyp", version, "include", "node"),
    "/usr/include/node",
  ].find((path) => path && existsSync(join(path, "node_api.h")));
}

/**
 * @param {string} output
 * @param {string[]} more
 * @param {(name: string) => boolean} wanted
 * @returns {string | undefined} what went wrong
 */
function compile(output, more, wanted) {
  mkdirSync(built, { recursive: true });
  const all = readdirSync(folder);
  const newest = Math.max(...all.map((name) => statSync(join(folder, name)).mtimeMs));
  if (existsSync(output) && statSync(output).mtimeMs > newest) return undefined;
  const sources = all.filter((name) => name.endsWith(".c") && wanted(name)).map((name) => join(folder, name));
  const { status, stderr, error } = spawnSync("gcc", ["-O2", ...more, ...sources, "-o", output], {
    encoding: "utf8",
  });
  if (error) return "there is no gcc";
  return status === 0 ? undefined : stderr.slice(0, 2_000);
}

/** @returns {{ native?: Native, absent?: string }} the twin, or why there is none */
export function openNative() {
  if (process.arch !== "x64" || process.platform !== "linux")
    return { absent: "the native twin is for Linux on x86-64" };
  const include = headers();
  if (!include) return { absent: "node_api.h was not found" };
  const output = join(built, `twin-${process.versions.modules}.node`);
  const wrong = compile(output, ["-shared", "-fPIC", `-I${include}`], (name) => name !== "main.c");
  if (wrong) return { absent: wrong };
  const native = createRequire(import.meta.url)(output);
  return native.level === 0 ? { absent: "the machine has no SSE 4.1" } : { native };
}

/** Path of the twin as a program, with debug information for a profiler. */
export function nativeProgram() {
  const output = join(built, "twin");
  const wrong = compile(output, ["-g"], (name) => name !== "addon.c");
  if (wrong) throw new Error(wrong);
  return output;
}

/** Room for the columns of a clearing of so many offers and bids. @param {number} offers @param {number} bids */
export function columnsFor(offers, bids) {
  const n = offers + bids;
  return {
    offer: new Uint32Array(n),
    bid: new Uint32Array(n),
    quantity: new Uint32Array(n),
    price: new Int32Array(n),
    restOffers: new Uint32Array(offers),
    restBids: new Uint32Array(bids),
  };
}

/**
 * The twin's clearing of a book, as a function without arguments that writes into columns made once.
 * @param {Native} native @param {"value" | "merit"} mechanism @param {import("./inputs.js").Book} book
 * @param {{ k?: number, level?: number }} [options] `k` in ppm; -1 is the counterparty's price
 */
export function nativeClear(native, mechanism, { offers, bids }, { k = -1, level = native.level } = {}) {
  const c = columnsFor(offers.quantity.length, bids.quantity.length);
  return () => {
    const count = native[mechanism](
      offers.quantity,
      offers.price,
      bids.quantity,
      bids.price,
      k,
      level,
      c.offer,
      c.bid,
      c.quantity,
      c.price,
      c.restOffers,
      c.restBids,
    );
    return { trades: { count, ...c }, remaining: { offers: c.restOffers, bids: c.restBids } };
  };
}

/** SHA-256 of a message by the twin. @param {Native} native @param {Uint8Array} message @param {number} instructions */
export function nativeHash(native, message, instructions) {
  const out = new Uint8Array(32);
  return () => {
    native.hash(message, instructions, out);
    return out;
  };
}

/**
 * The RFC 6962 root over leaves lying end to end, by the twin.
 * @param {Native} native @param {Uint8Array} bytes @param {number} leafBytes @param {number} instructions
 */
export function nativeRoot(native, bytes, leafBytes, instructions) {
  const out = new Uint8Array(32);
  return () => {
    native.root(bytes, leafBytes, instructions, out);
    return out;
  };
}
