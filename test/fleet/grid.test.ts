// One microgrid fed by hand: its answers and blocks follow from the messages alone, whoever reads them and wherever it
// is taken up; what is no message of ours changes nothing.
import { beforeAll, describe, expect, test } from "vitest";
import { hex, toUtf8 } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { gateDue } from "../../src/fleet/gates.js";
import { Grid, type GridBeginning, type GridSink, type IntakeMessage } from "../../src/fleet/grid.js";
import {
  type PublishedBlock,
  type PublishedSnapshot,
  type SealedBlock,
  signGate,
} from "../../src/fleet/messages.js";
import { decodeAnswer, encodeRequest } from "../../src/fleet/requests.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { contractStatement, orderStatement } from "../../src/ledger/keys/message.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { isReceiptSigned } from "../../src/ledger/proof/receipt.js";
import type { SignedOrders } from "../../src/market/intake/request.js";
import { keyOf, type LoadGrid, loadGrid } from "../support/fleetload.mjs";

const engine = await openEngine();
const signatures = await openSignatures();
const platform = await keyOf("platform");
const periodMs = 1_000;
let load: LoadGrid;
let messages: IntakeMessage[];

beforeAll(async () => {
  load = await loadGrid({ platform, name: "elm", members: 4, periodMs, startMs: 10_000 });
  messages = [];
  const say = (kind: IntakeMessage["kind"], data: Uint8Array) =>
    messages.push({ sequence: 5 + messages.length, kind, data });
  const { marketId } = load;
  for (let period = 1; period <= 6; period += 1) {
    const orders = await load.batch(period, 0);
    say("request", encodeRequest({ request: { kind: "orders", orders }, reply: `inbox.${period}` }));
    if (period === 2) {
      // A member who comes in period 5: a contract that waits while the microgrid may move.
      const key = await keyOf("dora");
      const contract = {
        kind: "participant",
        version: 1,
        from: 5,
        id: "dora",
        key: hex(key.publicKey),
      } as const;
      const signature = await key.sign(contractStatement(marketId, encodeCanonical(contract)));
      say("request", encodeRequest({ request: { kind: "contract", contract, signature }, reply: "inbox.c" }));
      // Another grants itself what is nobody's own to grant.
      const greedy = { ...contract, id: "gus", creditLimit: null } as const;
      const asked = await key.sign(contractStatement(marketId, encodeCanonical(greedy)));
      say(
        "request",
        encodeRequest({
          request: { kind: "contract", contract: greedy, signature: asked },
          reply: "inbox.g",
        }),
      );
    }
    if (period === 3) {
      say("request", toUtf8("no request"));
      say("gate", toUtf8("no gate"));
      say("gate", await signGate({ period, timestampMs: 13_500 }, marketId, await keyOf("somebody")));
      say("gate", await signGate({ period: 2, timestampMs: 13_500 }, marketId, platform));
    }
    say("gate", await signGate({ period, timestampMs: 10_000 + period * periodMs }, marketId, platform));
    // An order that came too late: it is signed for the period before.
    const late = await load.batch(period, 1);
    say(
      "request",
      encodeRequest({ request: { kind: "orders", orders: late }, reply: `inbox.late${period}` }),
    );
  }
});

interface Ran {
  readonly grid: Grid;
  readonly blocks: SealedBlock[];
  readonly snapshots: PublishedSnapshot[];
  readonly answers: Map<string, string>;
}

