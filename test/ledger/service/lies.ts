// A lying server, lie by lie: what a light client and a witness say of each, and what of it can be shown to anyone.

import { beforeAll, describe, expect, test } from "vitest";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { tradeLayout } from "../../../src/ledger/format/records.js";
import { isStateSection, type SectionName, sectionNames } from "../../../src/ledger/format/sections.js";

import { cosign, originOf, parseCheckpoint, signCheckpoint } from "../../../src/ledger/proof/checkpoint.js";
import {
  decodeContradiction,
  encodeContradiction,
  judgeContradiction,
} from "../../../src/ledger/proof/contradiction.js";
import { decodeProof, encodeProof } from "../../../src/ledger/proof/proof.js";
import { LightClient } from "../../../src/ledger/service/client.js";
import type { Ask } from "../../../src/ledger/service/server.js";
import { type LedgerSource, Witness } from "../../../src/ledger/service/witness.js";
import { openMemoryStore } from "../../../src/ledger/store/memory.js";
import { plainHasher } from "../../../src/ledger/tree/plain.js";
import {
  hasher,
  keyOf,
  type Ledger,
  makeLedger,
  market,
  platform,
  replayer,
  type Sealing,
  signatures,
  startPeriod,
} from "../../support/community.js";

const witnessKey = await keyOf(7);
const policy = { threshold: 1, witnesses: [{ name: "wanda", publicKey: witnessKey.publicKey }] };

const newClient = (note?: string): LightClient =>
  new LightClient({
    hasher: plainHasher,
    signatures,
    marketId: market,
    platformKey: platform.publicKey,
    policy,
    ...(note === undefined ? {} : { note }),
  });

async function newWitness(): Promise<Witness> {
  return Witness.open({
    hasher,
    signatures,
    name: "wanda",
    key: witnessKey,
    store: await openMemoryStore({ hasher }),
    marketId: market,
    replay: replayer(),
    now: () => 1_800_000_000,
  });
}

/** A source that shows `ledger` (or other `blocks`) under a head of `size`. */
const sourceOf = (ledger: Ledger, size = ledger.blocks.length, blocks = ledger.blocks): LedgerSource => ({
  checkpoint: () => ledger.head(size),
  block: async (height) => blocks[height] ?? null,
});

/** Changes what a server answers to the paths that match. */
const twist =
  (ask: Ask, pattern: RegExp, change: (bytes: Uint8Array) => Uint8Array | null): Ask =>
  async (path) => {
    const bytes = await ask(path);
    return bytes !== null && pattern.test(path) ? change(bytes) : bytes;
  };

/** What anybody with the platform's key makes of a contradiction, from its text alone. */
async function shown(client: LightClient | Witness): Promise<string> {
  const text = encodeContradiction(client.contradiction!);
  return judgeContradiction(
    decodeContradiction(text),
    { marketId: market, platformKey: platform.publicKey },
    signatures,
    plainHasher,
  );
}

let honest: Ledger;
let longer: Ledger;
let forked: Ledger;
beforeAll(async () => {
  honest = await makeLedger(5);
  longer = await makeLedger(7);
  forked = await makeLedger(7, { forkAt: 4 });
});

