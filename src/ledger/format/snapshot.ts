/**
 * A snapshot: all that a market carries over after one block, in one document, with the header whose roots it has to
 * come to (docs/ledger-format.md). Whoever trusts the header can begin there. One state has one document.
 */
import { concat, fromUtf8, hex, sameBytes, toUtf8, viewOf, wantBytes } from "../../bytes.js";
import { needArray, needObject } from "../../check.js";
import { fail } from "../../errors.js";
import { type Carrier, carriers } from "../../units.js";
import { checkHasher, type Hasher, hashBytes } from "../tree/hasher.js";
import { CompactRange, perfectSizes } from "../tree/merkle.js";
import { describeSection, encodeItems, isPrivate } from "./block.js";
import { bookTradesRoot, partsOfBook, rootOfBook } from "./books.js";
import {
  decodeHeader,
  encodeHeader,
  formatVersion,
  type Header,
  headerBytes,
  maxBlockBytes,
  maxItemBytes,
} from "./header.js";
import { checkRecords, decodeRecords, encodeRecords, type Layout, layout, readRecord } from "./layout.js";
import { secretBytes } from "./salting.js";
import { recordsRoot, type StateSection } from "./sections.js";
import {
  type BookRecord,
  bookLayout,
  bookShared,
  bookTraded,
  bookTradeLayout,
  lastReadingLayout,
  meterLayout,
  type NameRecord,
  nameKinds,
  nameLayout,
  stateLayout,
} from "./state.js";

/** A name as a snapshot has it: the text that its record has the hash of. */
export interface SnapshotName {
  readonly kind: (typeof nameKinds)[number];
  readonly carrier: Carrier | null;
  readonly number: number;
  readonly name: string;
  /** Canonical JSON of the contract that ended, of a participant, storage or converter; null for everything else. */
  readonly contract: Uint8Array | null;
}

/** All that a market carries over after the block that `header` heads. */
export interface Snapshot {
  readonly header: Header;
  /** The secret of the block's period in a private market, without which nothing here comes to a root; else null. */
  readonly secret: Uint8Array | null;
  /** Roots of the perfect subtrees that tile the blocks below, largest first: the history goes on from them. */
  readonly subtrees: readonly Uint8Array[];
  /** Canonical JSON of the contracts in force. */
  readonly contracts: readonly Uint8Array[];
  readonly names: readonly SnapshotName[];
  /** Records, end to end; so are the books and the last readings. */
  readonly state: Uint8Array;
  readonly books: Uint8Array;
  /**
   * Canonical JSON of the contracts by which the books settle: the payment contract alone, or with those by which the
   * period is shared; each list once, in the order of the books.
   */
  readonly terms: readonly (readonly Uint8Array[])[];
  /** What each book holds: the records of its meters, and behind them those of its trades (format/books.ts). */
  readonly meters: readonly Uint8Array[];
  readonly lastReadings: Uint8Array;
}

interface Head {
  readonly magic: number;
  readonly version: number;
  readonly terms: number;
}

interface NameHead {
  readonly kind: (typeof nameKinds)[number];
  readonly carrier: Carrier | null;
  readonly number: number;
}

/** "GCLS" as a little-endian u32. */
const magic = 0x534c_4347;
const headLayout: Layout<Head> = /* @__PURE__ */ layout("snapshot", [
  ["magic", "u32"],
  ["version", "u16"],
  [null, 2],
  ["terms", "u32"],
  [null, 4],
]);
/** What stands before the text of a name. */
const nameHeadLayout: Layout<NameHead> = /* @__PURE__ */ layout("names", [
  ["kind", { names: nameKinds, first: 1 }],
  ["carrier", { names: carriers, first: 0, nullable: true }],
  [null, 2],
  ["number", "u32"],
]);

/** Largest snapshot, in bytes. */
export const maxSnapshotBytes: number = maxBlockBytes;

/** Contracts that count on after their end: of their key's next contract they say who has to sign it. */
const signerKinds = ["participant/", "storage/", "converter/"];

/** Whether the last contract of an ended key is still needed, to know who signs the next. */
export function keepsSigner(key: string): boolean {
  return signerKinds.some((kind) => key.startsWith(kind));
}

