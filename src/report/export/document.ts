import { fromHex, hex, sameBytes } from "../../bytes.js";
import { fail } from "../../errors.js";
import {
  type Block,
  buildBlock,
  decodeBlock,
  decodeItems,
  encodeBlock,
  encodeItems,
  hashOfBlock,
} from "../../ledger/format/block.js";
import { decodeCanonical, encodeCanonical } from "../../ledger/format/canonical.js";
import { Chain } from "../../ledger/format/chain.js";
import { formatVersion, type Header, signedMarket, totalNames } from "../../ledger/format/header.js";
import { decodeRecords, encodeRecords, type Layout } from "../../ledger/format/layout.js";
import {
  flowLayout,
  orderLayout,
  postingLayout,
  readingLayout,
  tradeLayout,
} from "../../ledger/format/records.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { type Carrier, carriers } from "../../units.js";

// A ledger as one JSON document, a block on each line:
//   {"format":"gridclear ledger","version":1,"blocks":[
//   {block},
//   {block}
//   ],"root":"…"}
// Ticks as they stand in the records; what may pass 2^53 is a string of decimal digits, hashes and evidence are hexadecimal.

const format = "gridclear ledger";
type Fields = Record<string, unknown>;

const recordSections: readonly (readonly [
  "orders" | "trades" | "flows" | "readings" | "postings",
  Layout<unknown>,
])[] = [
  ["orders", orderLayout],
  ["trades", tradeLayout],
  ["flows", flowLayout],
  ["readings", readingLayout],
  ["postings", postingLayout],
];
const blockKeys = [
  "height",
  "hash",
  "version",
  "flags",
  "marketId",
  "period",
  "timestampMs",
  "previous",
  "history",
  "rules",
  "contracts",
  "orders",
  "evidence",
  "trades",
  "flows",
  "readings",
  "postings",
  "state",
  "totals",
];

/** A block as plain JSON data: everything in it, and its hash. */
export function blockToJson(block: Block, hasher: Hasher): Fields {
  const { header, sections } = block;
  const records = (name: (typeof recordSections)[number][0], layout: Layout<unknown>): unknown[] =>
    decodeRecords(layout, sections[name]).map((record) => textual(record as Fields));
  const [orders, trades, flows, readings, postings] = recordSections.map(([name, layout]) =>
    records(name, layout),
  );
  return {
    height: header.height,
    hash: hex(hashOfBlock(block, hasher)),
    version: header.version,
    flags: header.flags,
    marketId: hex(header.marketId),
    period: header.period,
    timestampMs: header.timestampMs,
    previous: hex(header.previous),
    history: hex(header.history),
    rules: hex(header.rules),
    contracts: decodeItems(sections.contracts).map((item) => decodeCanonical(item)),
    orders,
    evidence: decodeItems(sections.evidence).map(hex),
    trades,
    flows,
    readings,
    postings,
    state: { count: header.sections.state.count, root: hex(header.sections.state.root) },
    totals: Object.fromEntries(carriers.map((carrier) => [carrier, textual(header.totals[carrier])])),
  };
}

const textual = (record: Fields | Readonly<Record<string, bigint>>): Fields =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, typeof value === "bigint" ? `${value}` : value]),
  );

/** An object with exactly these keys, own ones. */
function fieldsOf(value: unknown, keys: readonly string[], path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return fail("invalid", path, "an object", value);
  const extra = Object.keys(value).find((key) => !keys.includes(key));
  if (extra !== undefined) fail("invalid", path, `no key but ${keys.join(", ")}`, extra);
  const missing = keys.find((key) => !Object.hasOwn(value, key));
  if (missing !== undefined) fail("invalid", `${path}.${missing}`, "a value", undefined);
  return value as Fields;
}

const listOf = (value: unknown, path: string): readonly unknown[] =>
  Array.isArray(value) ? value : fail("invalid", path, "an array", value);

function wholeOf(value: unknown, path: string): bigint {
  return typeof value === "string" && /^(0|-?[1-9][0-9]{0,39})$/.test(value)
    ? BigInt(value)
    : fail("invalid", path, "a whole number in a string", value);
}

