/** Time, injected: `systemClock` in production, a fake in tests and accelerated runs. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. */
  now(): number;
  setTimer(act: () => void, delayMs: number): unknown;
  clearTimer(timer: unknown): void;
}

/** The clock of the platform, Node or browser. */
export const systemClock: Clock = {
  now: Date.now,
  setTimer: (act, delayMs) => setTimeout(act, delayMs),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};

/** Longest delay given to a timer: beyond 2³¹−1 ms platforms fire at once. */
const longestDelayMs = 60_000;

/**
 * Runs `tick` once a period, at multiples of the period since the loop started: late ticks don't push later ones
 * back, missed ones are caught up one at a time, a clock that jumps back only delays the next. Ticks never overlap.
 */
export class Loop {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #tick: (nowMs: number) => Promise<void>;
  #timer: unknown = null;
  #next = 0;
  #running = false;
  #ticking = false;

  constructor(clock: Clock, periodMs: number, tick: (nowMs: number) => Promise<void>) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#tick = tick;
  }

  /** Whether the loop is started. */
  get running(): boolean {
    return this.#running;
  }

  /** When the open period closes, by the clock; meaningless while stopped. */
  get gateClosureMs(): number {
    return this.#next;
  }

  /** Starts: the open period closes one period from now. Starting twice does nothing. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#next = this.#clock.now() + this.#periodMs;
    this.#arm();
  }

  /** Stops: no tick begins after this; one under way finishes. */
  stop(): void {
    this.#running = false;
    if (this.#timer !== null) this.#clock.clearTimer(this.#timer);
    this.#timer = null;
  }

  #arm(): void {
    const now = this.#clock.now();
    // After a jump back the next closure would be far away: never further than one period.
    if (this.#next - now > this.#periodMs) this.#next = now + this.#periodMs;
    const delay = Math.min(Math.max(0, this.#next - now), longestDelayMs);
    this.#timer = this.#clock.setTimer(() => {
      void this.#wake();
    }, delay);
  }

  async #wake(): Promise<void> {
    this.#timer = null;
    // Stopped and started again while a tick is under way: that tick arms the next when it ends.
    if (!this.#running || this.#ticking) return;
    const now = this.#clock.now();
    if (now >= this.#next) {
      this.#next += this.#periodMs;
      this.#ticking = true;
      try {
        await this.#tick(now);
      } finally {
        this.#ticking = false;
      }
    }
    if (this.#running && this.#timer === null) this.#arm();
  }
}
