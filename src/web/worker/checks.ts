import { hex, sameBytes } from "../../bytes.js";
import { GridclearError } from "../../errors.js";
import { checkBlock, decodeBlock } from "../../ledger/format/block.js";
import { Chain } from "../../ledger/format/chain.js";
import { blockHash, headerBytes } from "../../ledger/format/header.js";
import { type Hasher, hashBytes } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { openReplay } from "../../market/replay.js";
import type { Run } from "./chain.js";
import type { Opened } from "./worker.js";

/** One check of a block: what was checked, whether it held, and how long it took in milliseconds. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly took: number;
}

let hasher: Promise<Hasher> | null = null;
/** A hasher that shares no code with the one that sealed. */
export const otherHasher = (): Promise<Hasher> => (hasher ??= openHasher());

/** What is wrong, as a person says it; long hashes by their beginning. */
function inWords(error: unknown): string {
  const short = (value: string): string =>
    value.replaceAll(/"?([0-9a-f]{16})[0-9a-f]{48}"?/g, "$1…").replace(/^(-?[0-9]+)n$/, "$1");
  if (error instanceof GridclearError)
    return `${error.field} should be ${short(error.wanted)}, but is ${short(error.got)}.`;
  return error instanceof Error ? error.message : String(error);
}

async function timed(name: string, act: () => string | Promise<string>): Promise<Check> {
  const start = performance.now();
  try {
    const detail = await act();
    return { name, ok: true, detail, took: performance.now() - start };
  } catch (error) {
    return { name, ok: false, detail: inWords(error), took: performance.now() - start };
  }
}

/** Everything that can be checked of the bytes that claim to be the block at `height`. */
export async function checksOf(
  engine: Opened,
  run: Run,
  height: number,
  bytes: Uint8Array,
): Promise<Check[]> {
  const other = await otherHasher();
  const form = await timed("Form", () => {
    decodeBlock(bytes);
    return "The header and the lengths of all sections fit the bytes.";
  });
  if (!form.ok) return [form];
  const block = decodeBlock(bytes);
  const hash = blockHash(bytes.subarray(0, headerBytes), other);
  const next = run.blocks[height + 1];
  const wanted = next === undefined ? run.hashes[height]! : decodeBlock(next).header.previous;
  return [
    form,
    await timed("Roots", () => {
      checkBlock(block, other);
      return "Every record hashes to the roots in the header.";
    }),
    await timed("Link back", () => {
      const before = height === 0 ? new Uint8Array(hashBytes) : run.hashes[height - 1]!;
      if (!sameBytes(block.header.previous, before))
        throw new Error(
          `it names ${hex(block.header.previous).slice(0, 16)}… as the block before, which is ${hex(before).slice(0, 16)}…`,
        );
      const chain = new Chain(other);
      for (const earlier of run.blocks.slice(0, height)) chain.append(earlier, true);
      if (!sameBytes(block.header.history, chain.root()))
        throw new Error("its root over all earlier blocks is another");
      return height === 0
        ? "The first block: nothing before it."
        : "It follows the block before, and all before that.";
    }),
    await timed("Hash", () => {
      if (!sameBytes(hash, wanted))
        throw new Error(
          `its hash is now ${hex(hash).slice(0, 16)}…, but ${next === undefined ? "the sealed head is" : `block ${height + 1} says`} ${hex(wanted).slice(0, 16)}…`,
        );
      return next === undefined
        ? `${hex(hash).slice(0, 16)}…, as sealed.`
        : `${hex(hash).slice(0, 16)}…, as block ${height + 1} says.`;
    }),
    await timed("Execution", () => {
      const replay = openReplay(engine);
      for (const earlier of run.blocks.slice(0, height)) replay.replay(decodeBlock(earlier));
      replay.replay(block);
      return `Cleared and settled again from its orders${height > 0 ? `, and so were the ${height} before it` : ""}: the same to the last bit.`;
    }),
  ];
}
