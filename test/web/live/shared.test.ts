// Shared energy as Live follows it: a served market that shares, followed by nobody, by a neighbour and by a member
// with its key. What is expected is worked out by hand from docs/sharing.md and the price of the community.
import { afterEach, describe, expect, test, vi } from "vitest";
import { hex } from "../../../src/bytes.js";
import { GridclearError } from "../../../src/errors.js";
import { readingStatement } from "../../../src/ledger/keys/message.js";
import type { Contract } from "../../../src/market/contracts/contracts.js";
import { type Following, follow, type Watched } from "../../../src/web/live/follow.js";
import { LiveShared } from "../../../src/web/live/shared.js";
import { type Served, serve } from "../../support/service.js";
import { keys, signedContracts } from "../../support/signedmarket.js";

const dated = { version: 1, from: 0 } as const;

/** Three neighbours who share electricity by what each drew, at 0.12 a kWh; a period settles with the next. */
const contracts = (privacy: "open" | "private"): Contract[] => [
  ...signedContracts().map((contract) => (contract.kind === "market" ? { ...contract, privacy } : contract)),
  { kind: "clearing", ...dated, carrier: "electricity", mechanism: "share" },
  { kind: "community", ...dated, community: "court", carrier: "electricity", price: 120_000, key: {} },
  ...["ann", "bob", "cid"].map(
    (participant) =>
      ({ kind: "member", ...dated, community: "court", participant, factor: 1_000_000 }) as const,
  ),
];

/** A served market and what its members' meters say. */
async function sharing(privacy: "open" | "private") {
  const served = await serve({ now: Date.now, market: { contracts: contracts(privacy) } });
  const { market, post, service } = served;
  vi.stubGlobal("fetch", (input: string | URL, init?: RequestInit) =>
    service.fetch(new Request(input, init)),
  );
  const say = async (participant: string, period: number, drawn: string, injected: string, version = 1) => {
    const reading = {
      participant,
      carrier: "electricity",
      period,
      in: drawn,
      out: injected,
      version,
    } as const;
    const statement = readingStatement(market.id, market.period, market.readingRecord(reading));
    const signature = hex(await keys.get(participant)!.sign(statement));
    expect(await post("/v1/readings", { ...reading, signature })).toMatchObject({ status: 200 });
  };
  const clear = (): Promise<unknown> => market.clearPeriod(30_000 * market.period);
  return { ...served, say, clear };
}

/** Period 1: ann draws 3, bob gives 2.5 and cid 0.25; when it has settled, bob is corrected to 2. */
async function settled({ say, clear }: Awaited<ReturnType<typeof sharing>>): Promise<void> {
  await clear();
  await say("ann", 1, "3", "0");
  await say("bob", 1, "0", "2.5");
  await say("cid", 1, "0", "0.25");
  await clear();
  await clear();
}
const corrected = async ({ say, clear }: Awaited<ReturnType<typeof sharing>>): Promise<void> => {
  await say("bob", 1, "0", "2", 2);
  await clear();
};

/** Follows as somebody until so many blocks are verified and what they share is read. */
async function seen(served: Served, as: Watched | null, blocks: number): Promise<Following> {
  const errors: unknown[] = [];
  const following = await follow("http://market.test/", as, (error) => {
    if (error !== undefined) errors.push(error);
  });
  try {
    await vi.waitFor(() => expect(following.community.verified).toBe(blocks), { timeout: 8_000 });
    await vi.waitFor(() => expect(following.shared.readTo).toBe(blocks), { timeout: 8_000 });
  } finally {
    following.close();
    served.service.close();
  }
  expect(errors).toEqual([]);
  return following;
}
const own = (participant: string): Watched => ({ participant, key: keys.get(participant)! });
const kWh = (value: number): bigint => BigInt(value * 1e6);
/** 10⁻¹² of the currency. */
const money = (value: number): bigint => BigInt(Math.round(value * 1e4)) * 10n ** 8n;

afterEach(() => vi.unstubAllGlobals());