async function run(beginning: GridBeginning, until = Number.POSITIVE_INFINITY): Promise<Ran> {
  const blocks: SealedBlock[] = [];
  const snapshots: PublishedSnapshot[] = [];
  const answers = new Map<string, string>();
  let kept: SealedBlock | null = null;
  const sink: GridSink = {
    keep: async (block) => {
      kept = block;
    },
    publish: async (block) => {
      // Nothing is published that this machine has not.
      expect(kept).toBe(block);
      blocks.push(block);
    },
    read: async (height) => blocks[height]?.bytes ?? null,
    snapshot: async (height, bytes) => {
      snapshots.push({ height, bytes, sequence: height + 1 });
    },
    answer: (reply, bytes) => {
      answers.set(reply, new TextDecoder().decode(bytes));
    },
  };
  const parts = {
    name: load.name,
    engine,
    signatures,
    key: platform,
    snapshotEvery: 2,
    sink,
    warn: () => {},
  };
  const grid = await Grid.open(parts, beginning);
  for (const message of messages) if (message.sequence <= until) await grid.take(message);
  return { grid, blocks, snapshots, answers };
}

const fresh = (): GridBeginning => ({
  registration: { ...load.registration, cut: 4 },
  first: null,
  snapshot: null,
  blocks: [],
});
const published = (blocks: readonly SealedBlock[]): PublishedBlock[] =>
  blocks.map((block) => ({ ...block, sequence: block.height + 1 }));