const hashOf = (value: unknown, path: string): Uint8Array => {
  const bytes = fromHex(value, path);
  return bytes.length === 32 ? bytes : fail("invalid", path, "64 hexadecimal digits", value);
};

function recordsFrom(layout: Layout<unknown>, value: unknown, path: string): Uint8Array {
  const names = layout.fields.flatMap((field) => field.name ?? []);
  const big = layout.fields.filter((field) => field.scalar !== null && /^(u64|i64|i128)$/.test(field.scalar));
  const records = listOf(value, path).map((entry, index) => {
    const record = { ...fieldsOf(entry, names, `${path}[${index}]`) };
    for (const { name } of big) record[name!] = wholeOf(record[name!], `${path}[${index}].${name}`);
    return record;
  });
  return encodeRecords(layout, records);
}

/**
 * A block from what {@link blockToJson} gave. Throws `invalid` naming the field that is missing, unknown or of the wrong
 * form, `corrupt` when the block has another hash than the data says.
 */
export function blockFromJson(value: unknown, hasher: Hasher, path: string = "block"): Block {
  const fields = fieldsOf(value, blockKeys, path);
  const { version, flags, height, period, timestampMs } = fields as unknown as Header;
  if (version !== formatVersion) fail("unsupported", `${path}.version`, `${formatVersion}`, version);
  if (flags !== 0 && flags !== signedMarket) fail("invalid", `${path}.flags`, "0 or 1", flags);
  const contracts = listOf(fields.contracts, `${path}.contracts`).map((contract, index) =>
    encodeCanonical(contract, `${path}.contracts[${index}]`),
  );
  const evidence = listOf(fields.evidence, `${path}.evidence`).map((item, index) =>
    fromHex(item, `${path}.evidence[${index}]`),
  );
  const state = fieldsOf(fields.state, ["count", "root"], `${path}.state`);
  const byCarrier = fieldsOf(fields.totals, carriers, `${path}.totals`);
  const totals = (carrier: Carrier): [Carrier, Fields] => {
    const sums = fieldsOf(byCarrier[carrier], totalNames, `${path}.totals.${carrier}`);
    const read = (name: string): bigint => wholeOf(sums[name], `${path}.totals.${carrier}.${name}`);
    return [carrier, Object.fromEntries(totalNames.map((name) => [name, read(name)]))];
  };
  const sections = recordSections.map(([name, layout]) => [
    name,
    recordsFrom(layout, fields[name], `${path}.${name}`),
  ]);
  const block = buildBlock(
    {
      signed: flags === signedMarket,
      height,
      period,
      timestampMs,
      marketId: hashOf(fields.marketId, `${path}.marketId`),
      previous: hashOf(fields.previous, `${path}.previous`),
      history: hashOf(fields.history, `${path}.history`),
      rules: hashOf(fields.rules, `${path}.rules`),
      sections: {
        ...Object.fromEntries(sections),
        contracts: encodeItems(contracts),
        evidence: encodeItems(evidence),
      },
      state: { count: state.count as number, root: hashOf(state.root, `${path}.state.root`) },
      totals: Object.fromEntries(carriers.map(totals)) as Header["totals"],
    },
    hasher,
  );
  const found = hashOfBlock(block, hasher);
  if (!sameBytes(found, hashOf(fields.hash, `${path}.hash`)))
    fail("corrupt", `block ${height}: hash`, fields.hash as string, hex(found));
  return block;
}

/** A ledger as one JSON document, in pieces of text: a block on each line, the root over all block hashes at the end. */
export async function* exportJson(
  blocks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  hasher: Hasher,
): AsyncGenerator<string> {
  const chain = new Chain(hasher);
  yield `{"format":"${format}","version":${formatVersion},"blocks":[`;
  for await (const bytes of blocks) {
    yield `${chain.size === 0 ? "" : ","}\n${JSON.stringify(blockToJson(decodeBlock(bytes), hasher))}`;
    chain.append(bytes, true);
  }
  yield `\n],"root":"${hex(chain.root())}"}\n`;
}

