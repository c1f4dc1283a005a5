/**
 * What waits to be sent to a broker, bounded whatever the broker does. A retained topic has one value, the newest: it
 * is sent again whenever the line is opened. Replies wait in a queue whose oldest make room, because a member who got
 * none sends again and is answered the same.
 */
import { nextTurn } from "../nextturn.js";

/** A line to a broker while it is open. */
export interface BrokerLine {
  /**
   * Sends a message; resolves when the line has taken it, or with `acknowledged` when the broker has. Rejects when the
   * line broke.
   */
  publish(topic: string, payload: string, how: { retain: boolean; acknowledged: boolean }): Promise<void>;
}

/** Replies that wait at most, and those under way to the broker without its word. */
const mostReplies = 10_000;
const mostUnderWay = 64;

/** Retained values that are sent in one turn of the event loop: a line takes thousands at once, and all else waits. */
const statesATurn = 16;

/** Messages to a broker. */
export class Outbox {
  readonly #states = new Map<string, string>();
  readonly #unsent = new Set<string>();
  readonly #replies: { readonly topic: string; readonly payload: string }[] = [];
  #underWay = 0;
  #line: BrokerLine | null = null;
  #wakers: (() => void)[] = [];

  /** Keeps the value of a retained topic, and sends it as soon as the line takes it. */
  put(topic: string, payload: string): void {
    if (this.#states.get(topic) === payload) return;
    this.#states.set(topic, payload);
    this.#unsent.add(topic);
    this.#wake();
  }

  /** Sends a reply, when its turn comes. */
  reply(topic: string, payload: string): void {
    if (this.#replies.length === mostReplies) this.#replies.shift();
    this.#replies.push({ topic, payload });
    this.#wake();
  }

  /** Messages that wait. */
  get waiting(): number {
    return this.#unsent.size + this.#replies.length;
  }

  /** The line is open: all that is retained is sent, and from then on what changes. */
  opened(line: BrokerLine): void {
    this.#line = line;
    for (const topic of this.#states.keys()) this.#unsent.add(topic);
    this.#wake();
    void this.#sendStates(line);
    void this.#sendReplies(line);
  }

  /** The line is gone. */
  broken(): void {
    this.#line = null;
    this.#wake();
  }

  async #sendStates(line: BrokerLine): Promise<void> {
    let inTurn = 0;
    while (this.#line === line) {
      const [topic] = this.#unsent;
      if (topic === undefined) {
        await this.#changed();
        continue;
      }
      inTurn += 1;
      if (inTurn > statesATurn) {
        inTurn = 0;
        await nextTurn();
        continue;
      }
      this.#unsent.delete(topic);
      const payload = this.#states.get(topic)!;
      const sent = await done(line.publish(topic, payload, { retain: true, acknowledged: false }));
      // The next line begins with all of them.
      if (!sent) return;
    }
  }

  async #sendReplies(line: BrokerLine): Promise<void> {
    while (this.#line === line) {
      const next = this.#underWay < mostUnderWay ? this.#replies.shift() : undefined;
      if (next === undefined) {
        await this.#changed();
        continue;
      }
      this.#underWay += 1;
      void done(line.publish(next.topic, next.payload, { retain: false, acknowledged: true })).then(() => {
        this.#underWay -= 1;
        this.#wake();
      });
    }
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => this.#wakers.push(resolve));
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}

const done = (sending: Promise<void>): Promise<boolean> =>
  sending.then(
    () => true,
    () => false,
  );
