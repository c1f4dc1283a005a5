/**
 * Hashing on several threads: the engine cuts a Merkle tree into pieces, workers over the same memory hash them
 * (worker.ts), and the main thread hashes itself what none of them has done in time.
 */
import { type HashWorker, sharedLayout, slotState, startHashWorker } from "./worker.js";

/** Most threads an engine may be opened with. */
export const maxThreads = 64;

/** A tree of fewer pieces is hashed sooner than workers wake up. */
const leastPieces = 4;
/** Looks at unfinished pieces before the main thread hashes them itself: about as long as that takes. */
const patience = 3000;

const { slots, firstSlot, slotWords, roots, pieces, pieceBytes } = sharedLayout;
const digestBytes = 32;

/** A piece of a tree that is being hashed; `none` when the slot is free or its result is not wanted any more. */
const none = -1;

/** One worker and the memory shared with it. */
class Lane {
  readonly worker: HashWorker;
  readonly shared: SharedArrayBuffer;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  /** Piece in each slot. */
  readonly piece: Int32Array = new Int32Array(slots).fill(none);
  next = 0;

  constructor(worker: HashWorker) {
    this.worker = worker;
    this.shared = new SharedArrayBuffer(sharedLayout.bytes);
    this.words = new Int32Array(this.shared);
    this.bytes = new Uint8Array(this.shared);
  }
}

/** Leaves of a piece of a tree, a power of two: at most 1024, and as many as 64 KiB hold. */
export function pieceLeaves(leafBytes: number): number {
  let leaves = 1024;
  while (leaves * leafBytes > pieceBytes) leaves >>= 1;
  return leaves;
}

/** A tree that is hashed piece by piece. */
export interface PieceJob {
  /** The leaves, end to end; may lie in the core's memory. */
  readonly bytes: Uint8Array;
  readonly leafBytes: number;
  /** Bytes of a piece, a power of two of leaves; the last piece may be shorter. */
  readonly pieceLength: number;
  /** Where the roots of the pieces go, 32 bytes each. */
  readonly roots: Uint8Array;
  /** Hashes one piece on this thread and writes its root. */
  hash(piece: number): void;
}

/**
 * Worker threads that hash pieces of Merkle trees beside the main thread. Calls stay synchronous and never wait for a
 * worker that does not answer: the main thread hashes whatever is not done. The bytes are the same with any number of
 * threads. Memory shared with a worker is 256 KiB; leaves are copied there piece by piece.
 */
export class HashThreads {
  readonly #lanes: Lane[];

  private constructor(lanes: Lane[]) {
    this.#lanes = lanes;
  }

  /**
   * Starts `threads - 1` workers with the core `module`. Resolves to null where there is nothing to start or workers
   * can't run: one thread, no shared memory (a page that is not cross-origin isolated), a CSP without `worker-src
   * blob:`.
   */
  static async open(
    module: WebAssembly.Module,
    threads: number,
    start: () => HashWorker = startHashWorker,
  ): Promise<HashThreads | null> {
    if (threads === 1 || typeof SharedArrayBuffer === "undefined") return null;
    const started = await Promise.all(Array.from({ length: threads - 1 }, () => open(module, start)));
    const lanes = started.filter((lane) => lane !== null);
    return lanes.length === 0 ? null : new HashThreads(lanes);
  }

  /** Threads that hash, this one included. */
  get count(): number {
    return this.#lanes.length + 1;
  }

  /** Whether a tree over `bytes` bytes is hashed sooner on all threads than on one. */
  shares(bytes: number, leafBytes: number): boolean {
    return this.#lanes.length > 0 && bytes >= leastPieces * pieceLeaves(leafBytes) * leafBytes;
  }