describe("an honest ledger", () => {
  test("is followed, re-executed, cosigned and served; the head is final; every kind of record is proven", async () => {
    const witness = await newWitness();
    const followed = await witness.follow(sourceOf(honest));
    expect(followed).toMatchObject({ status: "cosigned", size: 6 });
    expect(await witness.follow(sourceOf(honest))).toMatchObject({ status: "unchanged", size: 6 });
    const client = newClient();
    await client.update(await honest.serve());
    expect(await client.isFinal()).toBe(false);
    await client.update(witness.answer);
    expect(await client.isFinal()).toBe(true);
    const block = decodeBlock(honest.blocks[5]!);
    for (const section of sectionNames) {
      const { count } = block.header.sections[section];
      for (let index = 0; index < count; index++) {
        const { record, header } = await client.prove(witness.answer, 5, section, index);
        expect(header.period).toBe(startPeriod + 5);
        expect(record!.section).toBe(section);
      }
      expect(await witness.answer(`proof/6/5/${section}/${count}`)).toBeNull();
    }
    for (const section of [
      "contracts",
      "orders",
      "evidence",
      "trades",
      "flows",
      "readings",
      "postings",
      "state",
      "rules",
      "names",
      "books",
      "lastReadings",
    ] as const)
      expect(
        decodeBlock(honest.blocks[section === "contracts" ? 0 : 5]!).header.sections[section].count,
      ).toBeGreaterThan(0);
    expect((await client.prove(witness.answer, 0, "contracts", 0)).header.height).toBe(0);
  });

  test("grows: a client that saw 6 blocks takes 8, and one that restarts remembers", async () => {
    const client = newClient();
    await client.update(await honest.serve());
    const again = newClient(client.note!);
    expect(again.head!.size).toBe(6);
    expect(await again.update(await longer.serve())).toMatchObject({ size: 8 });
    expect(await again.update(await longer.serve())).toMatchObject({ size: 8 });
  });

  test("keeps its receipts, and those of a period to come are not broken yet", async () => {
    const client = newClient();
    const ask = await honest.serve();
    await client.update(ask);
    for (const receipt of honest.receipts) expect((await client.judge(ask, receipt)).verdict).toBe("kept");
    const later = longer.receipts.find(({ period }) => period === startPeriod + 7)!;
    expect((await client.judge(ask, later)).verdict).toBe("not yet");
    // In an open market nobody may withhold an order.
    const silent: Ask = async (path) => (path.includes("/orders/") ? null : ask(path));
    await expect(client.judge(silent, honest.receipts[0]!)).rejects.toThrow(/orders.*: wanted an answer/);
    await expect(client.judge(ask, { ...later, number: later.number + 1 })).rejects.toThrow(
      "the platform's signature",
    );
  });

  test("a witness that restarts re-executes what it kept and goes on", async () => {
    const store = await openMemoryStore({ hasher });
    const options = { hasher, signatures, name: "wanda", key: witnessKey, store, now: () => 1_800_000_000 };
    const first = await Witness.open({ ...options, replay: replayer() });
    await first.follow(sourceOf(longer, 4));
    const second = await Witness.open({ ...options, replay: replayer() });
    expect(second.size).toBe(4);
    expect(second.note).toBe(first.note);
    expect(await second.follow(sourceOf(longer))).toMatchObject({ status: "cosigned", size: 8 });
  });
});

describe("a fork", () => {
  test("of one size: the client names it and holds proof for anyone", async () => {
    const client = newClient();
    await client.update(await longer.serve());
    await expect(client.update(await forked.serve())).rejects.toThrow("fork at 8 blocks");
    expect(await shown(client)).toContain("two heads of 8 blocks");
    expect(client.head!.root).toEqual(longer.history.root());
  });

  test("of different sizes: the client names it and holds proof for anyone", async () => {
    const client = newClient();
    await client.update(await longer.serve(6));
    await expect(client.update(await forked.serve(8))).rejects.toThrow("rewritten history");
    expect(await shown(client)).toContain("the first 6 blocks of the longer are not those of the shorter");
  });

  test("the witness refuses both and cosigns nothing more", async () => {
    const witness = await newWitness();
    await witness.follow(sourceOf(longer, 6));
    expect(await witness.follow(sourceOf(forked, 6))).toMatchObject({
      status: "refused",
      reason: expect.stringContaining("head of 6 blocks"),
    });
    expect(await shown(witness)).toContain("two heads of 6 blocks");
    expect(await witness.follow(sourceOf(longer))).toMatchObject({ status: "refused" });
    const other = await newWitness();
    await other.follow(sourceOf(longer, 6));
    expect(await other.follow(sourceOf(forked, 8))).toMatchObject({
      status: "refused",
      height: 6,
      reason: expect.stringMatching(/block 6: (previous hash|history root)/),
    });
    expect(parseCheckpoint(other.note).checkpoint.size).toBe(6);
  });

  test("heads that agree are no contradiction, nor is a head that the platform did not sign", async () => {
    const [a, b] = [await longer.head(6), await longer.head(8)];
    const judge = (heads: [string, string], proof = null as never) =>
      judgeContradiction(
        { kind: "fork", heads, proof },
        { marketId: market, platformKey: platform.publicKey },
        signatures,
        plainHasher,
      );
    await expect(judge([a, a])).rejects.toMatchObject({ code: "invalid" });
    const ask = await longer.serve();
    const extension = decodeProof(new TextDecoder().decode((await ask("proof/8/6"))!));
    await expect(judge([a, b], extension as never)).rejects.toMatchObject({ code: "invalid" });
    const checkpoint = { origin: originOf(market), size: 6, root: forked.history.root(6) };
    const foreign = await signCheckpoint(checkpoint, await keyOf(55), hasher);
    await expect(judge([a, foreign])).rejects.toMatchObject({ code: "signature" });
  });
});

