/**
 * What a month comes to for many members at once: each block of a ledger is read one time, and its records are handed
 * to whoever's own they are. What a member's own records are says `report/bundle/own.ts`, as for a bundle.
 */
import type { Block } from "../ledger/format/block.js";
import { recordSections, sectionLayouts } from "../ledger/format/sections.js";
import type { Snapshot } from "../ledger/format/snapshot.js";
import type { BundleRecord } from "../ledger/proof/bundle.js";
import type { MarketContract } from "../market/contracts/contracts.js";
import { eachOwner, type Holders, nobody } from "../report/bundle/own.js";
import { contractsAfter, Registry } from "../report/registry.js";
import type { WantedMonth } from "./months.js";
import { BillingRules } from "./rules.js";
import { type Usage, UsageReader } from "./usage.js";

/** A member whose month is wanted. */
export interface Asked {
  readonly participant: string;
  readonly month: WantedMonth;
}

/** One who is read, by a number that is known once a block has registered it. */
interface Read {
  readonly asked: Asked;
  readonly reader: UsageReader;
  records: BundleRecord[];
}

/** Reads blocks that have been checked, in order from genesis or from a snapshot on, into the months of members. */
export class MonthReader {
  readonly #registry: Registry;
  readonly #rules: BillingRules = new BillingRules();
  readonly #read: readonly Read[];
  /** By number, as far as they are registered. */
  readonly #byNumber: (Read | undefined)[] = [];
  #numbered = 0;
  #market: MarketContract | null = null;

  constructor(asked: readonly Asked[], snapshot: Snapshot | null = null) {
    const registry = Registry.after(snapshot);
    this.#registry = registry;
    for (const contract of snapshot === null ? [] : contractsAfter(snapshot)) {
      if (contract.kind === "market") this.#market = contract;
      this.#rules.enter(contract);
    }
    this.#read = asked.map((each) => {
      const member = {
        id: each.participant,
        get number(): number {
          return registry.numberOf(each.participant) ?? nobody;
        },
      };
      const reader = new UsageReader(member, each.month, this.#rules);
      if (snapshot !== null) reader.open(snapshot.header);
      return { asked: each, reader, records: [] };
    });
  }

  /** The market contract; null before genesis. */
  get market(): MarketContract | null {
    return this.#market;
  }

  /** Takes the next block. */
  add(block: Block): void {
    for (const contract of this.#registry.add(block)) {
      if (contract.kind === "market") this.#market = contract;
      this.#rules.enter(contract);
    }
    this.#number();
    const { header } = block;
    const open = this.#read.filter(({ reader }) => reader.open(header));
    if (open.length > 0) this.#handOut(block);
    for (const { reader, records } of open) reader.read(header, records);
    for (const read of this.#read) if (read.records.length > 0) read.records = [];
  }

  /** Whether no further block can say anything of those who were asked for. */
  get isOver(): boolean {
    return this.#read.every(({ reader }) => reader.isOver);
  }

  /** What came of the blocks for those who were asked for; of whom no block registered there is nothing. */
  usages(): ReadonlyMap<string, Usage> {
    return new Map(
      this.#read
        .filter(({ asked }) => this.#registry.numberOf(asked.participant) !== undefined)
        .map(({ asked, reader }) => [asked.participant, reader.end()]),
    );
  }

  /** Finds those who were asked for among the participants that are new. */
  #number(): void {
    const { participants } = this.#registry;
    if (this.#numbered === participants.length) return;
    const byName = new Map(this.#read.map((read) => [read.asked.participant, read]));
    for (; this.#numbered < participants.length; this.#numbered += 1)
      this.#byNumber[this.#numbered] = byName.get(participants[this.#numbered]!);
  }

  /** Hands the records of a block to whoever's own they are. */
  #handOut({ sections }: Block): void {
    const orderers: number[] = [];
    const holders: Holders = {
      order: (place) => orderers[place] ?? nobody,
      device: (number) => this.#registry.devices[number]?.owner ?? nobody,
    };
    for (const section of recordSections) {
      const bytes = sections[section];
      const width = sectionLayouts[section]!.bytes;
      eachOwner(section, bytes, holders, (owner, index) => {
        if (section === "orders") orderers[index] = owner;
        this.#byNumber[owner]?.records.push({
          section,
          index,
          bytes: bytes.subarray(index * width, (index + 1) * width),
        });
      });
    }
  }
}
