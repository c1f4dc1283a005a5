// Private blocks: what stands under their roots is worked out here by node:crypto alone, and gives nothing away.
import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat, copyOf, hex } from "../../../src/bytes.js";
import { openEngine } from "../../../src/core/engine.js";
import { scalarCore } from "../../../src/core/scalar.js";
import { GridclearError } from "../../../src/errors.js";
import {
  type Block,
  buildBlock,
  checkBlock,
  decodeBlock,
  encodeBlock,
  encodeItems,
  hashOfBlock,
} from "../../../src/ledger/format/block.js";
import { encodeCanonical } from "../../../src/ledger/format/canonical.js";
import { Chain, verifyChain } from "../../../src/ledger/format/chain.js";
import { headerBytes, marketId } from "../../../src/ledger/format/header.js";
import { tradeLayout } from "../../../src/ledger/format/records.js";
import {
  recordSections,
  type SectionName,
  sectionLayouts,
  sectionNames,
  stateSections,
} from "../../../src/ledger/format/sections.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";
import { merkleTreeHash } from "../../oracle/merkle.js";
import { someBytes } from "../../support/builds.js";
import { draftOf, sampleChain, tradePeriod } from "../../support/sample.js";

const hasher = await openHasher();
const scalar = await openEngine({ wasm: scalarCore() });
const hashers = [await openEngine(), scalar, hasher, plainHasher];
const sha256 = (...parts: Uint8Array[]): Uint8Array =>
  new Uint8Array(
    createHash("sha256")
      .update(concat(...parts))
      .digest(),
  );

/** The salt as docs/ledger-format.md says it. */
function saltByHand(secret: Uint8Array, section: SectionName, index: number): Uint8Array {
  const message = new Uint8Array(5);
  message[0] = sectionNames.indexOf(section);
  new DataView(message.buffer).setUint32(1, index, true);
  return new Uint8Array(createHmac("sha256", secret).update(message).digest()).subarray(0, 16);
}

/** The root of a section of a private block by hand. */
function rootByHand(secret: Uint8Array, section: SectionName, contents: readonly Uint8Array[]): string {
  const hashes = contents.map((content, index) => sha256(saltByHand(secret, section, index), content));
  const wide = sectionLayouts[section] === null ? 1 : 16;
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < hashes.length; at += wide) leaves.push(concat(...hashes.slice(at, at + wide)));
  return hex(merkleTreeHash(leaves, sha256));
}

const recordsOf = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: bytes.length / size }, (_, index) => bytes.subarray(index * size, (index + 1) * size));

/** A block whose every section has `count` records or items of any bytes. */
function someBlock(count: number, seed: number, secret: Uint8Array | null, by = hasher) {
  const items = Array.from({ length: count }, (_, index) => someBytes((seed + 7 * index) % 90, seed + index));
  const contents = Object.fromEntries(
    sectionNames.map((name, code): [SectionName, Uint8Array[]] => {
      const size = sectionLayouts[name]?.bytes;
      return [name, size === undefined ? items : recordsOf(someBytes(count * size, seed + code), size)];
    }),
  ) as Record<SectionName, Uint8Array[]>;
  const bytes = (name: SectionName): Uint8Array =>
    sectionLayouts[name] === null ? encodeItems(contents[name]) : concat(...contents[name]);
  const draft = draftOf({
    secret,
    sections: {
      contracts: bytes("contracts"),
      evidence: bytes("evidence"),
      ...Object.fromEntries(recordSections.map((name) => [name, bytes(name)])),
    },
    state: Object.fromEntries(stateSections.map((name) => [name, bytes(name)])),
  });
  return { block: buildBlock(draft, by), contents };
}

const secretOf = (height: number): Uint8Array => new Uint8Array(32).fill(height + 1);
const privateChain = (): Block[] => sampleChain([{}, tradePeriod(1002)], hasher, false, secretOf);
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof GridclearError) return `${error.code} ${error.message}`;
    throw error;
  }
  return "none";
};

