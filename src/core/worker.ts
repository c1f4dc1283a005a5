/** What of a worker is used here: a page's `Worker`, or one of `node:worker_threads`. */
export interface HashWorker {
  postMessage(message: unknown): void;
  terminate(): unknown;
  /** Lets the process end although the worker runs (Node). */
  unref?(): void;
  addEventListener?(type: string, listener: (event: unknown) => void): void;
  once?(type: string, listener: (event: unknown) => void): unknown;
}

/**
 * Places in the memory that main thread and worker share, counted in 32-bit words:
 *
 *     0        16                            words
 *     +--------+-----------------------------+--------------+-------------+
 *     | sent   | state, bytes, leaf's bytes  | roots        | pieces      |
 *     |        | and a spare word a slot     | 32 B a slot  | 64 KiB each |
 *     +--------+-----------------------------+--------------+-------------+
 *
 * A slot is empty, ready (the main thread put a piece there), taken (the worker hashes it) or done (its root is there).
 * Only the main thread makes it ready or empty, only the worker done; from ready it goes to whoever is first.
 */
export const sharedLayout = {
  slots: 4,
  firstSlot: 16,
  slotWords: 4,
  roots: 128,
  pieces: 256,
  pieceBytes: 65_536,
  bytes: 262_400,
} as const;

/** States of a slot. */
export const slotState = { empty: 0, ready: 1, taken: 2, done: 3 } as const;

/**
 * Source of the worker that {@link openEngine} starts for `threads`: it hashes pieces of Merkle trees with an instance
 * of the core of its own and waits for more without using the processor. A text, so that no bundler has to know of it.
 * A page whose CSP has no `worker-src blob:` serves it as a file and passes `worker: () => new Worker(url)`.
 */
export const hashWorkerSource: string = `"use strict";
const port = typeof require === "function" ? require("node:worker_threads").parentPort : self;
const work = ({ module, shared }) => {
  const core = new WebAssembly.Instance(module, {}).exports;
  const words = new Int32Array(shared);
  const bytes = new Uint8Array(shared);
  // Memory the core does not know of: behind its own, a piece, the hashes of its tree, and its root.
  const piece = core.memory.buffer.byteLength;
  core.memory.grow(4);
  const memory = new Uint8Array(core.memory.buffer);
  const scratch = piece + ${sharedLayout.pieceBytes};
  port.postMessage(true);
  for (let next = 0; ; next = (next + 1) | 0) {
    while (Atomics.load(words, 0) === next) Atomics.wait(words, 0, next);
    const slot = next & ${sharedLayout.slots - 1};
    const state = ${sharedLayout.firstSlot} + slot * ${sharedLayout.slotWords};
    if (Atomics.compareExchange(words, state, ${slotState.ready}, ${slotState.taken}) !== ${slotState.ready}) continue;
    const length = words[state + 1];
    const from = ${sharedLayout.pieces} + slot * ${sharedLayout.pieceBytes};
    memory.set(bytes.subarray(from, from + length), piece);
    core.merkleRoot(piece, length, words[state + 2], scratch, scratch);
    bytes.set(memory.subarray(scratch, scratch + 32), ${sharedLayout.roots} + slot * 32);
    Atomics.store(words, state, ${slotState.done});
  }
};
const begin = (data) => {
  try {
    work(data);
  } catch (error) {
    port.postMessage(String(error));
  }
};
if (typeof require === "function") port.once("message", begin);
else {
  port.onmessage = (event) => begin(event.data);
  port.onmessageerror = () => port.postMessage("the module can't be sent to a worker");
}
`;

interface NodeWorkers {
  readonly Worker: new (
    source: string,
    options: { eval: boolean; execArgv: string[]; name: string },
  ) => HashWorker;
}

/** Starts a worker from {@link hashWorkerSource}: from a blob in a page, from the text itself in Node. */
export function startHashWorker(): HashWorker {
  // Asked for at run time: an import of a `node:` module would have to be explained to every bundler.
  const node = (
    globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  ).process?.getBuiltinModule?.("node:worker_threads") as NodeWorkers | undefined;
  if (node !== undefined)
    return new node.Worker(hashWorkerSource, { eval: true, execArgv: [], name: "gridclear hashing" });
  const url = URL.createObjectURL(new Blob([hashWorkerSource], { type: "text/javascript" }));
  const worker = new Worker(url, { name: "gridclear hashing" });
  // The worker reads the blob later: let go of it when it has answered.
  for (const type of ["message", "error"]) worker.addEventListener(type, () => URL.revokeObjectURL(url));
  return worker;
}
