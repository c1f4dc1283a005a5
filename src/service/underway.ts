/** What is being answered, and what was taken lately: the same sent again is answered the same, and counts once. */
import { hex, toUtf8 } from "../bytes.js";
import { plainHasher } from "../ledger/tree/plain.js";
import type { Refused, Taken } from "../market/intake/request.js";

/** What a reading or a contract was answered that was taken. */
type Granted = Exclude<Taken, Refused>;

/** Readings and contracts taken lately that are remembered. */
const mostRemembered = 20_000;

/**
 * What was taken lately: the same sent again is answered the same, and does not count again. After a restart of the
 * service it is refused instead, as what has been taken.
 */
export class Remembered {
  readonly #underWay: UnderWay;
  /** By the hash of what was sent, all of it: another under the same signature is another. */
  readonly #answers = new Map<string, Granted>();

  constructor(underWay: UnderWay) {
    this.#underWay = underWay;
  }

  async once(sent: object, act: () => Promise<Taken>): Promise<Granted> {
    const key = hex(plainHasher.sha256(toUtf8(JSON.stringify(sent))));
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = await this.#underWay.once(key, act);
    if (answer.status === "refused") throw answer.error;
    this.#answers.set(key, answer);
    if (this.#answers.size > mostRemembered) this.#answers.delete(this.#answers.keys().next().value!);
    return answer;
  }
}

/** Requests that are being answered: the same one sent again meanwhile waits for the one answer. */
export class UnderWay {
  readonly #answers = new Map<string, Promise<unknown>>();

  once<T>(key: string, act: () => Promise<T>): Promise<T> {
    const known = this.#answers.get(key) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const answer = act().finally(() => this.#answers.delete(key));
    this.#answers.set(key, answer);
    return answer;
  }
}
