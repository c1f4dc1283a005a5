/**
 * What a worker puts into one stream, on its way. Thousands of periods end at one instant; a server flushes a batch of
 * messages for little more than one, so what comes while a batch is under way goes together with the next. A batch
 * stands in the stream whole or not at all. Each message still says behind which it belongs: where one does not, or a
 * server takes no batches, each goes by itself and gets its own answer.
 */
import { headers, nuid } from "@nats-io/nats-core";
import type { Line } from "./line.js";

/** Most messages, and most bytes, of a batch. */
const mostMessages = 64;
const mostBytes = 1 << 20;
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
  #isSending = false;

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
      if (!this.#isSending) void this.#send();
    });
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    // What is put in this turn goes with the first batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      const last = batch.length > 1 ? await this.#together(batch).catch(() => null) : null;
      if (last === null) await Promise.all(batch.map((each) => this.#alone(each)));
      else for (const [index, { sent }] of batch.entries()) sent(last - (batch.length - 1 - index));
    }
    this.#isSending = false;
  }

  /** The messages that go next. Two on one subject would not both be behind the last that stands there. */
  #take(): Waiting[] {
    const subjects = new Set<string>();
    let bytes = 0;
    let end = 0;
    for (const { subject, payload } of this.#waiting) {
      bytes += payload.length;
      const isFull = end === mostMessages || (end > 0 && bytes > mostBytes);
      if (isFull || subjects.has(subject)) break;
      subjects.add(subject);
      end += 1;
    }
    return this.#waiting.splice(0, end);
  }

  async #alone({ subject, payload, after, sent, failed }: Waiting): Promise<void> {
    const expect = { lastSubjectSequence: after };
    await this.#line.js
      .publish(subject, payload, { expect, timeout: publishMs })
      .then(({ seq }) => sent(seq), failed);
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
