/** Closing periods: each microgrid's gate is asked for when it is due, once, and again only where it did not come. */
import { GridclearError } from "../errors.js";
import type { SigningKey } from "../ledger/keys/backend.js";
import { gateDue } from "./gates.js";
import type { Grid } from "./grid.js";
import { isWrongSequence, type Line, lastOn } from "./line.js";
import { signGate } from "./messages.js";
import type { Outbox } from "./outbox.js";

/** A gate that nobody answered is asked for again after so long. */
const gateMs = 2_000;
/**
 * A gate that the stream has and this worker has not come to is asked for again only after so long. Asking costs the
 * servers as much as a gate.
 */
const keptMs = 60_000;

/** A microgrid whose periods are closed. */
export interface Closed {
  readonly grid: Grid;
  /** The gate that was asked for, when, and where the stream has one that has not come yet; null: nobody knows. */
  asked: { readonly period: number; readonly atMs: number; readonly kept: number | null } | null;
  /** What the next gate expects where its subject holds something else than was read. */
  expected: { readonly after: number; readonly sequence: number } | null;
}

/** What gates are asked for with. */
export interface ClosingParts {
  readonly line: Line;
  readonly key: SigningKey;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The gates of a shard. */
export class Closing {
  readonly #parts: ClosingParts;
  readonly #outbox: Pick<Outbox, "put">;
  readonly #fails: (name: string, error: GridclearError) => void;

  /** `outbox`: that of the intake. `fails` is called with a microgrid that has to stand still. */
  constructor(
    parts: ClosingParts,
    outbox: Pick<Outbox, "put">,
    fails: (name: string, error: GridclearError) => void,
  ) {
    this.#parts = parts;
    this.#outbox = outbox;
    this.#fails = fails;
  }

  /** Asks for the gates that are due; resolves when each has got an answer, or none in time. */
  async round(all: readonly Closed[]): Promise<void> {
    const { now } = this.#parts;
    const due = all.filter((each) => !isAsked(each, now()) && gateOf(each, now()) !== null);
    await Promise.all(due.map((each) => this.#close(each)));
  }

  async #close(closed: Closed): Promise<void> {
    const { line, key, now } = this.#parts;
    const { grid, expected } = closed;
    const { period, id } = grid.market;
    const atMs = now();
    const gate = gateOf(closed, atMs);
    if (gate === null) return;
    closed.asked = { period, atMs, kept: null };
    const { gates, shard } = line.names.of(grid.name);
    const stream = line.names.intakeStream(shard);
    const after = grid.lastGate;
    const sequence = expected?.after === after ? expected.sequence : after;
    const signed = await signGate(gate, id, key);
    try {
      const seq = await this.#outbox.put(gates, signed, sequence);
      closed.asked = { period, atMs, kept: seq };
      if (seq <= grid.position) this.#fails(grid.name, lostEnd(stream, grid.position, seq));
    } catch (error) {
      // Whether it was kept or not shows in the stream; if it was not, it is asked for again.
      if (!isWrongSequence(error)) return;
      const last = await lastOn(line, stream, gates).catch(() => undefined);
      if (last === undefined) return;
      // A gate that is further on comes in its turn; a stream that has lost gates expects an older one, or none.
      if (last !== null && last.seq > grid.position) closed.asked = { period, atMs, kept: last.seq };
      else {
        closed.expected = { after, sequence: last?.seq ?? 0 };
        closed.asked = null;
      }
    }
  }
}

const gateOf = ({ grid }: Closed, nowMs: number) =>
  gateDue({
    period: grid.market.period,
    lastMs: grid.lastMs,
    periodMs: grid.market.contract.periodMs,
    nowMs,
  });

/** Whether a gate of the open period is on its way: to the stream, or from there. */
function isAsked({ grid, asked }: Closed, nowMs: number): boolean {
  if (asked === null || asked.period !== grid.market.period || nowMs < asked.atMs) return false;
  if (asked.kept === null) return nowMs - asked.atMs < gateMs;
  // One that came and closed nothing was another's, or of another period.
  return grid.position < asked.kept && nowMs - asked.atMs < keptMs;
}

/** A stream that gives sequences a second time has lost what had them. */
function lostEnd(stream: string, position: number, got: number): GridclearError {
  const wanted = `sequences behind ${position}, which were given`;
  return new GridclearError("corrupt", { field: stream, wanted, got });
}
