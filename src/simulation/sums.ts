/**
 * What a run came to: its indicators, and how many orders its market refused. A run that goes on adds up the blocks
 * before only when somebody asks, so that it is back in the time that its market takes to open.
 */
import { placed } from "../errors.js";
import { type Block, checkBlock, decodeBlock } from "../ledger/format/block.js";
import type { Store } from "../ledger/store/store.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { Indicators, type Summary } from "../report/indicators.js";
import type { Community } from "./community.js";

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

/** The sums of a run's blocks from genesis on. */
export class RunSums {
  readonly #community: Community;
  readonly #hasher: Hasher;
  readonly #indicators = new Indicators();
  #refusedOrders = 0;
  /** Height of the next block to be added. */
  #height = 0;
  #reading: Promise<void> | null = null;

  constructor(community: Community, hasher: Hasher) {
    this.#community = community;
    this.#hasher = hasher;
  }

  /**
   * Adds a block that was just made, of a period for which so many orders were placed. Where blocks before it are
   * missing here it is left to {@link catchUp}.
   */
  follow(block: Block, placedOrders: number): void {
    if (this.#reading === null && block.header.height === this.#height) this.#add(block, placedOrders);
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
      const placedOrders = place < 0 ? 0 : this.#community.orders(place).quantity.length;
      this.#add(checkedBlock(bytes, this.#height, this.#hasher), placedOrders);
    }
  }

  #add(block: Block, placedOrders: number): void {
    this.#indicators.add(block);
    if (this.#height > 0) this.#refusedOrders += placedOrders - block.header.sections.orders.count;
    this.#height += 1;
  }

  /** What the blocks that were added came to. */
  summary(): Summary {
    return this.#indicators.summary();
  }

  /** Orders that were placed and are in none of the blocks that were added. */
  get refusedOrders(): number {
    return this.#refusedOrders;
  }
}