/** Snapshot to its bytes. Throws `limit` beyond {@link maxSnapshotBytes}, `invalid` for what fits no field. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  const { header, secret, subtrees, contracts, names, terms } = needObject(snapshot, "snapshot");
  needArray(terms, "snapshot.terms");
  const head = { magic, version: formatVersion, terms: terms.length };
  const books = decodeRecords(bookLayout, snapshot.books);
  const parts = [
    encodeRecords(headLayout, [head]),
    encodeHeader(header),
    ...(secret === null ? [] : [secret]),
    ...subtrees,
    encodeItems(contracts),
    encodeItems(names.flatMap(nameItems)),
    snapshot.state,
    snapshot.books,
    ...terms.map(encodeTerms),
    ...snapshot.meters.flatMap((bytes, index) => encodeBook(books[index]!, bytes)),
    snapshot.lastReadings,
  ];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > maxSnapshotBytes) fail("limit", "snapshot", `at most ${maxSnapshotBytes} bytes`, length);
  return concat(...parts);
}

/** What a book holds; its trades stand behind their number. */
function encodeBook(book: BookRecord, bytes: Uint8Array): Uint8Array[] {
  const { meters, trades } = partsOfBook(book, bytes);
  return trades === null ? [meters] : [meters, encodeCount(trades.length / bookTradeLayout.bytes), trades];
}

/** The contracts of a book: one stands alone, several stand behind their number. */
function encodeTerms(contracts: readonly Uint8Array[]): Uint8Array {
  if (contracts.length === 1) return encodeItems(contracts);
  return concat(encodeCount(contracts.length), encodeItems(contracts));
}

function encodeCount(count: number): Uint8Array {
  const bytes = new Uint8Array(4);
  viewOf(bytes).setUint32(0, count, true);
  return bytes;
}

/**
 * The hash by which a book names the contracts by which it settles, in canonical JSON: of a payment contract alone its
 * SHA-256, of more the RFC 6962 root whose leaves they are.
 */
export function termsHash(contracts: readonly Uint8Array[], hasher: Hasher): Uint8Array {
  return contracts.length === 1
    ? hasher.sha256(contracts[0]!)
    : hasher.nodesRoot(hasher.leafHashes(contracts));
}

function nameItems(entry: SnapshotName): Uint8Array[] {
  const { kind, carrier, number, name, contract } = entry;
  const text = concat(encodeRecords(nameHeadLayout, [{ kind, carrier, number }]), toUtf8(name));
  return contract === null ? [text] : [text, contract];
}

/**
 * Bytes to a snapshot whose parts are views into them, each checked against the root that the header has for it. What
 * the header is worth is for whoever calls to know. Throws `corrupt` naming the part, `unsupported` for another
 * version.
 */
export function decodeSnapshot(bytes: Uint8Array, hasher: Hasher): Snapshot {
  checkHasher(hasher);
  const reader = new Reader(wantBytes(bytes, "snapshot"));
  const head = readHead(reader.take(headLayout.bytes));
  const header = decodeHeader(reader.take(headerBytes));
  const secret = isPrivate(header) ? reader.take(secretBytes) : null;
  const subtrees = perfectSizes(header.height).map(() => reader.take(hashBytes));
  const history = new CompactRange(hasher, header.height, subtrees).root();
  if (!sameBytes(history, header.history))
    fail("corrupt", "snapshot history", hex(header.history), hex(history));
  const { sections } = header;
  const check = (name: StateSection, bytes: Uint8Array): void => {
    const { root } = describeSection(name, bytes, secret, hasher);
    if (!sameBytes(root, sections[name].root))
      fail("corrupt", `snapshot ${name}`, hex(sections[name].root), hex(root));
  };
  const records = (name: StateSection, of: Layout<unknown>): Uint8Array => {
    const part = reader.take(sections[name].count * of.bytes);
    check(name, part);
    checkRecords(of, part);
    return part;
  };
  const contracts = reader.items(sections.rules.count);
  check("rules", encodeItems(contracts));
  const names: SnapshotName[] = [];
  while (names.length < sections.names.count) names.push(readName(reader));
  check("names", encodeRecords(nameLayout, names.map(recordOf(hasher))));
  const state = records("state", stateLayout);
  const books = records("books", bookLayout);
  const described = decodeRecords(bookLayout, books);
  const terms = readTerms(reader, head.terms, described, hasher);
  const meters = described.map((book) => readBook(reader, book, hasher));
  const lastReadings = records("lastReadings", lastReadingLayout);
  reader.end();
  return { header, secret, subtrees, contracts, names, state, books, terms, meters, lastReadings };
}