describe("a rewritten block", () => {
  const rewrite = (blocks: readonly Uint8Array[]): Uint8Array[] => {
    const changed = blocks.map((block) => block.slice());
    const { contracts } = decodeBlock(blocks[3]!).header.sections;
    changed[3]![992 + contracts.bytes + 8]! ^= 1; // the quantity of order 0
    return changed;
  };

  test("the witness names height and section", async () => {
    const witness = await newWitness();
    expect(await witness.follow(sourceOf(honest, 6, rewrite(honest.blocks)))).toMatchObject({
      status: "refused",
      height: 3,
      reason: expect.stringContaining("block 3: orders root"),
    });
    expect(witness.note).toBeNull();
  });

  test("the client finds the record unproven", async () => {
    const client = newClient();
    const ask = await honest.serve();
    await client.update(ask);
    const lying = twist(ask, /^proof\/6\/3\/orders\/0$/, (bytes) => {
      const proof = decodeProof(new TextDecoder().decode(bytes));
      const record = { ...proof.record!, row: proof.record!.row.slice() };
      record.row[8]! ^= 1;
      return new TextEncoder().encode(encodeProof({ ...proof, record }));
    });
    await expect(client.prove(lying, 3, "orders", 0)).rejects.toThrow("proof of orders[0]");
    await expect(client.prove(lying, 3, "orders", 1)).resolves.toBeDefined();
  });
});

describe("a truncated chain", () => {
  test("the witness names the block that is missing", async () => {
    const witness = await newWitness();
    const followed = await witness.follow(sourceOf(honest, 6, honest.blocks.slice(0, 4)));
    expect(followed).toMatchObject({
      status: "refused",
      height: 4,
      reason: expect.stringContaining("the head covers 6"),
    });
    // Nothing bad was seen: with the blocks there it goes on.
    expect(await witness.follow(sourceOf(honest))).toMatchObject({ status: "cosigned", size: 6 });
  });

  test("the client misses the blocks it knows of", async () => {
    const client = newClient();
    const ask = await honest.serve();
    await client.update(ask);
    await expect(
      client.prove(
        twist(ask, /^proof/, () => null),
        5,
      ),
    ).rejects.toThrow("proof/6/5");
    await expect(client.update(twist(await longer.serve(), /^consistency/, () => null))).rejects.toThrow(
      "consistency/6/8",
    );
    expect(client.head!.size).toBe(6);
  });
});

describe("a stale head", () => {
  test("client and witness name it; the witness forgives it", async () => {
    const client = newClient();
    await client.update(await longer.serve());
    await expect(client.update(await longer.serve(6))).rejects.toThrow(
      "stale head: wanted at least 8 blocks",
    );
    const witness = await newWitness();
    await witness.follow(sourceOf(longer, 7));
    expect(await witness.follow(sourceOf(longer, 5))).toMatchObject({
      status: "refused",
      reason: expect.stringContaining("stale head: wanted at least 7"),
    });
    expect(await witness.follow(sourceOf(longer))).toMatchObject({ status: "cosigned", size: 8 });
  });
});