describe("what a running market shares", () => {
  test("is said of an open market by period, out of its blocks", async () => {
    const market = await sharing("open");
    await settled(market);
    const before = await seen(market, null, 4);
    expect(before.facts.shared).toEqual(["electricity"]);
    const first = { carrier: "electricity", period: 1 };
    // All that was given, 2.75, was drawn: at 0.12.
    expect(before.shared.of("electricity")).toMatchObject([
      { ...first, height: 2, quantity: kWh(2.75), amount: money(0.33) },
    ]);
    expect(before.shared.of("heat")).toEqual([]);
  });

  test("is settled again where a reading is corrected, and taken back", async () => {
    const market = await sharing("open");
    await settled(market);
    await corrected(market);
    const { shared } = await seen(market, { participant: "bob", key: null }, 5);
    expect(shared.of("electricity")).toMatchObject([
      { period: 1, height: 4, quantity: kWh(2.25), amount: money(0.27) },
    ]);
    expect(shared.ownOf("electricity")).toMatchObject([
      { received: 0n, supplied: kWh(2), fromGrid: 0n, toGrid: 0n, amount: money(0.24) },
    ]);
  });

  test("leaves out a period whose first settlement was before what is read", async () => {
    const market = await sharing("open");
    await settled(market);
    await corrected(market);
    const { client } = await seen(market, null, 5);
    // Block 4 corrects what block 2 settled: by itself it would say that less than nothing was shared.
    const late = new LiveShared();
    for (const height of [3, 4]) late.add(await client.block(height));
    expect(late.of("electricity")).toEqual([]);
    const { member, blocks } = await client.records("bob", 3, 5);
    for (const { header, records } of blocks)
      if (header.height >= 3) late.addOwn(member.number, header, records);
    expect(late.ownOf("electricity")).toEqual([]);
  });

  test("is one's own part alone in a private market, with what the grid gave", async () => {
    const market = await sharing("private");
    await settled(market);
    const { shared, sees } = await seen(market, own("ann"), 4);
    expect(sees).toBe("own");
    expect(shared.of("electricity")).toEqual([]);
    const part = { received: kWh(2.75), supplied: 0n, fromGrid: kWh(0.25), toGrid: 0n };
    expect(shared.ownOf("electricity")).toMatchObject([{ period: 1, ...part, amount: -money(0.33) }]);
  });

  test("is nothing to whoever has no key of a private market", async () => {
    const market = await sharing("private");
    await settled(market);
    const { shared, sees } = await seen(market, { participant: "ann", key: null }, 4);
    expect([sees, shared.of("electricity"), shared.ownOf("electricity")]).toEqual(["nothing", [], []]);
  });
});

describe("a client", () => {
  test("takes no block and no record but those that its head covers", async () => {
    const market = await sharing("open");
    await settled(market);
    const { client } = await seen(market, null, 4);
    const refused = async (asked: () => Promise<unknown>): Promise<string> => {
      const error = await asked().then(
        () => null,
        (found: unknown) => found,
      );
      return error instanceof GridclearError ? error.code : `${error}`;
    };
    expect((await client.block(2)).header.height).toBe(2);
    expect((await client.records("ann", 2, 4)).blocks.at(-1)!.header.height).toBe(3);
    const honest = fetch;
    const lie = (path: string, change: (bytes: Uint8Array) => Uint8Array): void => {
      vi.stubGlobal("fetch", async (input: string, init?: RequestInit) => {
        const answer = await honest(input, init);
        if (!`${input}`.includes(path)) return answer;
        const bytes = change(new Uint8Array(await answer.arrayBuffer()));
        return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: answer.headers });
      });
    };
    // A flow that is another; and another block's bytes.
    lie("/block/2", (bytes) => bytes.map((byte, at) => (at === bytes.length - 5 ? byte ^ 1 : byte)));
    expect(await refused(() => client.block(2))).toBe("corrupt");
    const other = new Uint8Array(await (await honest("http://market.test/v1/ledger/block/3")).arrayBuffer());
    lie("/block/2", () => other);
    expect(await refused(() => client.block(2))).toBe("corrupt");
    const bobs = new Uint8Array(
      await (await honest("http://market.test/v1/bundles/bob?from=2&to=4")).arrayBuffer(),
    );
    lie("/v1/bundles/ann", () => bobs);
    expect(await refused(() => client.records("ann", 2, 4))).toBe("corrupt");
    // Ann's own, without the first of the blocks that were asked for.
    const later = new Uint8Array(
      await (await honest("http://market.test/v1/bundles/ann?from=3&to=4")).arrayBuffer(),
    );
    lie("/v1/bundles/ann", () => later);
    expect(await refused(() => client.records("ann", 1, 4))).toBe("corrupt");
  });

  test("is refused the blocks and others' records of a private market", async () => {
    const market = await sharing("private");
    await settled(market);
    const { client } = await seen(market, own("ann"), 4);
    await expect(client.block(2)).rejects.toMatchObject({ code: "state" });
    await expect(client.records("bob", 2, 4)).rejects.toMatchObject({ code: "signature" });
  });
});