describe("the roots of a private block", () => {
  test("are those of the page, from every hasher", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 2, 15, 16, 17, 33, 70),
        fc.nat(1e6),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (count, seed, secret) => {
          for (const by of hashers) {
            const { block, contents } = someBlock(count, seed, secret, by);
            for (const name of sectionNames)
              expect(hex(block.header.sections[name].root), name).toBe(
                rootByHand(secret, name, contents[name]),
              );
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test("let nobody confirm a guess of a record: the same records have other hashes in every period and place", () => {
    const seen = new Set<string>();
    let hashes = 0;
    for (const secret of [someBytes(32, 1), someBytes(32, 2)]) {
      // One record, over and over.
      const record = someBytes(tradeLayout.bytes, 5);
      for (const index of Array.from({ length: 40 }, (_, place) => place)) {
        seen.add(hex(sha256(saltByHand(secret, "trades", index), record)));
        hashes += 1;
      }
      const trades = concat(...Array.from({ length: 40 }, () => record));
      const { header } = buildBlock(
        {
          ...someBlock(0, 1, null).block.header,
          signed: false,
          secret,
          sections: { trades },
          state: {},
        },
        hasher,
      );
      // Whoever guesses the whole section still has another root, with or without rows and salts of zeros.
      const guesses = [
        recordsOf(trades, 640).map((row) => row),
        recordsOf(concat(...recordsOf(trades, 40).map((each) => sha256(each))), 512),
        recordsOf(concat(...recordsOf(trades, 40).map((each) => sha256(new Uint8Array(16), each))), 512),
      ];
      for (const leaves of guesses)
        expect(hex(merkleTreeHash(leaves, sha256))).not.toBe(hex(header.sections.trades.root));
    }
    expect(seen.size).toBe(hashes);
  });
});

describe("private blocks", () => {
  test("are read back as they were written, and hold", () => {
    for (const block of privateChain()) {
      const bytes = encodeBlock(block);
      expect(decodeBlock(bytes)).toEqual(block);
      expect(hex(bytes.subarray(-32))).toBe(hex(block.secret!));
      for (const by of hashers) expect(() => checkBlock(block, by)).not.toThrow();
    }
  });

  test("give away every changed byte, of the secret too", async () => {
    const chain = privateChain().map(encodeBlock);
    const good = await verifyChain(chain, hasher);
    if (!good.ok) throw good.error;
    const block = chain[2]!;
    for (let at = 0; at < block.length; at += 1) {
      const changed = copyOf(block);
      changed[at]! ^= 1 << (at % 8);
      const verdict = await verifyChain([chain[0]!, chain[1]!, changed], hasher, { checkpoint: good });
      expect(verdict, `byte ${at}`).toMatchObject({
        ok: false,
        height: at < headerBytes ? expect.any(Number) : 2,
      });
    }
  });

  test("can be shown as their headers alone, and the chain holds", async () => {
    const chain = privateChain().map(encodeBlock);
    const whole = await verifyChain(chain, hasher);
    for (let mask = 0; mask < 8; mask += 1) {
      const shown = chain.map((bytes, at) => ((mask >> at) & 1 ? bytes.subarray(0, headerBytes) : bytes));
      expect(await verifyChain(shown, hasher)).toEqual(whole);
    }
    for (const cut of [
      headerBytes,
      headerBytes - 1,
      headerBytes + 1,
      chain[2]!.length - 32,
      chain[2]!.length - 1,
    ])
      expect(
        codeOf(() => decodeBlock(chain[2]!.subarray(0, cut))),
        `${cut}`,
      ).toMatch(/^corrupt /);
  });

  test("are no open ones: those have no secret, and are never a header alone", () => {
    const [genesis, , trade] = sampleChain([{}, tradePeriod(1002)], hasher);
    expect(trade!.secret).toBeNull();
    expect(codeOf(() => decodeBlock(encodeBlock(trade!).subarray(0, headerBytes)))).toMatch(/^corrupt block/);
    expect(codeOf(() => new Chain(hasher).append(encodeBlock(genesis!).subarray(0, headerBytes)))).toMatch(
      /^corrupt block 0/,
    );
    expect(codeOf(() => checkBlock({ ...trade!, secret: new Uint8Array(32) }, hasher))).toMatch(
      /^corrupt .* root/,
    );
    expect(codeOf(() => checkBlock({ ...privateChain()[2]!, secret: null }, hasher))).toMatch(
      /^corrupt .* root/,
    );
  });

  test("need a secret of 32 bytes, and no error shows one", () => {
    for (const length of [0, 16, 31, 33])
      expect(codeOf(() => someBlock(1, 1, new Uint8Array(length).fill(0xab)))).toBe(
        `invalid secret: wanted 32 bytes, got ${length}`,
      );
  });

  test("have an id that names the market contract, which only the records of genesis show", () => {
    const genesis = privateChain()[0]!;
    const other = encodeItems([encodeCanonical({ kind: "market", name: "other" })]);
    const forged = buildBlock(
      {
        ...genesis.header,
        signed: false,
        secret: genesis.secret,
        sections: { contracts: other },
        state: {},
      },
      hasher,
    );
    expect(hex(genesis.header.marketId)).not.toBe(
      hex(marketId(encodeCanonical({ kind: "market", name: "other" }), hasher)),
    );
    expect(codeOf(() => new Chain(hasher).append(encodeBlock(forged)))).toMatch(
      /^corrupt block 0: market id/,
    );
    // From the header alone nobody can tell: whoever follows one has to know the id it should have.
    expect(() => new Chain(hasher).append(encodeBlock(forged).subarray(0, headerBytes))).not.toThrow();
    expect(hashOfBlock(forged, hasher)).toHaveLength(32);
  });
});
