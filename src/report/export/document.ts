/**
 * A ledger as one JSON document, a block on each line:
 *
 *   {"format":"gridclear ledger","version":1,"blocks":[
 *   {block},
 *   {block}
 *   ],"root":"…"}
 *
 * Ticks stand as they do in the records; what may pass 2^53 is a string of decimal digits, hashes and evidence are
 * hexadecimal. Any JSON parser reads the whole. Reading it back goes line by line, so that a ledger of any size needs
 * room for one block, and takes no text but the one that is written here: each ledger has one document, and nothing in
 * it can be read in two ways.
 */
import { fromHex, hex, sameBytes } from "../../bytes.js";
import {
  anything,
  type Check,
  type Fields,
  hexText,
  integer,
  list,
  needIterable,
  oneOf,
  optional,
  record,
} from "../../check.js";
import { fail, notShown, within } from "../../errors.js";
import {
  type Block,
  buildBlock,
  decodeItems,
  encodeBlock,
  encodeItems,
  hashOfBlock,
} from "../../ledger/format/block.js";
import { decodeCanonical, encodeCanonical } from "../../ledger/format/canonical.js";
import type { Blocks } from "../../ledger/format/chain.js";
import { Chain } from "../../ledger/format/chain.js";
import {
  formatVersion,
  type Header,
  privateMarket,
  type Rooted,
  signedMarket,
  totalNames,
} from "../../ledger/format/header.js";
import { decodeRecords, encodeRecords, type Layout } from "../../ledger/format/layout.js";
import { none } from "../../ledger/format/records.js";
import {
  type RecordSection,
  recordSections,
  type StateSection,
  sectionLayouts,
  stateSections,
} from "../../ledger/format/sections.js";
import { type Hasher, hashBytes } from "../../ledger/tree/hasher.js";
import { carriers } from "../../units.js";
import { checkedBlocks } from "../blocks.js";

type Plain = Readonly<Record<string, unknown>>;

const textual = (record: Plain): Plain =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, typeof value === "bigint" ? `${value}` : value]),
  );

/** A block as plain JSON data: everything in it, and its hash. The order of the keys is part of the format. */
function blockToJson(block: Block, hasher: Hasher): Plain {
  const { header, sections, secret } = block;
  const records = (name: RecordSection): Plain => ({
    [name]: decodeRecords<unknown>(sectionLayouts[name], sections[name]).map((each) =>
      textual(each as Plain),
    ),
  });
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
    contracts: decodeItems(sections.contracts).map((item) => decodeCanonical(item)),
    ...records("orders"),
    evidence: decodeItems(sections.evidence).map(hex),
    ...records("trades"),
    ...records("flows"),
    ...records("readings"),
    ...records("postings"),
    ...Object.fromEntries(
      stateSections.map((name) => {
        const { count, root } = header.sections[name];
        return [name, { count, root: hex(root) }];
      }),
    ),
    totals: Object.fromEntries(carriers.map((carrier) => [carrier, textual({ ...header.totals[carrier] })])),
    ...(secret === null ? {} : { secret: hex(secret) }),
  };
}

const wholeText: Check<bigint> = (value, field) =>
  typeof value === "string" && /^(0|-?[1-9][0-9]{0,39})$/.test(value)
    ? BigInt(value)
    : fail("invalid", field, "a whole number in a string, without leading zeros", value);
const hash: Check<Uint8Array> = (value, field) => fromHex(hexText(hashBytes)(value, field), field);
const safe = integer(0, Number.MAX_SAFE_INTEGER);
const byName = <T>(names: readonly string[], check: Check<T>): Fields =>
  Object.fromEntries(names.map((name) => [name, check]));

/** A section's records: which of their fields are strings is seen by the layout, whose encoder checks the values. */
function recordsCheck(layout: Layout<unknown>): Check<Uint8Array> {
  const checks = layout.fields.flatMap(({ name, scalar }) =>
    name === null
      ? []
      : [[name, scalar === "u64" || scalar === "i64" || scalar === "i128" ? wholeText : anything]],
  );
  const records = list(record(Object.fromEntries(checks) as Fields), 0, none - 1);
  return (value, field) => {
    const found = records(value, field);
    return within(field, () => encodeRecords(layout, found));
  };
}

const checkJson = record({
  height: safe,
  hash,
  version: oneOf(formatVersion),
  flags: integer(0, signedMarket | privateMarket),
  marketId: hash,
  period: safe,
  timestampMs: safe,
  previous: hash,
  history: hash,
  contracts: list((value, field) => encodeCanonical(value as never, field), 0, none - 1),
  evidence: list((value, field) => fromHex(value, field), 0, none - 1),
  ...(Object.fromEntries(
    recordSections.map((name) => [name, recordsCheck(sectionLayouts[name] as Layout<unknown>)]),
  ) as Record<RecordSection, Check<Uint8Array>>),
  ...(Object.fromEntries(
    stateSections.map((name) => [name, record({ count: integer(0, none), root: hash })]),
  ) as Record<StateSection, Check<Rooted>>),
  totals: record(byName(carriers, record(byName(totalNames, wholeText)))),
  secret: optional((value, field) => {
    const text: unknown = value;
    // What is wrong with a secret is said without showing it.
    return typeof text === "string" && /^[0-9a-f]{64}$/.test(text)
      ? fromHex(text, field)
      : fail("invalid", field, "64 hexadecimal digits", notShown);
  }),
});

/**
 * A block from what {@link blockToJson} gave. Throws `invalid` naming the field that is missing, unknown or of the
 * wrong form, `corrupt` when the block has another hash than the data says.
 */
