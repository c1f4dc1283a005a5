import { createHash } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { hex } from "../../../src/bytes.js";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { decodeItems } from "../../../src/ledger/format/block.js";
import type { Contract } from "../../../src/market/contracts/contracts.js";
import type { Market } from "../../../src/market/market.js";
import { openMarket } from "../../../src/market/open.js";
import { merkleTreeHash } from "../../oracle/merkle.js";
import { random } from "../../support/scenario.js";
import { clock } from "../../support/steps.js";
import { participant } from "../../support/terms.js";

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});

const root: Contract = { kind: "area", version: 1, from: 0, area: "root", carrier: "heat" };

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const keyOf = (contract: Contract): string => {
  const { kind, ...fields } = contract as Contract & Record<string, unknown>;
  const name = fields.id ?? fields.area ?? fields.carrier;
  return kind === "market" || kind === "payment" ? kind : `${kind}/${name as string}`;
};

/**
 * The texts in force as the page of the format says: a contract that ended and came again stands where it came again.
 */
function follow(inForce: Map<string, Uint8Array>, block: { readonly contracts: Uint8Array }): void {
  for (const text of decodeItems(block.contracts)) {
    const contract = JSON.parse(new TextDecoder().decode(text)) as Contract;
    if (contract.kind === "end") inForce.delete(contract.contract);
    else if (contract.kind !== "deposit") inForce.set(keyOf(contract), text);
  }
}

/** Proposes something that changes the contracts in force, or does not. */
function change(market: Market, below: (n: number) => number): void {
  const from = market.period + 1;
  const area = `f${below(4)}`;
  const key = `area/${area}`;
  const next = { version: market.nextVersion(key), from } as const;
  const line = { kind: "area", ...next, area, carrier: "heat", parent: "root", loss: 0 } as const;
  const end = { kind: "end", version: market.nextVersion(`end/${key}`), from, contract: key } as const;
  const again = { ...line, version: market.nextVersion(key) };
  switch (below(5)) {
    case 0:
      market.propose({ ...line, importLimit: below(9) });
      break;
    case 1:
      market.propose(end);
      break;
    case 2: {
      // Ended and agreed again in one period.
      market.propose(end);
      market.propose({ ...again, importLimit: 5 });
      break;
    }
    case 3:
      market.propose(participant(`p${market.period}`, from));
      break;
    default:
      market.propose({ kind: "deposit", version: 1, from, participant: "ann", amount: "1", number: from });
  }
}

it("the rules root is over the contracts in force, whatever came, changed, ended and came again", async () => {
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.nat(0xffff_ffff), async (seed) => {
      const below = random(seed);
      const market = await openMarket({ engine, participants: ["ann"], clock, contracts: [root] });
      const inForce = new Map<string, Uint8Array>();
      for await (const bytes of market.store.blocks()) expect(bytes.length).toBeGreaterThan(0);
      let result = market.last!;
      for (let count = 1; count <= 12; count += 1) {
        follow(inForce, result.block.sections);
        expect(hex(result.block.header.sections.rules.root)).toBe(
          hex(merkleTreeHash([...inForce.values()], sha256)),
        );
        for (const text of decodeItems(result.block.sections.contracts))
          kinds.add((JSON.parse(new TextDecoder().decode(text)) as Contract).kind);
        for (let tries = below(4); tries > 0; tries -= 1) change(market, below);
        result = await market.clearPeriod(count);
      }
    }),
    { numRuns: 40 },
  );
  expect([...kinds].sort()).toEqual(expect.arrayContaining(["area", "deposit", "end", "participant"]));
});

it("hashes each contract once, and in a period without new ones none", async () => {
  let hashed = 0;
  const counting = new Proxy(engine, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target) as unknown;
      if (name === "leafHashes")
        return (leaves: readonly Uint8Array[]) => {
          hashed += leaves.length;
          return target.leafHashes(leaves);
        };
      return typeof value === "function" ? (value as () => unknown).bind(target) : value;
    },
  });
  const participants = Array.from({ length: 100 }, (_, number) => `unit ${number}`);
  const market = await openMarket({ engine: counting, participants, clock });
  const opening = market.last!.block.header.sections.contracts.count;
  // Once for the rules, once for the section of the block.
  expect(hashed).toBe(2 * opening);
  hashed = 0;
  await market.clearPeriod(1);
  expect(hashed).toBe(0);
  market.propose({ kind: "participant", version: 2, from: 3, id: "unit 7", creditLimit: "5" });
  await market.clearPeriod(2);
  expect(hashed).toBe(0);
  await market.clearPeriod(3);
  expect(hashed).toBe(2);
});
