/** What a gateway does with a fleet: registers microgrids, hands requests on, and waits for answers. */
import type { Subscription } from "@nats-io/transport-node";
import { fail, GridclearError } from "../errors.js";
import { isWrongSequence, type Line, lastOn, offline } from "./line.js";
import { decodeSealed, encodeRegistration, type Registration, type SealedBlock } from "./messages.js";
import { maxJsonBytes } from "./readjson.js";
import { type Answer, decodeAnswer, encodeRequest, type GridRequest } from "./requests.js";

/** What became of a request that was handed in. */
export interface Handed {
  /** Sequence of the request in its microgrid's intake, where most servers keep it on their disks. */
  readonly sequence: number;
  /**
   * What it came to: the same whoever works it out and however often. Null: no worker has answered in time. The request
   * is kept and will be taken up in its turn; the block of its period shows what became of it.
   */
  readonly answer: Answer | null;
}

const publishMs = 2_000;

/** A gateway's side of a fleet. */
export class FleetClient {
  readonly #line: Line;
  readonly #inbox: string;
  readonly #answers: Subscription;
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  #count = 0;

  /** `inbox`: a subject that is this client's alone, on which answers come (`createInbox()`). */
  constructor(line: Line, inbox: string) {
    this.#line = line;
    this.#inbox = inbox;
    this.#answers = line.nc.subscribe(`${inbox}.*`);
    void this.#listen();
  }

  /**
   * Registers a microgrid. Resolves once most servers keep it; a worker begins it within seconds. Throws `conflict` for
   * a name that is taken by another, `storage` when the servers do not answer.
   */
  async register(grid: string, beginning: Omit<Registration, "cut">): Promise<void> {
    const { js, jsm, names } = this.#line;
    const place = names.of(grid);
    try {
      const { state } = await jsm.streams.info(names.intakeStream(place.shard));
      const cut = state.last_seq;
      const bytes = encodeRegistration({ ...beginning, cut });
      await js.publish(place.grid, bytes, { expect: { lastSubjectSequence: 0 }, timeout: publishMs });
    } catch (error) {
      if (isWrongSequence(error)) fail("conflict", "grid", "a name that is free", grid);
      throw offline(error);
    }
  }

  /** The last block of a microgrid that is published; null: none yet. */
  async last(grid: string): Promise<SealedBlock | null> {
    const { names } = this.#line;
    const place = names.of(grid);
    const message = await lastOn(this.#line, names.blockStream(place.shard), place.blocks).catch(
      (error: unknown) => {
        throw offline(error);
      },
    );
    return message && decodeSealed(message.data);
  }

  /**
   * Hands a request in and waits for what it comes to, `waitMs` at most. Throws `limit` for one that is too long,
   * `storage` when it is not known to be kept: it may be, so whoever sends it again gives it the same `id`, and it
   * counts once (within two minutes; an order counts once anyway).
   */
  async hand(
    grid: string,
    request: GridRequest,
    { waitMs, id }: { readonly waitMs: number; readonly id?: string },
  ): Promise<Handed> {
    const { js, names } = this.#line;
    const place = names.of(grid);
    const token = `${this.#count}`;
    this.#count += 1;
    const bytes = encodeRequest({ request, reply: `${this.#inbox}.${token}` });
    if (bytes.length > maxJsonBytes) fail("limit", "request", `at most ${maxJsonBytes} bytes`, bytes.length);
    const answered = new Promise<Answer>((resolve) => {
      this.#waiting.set(token, resolve);
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const options = id === undefined ? {} : { msgID: `${grid} ${id}` };
      const { seq } = await js.publish(place.requests, bytes, { ...options, timeout: publishMs });
      const late = new Promise<null>((resolve) => {
        timer = setTimeout(resolve, waitMs, null);
      });
      return { sequence: seq, answer: await Promise.race([answered, late]) };
    } catch (error) {
      throw offline(error);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(token);
    }
  }

  /** Waits for no answers any more; the connection stays the caller's. */
  close(): void {
    if (!this.#answers.isClosed()) this.#answers.unsubscribe();
  }

  async #listen(): Promise<void> {
    const lead = this.#inbox.length + 1;
    for await (const { subject, data } of this.#answers) {
      const resolve = this.#waiting.get(subject.slice(lead));
      if (resolve === undefined) continue;
      try {
        resolve(decodeAnswer(data).answer);
      } catch (error) {
        // Whoever may publish to the inbox may publish what is no answer: the next may be one.
        if (!(error instanceof GridclearError)) throw error;
      }
    }
  }
}