describe("a reordered block", () => {
  const reorder = (blocks: readonly Uint8Array[]): Uint8Array[] => {
    const [a, b, c, d, ...rest] = blocks;
    return [a!, b!, d!, c!, ...rest];
  };

  test("the witness names the height", async () => {
    const witness = await newWitness();
    expect(await witness.follow(sourceOf(honest, 6, reorder(honest.blocks)))).toMatchObject({
      status: "refused",
      height: 2,
      reason: expect.stringContaining("block 2: height: wanted 2"),
    });
  });

  test("the client gets no proof of the one for the other", async () => {
    const client = newClient();
    const ask = await honest.serve();
    await client.update(ask);
    const swapped: Ask = (path) => ask(path.replace(/^proof\/6\/2/, "proof/6/3"));
    await expect(client.prove(swapped, 2)).rejects.toThrow("wanted a proof of 2, got");
    const relabelled: Ask = async (path) => {
      const [two, three] = await Promise.all([ask("proof/6/2"), ask("proof/6/3")]);
      const [proof, other] = [two!, three!].map((bytes) => decodeProof(new TextDecoder().decode(bytes)));
      return path === "proof/6/2"
        ? new TextEncoder().encode(encodeProof({ ...proof!, header: other!.header }))
        : null;
    };
    await expect(client.prove(relabelled, 2)).rejects.toThrow("proof.history");
  });

  test("orders of a period in another order than promised break receipts", async () => {
    const liar = await makeLedger(5, {
      lie: (sealing) => {
        if (sealing.height === 4)
          [sealing.orders[0], sealing.orders[1]] = [sealing.orders[1]!, sealing.orders[0]!];
      },
    });
    const client = newClient();
    const ask = await liar.serve();
    await client.update(ask);
    const mine = liar.receipts.find(({ period, number }) => period === startPeriod + 4 && number === 0)!;
    expect(await client.judge(ask, mine)).toMatchObject({ verdict: "contradicted" });
    expect(await shown(client)).toContain("order 0 of period 1004 is another than the one promised");
  });
});

describe("an omitted order", () => {
  for (const [what, omit] of [
    ["in the middle", (sealing: Sealing) => sealing.orders.splice(2, 1)],
    ["at the end", (sealing: Sealing) => sealing.orders.pop()],
  ] as const)
    test(`${what}: the receipt convicts the platform, whoever serves the ledger`, async () => {
      const liar = await makeLedger(5, {
        lie: (sealing) => {
          if (sealing.height === 4) omit(sealing);
        },
      });
      const witness = await newWitness();
      // Nothing in the ledger is wrong but what is not in it: only the receipt knows.
      expect(await witness.follow(sourceOf(liar))).toMatchObject({ status: "cosigned" });
      const client = newClient();
      await client.update(witness.answer);
      const broken = [];
      for (const receipt of liar.receipts) {
        const { verdict } = await client.judge(witness.answer, receipt);
        if (verdict === "contradicted") broken.push(receipt);
      }
      expect(broken.every(({ period }) => period === startPeriod + 4)).toBe(true);
      expect(broken.length).toBe(what === "at the end" ? 1 : 5);
      expect(await shown(client)).toContain("period 1004");
    });

  test("one place promised twice is evidence without any block", async () => {
    const [a] = honest.receipts;
    const b = forked.receipts.find(({ period }) => period === startPeriod + 4)!;
    const c = honest.receipts.find(({ period, number }) => period === b.period && number === b.number)!;
    // As whoever it is shown to has it: out of its text.
    const judge = async (receipts: [typeof b, typeof b]) =>
      judgeContradiction(
        decodeContradiction(encodeContradiction({ kind: "receipts", receipts })),
        { marketId: market, platformKey: platform.publicKey },
        signatures,
        plainHasher,
      );
    expect(await judge([b, c])).toContain("promised to two orders");
    await expect(judge([b, a!])).rejects.toMatchObject({ code: "invalid" });
    await expect(judge([b, { ...c, number: 5 }])).rejects.toMatchObject({ code: "signature" });
  });
});

