/** `gridclear prove`: proofs out of a ledger on disk, for somebody who does not have it. */
import { writeFile } from "node:fs/promises";
import { sameBytes } from "../../bytes.js";
import { fail } from "../../errors.js";
import { isStateSection, type SectionName } from "../../ledger/format/sections.js";
import {
  originOf,
  parseCheckpoint,
  signCheckpoint,
  unsignedCheckpoint,
} from "../../ledger/proof/checkpoint.js";
import { encodeConsistency, proveConsistency } from "../../ledger/proof/consistency.js";
import { encodeContradiction } from "../../ledger/proof/contradiction.js";
import { encodeProof, type Proof } from "../../ledger/proof/proof.js";
import { proveBlock, proveMeter, proveRecord } from "../../ledger/proof/prove.js";
import { type Command, defineCommand, type Option } from "../command.js";
import { openHead } from "../evidence/open.js";
import { readKeyFile } from "../parts/keyfile.js";
import { type OpenedLedger, withLedger } from "../parts/ledger.js";
import { reasonOf } from "../parts/problem.js";
import { wholeNumber } from "../parts/whole.js";

const sections: { readonly [option: string]: SectionName } = {
  order: "orders",
  trade: "trades",
  flow: "flows",
  reading: "readings",
  posting: "postings",
  contract: "contracts",
  evidence: "evidence",
  state: "state",
  rule: "rules",
  name: "names",
  book: "books",
  "last-reading": "lastReadings",
};

/** What there is to say of an option beside its name. */
const help: { readonly [option: string]: string } = {
  state: "an account's balance, a device's charge (executes the ledger up to H)",
  rule: "a contract in force (executes as well)",
  name: "which number a name has, or with which version a contract ended (executes as well)",
  book: "the book of a period's meters, by its root (executes as well)",
  "last-reading": "the last reading of a meter (executes as well)",
};

const recordOptions: { readonly [name: string]: Option } = Object.fromEntries(
  Object.keys(sections).map((name): [string, Option] => [
    name,
    {
      value: "H:N",
      help: help[name] ?? `${name} N of the block at height H`,
    },
  ]),
);

/** `gridclear prove`: proofs of records, blocks, growth and forks out of a ledger on disk. */
export const proveCommand: Command = defineCommand({
  name: "prove",
  summary: "prove a record, block or head of a ledger to somebody without it",
  forms: [
    "LEDGER --order H:N [--size S] [--out FILE]",
    "LEDGER --block H [--size S] [--out FILE]",
    "LEDGER --consistency A:B [--out FILE]",
    "LEDGER --head [--size S] [--key FILE] [--out FILE]",
    "LEDGER --fork NOTE --fork NOTE [--out FILE]",
  ],
  about:
    "Makes a proof that gridclear verify --proof checks without the ledger, and anyone with gridclear/verify.",
  arguments: [{ name: "LEDGER", help: "directory of a ledger" }],
  options: {
    ...recordOptions,
    meter: {
      value: "H:B:N",
      help: "meter N of book B after block H, in an open market (executes as well)",
    },
    block: { value: "H", help: "the block at height H, without a record" },
    consistency: { value: "A:B", help: "that the first A blocks begin the first B" },
    head: { help: "the head itself, as a checkpoint; --key signs it" },
    fork: {
      value: "NOTE",
      many: true,
      help: "twice: two signed heads that are not one history, as evidence for anyone",
    },
    key: { value: "FILE", help: "key file of the platform, to sign the head with" },
    size: {
      value: "S",
      help: "prove under the first S blocks (default: the newest signed head, or all blocks)",
    },
    out: { value: "FILE", help: "write to FILE instead of standard output" },
  },
  exits: { 0: "proven and written", 1: "the ledger is not good" },
  async run({ arguments: [directory], options }, io) {
    const { size, out, key, head: asksHead, fork: notes, ...rest } = options;
    const asked = [
      ...Object.entries(rest).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
      ...(asksHead ? [["head", ""] as const] : []),
      ...(notes.length > 0 ? [["fork", ""] as const] : []),
    ];
    const [first] = asked;
    if (first === undefined || asked.length > 1)
      return fail(
        "invalid",
        "what to prove",
        `one of ${[...Object.keys(rest), "head", "fork"].map((name) => `--${name}`).join(", ")}`,
        asked.map(([name]) => `--${name}`).join(" and ") || "none",
      );
    const [what, value] = first;
    if (key !== undefined && what !== "head") return fail("invalid", "--key", "--head with it", `--${what}`);
    if (size !== undefined && (what === "consistency" || what === "fork"))
      return fail("invalid", "--size", "a record, block or head with it", `--${what}`);
    const document = await withLedger(directory!, async (ledger) => {
      const under = size === undefined ? null : wholeNumber(size, "--size");
      if (what === "head") return head(ledger, under, key);
      if (what === "fork") return fork(ledger, notes);
      if (what === "consistency") {
        const [from, to] = pair(value, "--consistency");
        return encodeConsistency(proveConsistency(ledger.history, from, to));
      }
      if (what === "meter") return encodeProof(await meter(ledger, value, under));
      return encodeProof(await prove(ledger, what, value, under));
    });
    if (out === undefined) io.out(document);
    else
      await writeFile(out, document).catch((error: unknown) =>
        fail("invalid", out, "a file that can be written", reasonOf(error)),
      );
    return 0;
  },
});

