/**
 * The statement of one participant: what it bought and sold, from whom, what was settled and what it paid, entry by
 * entry, out of the blocks of a ledger and nothing else.
 */
import { onlyKeys } from "../check.js";
import { fail } from "../errors.js";
import { type Blocks, Chain } from "../ledger/format/chain.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { openHasher } from "../ledger/tree/hashwasm.js";
import { checkedBlocks, stretchOf } from "./blocks.js";
import { type Cell, type Column, cellText, type MarketTicks } from "./columns.js";
import { StatementReader } from "./entries.js";
import type { StatementEntry } from "./entry.js";

export type { StatementEntry } from "./entry.js";

/** The statement of one participant over some blocks of a ledger. */
export interface Statement {
  readonly participant: string;
  /** The units in which the entries count. */
  readonly ticks: MarketTicks;
  /** Number of blocks read: those of the ledger, or `to` where that is less. */
  readonly blocks: number;
  readonly entries: readonly StatementEntry[];
  /** Balance after the last block read, in amount ticks. */
  readonly balance: bigint;
}

/** Options of {@link statement}. */
export interface StatementOptions {
  /** Heights of the blocks whose entries are wanted, half-open, `to` at least 1; default: all. */
  readonly from?: number;
  readonly to?: number;
  /**
   * Where to begin reading records: a snapshot, checked, of a height below `from`. Of the blocks up to there headers
   * and links are checked alone, and they may be headers alone. Default: at genesis.
   */
  readonly snapshot?: Snapshot | null;
  /** Default: hash-wasm's. */
  readonly hasher?: Hasher;
}

/**
 * Reads a ledger's blocks, in order from genesis, into the statement of a participant. Every block is hashed and held
 * against the one before, so nothing is said of a ledger that was altered: throws `corrupt` naming the first bad
 * height. Throws `invalid` when there is no such participant, and for an option that is unknown or out of range.
 *
 * @example
 * const { entries, balance, ticks } = await statement(market.store.blocks(), "ann");
 * console.log(entries.length, formatTicks(balance, ticks.amount));
 */
export async function statement(
  blocks: Blocks,
  participant: string,
  options: StatementOptions = {},
): Promise<Statement> {
  onlyKeys(options, "options", ["from", "to", "snapshot", "hasher"]);
  const { from, to, snapshot } = stretchOf(options);
  const hasher = options.hasher ?? (await openHasher());
  const reader = new StatementReader(participant, snapshot);
  const entries: StatementEntry[] = [];
  let height = snapshot === null ? 0 : snapshot.header.height + 1;
  for await (const { block } of checkedBlocks(blocks, hasher, new Chain(hasher), snapshot)) {
    const found = reader.add(block);
    if (height >= from) for (const entry of found) entries.push(entry);
    height += 1;
    // What lies beyond is not looked at, and need not be good.
    if (height >= to) break;
  }
  if (!reader.found)
    return fail(
      "invalid",
      "participant",
      reader.participants.length === 0
        ? "a participant, of which this ledger has none"
        : `one of ${some(reader.participants)}`,
      participant,
    );
  return { participant, ticks: reader.ticks, blocks: height, entries, balance: reader.balance };
}

const some = (names: readonly string[]): string =>
  names.length <= 6 ? names.join(", ") : `${names.slice(0, 6).join(", ")} … (${names.length})`;

/** Columns of a statement as CSV or JSON, in order (docs/exports.md). */
export const statementColumns: readonly Column[] = [
  ["period", "number"],
  ["end", "moment"],
  ["carrier", "text"],
  ["entry", "text"],
  ["counterparty", "text"],
  ["about", "number"],
  ["energy", "total"],
  ["price", "price"],
  ["amount", "amount"],
  ["fee", "amount"],
  ["balance", "amount"],
];

/** An entry as a row of {@link statementColumns}. */
export const statementRow = (entry: StatementEntry): Cell[] => [
  entry.period,
  entry.timestampMs,
  entry.carrier,
  entry.entry,
  entry.counterparty,
  entry.about,
  entry.energy,
  entry.price,
  entry.amount,
  entry.fee,
  entry.balance,
];

/**
 * A statement as one JSON document: the columns of {@link statementColumns} as keys, decimals as strings, null where
 * there is nothing.
 */
export function statementDocument({ participant, ticks, balance, entries }: Statement): {
  readonly participant: string;
  readonly balance: string | null;
  readonly entries: readonly Readonly<Record<string, Cell>>[];
} {
  const object = (entry: StatementEntry): Readonly<Record<string, Cell>> => {
    const row = statementRow(entry);
    return Object.fromEntries(
      statementColumns.map(([name, type], index) => {
        const cell = row[index] ?? null;
        return [name, type === "number" ? cell : cellText(cell, type, ticks)];
      }),
    );
  };
  return { participant, balance: cellText(balance, "amount", ticks), entries: entries.map(object) };
}
