/**
 * What a worker puts into one stream, on its way. Thousands of periods end at one instant, and a server flushes many
 * messages that come as a batch for little more than one. A batch stands in the stream whole or not at all. Each of its
 * messages still says behind which it belongs: where one does not, or a server takes no batches, each goes by itself
 * and gets its own answer.
 */
import { headers, nuid } from "@nats-io/nats-core";
import type { Line } from "./line.js";

/** Fewest and most messages, and most bytes, of a batch: a server has more work with a small one than without. */
const leastMessages = 16;
const mostMessages = 64;
const mostBytes = 1 << 20;
/** Messages of a stream that are on their way by themselves. */
const mostAlone = 32;
/** How long a server may take to say that it has a message, or a batch, in milliseconds. */
const publishMs = 2_000;
const batchMs = 5_000;

interface Waiting {
  readonly subject: string;
  readonly payload: Uint8Array;
  /** Sequence of the last message on the subject; 0: none. */
  readonly after: number;
  readonly sent: (sequence: number) => void;
  readonly failed: (error: unknown) => void;
}

/** What is on its way to a stream. */
export class Outbox {
  readonly #line: Pick<Line, "nc" | "js">;
  #waiting: Waiting[] = [];
  #alone = 0;
  #isBatchSent = false;
  #isLooking = false;

  constructor(line: Pick<Line, "nc" | "js">) {
    this.#line = line;
  }

  /**
   * Resolves to the sequence of a message once most servers keep it. Rejects as `publish` does: where the last message
   * on its subject has another sequence than `after`, or nobody answers.
   */
  put(subject: string, payload: Uint8Array, after: number): Promise<number> {
    return new Promise((sent, failed) => {
      this.#waiting.push({ subject, payload, after, sent, failed });
      this.#lookSoon();
    });
  }

  /** What is put in this turn of the loop, by however many promises, goes together. */
  #lookSoon(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      this.#look();
    });
  }

  #look(): void {
    for (;;) {
      const count = this.#ready();
      const isBatch = count >= leastMessages;
      const taken = isBatch ? count : Math.max(0, Math.min(count, mostAlone - this.#alone));
      if (taken === 0 || (isBatch && this.#isBatchSent)) return;
      const next = this.#waiting.splice(0, taken);
      if (isBatch) void this.#sendBatch(next);
      else for (const each of next) void this.#sendAlone(each);
    }
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    this.#isBatchSent = true;
    const last = await this.#together(batch).catch(() => null);
    if (last === null) await Promise.all(batch.map((each) => this.#sendAlone(each)));
    else for (const [index, { sent }] of batch.entries()) sent(last - (batch.length - 1 - index));
    this.#isBatchSent = false;
    this.#lookSoon();
  }

  /** How many go together next. Two on one subject would not both be behind the last that stands there. */
  #ready(): number {
    const subjects = new Set<string>();
    let bytes = 0;
    for (const { subject, payload } of this.#waiting) {
      bytes += payload.length;
      const isFull = subjects.size === mostMessages || (subjects.size > 0 && bytes > mostBytes);
      if (isFull || subjects.has(subject)) break;
      subjects.add(subject);
    }
    return subjects.size;
  }

  async #sendAlone({ subject, payload, after, sent, failed }: Waiting): Promise<void> {
    this.#alone += 1;
    const expect = { lastSubjectSequence: after };
    await this.#line.js
      .publish(subject, payload, { expect, timeout: publishMs })
      .then(({ seq }) => sent(seq), failed);
    this.#alone -= 1;
    this.#lookSoon();
  }

  /** Sequence of the last message of a batch, which stand one behind the other; null: they are not known to. */
  async #together(batch: readonly Waiting[]): Promise<number | null> {
    const { nc, js } = this.#line;
    const id = nuid.next();
    const headersOf = (index: number): ReturnType<typeof headers> => {
      const made = headers();
      made.set("Nats-Batch-Id", id);
      made.set("Nats-Batch-Sequence", `${index + 1}`);
      made.set("Nats-Expected-Last-Subject-Sequence", `${batch[index]!.after}`);
      return made;
    };
    const end = batch.length - 1;
    for (const [index, { subject, payload }] of batch.slice(0, end).entries())
      nc.publish(subject, payload, { headers: headersOf(index) });
    const made = headersOf(end);
    made.set("Nats-Batch-Commit", "1");
    const { subject, payload } = batch[end]!;
    const ack = await js.publish(subject, payload, { headers: made, timeout: batchMs });
    return "count" in ack && ack.count === batch.length ? ack.seq : null;
  }
}
