/** When periods close by the clock: the clock that a market is given, and the schedule it keeps by it. */

/** Time, injected: {@link systemClock} in production, a fake in tests and accelerated runs. */
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

/** Periods that a schedule makes up one by one after a sleep, unless told otherwise. */
export const defaultCatchUp = 16;

/** Longest delay given to a timer: beyond 2³¹−1 ms platforms fire at once. */
const longestDelayMs = 60_000;

/** What a {@link Schedule} runs by. */
export interface ScheduleParts {
  readonly clock: Clock;
  readonly periodMs: number;
  /** Most missed periods that are made up one by one. When more were missed, all are left out but one. */
  readonly catchUp: number;
  /** Closes a period; `nowMs` is its timestamp. */
  tick(nowMs: number): Promise<void>;
}

/**
 * Ticks once a period, at multiples of the period since it was started: late ticks don't push later ones back, and
 * ticks never overlap.
 *
 * Missed periods, after a sleep or a jump of the clock, are made up one at a time as long as they are at most
 * `catchUp`. When more were missed, a single tick stands for all of them and the schedule goes on from the clock's
 * time. That tick carries the time for which it was due, not the clock's: a clock that jumps far ahead and is set right
 * within a period leaves no timestamp of the future behind, which all later blocks would have to keep to. A clock that
 * jumps back only delays the next tick, by a period at most.
 */
export class Schedule {
  readonly #parts: ScheduleParts;
  #timer: unknown = null;
  #next = 0;
  #running = false;
  #ticking = false;

  constructor(parts: ScheduleParts) {
    this.#parts = parts;
  }

  /** Whether it is started. */
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
    const { clock, periodMs } = this.#parts;
    this.#running = true;
    this.#next = clock.now() + periodMs;
    this.#arm();
  }

  /** Stops: no tick begins after this; one under way finishes. */
  stop(): void {
    this.#running = false;
    if (this.#timer !== null) this.#parts.clock.clearTimer(this.#timer);
    this.#timer = null;
  }

  #arm(): void {
    const { clock, periodMs } = this.#parts;
    const now = clock.now();
    // After a jump back the next closure would be far away: never further than one period.
    if (this.#next - now > periodMs) this.#next = now + periodMs;
    const delay = Math.min(Math.max(0, this.#next - now), longestDelayMs);
    this.#timer = clock.setTimer(() => {
      void this.#wake();
    }, delay);
  }

  async #wake(): Promise<void> {
    this.#timer = null;
    // Stopped and started again while a tick is under way: that tick arms the next when it ends.
    if (!this.#running || this.#ticking) return;
    const now = this.#parts.clock.now();
    if (now >= this.#next) {
      this.#ticking = true;
      try {
        await this.#parts.tick(this.#advance(now));
      } finally {
        this.#ticking = false;
      }
    }
    if (this.#running && this.#timer === null) this.#arm();
  }

  /** Moves the next closure on; returns the timestamp of the one that is due. */
  #advance(now: number): number {
    const { periodMs, catchUp } = this.#parts;
    const due = this.#next;
    const missed = Math.floor((now - due) / periodMs);
    if (missed <= catchUp) {
      this.#next += periodMs;
      return now;
    }
    this.#next += (missed + 1) * periodMs;
    return due;
  }
}
