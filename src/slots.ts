/** How much is under way at once: so many go on, the next wait in the order in which they came. */

/** A number of slots, each held by one thing that is under way. */
export class Slots {
  readonly #most: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  /** `most`: how many slots there are, 1 at least. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether the next would have to wait. */
  get isFull(): boolean {
    return this.#taken >= this.#most;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Does something once there is a slot for it. Rejects as `act` does; its slot is given back either way. */
  async run<T>(act: () => Promise<T>): Promise<T> {
    if (this.isFull) await new Promise<void>((go) => this.#waiting.push(go));
    else this.#taken += 1;
    try {
      return await act();
    } finally {
      // Whoever waits for longest takes over the slot.
      const next = this.#waiting.shift();
      if (next === undefined) this.#taken -= 1;
      else next();
    }
  }
}