describe("a microgrid", () => {
  test("seals the orders before each gate, and says what became of each request", async () => {
    const { blocks, answers } = await run(fresh());
    expect(blocks.map(({ height }) => height)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(blocks.map(({ bytes }) => decodeBlock(bytes).header.timestampMs)).toEqual(
      [0, 1, 2, 3, 4, 5, 6].map((period) => 10_000 + period * periodMs),
    );
    for (const { height, bytes, cut } of blocks.slice(1)) {
      const { records, signature } = await load.batch(height, 0);
      expect(hex(decodeBlock(bytes).sections.orders)).toBe(hex(records));
      expect(messages.find(({ sequence }) => sequence === cut)?.kind).toBe("gate");
      const { answer } = decodeAnswer(toUtf8(answers.get(`inbox.${height}`)!));
      expect(answer).toMatchObject({ status: "accepted", period: height, first: 0 });
      const receipts = answer.status === "accepted" ? answer.receipts! : [];
      expect(receipts.length).toBe(4);
      const order = records.slice(16, 32);
      const receipt = { marketId: load.marketId, period: height, number: 1, order, signature: receipts[1]! };
      expect(await isReceiptSigned(receipt, platform.publicKey, signatures, engine)).toBe(true);
      expect(signature.length).toBe(64);
      const late = decodeAnswer(toUtf8(answers.get(`inbox.late${height}`)!));
      expect(late.answer).toMatchObject({
        status: "refused",
        error: {
          code: "conflict",
          field: "period",
          wanted: `${height + 1}, which is open`,
        },
      });
    }
    const greedy = decodeAnswer(toUtf8(answers.get("inbox.g")!));
    expect(greedy.answer).toMatchObject({ status: "refused", error: { field: "contract.creditLimit" } });
  });

  test("tells whoever is late that its period has closed, and whoever signed nothing that its signature is bad", async () => {
    const { grid, answers: said } = await run(fresh());
    const key = await keyOf("elm m1");
    const { records, gateway } = await load.batch(6, 1);
    const order = records.slice(16, 32);
    const answers: string[] = [];
    const say = async (orders: SignedOrders) => {
      const sequence = grid.position + 1;
      const data = encodeRequest({ request: { kind: "orders", orders }, reply: `inbox.${sequence}` });
      const before = said.size;
      await grid.take({ sequence, kind: "request", data });
      expect(said.size).toBe(before + 1);
      const { answer } = decodeAnswer(toUtf8([...said.values()].at(-1)!));
      answers.push(answer.status === "refused" ? `${answer.error.code} ${answer.error.field}` : "accepted");
    };
    for (const period of [6, 5, 7])
      await say({
        records: order,
        gateway: null,
        signature: await key.sign(orderStatement(load.marketId, period, order)),
      });
    await say({ records, gateway, signature: (await load.batch(5, 1)).signature });
    expect(answers).toEqual([
      "conflict period",
      "signature order.signature",
      "refused order.revision",
      "signature batch.signature",
    ]);
  });

  test("comes to the same blocks and answers wherever it is taken up, from a snapshot or without", async () => {
    const whole = await run(fresh());
    const at = whole.snapshots.map(({ height }) => height);
    expect(at).toEqual([2, 4, 6]);
    for (let height = 0; height < 6; height += 1) {
      const before = whole.blocks.slice(0, height + 1);
      const snapshot = whole.snapshots.filter((each) => each.height <= height).at(-1) ?? null;
      const first = before[0]!.bytes;
      for (const from of [snapshot, null]) {
        const moved = await run({
          ...fresh(),
          first,
          snapshot: from,
          blocks: published(before.slice(from?.height ?? 0)),
        });
        expect(moved.blocks.map(({ hash }) => hex(hash))).toEqual(
          whole.blocks.slice(height + 1).map(({ hash }) => hex(hash)),
        );
        expect(moved.blocks.map(({ cut }) => cut)).toEqual(
          whole.blocks.slice(height + 1).map(({ cut }) => cut),
        );
        for (const [reply, answer] of moved.answers) expect(answer).toBe(whole.answers.get(reply));
      }
    }
    expect(whole.grid.market.participantNumber("dora")).toBe(4);
  });

  test("goes on from the middle of a period with what stands there, and takes nothing twice", async () => {
    const whole = await run(fresh());
    const half = await run(fresh(), whole.blocks[3]!.cut + 2);
    expect(half.blocks.length).toBe(4);
    for (const message of messages) await half.grid.take(message);
    expect(half.blocks.map(({ hash }) => hex(hash))).toEqual(whole.blocks.map(({ hash }) => hex(hash)));
  });

  test("is not begun by what no platform signed, nor worked with another's key", async () => {
    const [first, ...rest] = load.registration.signatures;
    const forged = { ...load.registration, signatures: [rest[0]!, ...rest], cut: 0 };
    expect(first).toBeDefined();
    await expect(run({ ...fresh(), registration: forged })).rejects.toThrow(/signature/);
    const other = { name: "elm", engine, signatures, key: await keyOf("another"), snapshotEvery: null };
    const sink = {
      keep: async () => {},
      read: async () => null,
      publish: async () => {},
      snapshot: async () => {},
      answer: () => {},
    };
    await expect(Grid.open({ ...other, sink, warn: () => {} }, fresh())).rejects.toThrow(/platform's key/);
  });

  test("has no period that is due while the block before is on its way to a slow disk", async () => {
    const due: unknown[] = [];
    const grid: Grid = await Grid.open(
      {
        name: "elm",
        engine,
        signatures,
        key: platform,
        snapshotEvery: null,
        sink: {
          // Whoever closes periods looks while the disk is at work, a moment after the gate.
          keep: async ({ height }) => {
            if (height === 0) return;
            const nowMs = 10_001 + height * periodMs;
            due.push(gateDue({ period: grid.market.period, lastMs: grid.lastMs, periodMs, nowMs }));
          },
          publish: async () => {},
          read: async () => null,
          snapshot: async () => {},
          answer: () => {},
        },
        warn: () => {},
      },
      fresh(),
    );
    for (const message of messages) await grid.take(message);
    expect(due).toEqual([null, null, null, null, null, null]);
  });

  test("stands still when its own disk fails, and publishes nothing that is not there", async () => {
    const out: SealedBlock[] = [];
    const sink: GridSink = {
      keep: async ({ height }) => {
        if (height === 2) throw new Error("the disk is full");
      },
      publish: async (block) => {
        out.push(block);
      },
      read: async () => null,
      snapshot: async () => {},
      answer: () => {},
    };
    const parts = {
      name: "elm",
      engine,
      signatures,
      key: platform,
      snapshotEvery: null,
      sink,
      warn: () => {},
    };
    const grid = await Grid.open(parts, fresh());
    const feed = async () => {
      for (const message of messages) await grid.take(message);
    };
    await expect(feed()).rejects.toThrow(/disk is full/);
    expect(out.map(({ height }) => height)).toEqual([0, 1]);
  });
});
