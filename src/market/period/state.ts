/**
 * What a market carries from one period to the next: all that the next period needs. A block holds the roots of it,
 * section by section, so whoever has the records of a height can check them and go on from there.
 */
import { describeSection, encodeItems } from "../../ledger/format/block.js";
import { encodeCanonical } from "../../ledger/format/canonical.js";
import { marketId, type Rooted } from "../../ledger/format/header.js";
import { type StateSection, sectionLayouts, stateSections } from "../../ledger/format/sections.js";
import { termsHash } from "../../ledger/format/snapshot.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { Accounts } from "../books/accounts.js";
import type { Journal } from "../books/journal.js";
import { Positions } from "../books/positions.js";
import { Sheets } from "../books/sheets.js";
import { Workspace } from "../books/workspace.js";
import { type BookTerms, bookContracts } from "../contracts/communities.js";
import type { Contract } from "../contracts/contracts.js";
import { applyContract, checkContract } from "../contracts/kinds.js";
import { Rules } from "../contracts/rules.js";
import { Terms } from "../contracts/terms.js";
import { encodeBalances, encodeBooks, rootedOf } from "./carried.js";
import { LastReadings } from "./lastreadings.js";
import type { MeterBook } from "./meters.js";
import { ResolvedTerms } from "./resolved.js";

/** Number of records and root of every section of what is carried over. */
export type StateRoots = Readonly<Record<StateSection, Rooted>>;

/** Everything that one period hands to the next: contracts, accounts, charges, and meters not yet settled. */
export class MarketState {
  readonly terms: Terms = new Terms();
  readonly accounts: Accounts = new Accounts();
  /** State of charge by device number, in quantity ticks. */
  readonly charges: number[] = [];
  /** Past periods with readings to come or to correct, oldest first. */
  readonly books: Map<number, MeterBook> = new Map();
  readonly lastReadings: LastReadings = new LastReadings();
  /** Of the period at hand, and of the trial before it clears; nothing of them goes into the next. */
  readonly positions: Positions = new Positions();
  readonly trial: Positions = new Positions();
  readonly sheets: Sheets = new Sheets();
  readonly workspace: Workspace = new Workspace();
  readonly rules: Rules = new Rules(this.terms);
  #resolved: ResolvedTerms | null = null;
  #marketId: Uint8Array | null = null;
  readonly #bookTerms = new WeakMap<BookTerms, Uint8Array>();

  /**
   * Puts a contract, with its canonical JSON, in force at the beginning of `period` and books what that moves. Throws
   * `refused`, `conflict` or `limit`, and changes nothing, when it does not fit.
   */
  enter(contract: Contract, text: Uint8Array, period: number, journal: Journal): void {
    const key = checkContract(contract, this, period);
    const held = applyContract(key, contract, this, journal);
    if (held !== null) this.rules.enter(held, text);
    else if (contract.kind === "end") this.rules.end();
    this.#resolved = null;
  }

  /** A period begins at an instant, Unix time in milliseconds: prices outside the market are those of then. */
  begin(ms: number): void {
    if (this.terms.begin(ms)) this.#resolved = null;
  }

  /** SHA-256 that names the market, worked out once: its contract never changes. */
  marketId(hasher: Hasher): Uint8Array {
    this.#marketId ??= marketId(encodeCanonical(this.terms.market), hasher);
    return this.#marketId;
  }

  /** What orders are held against; worked out anew once a contract has entered. */
  get resolved(): ResolvedTerms {
    this.#resolved ??= new ResolvedTerms(this.terms);
    return this.#resolved;
  }

  /**
   * Counts and roots of all sections. In an open market what did not change since they were last asked for is not
   * hashed again; in a private one everything is, with the salts of the period.
   */
  roots(hasher: Hasher, secret: Uint8Array | null): StateRoots {
    if (secret !== null) {
      const salted = (name: StateSection): Rooted =>
        describeSection(name, this.records(name, hasher), secret, hasher);
      return Object.fromEntries(stateSections.map((name) => [name, salted(name)])) as Record<
        StateSection,
        Rooted
      >;
    }
    return {
      state: rootedOf(sectionLayouts.state, this.records("state", hasher), hasher),
      rules: this.rules.rooted(hasher),
      names: this.terms.names.rooted(hasher),
      books: rootedOf(sectionLayouts.books, this.records("books", hasher), hasher),
      lastReadings: this.lastReadings.rooted(hasher),
    };
  }

  /** The records of a section, end to end: to be read, before the state changes again. */
  records(section: StateSection, hasher: Hasher): Uint8Array {
    switch (section) {
      case "state":
        return encodeBalances(this.accounts, this.charges);
      case "rules":
        return encodeItems([...this.terms.inForce.values()].map(({ contract }) => encodeCanonical(contract)));
      case "names":
        return this.terms.names.encode(hasher);
      case "books":
        return encodeBooks(this.books, (terms) => this.#hashOf(terms, hasher), hasher);
      case "lastReadings":
        return this.lastReadings.encode();
    }
  }

  /** The hash of a book's terms, worked out once for each. */
  #hashOf(terms: BookTerms, hasher: Hasher): Uint8Array {
    const known = this.#bookTerms.get(terms);
    if (known !== undefined) return known;
    const hash = termsHash(bookContracts(terms), hasher);
    this.#bookTerms.set(terms, hash);
    return hash;
  }
}