async function prove(ledger: OpenedLedger, what: string, value: string, size: number | null): Promise<Proof> {
  const section = sections[what];
  if (section === undefined) return proveAt(ledger, wholeNumber(value, "--block"), null, size);
  const [height, index] = pair(value, `--${what}`);
  const state = isStateSection(section) ? await ledger.state(height, section) : undefined;
  return proveAt(ledger, height, { section, index, state }, size);
}

async function proveAt(
  ledger: OpenedLedger,
  height: number,
  asked: Parameters<typeof proveRecord>[1] | null,
  size: number | null,
): Promise<Proof> {
  const header = await ledger.header(height);
  const record = asked && proveRecord(await ledger.block(height), asked, ledger.hasher);
  const signed = ledger.note === null ? null : parseCheckpoint(ledger.note).checkpoint;
  const covered = signed !== null && signed.size > height && signed.size <= ledger.history.size;
  const under = size ?? (covered ? signed.size : ledger.history.size);
  const proof = proveBlock(ledger.history, header, record, under);
  const carries = signed?.size === under && sameBytes(signed.root, ledger.history.root(under));
  return carries ? { ...proof, checkpoint: ledger.note } : proof;
}

/** A meter below the proof of its book. */
async function meter(ledger: OpenedLedger, value: string, size: number | null): Promise<Proof> {
  const parts = value.split(":");
  if (parts.length !== 3) return fail("invalid", "--meter", "three whole numbers with colons between", value);
  const [height, book, index] = parts.map((part) => wholeNumber(part, "--meter")) as [number, number, number];
  const { books, meters } = await ledger.book(height, book);
  const proof = await proveAt(ledger, height, { section: "books", index: book, state: books }, size);
  return { ...proof, meter: proveMeter(proof.record!, meters, index, ledger.hasher) };
}

async function head(ledger: OpenedLedger, size: number | null, keyPath: string | undefined): Promise<string> {
  const { history, hasher, marketId, platformKey } = ledger;
  const under = size ?? history.size;
  const checkpoint = { origin: originOf(marketId), size: under, root: history.root(under) };
  if (keyPath === undefined) return unsignedCheckpoint(checkpoint);
  const { key } = await readKeyFile(keyPath);
  if (platformKey !== null && !sameBytes(key.publicKey, platformKey))
    return fail("refused", "--key", "the key of this market's platform", "another key");
  return signCheckpoint(checkpoint, key, hasher);
}

async function fork(ledger: OpenedLedger, paths: readonly string[]): Promise<string> {
  const [a, b, ...more] = paths;
  if (a === undefined || b === undefined || more.length > 0)
    return fail("invalid", "--fork", "two notes", paths.length);
  const [first, second] = [await openHead(a), await openHead(b)];
  const [shorter, longer] = [first.checkpoint.size, second.checkpoint.size].sort((x, y) => x - y);
  // Heads of different sizes: the ledger is the longer head's, and proves the block with which the shorter ends.
  const proof =
    shorter === longer ? null : proveBlock(ledger.history, await ledger.header(shorter!), null, longer!);
  return encodeContradiction({ kind: "fork", heads: [first.note, second.note], proof });
}

function pair(text: string, field: string): [number, number] {
  const parts = text.split(":");
  return parts.length === 2
    ? [wholeNumber(parts[0]!, field), wholeNumber(parts[1]!, field)]
    : fail("invalid", field, "two whole numbers with a colon between", text);
}
