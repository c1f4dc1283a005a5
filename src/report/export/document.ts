/**
 * A ledger as one JSON document, a block on each line:
 *
 *   {"format":"gridclear ledger","version":2,"blocks":[
 *   {block},
 *   {block}
 *   ],"root":"…"}
 *
 * Ticks stand as they do in the records; what may pass 2^53 is a string of decimal digits, hashes and evidence are
 * hexadecimal. Any JSON parser reads the whole. Reading it back goes line by line, so that a ledger of any size needs
 * room for one block, and takes no text but the one that is written here: each ledger has one document, and nothing in
 * it can be read in two ways.
 */
import { hex } from "../../bytes.js";
import { needIterable } from "../../check.js";
import { fail } from "../../errors.js";
import { type Blocks, Chain } from "../../ledger/format/chain.js";
import { formatVersion } from "../../ledger/format/header.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { linkedBlocks } from "../blocks.js";
import { blockText, bytesOfJson } from "./blockjson.js";

const opening = (version: number | string): string =>
  `{"format":"gridclear ledger","version":${version},"blocks":[`;
const closing = (root: Uint8Array): string => `],"root":"${hex(root)}"}`;

/**
 * A ledger as one JSON document, in pieces of text: a block on each line, the root over all block hashes at the end.
 * Every block is checked before it is written; of those that are headers alone the headers stand there. Throws
 * `corrupt` naming the first bad height.
 */
export async function* exportJson(blocks: Blocks, hasher: Hasher): AsyncGenerator<string> {
  const chain = new Chain(hasher);
  yield opening(formatVersion);
  for await (const { bytes } of linkedBlocks(blocks, chain))
    yield `${chain.size === 1 ? "" : ","}\n${blockText(bytes, hasher)}`;
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
  const bytes = bytesOfJson(value, hasher, path);
  // Keys that stand twice, other spellings of a number, blanks: whatever another reader might take for something else.
  const text = blockText(bytes, hasher);
  if (text !== line) {
    let at = 0;
    while (text[at] === line[at]) at += 1;
    fail("invalid", path, `the text that an export has here: ${text.slice(at, at + 40)}`, line.slice(at));
  }
  return bytes;
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
