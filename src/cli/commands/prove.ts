import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { sameBytes } from "../../bytes.js";
import { fail } from "../../errors.js";
import type { SectionName } from "../../ledger/format/sections.js";

import {
  originOf,
  parseCheckpoint,
  signCheckpoint,
  unsignedCheckpoint,
} from "../../ledger/proof/checkpoint.js";
import { encodeConsistency, proveConsistency } from "../../ledger/proof/consistency.js";
import { encodeContradiction } from "../../ledger/proof/contradiction.js";
import { encodeProof, type Proof, proveBlock, proveRecord } from "../../ledger/proof/proof.js";
import type { Command } from "../command.js";
import { readKeyFile, readText } from "../parts/keyfile.js";
import { type OpenedLedger, withLedger } from "../parts/ledger.js";

const usage = `Usage: gridclear prove LEDGER --order H:N [--size S] [--out FILE]
       gridclear prove LEDGER --block H | --consistency A:B | --head [--key FILE] | --fork NOTE --fork NOTE

Makes a proof that gridclear verify --proof checks without the ledger, and anyone with gridclear/verify.

--order H:N        order N of the block at height H; likewise --trade, --flow, --reading, --posting, --contract,
                   --evidence and --state (an account's balance, a device's charge; executes the ledger up to H)
--block H          the block at height H, without a record
--consistency A:B  that the first A blocks begin the first B
--head             the head itself, as a checkpoint; --key signs it with the platform's key
--fork NOTE        twice: two signed heads that are not one history, as evidence for anyone
--size S           prove under the first S blocks (default: the newest signed head, or all blocks)
--out FILE         write to FILE instead of standard output
`;

const sections: { readonly [option: string]: SectionName } = {
  order: "orders",
  trade: "trades",
  flow: "flows",
  reading: "readings",
  posting: "postings",
  contract: "contracts",
  evidence: "evidence",
  state: "state",
};

/** `gridclear prove`: proofs of records, blocks, growth and forks out of a ledger on disk. */
export const proveCommand: Command = {
  name: "prove",
  summary: "prove an order, trade, balance or block of a ledger to somebody who does not have it",
  usage,
  async run(args, io) {
    const option = { type: "string" } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries(Object.keys(sections).map((name) => [name, option])),
        block: option,
        consistency: option,
        head: { type: "boolean" },
        fork: { type: "string", multiple: true },
        key: option,
        size: option,
        out: option,
      },
    });
    const { size, out, key, ...asked } = values as {
      readonly [name: string]: string | string[] | true | undefined;
    };
    const [directory, ...others] = positionals;
    const wanted = Object.entries(asked).filter(([, value]) => value !== undefined);
    if (directory === undefined || others.length > 0)
      return fail("invalid", "LEDGER", "exactly one directory", positionals.length);
    if (wanted.length !== 1)
      return fail("invalid", "what to prove", "exactly one of the options", wanted.length);
    const [what, value] = wanted[0]!;
    if (key !== undefined && what !== "head") return fail("invalid", "--key", "only with --head", what);
    const document = await withLedger(directory, async (ledger) => {
      const under = size === undefined ? null : whole(size as string, "--size");
      if (what === "head") return head(ledger, under, key as string | undefined);
      if (what === "fork") return fork(ledger, value as string[]);
      if (what === "consistency") {
        const [from, to] = pair(value as string, "--consistency");
        return encodeConsistency(proveConsistency(ledger.history, from, to));
      }
      return encodeProof(await prove(ledger, what, value as string, under));
    });
    if (out === undefined) io.out(document);
    else await writeFile(out as string, document);
    return 0;
  },
};

async function prove(ledger: OpenedLedger, what: string, value: string, size: number | null): Promise<Proof> {
  const section = sections[what];
  const [height, index] = section === undefined ? [whole(value, "--block"), 0] : pair(value, `--${what}`);
  const block = await ledger.block(height);
  const state = section === "state" ? await ledger.state(height) : undefined;
  const record = section === undefined ? null : proveRecord(ledger.hasher, block, section, index, state);
  const signed = ledger.note === null ? null : parseCheckpoint(ledger.note).checkpoint;
  const covered = signed !== null && signed.size > height && signed.size <= ledger.history.size;
  const under = size ?? (covered ? signed.size : ledger.history.size);
  const proof = proveBlock(ledger.history, block.header, record, under);
  const carries = signed?.size === under && sameBytes(signed.root, ledger.history.root(under));
  return carries ? { ...proof, checkpoint: ledger.note } : proof;
}

async function head(ledger: OpenedLedger, size: number | null, keyPath: string | undefined): Promise<string> {
  const { history, hasher, marketId, platformKey } = ledger;
  const under = size ?? history.size;
  const checkpoint = { origin: originOf(marketId), size: under, root: history.root(under) };
  if (keyPath === undefined) return unsignedCheckpoint(checkpoint);
  const { key } = await readKeyFile(keyPath);
  if (platformKey !== null && !sameBytes(key.publicKey, platformKey))
    return fail("refused", "--key", "the key of this market's platform", "another key");
  return signCheckpoint(hasher, checkpoint, key);
}

async function fork(ledger: OpenedLedger, paths: readonly string[]): Promise<string> {
  const [a, b, ...more] = paths;
  if (a === undefined || b === undefined || more.length > 0)
    return fail("invalid", "--fork", "two notes", paths.length);
  const heads = [await readText(a), await readText(b)] as const;
  const [first, second] = heads.map((note) => parseCheckpoint(note).checkpoint);
  const shorter = Math.min(first!.size, second!.size);
  // Of different sizes, the ledger is that of the longer head and shows what it says of the shorter's end.
  const proof =
    first!.size === second!.size
      ? null
      : proveBlock(
          ledger.history,
          (await ledger.block(shorter)).header,
          null,
          Math.max(first!.size, second!.size),
        );
  return encodeContradiction({ kind: "fork", heads, proof });
}

function whole(text: string, field: string): number {
  return /^(0|[1-9][0-9]{0,15})$/.test(text) && Number.isSafeInteger(Number(text))
    ? Number(text)
    : fail("invalid", field, "a whole number", text);
}

function pair(text: string, field: string): [number, number] {
  const parts = text.split(":");
  return parts.length === 2
    ? [whole(parts[0]!, field), whole(parts[1]!, field)]
    : fail("invalid", field, "two whole numbers with a colon between", text);
}
