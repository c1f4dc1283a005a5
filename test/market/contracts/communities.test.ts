import { describe, expect, it } from "vitest";
import { openEngine } from "../../../src/core/engine.js";
import { KeyDirectory } from "../../../src/ledger/keys/directory.js";
import type { Contract } from "../../../src/market/contracts/contracts.js";
import { contractKey, parseContract } from "../../../src/market/contracts/kinds.js";
import { openMarket } from "../../../src/market/open.js";

const dated = { version: 1, from: 0 } as const;
const shared: Contract = { kind: "clearing", ...dated, carrier: "electricity", mechanism: "share" };
const community: Contract = {
  kind: "community",
  ...dated,
  community: "roof",
  carrier: "electricity",
  price: 120_000,
  key: { key: "static", shares: { ann: 400_000, bob: 600_000 } },
};
const member: Contract = {
  kind: "member",
  ...dated,
  community: "roof",
  participant: "ann",
  factor: 1_000_000,
};
const engine = await openEngine();

/** A market that shares electricity, with ann and bob and what is given. */
const opened = (contracts: readonly Contract[]) =>
  openMarket({
    engine,
    participants: ["ann", "bob"],
    metering: { window: 2, corrections: 4, missing: "last" },
    clearing: { electricity: { mechanism: "share" } },
    contracts,
  });
const refused = async (contracts: readonly Contract[]): Promise<string> =>
  opened(contracts).then(
    () => "taken",
    (error: Error) => error.message,
  );

