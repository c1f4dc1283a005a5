import { readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { type Block, decodeItems, encodeBlock, hashOfBlock } from "../../../src/ledger/format/block.js";
import { verifyChain } from "../../../src/ledger/format/chain.js";
import { flowKinds, postingKinds, tradeKinds } from "../../../src/ledger/format/records.js";
import { saltedHashes, saltsOf } from "../../../src/ledger/format/salting.js";
import { nameKinds, stateKinds } from "../../../src/ledger/format/state.js";
import type { Hasher } from "../../../src/ledger/tree/hasher.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { golden } from "../../support/golden.js";
import { sampleChain, tradePeriod } from "../../support/sample.js";

const page = new URL("../../../docs/ledger-format.md", import.meta.url);
const lines = (bytes: Uint8Array): string => hex(bytes).replace(/.{64}/g, "$&\n").trimEnd();
const codes = (kinds: readonly string[]): string =>
  kinds.map((kind, index) => `${index + 1} ${kind}`).join(", ");

/** The secret of a worked private block: its height + 1 in every byte. */
const privateSecret = (height: number): Uint8Array => new Uint8Array(32).fill(height + 1);

describe("ledger format, version 2", () => {
  let hasher: Hasher;
  let chain: Block[];
  let sealed: Block;
  beforeAll(async () => {
    hasher = await openHasher();
    chain = sampleChain([{}, tradePeriod(1002)], hasher);
    sealed = sampleChain([{}, tradePeriod(1002)], hasher, false, privateSecret)[2]!;
  });

  it("has the hashes it has always had", async () => {
    const verdict = await verifyChain(chain.map(encodeBlock), hasher);
    expect({
      marketId: hex(chain[0]!.header.marketId),
      blocks: chain.map((block) => hex(hashOfBlock(block, hasher))),
      privateBlock: hex(hashOfBlock(sealed, hasher)),
      root: verdict.ok ? hex(verdict.root) : verdict.error.message,
    }).toEqual(golden);
  });

  it("has the codes that the verifier in Python knows", () => {
    const script = readFileSync(new URL("../verify.py", import.meta.url), "utf8");
    const { length: trades } = tradeKinds;
    expect(script).toContain(`POSTING_KINDS = ${trades}, ${flowKinds.length}, ${postingKinds.length}\n`);
  });

  // GRIDCLEAR_WRITE_DOCS=1 writes the examples into the page instead of comparing them.
  it("is what docs/ledger-format.md shows", () => {
    const shown: [begin: string, text: string][] = [
      [
        "from the genesis contract\n\n```\n",
        new TextDecoder().decode(decodeItems(chain[0]!.sections.contracts)[0]),
      ],
      ["whose market id is `", golden.marketId],
      ["One contract. Block hash `", golden.blocks[0]!],
      [`One contract. Block hash \`${golden.blocks[0]}\`.\n\n\`\`\`\n`, lines(encodeBlock(chain[0]!))],
      ["### An empty period\n\nBlock hash `", golden.blocks[1]!],
      [
        `### An empty period\n\nBlock hash \`${golden.blocks[1]}\`.\n\n\`\`\`\n`,
        lines(encodeBlock(chain[1]!)),
      ],
      ["roots alone are kept.\nBlock hash `", golden.blocks[2]!],
      [
        `roots alone are kept.\nBlock hash \`${golden.blocks[2]}\`.\n\n\`\`\`\n`,
        lines(encodeBlock(chain[2]!)),
      ],
      ["The root over the three block hashes is `", golden.root],
      ["The salt of order 0 is `", hex(saltsOf(sealed.secret!, "orders", hasher)(0))],
      [
        ", and its salted hash `",
        hex(saltedHashes("orders", [sealed.sections.orders.subarray(0, 16)], sealed.secret!, hasher)),
      ],
      ["The salt of the deposit, posting 0, is `", hex(saltsOf(sealed.secret!, "postings", hasher)(0))],
      ["as the third block of a private market has the hash `", golden.privateBlock],
      [
        `as the third block of a private market has the hash \`${golden.privateBlock}\`.\n\n\`\`\`\n`,
        lines(encodeBlock(sealed)),
      ],
      [
        "### flows (4): 40 bytes\n\n| offset | type | field |\n| --- | --- | --- |\n| 0 | u8 | kind: ",
        codes(flowKinds),
      ],
      [
        "### postings (6): 32 bytes\n\n| offset | type | field |\n| --- | --- | --- |\n| 0 | u8 | kind: ",
        codes(postingKinds),
      ],
      ["### state (7): 32 bytes", codes(stateKinds)],
      ["### names (9): 72 bytes", codes(nameKinds)],
    ];
    let text = readFileSync(page, "utf8");
    for (const [begin, wanted] of shown) {
      let at = text.indexOf(begin);
      expect(at, begin).toBeGreaterThan(0);
      at += begin.length;
      if (begin.startsWith("### state") || begin.startsWith("### names"))
        at = text.indexOf("kind: ", at) + "kind: ".length;
      const end = at + text.slice(at).search(/`| \||\n```/);
      if (process.env.GRIDCLEAR_WRITE_DOCS) text = text.slice(0, at) + wanted + text.slice(end);
      else expect(text.slice(at, end)).toBe(wanted);
    }
    if (process.env.GRIDCLEAR_WRITE_DOCS) writeFileSync(page, text);
  });
});
