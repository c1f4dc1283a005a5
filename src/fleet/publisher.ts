/**
 * Publishing a microgrid's blocks so that there is one of each height, whoever else believes that the microgrid is his:
 * the stream takes a block only behind the one that it follows. Who comes second finds the same block there, since a
 * block follows from the intake; where it is another, nobody goes on before somebody has looked.
 */
import { hex } from "../bytes.js";
import { fail, GridclearError } from "../errors.js";
import type { Slots } from "../slots.js";
import { isWrongSequence, type Line, lastOn, messagesOn, offline } from "./line.js";
import {
  decodeSealed,
  encodeSealed,
  encodeSnapshotMessage,
  isSameBlock,
  type SealedBlock,
} from "./messages.js";
import type { GridPlace } from "./names.js";
import type { Outbox } from "./outbox.js";
import { pause } from "./pause.js";

/** Between two attempts while the servers do not answer, in milliseconds. */
const retryMs = 250;
const publishMs = 2_000;

/** What became of a block that was published: ours was first, or somebody else's, the same. */
export type Published = "first" | "same";

/** The ways out that the microgrids of a shard share. */
export interface WaysOut {
  /** To the shard's stream of blocks. */
  readonly blocks: Outbox;
  /** Bounds how many snapshots are on their way at once. */
  readonly snapshots: Slots;
}

/** The blocks of one microgrid on their way out. */
export class Publisher {
  readonly #line: Line;
  readonly #grid: string;
  readonly #place: GridPlace;
  readonly #signal: AbortSignal;
  readonly #out: WaysOut;
  #last: number;

  /**
   * `last`: sequence of the microgrid's last block in the stream, 0 for none. Gives up when `signal` is aborted.
   */
  constructor(line: Line, grid: string, last: number, out: WaysOut, signal: AbortSignal) {
    this.#line = line;
    this.#grid = grid;
    this.#place = line.names.of(grid);
    this.#last = last;
    this.#out = out;
    this.#signal = signal;
  }

  /**
   * Resolves when the block stands in the stream, kept by most of its servers. Throws `conflict` where another block
   * has its height, `corrupt` where the stream has lost the one before, `state` when it was given up.
   */
  async publish(block: SealedBlock): Promise<Published> {
    const payload = encodeSealed(block);
    const most = this.#line.nc.info?.max_payload ?? payload.length;
    if (payload.length > most)
      fail(
        "limit",
        `${this.#grid}, block ${block.height}`,
        `at most ${most} bytes (max_payload)`,
        payload.length,
      );
    for (;;) {
      try {
        this.#last = await this.#out.blocks.put(this.#place.blocks, payload, this.#last);
        return "first";
      } catch (error) {
        if (error instanceof GridclearError) throw error;
        if (!isWrongSequence(error)) await pause(retryMs, this.#signal);
        else if (await this.#isThere(block)) return "same";
        // Tried once at least: what is on this machine's disk is published before it lets go, if it can be.
        if (this.#signal.aborted)
          fail("state", this.#grid, "a microgrid that is ours", "one that is given up");
      }
    }
  }

  /** Hands on a snapshot of the state after the block that was published last. */
  async snapshot(height: number, bytes: Uint8Array): Promise<void> {
    const payload = encodeSnapshotMessage({ height, sequence: this.#last, bytes });
    try {
      await this.#out.snapshots.run(() =>
        this.#line.js.publish(this.#place.snapshots, payload, { timeout: publishMs }),
      );
    } catch (error) {
      throw offline(error);
    }
  }

  /** Whether the block stands in the stream already; false: it may be published behind what stands there. */
  async #isThere(block: SealedBlock): Promise<boolean> {
    const stream = this.#line.names.blockStream(this.#place.shard);
    const field = `${this.#grid}, block ${block.height}`;
    try {
      for await (const { seq, data } of messagesOn(this.#line, stream, this.#place.blocks, this.#last + 1)) {
        const found = decodeSealed(data);
        if (found.height < block.height) continue;
        if (!isSameBlock(found, block))
          fail("conflict", field, `${hex(block.hash)}, as follows from the intake`, hex(found.hash));
        this.#last = seq;
        return true;
      }
      const last = await lastOn(this.#line, stream, this.#place.blocks);
      const height = last === null ? -1 : decodeSealed(last.data).height;
      if (height !== block.height - 1) fail("corrupt", field, `${block.height} blocks before it`, height + 1);
      this.#last = last?.seq ?? 0;
    } catch (error) {
      if (error instanceof GridclearError) throw error;
      await pause(retryMs, this.#signal);
    }
    return false;
  }
}
