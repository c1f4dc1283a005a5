/**
 * The intake of a shard as a worker reads it: every message, in order, and none left out. Nothing is ever deleted
 * there, so a sequence that is missing is one that the server which is read has lost, by a bit that rotted or a file
 * that was cut; a period must not be closed without it.
 */
import { type ConsumerMessages, DeliverPolicy, type JsMsg } from "@nats-io/jetstream";
import { fail } from "../errors.js";
import type { Line } from "./line.js";

/** A message of the intake, of whichever microgrid. */
export type IntakeEntry = Pick<JsMsg, "subject" | "seq" | "data">;

/** Attempts to read a message that one server has lost; each is answered by any of the servers. */
const attempts = 10;

/** One reading of a shard's intake. */
export class Intake {
  readonly #line: Line;
  readonly #stream: string;
  readonly #messages: ConsumerMessages;
  #next: number;

  private constructor(line: Line, stream: string, messages: ConsumerMessages, next: number) {
    this.#line = line;
    this.#stream = stream;
    this.#messages = messages;
    this.#next = next;
  }

  /** Begins to read at a sequence. Throws `corrupt` where the stream ends before what was read of it already. */
  static async open(line: Line, shard: number, from: number): Promise<Intake> {
    const stream = line.names.intakeStream(shard);
    const { state } = await line.jsm.streams.info(stream);
    if (state.last_seq < from - 1)
      fail("corrupt", stream, `messages up to ${from - 1}, which were there`, state.last_seq);
    const consumer = await line.js.consumers.get(stream, {
      filter_subjects: [line.names.all("in", shard)],
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      inactive_threshold: 30_000,
    });
    return new Intake(line, stream, await consumer.consume({ max_messages: 500, expires: 5_000 }), from);
  }

  /** The messages, until it is stopped. Throws `corrupt` for one that no server has any more. */
  async *messages(): AsyncGenerator<IntakeEntry> {
    for await (const message of this.#messages) {
      for (; this.#next < message.seq; this.#next += 1) yield await this.#lost(this.#next);
      if (message.seq < this.#next) continue;
      this.#next += 1;
      yield message;
    }
  }

  /** Ends it. */
  stop(): void {
    this.#messages.stop();
  }

  /** A message that the server which we read from has lost, as another has it. */
  async #lost(sequence: number): Promise<IntakeEntry> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const found = await this.#line.jsm.direct.getMessage(this.#stream, { seq: sequence }).catch(() => null);
      if (found !== null && found.seq === sequence) return found;
    }
    return fail(
      "corrupt",
      this.#stream,
      `message ${sequence}, which was there`,
      "none on any server that answers",
    );
  }
}