/** Most text around the blocks of a document, and of one block: half of what a string can hold. */
const maxFrameCharacters = 1024;
const maxBlockCharacters = 1 << 28;

/**
 * Takes a document apart as its text comes: the JSON of each block as soon as it is whole, and what stands around the
 * blocks. Looks at quotes and brackets only, so it takes any layout; what it hands on is for a parser to judge.
 */
class DocumentSplitter {
  /** The document without its blocks. */
  frame = "";
  #block = "";
  #depth = 0;
  #inString = false;
  #escaped = false;
  #inBlocks = false;
  #afterComma = false;

  *split(piece: string): Generator<string> {
    let begin = 0;
    for (let at = 0; at < piece.length; at += 1) {
      const character = piece[at]!;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (character === "\\") this.#escaped = true;
        else if (character === '"') this.#inString = false;
      } else if (character === '"') this.#inString = true;
      else if (character === "{" || character === "[") {
        this.#depth += 1;
        if (this.#depth !== 2 || character === "{") continue;
        this.#keep(piece.slice(begin, at + 1));
        begin = at + 1;
        this.#inBlocks = /"blocks"\s*:\s*\[$/.test(this.frame);
      } else if (this.#inBlocks && this.#depth === 2 && (character === "," || character === "]")) {
        this.#keep(piece.slice(begin, at));
        begin = character === "]" ? at : at + 1;
        // Nothing between the brackets is an empty array; nothing beside a comma is no JSON, as the parser will say.
        if (character === "," || this.#afterComma || this.#block.trim() !== "") yield this.#block;
        this.#block = "";
        this.#afterComma = character === ",";
        if (character === "]") this.#inBlocks = false;
      }
      if (!this.#inString && (character === "}" || character === "]")) this.#depth -= 1;
    }
    this.#keep(piece.slice(begin));
  }

  #keep(text: string): void {
    if (this.#inBlocks) this.#block += text;
    else this.frame += text;
    if (this.frame.length > maxFrameCharacters)
      fail(
        "limit",
        "document",
        `at most ${maxFrameCharacters} characters around the blocks`,
        this.frame.length,
      );
    if (this.#block.length > maxBlockCharacters)
      fail("limit", "block", `at most ${maxBlockCharacters} characters`, this.#block.length);
  }
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return fail("invalid", path, "JSON", text);
  }
}

/**
 * The blocks of a document that {@link exportJson} wrote, in whatever layout and pieces it comes; holds one block at a
 * time, and verifies the whole chain on the way. Throws `invalid` for another document, `limit` for a block beyond 2²⁸
 * characters, `corrupt` naming the first height that does not follow or has another hash.
 */
export async function* importJson(
  pieces: AsyncIterable<string> | Iterable<string>,
  hasher: Hasher,
): AsyncGenerator<Uint8Array> {
  const chain = new Chain(hasher);
  const splitter = new DocumentSplitter();
  for await (const piece of pieces)
    for (const text of splitter.split(piece)) {
      const path = `blocks[${chain.size}]`;
      const bytes = encodeBlock(blockFromJson(parseJson(text, path), hasher, path));
      chain.append(bytes);
      yield bytes;
    }
  const frame = fieldsOf(
    parseJson(splitter.frame, "document"),
    ["format", "version", "blocks", "root"],
    "document",
  );
  if (frame.format !== format) fail("invalid", "document.format", `"${format}"`, frame.format);
  if (frame.version !== formatVersion)
    fail("unsupported", "document.version", `${formatVersion}`, frame.version);
  // Whatever stood in the array went block by block; what is left of it has to be empty.
  if (listOf(frame.blocks, "document.blocks").length > 0)
    fail("invalid", "document.blocks", "blocks", "another array");
  if (!sameBytes(chain.root(), hashOf(frame.root, "document.root")))
    fail("corrupt", "document.root", hex(chain.root()), frame.root);
}
