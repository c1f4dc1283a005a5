/**
 * Reads a ledger block by block into the rows of one table. Tables of records need every record from the beginning, or
 * from a snapshot on, to know who is who; those of headers can be read of the public part of a private market.
 */
import { hex, sameBytes } from "../../bytes.js";
import { onlyKeys } from "../../check.js";
import { fail } from "../../errors.js";
import { noSections } from "../../ledger/format/block.js";
import { decodeCanonical } from "../../ledger/format/canonical.js";
import { type Blocks, Chain } from "../../ledger/format/chain.js";
import { type Header, marketId } from "../../ledger/format/header.js";
import { decodeRecords } from "../../ledger/format/layout.js";
import { orderLayout } from "../../ledger/format/records.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import type { MarketContract } from "../../market/contracts/contracts.js";
import { blocksAfter, type LinkedBlock, type Stretch, shown, stretchOf } from "../blocks.js";
import {
  type Cell,
  type Column,
  defaultTicks,
  type MarketTicks,
  marketTicks,
  tickOf,
  ticksAfter,
} from "../columns.js";
import { Indicators, type Known } from "../indicators.js";
import { Registry } from "../registry.js";
import { totalsOf } from "../totals.js";
import { type Place, type ReadTable, tableNamed } from "./tables.js";

/** Options of an export of a table. */
export interface TableOptions extends Partial<Stretch>, Known {
  /**
   * Canonical JSON of the market contract, which says in what decimals count: where neither genesis is shown nor a
   * snapshot given.
   */
  readonly contract?: Uint8Array | null;
}

/** Reads the rows of one table. */
export class TableReader {
  readonly #table: ReadTable;
  readonly #hasher: Hasher;
  readonly #stretch: Stretch;
  readonly #contract: Uint8Array | null;
  readonly #known: Known;
  readonly #registry: Registry;
  #ticks: MarketTicks | null = null;

  /** Throws `invalid` for a table that there is not and for options that are unknown or out of range. */
  constructor(table: string, hasher: Hasher, options: TableOptions = {}) {
    onlyKeys(options, "options", ["from", "to", "snapshot", "contract", "costOf", "emissions"]);
    this.#table = tableNamed(table);
    this.#known = {
      ...(options.costOf === undefined ? {} : { costOf: options.costOf }),
      ...(options.emissions === undefined ? {} : { emissions: options.emissions }),
    };
    this.#hasher = hasher;
    this.#stretch = stretchOf(options);
    const { snapshot } = this.#stretch;
    this.#contract = options.contract ?? null;
    this.#registry = Registry.after(snapshot);
    if (snapshot !== null) this.#ticks = ticksAfter(snapshot);
  }

  get columns(): readonly Column[] {
    return this.#table.columns;
  }

  /** The market's ticks; the defaults before genesis was read. */
  get ticks(): MarketTicks {
    return this.#ticks ?? defaultTicks;
  }

  /**
   * The rows of each block, every one of which is checked; those of a table of sums together at the end. Throws
   * `corrupt` naming the first bad height, `state` where what the table needs is withheld.
   */
  async *read(blocks: Blocks): AsyncGenerator<Cell[][]> {
    const table = this.#table;
    const { from, to, snapshot } = this.#stretch;
    const sums = "sums" in table ? new Indicators(this.#known, snapshot) : null;
    const chain = new Chain(this.#hasher);
    for await (const linked of blocksAfter(blocks, chain, snapshot)) {
      // What lies beyond is not looked at, and need not be good.
      if (linked.header.height >= to) break;
      const place = this.#place(linked);
      const isWanted = linked.header.height >= from;
      if (sums !== null) isWanted ? sums.add(place.block) : sums.pass(place.block);
      else if (isWanted && "rows" in table) yield table.rows(place);
    }
    if (from > 0 && chain.size <= from) fail("invalid", "from", `a height below ${chain.size}`, from);
    if (sums !== null && chain.size > 0 && "sums" in table) yield table.sums(sums.summary());
  }

  /** A block as its rows need it, its contracts taken. */
  #place(linked: LinkedBlock): Place {
    const { header, bytes, hash, isWithheld } = linked;
    if (isWithheld && "rows" in this.#table && this.#table.ofHeaders) {
      this.#ticks ??= this.#ticksOf(header);
      const block = { header, sections: noSections, secret: null };
      return {
        block,
        bytes,
        hash,
        totals: () => header.totals,
        registry: this.#registry,
        partyOf: () => undefined,
      };
    }
    const { block } = shown(linked);
    for (const contract of this.#registry.add(block))
      if (contract.kind === "market") this.#ticks = marketTicks(contract);
    let parties: readonly number[] | null = null;
    const partyOf = (order: number): number | undefined => {
      parties ??= decodeRecords(orderLayout, block.sections.orders).map(({ participant }) => participant);
      return parties[order];
    };
    return { block, bytes, hash, totals: () => totalsOf(block), registry: this.#registry, partyOf };
  }

  /** The ticks of a market whose genesis is withheld. */
  #ticksOf({ height, marketId: id }: Header): MarketTicks | null {
    const contract = this.#contract;
    if (contract === null)
      return this.columns.some(([, type]) => tickOf(type, defaultTicks) !== null)
        ? fail(
            "state",
            `block ${height}`,
            "the market contract, which says in what decimals count",
            "the header alone",
          )
        : null;
    const found = marketId(contract, this.#hasher);
    if (!sameBytes(found, id)) fail("corrupt", "market contract", hex(id), hex(found));
    return marketTicks(decodeCanonical(contract) as unknown as MarketContract);
  }
}