  /** Hashes all pieces of a tree, on this thread and the workers'. */
  run(job: PieceJob): void {
    // A job before this one may have ended in the middle, by a trap.
    this.#abandon();
    let first = 0;
    let end = Math.ceil(job.bytes.length / job.pieceLength);
    let missing = end;
    const mine = (piece: number): void => {
      job.hash(piece);
      missing--;
    };
    let looks = 0;
    while (missing > 0) {
      for (const lane of this.#lanes) {
        missing -= collect(lane, job.roots);
        while (first < end && send(lane, job, first)) first++;
      }
      if (first < end) mine(--end);
      else {
        const piece = this.#takeBack();
        if (piece !== none) mine(piece);
        else if (++looks > patience) for (const abandoned of this.#abandon()) mine(abandoned);
      }
    }
  }

  /** A piece that no worker has begun. */
  #takeBack(): number {
    for (const lane of this.#lanes)
      for (let slot = 0; slot < slots; slot++) {
        const state = firstSlot + slot * slotWords;
        const { ready, empty } = slotState;
        const piece = lane.piece[slot] as number;
        if (piece === none || Atomics.compareExchange(lane.words, state, ready, empty) !== ready) continue;
        lane.piece[slot] = none;
        return piece;
      }
    return none;
  }

  /** The pieces workers are at; what they make of them will not be read. */
  #abandon(): number[] {
    const found: number[] = [];
    for (const lane of this.#lanes)
      for (let slot = 0; slot < slots; slot++) {
        const piece = lane.piece[slot] as number;
        if (piece !== none) found.push(piece);
        lane.piece[slot] = none;
      }
    return found;
  }

  /** Ends the workers. */
  close(): void {
    for (const lane of this.#lanes.splice(0)) void lane.worker.terminate();
  }
}

/** Starts one worker and waits until it answers; null if it can't run. */
async function open(module: WebAssembly.Module, start: () => HashWorker): Promise<Lane | null> {
  let lane: Lane;
  try {
    lane = new Lane(start());
  } catch {
    return null;
  }
  const { worker } = lane;
  const ready = await new Promise<boolean>((resolve) => {
    const listen = (type: string, answer: (event: unknown) => boolean): void => {
      const listener = (event: unknown): void => resolve(answer(event));
      if (worker.addEventListener !== undefined) worker.addEventListener(type, listener);
      else worker.once?.(type, listener);
    };
    listen("message", (event) => event === true || (event as MessageEvent).data === true);
    listen("error", () => false);
    listen("exit", () => false);
    try {
      worker.postMessage({ module, shared: lane.shared });
    } catch {
      resolve(false);
    }
  });
  if (!ready) {
    void worker.terminate();
    return null;
  }
  worker.unref?.();
  return lane;
}

/** Reads the roots a worker has finished; returns how many were wanted. */
function collect(lane: Lane, into: Uint8Array): number {
  let wanted = 0;
  for (let slot = 0; slot < slots; slot++) {
    const state = firstSlot + slot * slotWords;
    if (Atomics.load(lane.words, state) !== slotState.done) continue;
    const piece = lane.piece[slot] as number;
    if (piece !== none) {
      const root = roots + slot * digestBytes;
      into.set(lane.bytes.subarray(root, root + digestBytes), piece * digestBytes);
      lane.piece[slot] = none;
      wanted++;
    }
    Atomics.store(lane.words, state, slotState.empty);
  }
  return wanted;
}

/** Puts a piece before a worker; false if its slots are full. */
function send(lane: Lane, job: PieceJob, piece: number): boolean {
  const { words } = lane;
  const slot = lane.next & (slots - 1);
  const state = firstSlot + slot * slotWords;
  if (Atomics.load(words, state) !== slotState.empty) return false;
  const own = job.bytes.subarray(piece * job.pieceLength, (piece + 1) * job.pieceLength);
  lane.bytes.set(own, pieces + slot * pieceBytes);
  words[state + 1] = own.length;
  words[state + 2] = job.leafBytes;
  lane.piece[slot] = piece;
  lane.next = (lane.next + 1) | 0;
  Atomics.store(words, state, slotState.ready);
  Atomics.store(words, 0, lane.next);
  Atomics.notify(words, 0);
  return true;
}
