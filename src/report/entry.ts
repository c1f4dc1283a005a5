/** One line of a participant's statement, and what of it a record says. */
import type { Carrier } from "../units.js";

/**
 * One line of a participant's statement. Energies in quantity ticks, prices in price ticks, amounts in amount ticks.
 */
export interface StatementEntry {
  readonly period: number;
  /** End of the period, Unix time in milliseconds, as sealed. */
  readonly timestampMs: number;
  readonly carrier: Carrier | null;
  /**
   * What it is: `bought`, `sold`, `pool sale`, `pool purchase`, `store purchase`, `charged`, `discharged`, `exported`,
   * `imported`, `grid fee`, `congestion rent`, `interrupted`, `unserved`, `idle`, `received` and `supplied` (shared in
   * a community), `undelivered` (what a trade counts less), `from grid` and `to grid` (what a community left of a
   * meter), `imbalance`, `correction`, `deposit`, `withdrawal`, `collateral`, `default`.
   */
  readonly entry: string;
  /**
   * The other side: a participant's id, a device, `pool`, `grid`, `grid operator`, `platform`, `bank`, `collateral`;
   * `-` for none.
   */
  readonly counterparty: string;
  /** Period that it settles, when another; else its own. */
  readonly about: number;
  /** What came in is above zero, what went out below. */
  readonly energy: bigint;
  /** Per unit of energy; null where nothing was priced. */
  readonly price: bigint | null;
  /** Paid to the participant above zero, by it below; without the fee. */
  readonly amount: bigint;
  /** Commission on it, paid by the participant. */
  readonly fee: bigint;
  /** Balance after it. */
  readonly balance: bigint;
}

/** What an entry says beside its period, its time and the balance after it. */
export type Line = Pick<
  StatementEntry,
  "carrier" | "entry" | "counterparty" | "energy" | "price" | "amount"
> &
  Partial<Pick<StatementEntry, "fee" | "about">>;