function readHead(bytes: Uint8Array): Head {
  const head = readRecord(headLayout, bytes, 0);
  if (head.magic !== magic) fail("corrupt", "snapshot.magic", '"GCLS"', bytes.subarray(0, 4).join(" "));
  if (head.version !== formatVersion)
    fail("unsupported", "snapshot.version", `${formatVersion}`, head.version);
  checkRecords(headLayout, bytes, () => "snapshot");
  return head;
}

function readName(reader: Reader): SnapshotName {
  const item = reader.item();
  const head = item.subarray(0, nameHeadLayout.bytes);
  if (head.length < nameHeadLayout.bytes)
    return fail("corrupt", "snapshot names", `${nameHeadLayout.bytes} bytes before a name`, head.length);
  checkRecords(nameHeadLayout, head, () => "snapshot names");
  const name = fromUtf8(item.subarray(nameHeadLayout.bytes));
  if (name === null) return fail("corrupt", "snapshot names", "UTF-8", "other bytes");
  const fields = readRecord(nameHeadLayout, head, 0);
  const contract = fields.kind === "ended" && keepsSigner(name) ? reader.item() : null;
  return { ...fields, name, contract };
}

/** The record of a name. */
const recordOf =
  (hasher: Hasher) =>
  ({ kind, carrier, number, name, contract }: SnapshotName): NameRecord => ({
    kind,
    carrier,
    number,
    name: hasher.sha256(toUtf8(name)),
    contract: contract === null ? new Uint8Array(hashBytes) : hasher.sha256(contract),
  });

/** What the books settle by, each once and nothing by which none does. */
function readTerms(
  reader: Reader,
  count: number,
  books: readonly BookRecord[],
  hasher: Hasher,
): Uint8Array[][] {
  const wanted = [...new Map(books.map((book) => [hex(book.terms), book])).values()];
  if (count !== wanted.length) fail("corrupt", "snapshot.terms", `${wanted.length}`, count);
  return wanted.map(({ terms, flags }) => {
    const isShared = (flags & bookShared) !== 0;
    const contracts = isShared ? reader.items(reader.count()) : [reader.item()];
    if (isShared && contracts.length < 2)
      fail("corrupt", "snapshot terms", "contracts by which a period is shared", contracts.length);
    const found = termsHash(contracts, hasher);
    return sameBytes(found, terms) ? contracts : fail("corrupt", "snapshot terms", hex(terms), hex(found));
  });
}

function readBook(reader: Reader, { period, meters, root, flags }: BookRecord, hasher: Hasher): Uint8Array {
  const part = reader.take(meters * meterLayout.bytes);
  const isTraded = (flags & bookTraded) !== 0;
  const trades = isTraded ? reader.take(reader.count() * bookTradeLayout.bytes) : null;
  const tradesRoot = trades === null ? null : bookTradesRoot(trades, hasher);
  const found = rootOfBook(recordsRoot(meterLayout, part, hasher), tradesRoot, hasher);
  if (!sameBytes(found, root)) fail("corrupt", `snapshot meters of period ${period}`, hex(root), hex(found));
  checkRecords(meterLayout, part);
  if (trades === null) return part;
  checkRecords(bookTradeLayout, trades);
  return concat(part, trades);
}

/** Bytes taken from the front, never more than there are. */
class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    const left = this.#bytes.length - this.#at;
    if (length > left) return fail("corrupt", "snapshot", `${length} bytes more`, left);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  count(): number {
    return viewOf(this.take(4)).getUint32(0, true);
  }

  /** An item behind its length. */
  item(): Uint8Array {
    const length = this.count();
    if (length > maxItemBytes)
      fail("corrupt", "snapshot", `an item of at most ${maxItemBytes} bytes`, length);
    return this.take(length);
  }

  items(count: number): Uint8Array[] {
    const found: Uint8Array[] = [];
    while (found.length < count) found.push(this.item());
    return found;
  }

  end(): void {
    if (this.#at !== this.#bytes.length) fail("corrupt", "snapshot", `${this.#at} bytes`, this.#bytes.length);
  }
}
