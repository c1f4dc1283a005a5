/**
 * What a run came to: its indicators, and how many orders its market refused. A run that goes on adds up the blocks
 * before only when somebody asks, so that it is back in the time that its market takes to open.
 */
import { placed } from "../errors.js";
import { type Block, checkBlock, decodeBlock } from "../ledger/format/block.js";
import type { Store } from "../ledger/store/store.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import type { OrderBatch } from "../market/intake/request.js";
import { Indicators, type Summary } from "../report/indicators.js";
import { type Carrier, carriers } from "../units.js";
import type { Community } from "./community.js";
import type { History } from "./history.js";
import { knownOf } from "./known.js";
import { readRecords } from "./records.js";

/** A block of a store, its sections checked against its header. Throws `corrupt` naming the height. */
export function checkedBlock(bytes: Uint8Array, height: number, hasher: Hasher): Block {
  try {
    const block = decodeBlock(bytes);
    checkBlock(block, hasher);
    return block;
  } catch (error) {
    throw placed(error, height);
  }
}

/** An order of a run that is in no block. */
export interface MissingOrder {
  readonly participant: string;
  readonly carrier: Carrier;
  /** The period that it was for, by its place in the run, from 0. */
  readonly place: number;
}

/** Place in a batch, of one order a participant and carrier, of the first that a block does not hold. */
function firstMissing(block: Block, { participant, carrier }: OrderBatch): number {
  const held = new Set<number>();
  readRecords(block, { order: ({ slot }) => held.add(slot) });
  return participant.findIndex((who, index) => !held.has(who * carriers.length + carrier[index]!));
}

/** The sums of a run's blocks from genesis on. */
export class RunSums {
  readonly #community: Community;
  readonly #hasher: Hasher;
  readonly #history: History | null;
  readonly #indicators: Indicators;
  #refusedOrders = 0;
  #firstRefused: MissingOrder | null = null;
  /** Height of the next block to be added. */
  #height = 0;
  #reading: Promise<void> | null = null;

  /** @param history what members remember of no block yet; null when none of them learns */
  constructor(community: Community, hasher: Hasher, history: History | null) {
    this.#community = community;
    this.#history = history;
    this.#indicators = new Indicators(knownOf(community));
    this.#hasher = hasher;
  }

  /**
   * Adds a block that was just made, and the orders that were placed for its period. Where blocks before it are missing
   * here it is left to {@link catchUp}.
   */
  follow(block: Block, orders: OrderBatch): void {
    if (this.#reading === null && block.header.height === this.#height) this.#add(block, orders);
  }

  /** Adds what a store holds and is missing here. Throws `corrupt` naming the height of a block that does not hold. */
  catchUp(store: Store): Promise<void> {
    this.#reading ??= this.#read(store).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(store: Store): Promise<void> {
    if (this.#height >= store.size) return;
    for await (const bytes of store.blocks(this.#height)) {
      const place = this.#height - 1;
      const orders = place < 0 ? null : this.#community.placed(place, this.#history).orders;
      this.#add(checkedBlock(bytes, this.#height, this.#hasher), orders);
    }
  }

  #add(block: Block, orders: OrderBatch | null): void {
    this.#indicators.add(block);
    if (orders !== null) {
      this.#compare(block, orders);
      this.#history?.add(block, this.#height - 1);
    }
    this.#height += 1;
  }

  #compare(block: Block, orders: OrderBatch): void {
    const refused = orders.quantity.length - block.header.sections.orders.count;
    this.#refusedOrders += refused;
    if (refused === 0 || this.#firstRefused !== null) return;
    const index = firstMissing(block, orders);
    this.#firstRefused = {
      participant: this.#community.members[orders.participant[index]!]!.id,
      carrier: carriers[orders.carrier[index]!]!,
      place: this.#height - 1,
    };
  }

  /** What the blocks that were added came to. */
  summary(): Summary {
    return this.#indicators.summary();
  }

  /** Orders that were placed and are in none of the blocks that were added: how many, and the first. */
  get refused(): { readonly orders: number; readonly first: MissingOrder | null } {
    return { orders: this.#refusedOrders, first: this.#firstRefused };
  }
}