describe("results that do not follow from the orders", () => {
  /** Changes one number of one record of the sealed draft at height 4. */
  const seal = (section: SectionName, at: number) => (sealing: Sealing) => {
    if (sealing.height !== 4) return;
    sealing.draft = (draft) => {
      if (isStateSection(section)) {
        const bytes = (draft.state[section] as Uint8Array).slice();
        bytes[at]! ^= 1;
        return { ...draft, state: { ...draft.state, [section]: bytes } };
      }
      const bytes = draft.sections[section]!.slice();
      bytes[at]! ^= 1;
      return { ...draft, sections: { ...draft.sections, [section]: bytes } };
    };
  };

  for (const [what, lie, reason] of [
    ["a mispriced trade", seal("trades", 16), /trades\[0\]\.supplyPrice/],
    ["a trade of another quantity", seal("trades", tradeLayout.bytes + 12), /trades\[1\]\.quantity/],
    ["a reading that pays another amount", seal("readings", 24), /readings\[0\]\.amount/],
    ["a posting of another amount", seal("postings", 16), /postings\[0\]\.amount/],
    ["a flow of another amount", seal("flows", 24), /flows\[0\]\.amount/],
    ["an inflated balance", seal("state", 32 * 7 + 8), /state root/],
    ["another contract in force", seal("rules", 7), /rules root/],
    ["a participant of another number", seal("names", 4), /names root/],
    ["a book that another payment contract prices", seal("books", 8), /books root/],
    ["a last reading that never was", seal("lastReadings", 16), /lastReadings root/],
  ] as const)
    test(`${what}: the witness re-executes and refuses; without it the head never becomes final`, async () => {
      const liar = await makeLedger(5, { lie });
      const witness = await newWitness();
      expect(await witness.follow(sourceOf(liar))).toMatchObject({
        status: "refused",
        height: 4,
        reason: expect.stringMatching(reason),
      });
      expect(witness.size).toBe(4);
      const client = newClient();
      await client.update(await liar.serve());
      expect(await client.isFinal()).toBe(false);
    });

  test("totals that lie are refused as well", async () => {
    const liar = await makeLedger(5, {
      lie: (sealing) => {
        if (sealing.height !== 4) return;
        sealing.draft = (draft) => ({
          ...draft,
          totals: { ...draft.totals, heat: { ...draft.totals.heat, traded: 1n } },
        });
      },
    });
    const witness = await newWitness();
    expect(await witness.follow(sourceOf(liar))).toMatchObject({
      reason: expect.stringContaining("totals.heat.traded"),
    });
  });

  for (const [what, path, at] of [
    ["an inflated balance", "state/7", 8],
    ["a mispriced trade", "trades/0", 16],
  ] as const)
    test(`${what}, answered but not sealed: the client finds it unproven`, async () => {
      const ask = await honest.serve();
      const client = newClient();
      await client.update(ask);
      const [section, index] = path.split("/") as ["state" | "trades", string];
      const lying = twist(ask, new RegExp(`^proof/6/5/${path}$`), (bytes) => {
        const proof = decodeProof(new TextDecoder().decode(bytes));
        const record = { ...proof.record!, row: proof.record!.row.slice() };
        record.row[at]! ^= 1;
        return new TextEncoder().encode(encodeProof({ ...proof, record }));
      });
      await expect(client.prove(lying, 5, section, Number(index))).rejects.toThrow(
        `proof of ${section}[${index}]`,
      );
    });
});