export function blockFromJson(value: unknown, hasher: Hasher, path: string = "block"): Block {
  const { hash: wanted, version: _, flags, contracts, evidence, totals, ...fields } = checkJson(value, path);
  const block = buildBlock(
    {
      ...fields,
      state: Object.fromEntries(stateSections.map((name) => [name, fields[name]])),
      signed: (flags & signedMarket) !== 0,
      sections: {
        ...(Object.fromEntries(recordSections.map((name) => [name, fields[name]])) as Record<
          RecordSection,
          Uint8Array
        >),
        contracts: encodeItems(contracts),
        evidence: encodeItems(evidence),
      },
      totals: totals as unknown as Header["totals"],
    },
    hasher,
  );
  const found = hashOfBlock(block, hasher);
  if (!sameBytes(found, wanted)) fail("corrupt", `block ${fields.height}: hash`, hex(wanted), hex(found));
  return block;
}

const opening = (version: number | string): string =>
  `{"format":"gridclear ledger","version":${version},"blocks":[`;
const closing = (root: Uint8Array): string => `],"root":"${hex(root)}"}`;

/**
 * A ledger as one JSON document, in pieces of text: a block on each line, the root over all block hashes at the end.
 * Every block is checked before it is written. Throws `corrupt` naming the first bad height.
 */
export async function* exportJson(blocks: Blocks, hasher: Hasher): AsyncGenerator<string> {
  const chain = new Chain(hasher);
  yield opening(formatVersion);
  for await (const { block } of checkedBlocks(blocks, hasher, chain))
    yield `${chain.size === 1 ? "" : ","}\n${JSON.stringify(blockToJson(block, hasher))}`;
  yield `\n${closing(chain.root())}\n`;
}

/** Most characters of a line, and so of a block: half of what a string can hold. */
const maxLineCharacters = 1 << 28;

/** The lines of a text that comes in pieces, without their ends; Windows line ends are taken too. */
async function* linesOf(pieces: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of pieces) {
    let begin = 0;
    for (let end = piece.indexOf("\n"); end >= 0; end = piece.indexOf("\n", begin)) {
      const line = rest + piece.slice(begin, end);
      yield line.endsWith("\r") ? line.slice(0, -1) : line;
      rest = "";
      begin = end + 1;
    }
    rest += piece.slice(begin);
    if (rest.length > maxLineCharacters)
      fail("limit", "document", `lines of at most ${maxLineCharacters} characters`, rest.length);
  }
  if (rest !== "") yield rest;
}

/** The block that a line holds, checked and encoded; `path` names it in errors. */
function blockOfLine(line: string, hasher: Hasher, path: string): Uint8Array {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return fail("invalid", path, "JSON of a block on one line", line);
  }
  const block = blockFromJson(value, hasher, path);
  // Keys that stand twice, other spellings of a number, blanks: whatever another reader might take for something else.
  const text = JSON.stringify(blockToJson(block, hasher));
  if (text !== line) {
    let at = 0;
    while (text[at] === line[at]) at += 1;
    fail("invalid", path, `the text that an export has here: ${text.slice(at, at + 40)}`, line.slice(at));
  }
  return encodeBlock(block);
}

/**
 * The blocks of a document that {@link exportJson} wrote, in whatever pieces it comes; holds one block at a time, and
 * checks the whole chain on the way. Throws `invalid` naming the place for any other text, `unsupported` for another
 * version, `limit` for a line beyond 2²⁸ characters, `corrupt` naming the first height that does not follow or has
 * another hash.
 */
export async function* importJson(
  pieces: AsyncIterable<string> | Iterable<string>,
  hasher: Hasher,
): AsyncGenerator<Uint8Array> {
  if (typeof pieces !== "string") needIterable(pieces, "pieces", "the text of a document, in pieces");
  const chain = new Chain(hasher);
  let expects: "opening" | "block" | "closing" | "end" = "opening";
  for await (const line of linesOf(pieces)) {
    if (expects === "end") return fail("invalid", "document", "nothing after its last line", line);
    if (expects === "opening") {
      checkOpening(line);
      expects = "block";
    } else if (expects === "block" && line.startsWith("{")) {
      const more = line.endsWith(",");
      const bytes = blockOfLine(more ? line.slice(0, -1) : line, hasher, `blocks[${chain.size}]`);
      chain.append(bytes);
      yield bytes;
      expects = more ? "block" : "closing";
    } else {
      if (expects === "block" && chain.size > 0)
        return fail("invalid", `blocks[${chain.size}]`, "a block after a comma", line);
      checkClosing(line, chain);
      expects = "end";
    }
  }
  if (expects !== "end")
    fail("invalid", `document, after ${chain.size} blocks`, "its last line, with the root", "the end");
}

/** Throws `invalid` or `unsupported` for another first line. */
function checkOpening(line: string): void {
  if (line === opening(formatVersion)) return;
  const version = /"version":(\d{1,9}),/.exec(line)?.[1];
  if (version !== undefined && line === opening(version))
    fail("unsupported", "document.version", `${formatVersion}`, version);
  fail(
    "invalid",
    "document, line 1",
    `${opening(formatVersion)} and then a block on each line, as gridclear export writes it`,
    line,
  );
}

function checkClosing(line: string, chain: Chain): void {
  const root = /^\],"root":"([0-9a-f]{64})"\}$/.exec(line)?.[1];
  if (root === undefined)
    fail("invalid", `document, after ${chain.size} blocks`, 'a block, or ],"root":"…"} at the end', line);
  if (line !== closing(chain.root())) fail("corrupt", "document.root", hex(chain.root()), root);
}
