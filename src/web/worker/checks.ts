/**
 * Everything that can be checked of bytes that claim to be a block of a ledger, with code independent of what sealed
 * it.
 */
import { hex, sameBytes } from "../../bytes.js";
import type { Engine } from "../../core/engine.js";
import { fail, GridclearError } from "../../errors.js";
import { type Block, checkBlock, decodeBlock } from "../../ledger/format/block.js";
import { Chain } from "../../ledger/format/chain.js";
import { blockHash, headerBytes } from "../../ledger/format/header.js";
import { type Hasher, hashBytes } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { openReplay } from "../../market/replay.js";
import { counted, t } from "../say.js";
import type { Run } from "./chain.js";
import { pause, turnMs } from "./work.js";

/** What each check asks, by its name. */
const checkNames = ["form", "roots", "link", "hash", "execution"] as const;

/** One check of a block: what was checked, whether it held, what was found, and how long it took in milliseconds. */
export interface Check {
  readonly name: (typeof checkNames)[number];
  readonly ok: boolean;
  readonly detail: string;
  readonly took: number;
}

/** What the checks of a block need. */
export interface Checking {
  readonly engine: Engine;
  readonly run: Run;
  readonly height: number;
  readonly signal: AbortSignal;
  /** Called with the part that is done, from 0 to 1. */
  tell(part: number): void;
}

let hasher: Promise<Hasher> | null = null;
/** A hasher that shares no code with the one that sealed. */
export const otherHasher = (): Promise<Hasher> => (hasher ??= openHasher());

const short = (hash: Uint8Array): string => `${hex(hash).slice(0, 16)}…`;

/** What is wrong, as a person says it: long hashes by their beginning, numbers without the marks of their type. */
function inWords(error: unknown): string {
  if (!(error instanceof GridclearError)) return error instanceof Error ? error.message : String(error);
  const plain = (value: string): string =>
    value
      .replace(/^"((?:[^"\\]|\\.)*)"$/, "$1")
      .replaceAll('\\"', "")
      .replaceAll(/\b([0-9a-f]{16})[0-9a-f]{48}\b/g, "$1…")
      .replace(/^(-?[0-9]+)n$/, "$1");
  return t`${error.field} should be ${plain(error.wanted)}, but is ${plain(error.got)}.`;
}

async function timed(name: Check["name"], act: () => string | Promise<string>): Promise<Check> {
  const start = performance.now();
  try {
    const detail = await act();
    return { name, ok: true, detail, took: performance.now() - start };
  } catch (error) {
    if (error instanceof DOMException) throw error; // the page no longer wants the answer
    return { name, ok: false, detail: inWords(error), took: performance.now() - start };
  }
}

/** Whether the block follows all blocks before it. */
function checkLink({ run, height }: Checking, block: Block, other: Hasher): string {
  const before = height === 0 ? new Uint8Array(hashBytes) : run.hashes[height - 1]!;
  if (!sameBytes(block.header.previous, before))
    fail("corrupt", t`the hash of the block before`, short(before), short(block.header.previous));
  const chain = new Chain(other);
  for (const earlier of run.blocks.slice(0, height)) chain.append(earlier, true);
  if (!sameBytes(block.header.history, chain.root()))
    fail("corrupt", t`the root over all earlier blocks`, short(chain.root()), short(block.header.history));
  return height === 0
    ? t`The first block: nothing before it.`
    : t`It follows the block before, and all before that.`;
}

/** Whether the block after it, or the sealed head, names its hash. */
function checkHash({ run, height }: Checking, bytes: Uint8Array, other: Hasher): string {
  const hash = blockHash(bytes.subarray(0, headerBytes), other);
  const next = run.blocks[height + 1];
  const wanted = next === undefined ? run.hashes[height]! : decodeBlock(next).header.previous;
  if (!sameBytes(hash, wanted))
    fail(
      "corrupt",
      next === undefined ? t`the hash of the last block` : t`the hash that block ${height + 1} names`,
      short(wanted),
      short(hash),
    );
  return next === undefined ? t`${short(hash)}, as sealed.` : t`${short(hash)}, as block ${height + 1} says.`;
}

/** Whether executing all orders from genesis on gives the block again. */
async function checkExecution(checking: Checking, block: Block): Promise<string> {
  const { engine, run, height, signal, tell } = checking;
  const replay = openReplay(engine);
  let paused = performance.now();
  for (const [index, earlier] of run.blocks.slice(0, height).entries()) {
    replay.replay(decodeBlock(earlier));
    if (performance.now() - paused < turnMs) continue;
    tell(index / (height + 1));
    await pause(signal);
    paused = performance.now();
  }
  replay.replay(block);
  return counted(
    height,
    t`Cleared and settled again from its orders, and so was the one before it: the same to the last bit.`,
    t`Cleared and settled again from its orders, and so were the ${height} before it: the same to the last bit.`,
    t`Cleared and settled again from its orders: the same to the last bit.`,
  );
}

/** Everything that can be checked of the bytes that claim to be the block at a height. */
export async function checksOf(checking: Checking, bytes: Uint8Array): Promise<Check[]> {
  const other = await otherHasher();
  const form = await timed("form", () => {
    decodeBlock(bytes);
    return t`The header and the lengths of all sections fit the bytes.`;
  });
  if (!form.ok) return [form];
  const block = decodeBlock(bytes);
  return [
    form,
    await timed("roots", () => {
      checkBlock(block, other);
      return t`Every record hashes to the roots in the header.`;
    }),
    await timed("link", () => checkLink(checking, block, other)),
    await timed("hash", () => checkHash(checking, bytes, other)),
    await timed("execution", () => checkExecution(checking, block)),
  ];
}
