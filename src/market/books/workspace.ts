/**
 * Columns on which periods work, kept from one to the next. A period of a million orders works on 100 MB of them: fresh
 * ones cost a page fault every 4 KiB, and have the garbage collector look through the whole market.
 */

/** What each column is for; no two uses of one name may overlap. */
type Name =
  | "orders"
  | "replaced"
  | "live"
  | "revisions"
  | "means"
  | `carrier${number}`
  | "gatheredOffers"
  | "gatheredBids"
  | `${"offer" | "bid"}${"Participant" | "Quantity" | "Price" | "Area" | "Left" | "PoolLimit" | "Place" | "Account"}`;

/**
 * Room for columns by name. Its columns are views, in which stands whatever stood there last, and of which the first
 * `kept` values stay where a column is asked for again because it grows.
 */
export class Workspace {
  readonly #rooms = new Map<Name, ArrayBuffer>();

  u8(name: Name, length: number, kept = 0): Uint8Array {
    return new Uint8Array(this.#room(name, length, kept), 0, length);
  }

  u16(name: Name, length: number): Uint16Array {
    return new Uint16Array(this.#room(name, 2 * length), 0, length);
  }

  u32(name: Name, length: number, kept = 0): Uint32Array {
    return new Uint32Array(this.#room(name, 4 * length, 4 * kept), 0, length);
  }

  i32(name: Name, length: number, kept = 0): Int32Array {
    return new Int32Array(this.#room(name, 4 * length, 4 * kept), 0, length);
  }

  f64(name: Name, length: number): Float64Array {
    return new Float64Array(this.#room(name, 8 * length), 0, length);
  }

  /** A column with the numbers of another. */
  copied(name: Name, of: Uint32Array): Uint32Array {
    const column = this.u32(name, of.length);
    column.set(of);
    return column;
  }

  /** Bytes of a column, of which the first `kept` stay. */
  #room(name: Name, bytes: number, kept = 0): ArrayBuffer {
    const known = this.#rooms.get(name);
    if (known !== undefined && known.byteLength >= bytes) return known;
    // Some more than asked for, and a whole number of the widest values: the next period is a little larger.
    const room = new ArrayBuffer(8 * Math.ceil((bytes + bytes / 8 + 64) / 8));
    if (known !== undefined && kept > 0) new Uint8Array(room).set(new Uint8Array(known, 0, kept));
    this.#rooms.set(name, room);
    return room;
  }
}

/** Numbers one behind the other, in a column that grows: `grow` gives it, with the first `kept` that stand in it. */
export class Numbers {
  count = 0;
  readonly #grow: (length: number, kept: number) => Uint32Array;
  #column: Uint32Array;

  constructor(grow: (length: number, kept: number) => Uint32Array) {
    this.#grow = grow;
    this.#column = grow(64, 0);
  }

  push(number: number): void {
    if (this.count === this.#column.length) this.#column = this.#grow(2 * this.count, this.count);
    this.#column[this.count] = number;
    this.count += 1;
  }

  /** A view of the numbers so far. */
  get column(): Uint32Array {
    return this.#column.subarray(0, this.count);
  }
}