describe("signatures in a sealed block", () => {
  const refusal = async (lie: (sealing: Sealing) => void): Promise<string> => {
    const witness = await newWitness();
    const followed = await witness.follow(sourceOf(await makeLedger(4, { lie })));
    expect(followed).toMatchObject({ status: "refused", height: 3 });
    return followed.status === "refused" ? followed.reason : "";
  };
  const at3 = (act: (sealing: Sealing) => void) => (sealing: Sealing) => {
    if (sealing.height === 3) act(sealing);
  };

  test("an order nobody signed, an order of the wrong key", async () => {
    const stranger = await keyOf(66);
    expect(
      await refusal(
        at3((s) => {
          const sign = s.signOrder;
          s.signOrder = (i) => (i === 1 ? null : sign(i));
        }),
      ),
    ).toContain('orders[1]: wanted a signature, got "none"');
    expect(
      await refusal(
        at3((s) => {
          const sign = s.signOrder;
          s.signOrder = (i) => (i === 2 ? stranger : sign(i));
        }),
      ),
    ).toContain("orders[2]: wanted a valid signature");
  });

  test("an order altered after it was signed, and one copied to come back", async () => {
    expect(
      await refusal(
        at3((s) => {
          s.draft = (draft) => {
            const orders = draft.sections.orders!.slice();
            orders[8]! ^= 1;
            return { ...draft, sections: { ...draft.sections, orders } };
          };
        }),
      ),
    ).toContain("orders[0]: wanted a valid signature");
    expect(
      await refusal(
        at3((s) => {
          s.orders.push({ ...s.orders[1]!, revision: 2 });
          s.draft = (draft) => {
            const orders = draft.sections.orders!.slice();
            orders.copyWithin(7 * 16, 16, 2 * 16);
            return { ...draft, sections: { ...draft.sections, orders } };
          };
        }),
      ),
    ).toContain("orders[7].revision: wanted 2, got 0");
  });

  test("an order of the gateway's batch altered, evidence left out, evidence for what is not there", async () => {
    expect(
      await refusal(
        at3((s) => {
          s.draft = (draft) => {
            const orders = draft.sections.orders!.slice();
            orders[3 * 16 + 12]! ^= 1; // eva's price
            return { ...draft, sections: { ...draft.sections, orders } };
          };
        }),
      ),
    ).toContain("batch of orders[3]");
    expect(
      await refusal(
        at3((s) => {
          s.draft = (draft) => ({ ...draft, sections: { ...draft.sections, evidence: new Uint8Array(0) } });
        }),
      ),
    ).toContain('a signature, got "none"');
  });

  test("a batch of a gateway that its participants did not name", async () => {
    const stranger = await keyOf(66);
    const reason = await refusal(
      at3((s) => {
        s.gateway = stranger;
      }),
    );
    expect(reason).toContain("orders[3]: wanted a gateway of eva");
  });

  test("a head that the platform did not sign, or signed for another market", async () => {
    const stranger = await keyOf(66);
    const checkpoint = { origin: originOf(market), size: 6, root: honest.history.root() };
    for (const [note, said] of [
      [await signCheckpoint(checkpoint, stranger, hasher), "a signature of the platform"],
      [
        await signCheckpoint({ ...checkpoint, origin: "gridclear/other" }, platform, hasher),
        "checkpoint.origin",
      ],
    ] as const) {
      const witness = await newWitness();
      const followed = await witness.follow({ ...sourceOf(honest), checkpoint: async () => note });
      expect(followed).toMatchObject({ status: "refused", reason: expect.stringContaining(said) });
      expect([witness.size, witness.note]).toEqual([1, null]);
      const lying = twist(await honest.serve(), /^checkpoint$/, () => new TextEncoder().encode(note));
      await expect(newClient().update(lying)).rejects.toThrow(said);
    }
  });

  test("a cosignature of a stranger, or of nobody's choosing, makes nothing final", async () => {
    const client = newClient();
    const ask = await honest.serve();
    const stranger = await keyOf(66);
    const note = await cosign(
      await honest.head(),
      { name: "wanda", key: stranger, time: 1_800_000_000 },
      hasher,
    );
    await client.update(twist(ask, /^checkpoint$/, () => new TextEncoder().encode(note)));
    expect(await client.isFinal()).toBe(false);
  });
});