describe("contracts about sharing", () => {
  it("come back as they are when they are right", () => {
    for (const contract of [shared, community, member])
      expect(parseContract(JSON.parse(JSON.stringify(contract)))).toEqual(contract);
    expect([shared, community, member].map(contractKey)).toEqual([
      "clearing/electricity",
      "community/roof",
      "member/roof/ann",
    ]);
  });

  it.each<[string, object]>([
    ["contract.pool: wanted a key out of kind, version, from, carrier, mechanism", { ...shared, pool: null }],
    ["contract.mechanism: wanted value or merit or share", { ...shared, mechanism: "vickrey" }],
    [
      "contract.community: wanted 1 to 64 printable characters without a slash",
      { ...community, community: "a/b" },
    ],
    ["contract.price: wanted a whole number from 0", { ...community, price: -1 }],
    ["contract.price", { ...community, price: undefined }],
    ["contract.carrier", { ...community, carrier: "steam" }],
    ["contract.key: wanted an object", { ...community, key: "equal" }],
    ["contract.key.key: wanted proportional or static", { ...community, key: { key: "even" } }],
    [
      'contract.key.shares: wanted shares with key static, got "nothing"',
      { ...community, key: { key: "static" } },
    ],
    [
      "contract.key.shares: wanted no shares with key equal",
      { ...community, key: { key: "equal", shares: {} } },
    ],
    [
      "contract.key.shares.bob: wanted at most 1000000 ppm in all",
      { ...community, key: { key: "cascade", shares: { ann: 500_000, bob: 500_001 } } },
    ],
    [
      "contract.key.shares.ann: wanted a whole number",
      { ...community, key: { key: "cascade", shares: { ann: 0.5 } } },
    ],
    [
      "contract.key.classes[1][0]: wanted each participant in one class",
      { ...community, key: { key: "priority", classes: [["ann"], ["ann"]] } },
    ],
    [
      "contract.key.classes[0]: wanted an array of 1",
      { ...community, key: { key: "priority", classes: [[]] } },
    ],
    [
      "contract.key.supplyClasses: wanted supplyClasses with supply priority",
      { ...community, key: { supply: "priority" } },
    ],
    ["contract.key.quantityTick: wanted a key out of", { ...community, key: { quantityTick: "1" } }],
    ["contract.factor: wanted a whole number from 1 to 1000000", { ...member, factor: 0 }],
    ["contract.factor: wanted a whole number from 1 to 1000000", { ...member, factor: 1_000_001 }],
    ["contract.community: wanted 1 to 64", { ...member, community: "a/b" }],
    ["contract.participant", { ...member, participant: "" }],
  ])("%s", (message, contract) => {
    expect(() => parseContract(contract)).toThrow(message);
  });

  it("enter where they fit what stands", async () => {
    expect(await refused([community, member])).toBe("taken");
    // Names that are none of the members get nothing, whoever they are.
    expect(await refused([{ ...community, key: { key: "static", shares: { zoe: 1_000_000 } } }])).toBe(
      "taken",
    );
  });

  it.each<[string, readonly Contract[]]>([
    [
      'community/heat.carrier: wanted a carrier whose clearing contract says `share`, got "heat"',
      [{ ...community, community: "heat", carrier: "heat" } as Contract],
    ],
    ['member/roof/ann.community: wanted a community under contract, got "roof"', [member]],
    [
      'member/roof/zoe.participant: wanted a participant under contract, got "zoe"',
      [community, { ...member, participant: "zoe" }],
    ],
    [
      "member/yard/ann.factor: wanted at most 400000, which its other communities leave of its meter, got 400001",
      [
        community,
        { ...member, factor: 600_000 },
        { ...community, community: "yard" } as Contract,
        { ...member, community: "yard", factor: 400_001 },
      ],
    ],
  ])("%s", async (message, contracts) => {
    expect(await refused(contracts)).toContain(message);
  });

  it("refuse more of the short form than it has", async () => {
    const given = { mechanism: "share", pool: null } as { mechanism: "share" };
    await expect(openMarket({ engine, clearing: { electricity: given } })).rejects.toThrow(
      "pool: wanted a key out of kind, version, from, carrier, mechanism",
    );
  });

  it("take no orders of the carrier, and say so", async () => {
    const market = await opened([community, member]);
    const order = {
      participant: "ann",
      carrier: "electricity",
      side: "offer",
      quantity: "1",
      price: "0.1",
    } as const;
    const answer = market.submit(order);
    expect(answer.status === "refused" && answer.error.message).toContain(
      'one that takes orders, while what is metered of this one is shared, got "electricity"',
    );
    expect(market.submit({ ...order, carrier: "heat" }).status).toBe("accepted");
  });

  it("are amended and ended in an order that leaves nothing in the air", async () => {
    const market = await opened([community, { ...member, factor: 700_000 }]);
    const dropped: string[] = [];
    market.on("refused", ({ error }) => {
      dropped.push(error.message);
    });
    const propose = async (contract: Contract): Promise<string> => {
      const answer = market.propose({ ...contract, from: market.period + 1 });
      await market.clearPeriod();
      return answer.status === "refused" ? answer.error.message : (dropped.pop() ?? "");
    };
    expect(await propose({ kind: "end", ...dated, contract: "community/roof" })).toContain(
      "one that no other needs",
    );
    expect(await propose({ kind: "end", ...dated, contract: "participant/ann" })).toContain(
      "one that no other needs",
    );
    // An amendment takes the place of what it amends, and not more of the meter beside it.
    expect(await propose({ ...member, version: 2, factor: 800_000 })).toBe("");
    expect(await propose({ ...community, version: 2, carrier: "heat" } as Contract)).toContain(
      "the carrier that its members agreed to",
    );
    expect(await propose({ kind: "end", ...dated, contract: "member/roof/ann" })).toBe("");
    expect(await propose({ ...community, community: "yard" } as Contract)).toBe("");
    expect(await propose({ ...member, community: "yard" })).toBe("");
    expect(await propose({ kind: "end", ...dated, contract: "community/roof" })).toBe("");
  });
});

describe("signatures", () => {
  it("of a community are the platform's, of a member its own", () => {
    const keys = new KeyDirectory();
    const [platform, ann] = ["11".repeat(32), "22".repeat(32)];
    keys.take({ kind: "market", platformKey: platform });
    keys.take({ kind: "participant", id: "a/n", key: ann });
    const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
    expect(hexOf(keys.signer(community))).toBe(platform);
    expect(hexOf(keys.signer({ ...member, participant: "a/n" }))).toBe(ann);
    expect(hexOf(keys.signer({ kind: "end", contract: "member/roof/a/n" }))).toBe(ann);
    expect(hexOf(keys.signer({ kind: "end", contract: "community/roof" }))).toBe(platform);
  });
});
