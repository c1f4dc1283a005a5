// In a private market a stranger with a key of its own is answered the same of a member's name, of one that was removed
// and of one that nobody has: on every route, as an event stream and by MQTT. Whoever signs is told why.
import { beforeAll, describe, expect, test } from "vitest";
import { hex, toUtf8 } from "../../src/bytes.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { encodeRecords } from "../../src/ledger/format/layout.js";
import { orderLayout, readingLayout } from "../../src/ledger/format/records.js";
import { recordsRoot } from "../../src/ledger/format/sections.js";
import { signRequest } from "../../src/ledger/keys/authorization.js";
import type { SigningKey } from "../../src/ledger/keys/backend.js";
import {
  batchStatement,
  contractStatement,
  orderStatement,
  readingStatement,
} from "../../src/ledger/keys/message.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { encodeColumns } from "../../src/service/columns.js";
import { MqttBridge } from "../../src/service/mqtt/bridge.js";
import { defaultLimits } from "../../src/service/settings.js";
import { authorization, type Served, serve } from "../support/service.js";
import {
  keys,
  platform as platformKey,
  signatures,
  signContract,
  signedContracts,
} from "../support/signedmarket.js";

const stranger = await signatures.generate();
const operatorKey = await signatures.generate();
const nobody = "xqz";
/** A member, one that was removed, and nobody. */
const names = ["ann", "bob", nobody] as const;
const numbers: Readonly<Record<string, number>> = { ann: 0, bob: 1, [nobody]: 77 };

/** A private market from which bob was removed; with a list of who may join, or without. */
async function town(isListed: boolean): Promise<Served> {
  let id = new Uint8Array(32);
  const served = await serve({
    market: {
      contracts: signedContracts().map((contract) =>
        contract.kind === "market" ? { ...contract, privacy: "private" as const } : contract,
      ),
    },
    ...(isListed
      ? { members: new Map(["ann", "bob", "cid"].map((of) => [of, { key: hex(keys.get(of)!.publicKey) }])) }
      : {}),
    operator: {
      key: hex(operatorKey.publicKey),
      sign: (contract) => signContract(contract, id, platformKey),
      close: () => {},
    },
  });
  id = Uint8Array.from(served.market.id);
  const body = JSON.stringify({ participant: "bob" });
  const request = `POST /v1/operator/removals ${hex(plainHasher.sha256(toUtf8(body)))}`;
  const header = await signRequest({ marketId: id, untilMs: 61_000, request }, operatorKey);
  const headers = { authorization: header, "content-type": "application/json" };
  expect((await served.ask("/v1/operator/removals", { method: "POST", headers, body })).status).toBe(200);
  await served.market.clearPeriod(30_000);
  return served;
}

type Market = Served["market"];
/** A request of a member, or of somebody who says so, signed with a key. */
type Make = (market: Market, who: string, key: SigningKey) => Promise<object>;

const anOrder =
  (more: { ahead?: number; quantity?: string; price?: string }): Make =>
  async (market, who, key) => {
    const { ahead = 0, quantity = "1.5", price = "0.2" } = more;
    const period = market.period + ahead;
    const record = encodeRecords(orderLayout, [
      {
        ...({ participant: numbers[who]!, carrier: "electricity", side: "bid", revision: 0 } as const),
        ...{
          quantity: Math.round(Number(quantity) * 1e6) % 2 ** 32,
          price: Math.round(Number(price) * 1e6) % 2 ** 31,
        },
      },
    ]);
    const signature = hex(await key.sign(orderStatement(market.id, period, record)));
    return {
      participant: who,
      carrier: "electricity",
      side: "bid",
      quantity,
      price,
      revision: 0,
      period,
      signature,
    };
  };

const aReading =
  (more: { ago?: number; in?: string; version?: number }): Make =>
  async (market, who, key) => {
    const { ago = 1, in: taken = "1.25", version = 1 } = more;
    const record = encodeRecords(readingLayout, [
      {
        ...({
          participant: numbers[who]!,
          carrier: "electricity",
          flags: 0,
          version,
          age: Math.max(0, ago),
        } as const),
        ...{ in: Math.round(Number(taken) * 1e6) % 2 ** 32, out: 0, amount: 0n },
      },
    ]);
    const signature = hex(await key.sign(readingStatement(market.id, market.period, record)));
    const said = {
      carrier: "electricity",
      period: market.period - ago,
      in: taken,
      out: "0",
      version,
    } as const;
    return { participant: who, ...said, signature };
  };

const aContract =
  (of: (who: string) => object): Make =>
  async (market, who, key) => {
    const contract = { version: 2, from: market.period + 1, ...of(who) };
    const signature = hex(await key.sign(contractStatement(market.id, encodeCanonical(contract))));
    return { contract, signature };
  };
const terms = (kind: "use" | "supply", limit: number) => (participant: string) => ({
  ...{ kind, participant, carrier: "electricity", limit },
  ...(kind === "use"
    ? { interruptible: 0, interruptionPrice: 0, import: true }
    : { pool: false, floor: 0, interruptible: 0, collateral: "0" }),
});
const joining = (more: object) => (id: string) => ({
  ...{ kind: "participant", version: 1, id, key: hex(stranger.publicKey) },
  ...more,
});

const requests: Readonly<Record<string, readonly [path: string, make: Make]>> = {
  "an order": ["/v1/orders", anOrder({})],
  "an order of a period that is over": ["/v1/orders", anOrder({ ahead: -1 })],
  "an order of a period to come": ["/v1/orders", anOrder({ ahead: 1 })],
  "an order in parts of a tick": ["/v1/orders", anOrder({ quantity: "0.00000001" })],
  "an order beyond all": ["/v1/orders", anOrder({ quantity: "99999999" })],
  "an order beyond all of a period that is over": ["/v1/orders", anOrder({ ahead: -1, price: "99999999" })],
  "a withdrawal of an order": ["/v1/orders", anOrder({ quantity: "0", price: "0" })],
  "a reading": ["/v1/readings", aReading({})],
  "a reading of a period to come": ["/v1/readings", aReading({ ago: -1 })],
  "a reading of the open period": ["/v1/readings", aReading({ ago: 0 })],
  "a reading in parts of a tick": ["/v1/readings", aReading({ in: "0.00000001" })],
  "a reading beyond all": ["/v1/readings", aReading({ in: "99999999" })],
  "a reading's correction": ["/v1/readings", aReading({ version: 2 })],
  "a use contract": ["/v1/contracts", aContract(terms("use", 5))],
  "a use contract that is none": ["/v1/contracts", aContract(terms("use", -5))],
  "a supply contract": ["/v1/contracts", aContract(terms("supply", 5))],
  "a withdrawal": [
    "/v1/contracts",
    aContract((participant) => ({ kind: "withdrawal", version: 1, participant, amount: "1", number: 1 })),
  ],
  "a deposit": [
    "/v1/contracts",
    aContract((participant) => ({ kind: "deposit", version: 1, participant, amount: "1", number: 1 })),
  ],
  "the end of a use contract": [
    "/v1/contracts",
    aContract((who) => ({ kind: "end", version: 1, contract: `use/electricity/${who}` })),
  ],
  "the end of a participant": [
    "/v1/contracts",
    aContract((who) => ({ kind: "end", version: 1, contract: `participant/${who}` })),
  ],
};
const joins: Readonly<Record<string, readonly [path: string, make: Make]>> = {
  "a participant's contract": ["/v1/contracts", aContract(joining({}))],
  "one with credit": ["/v1/contracts", aContract(joining({ creditLimit: null }))],
  "one with an area": ["/v1/contracts", aContract(joining({ areas: { electricity: "hill" } }))],
  "its amendment": ["/v1/contracts", aContract(joining({ version: 2 }))],
};

/** An answer without what was in the request: the name, and the signature, which is shown cut. */
const plain = (answer: unknown, who: string): unknown =>
  JSON.parse(
    JSON.stringify(answer)
      .replaceAll(/[0-9a-f]{70,}/g, "SIGNATURE")
      .replaceAll(who, "WHO"),
  );

async function told(served: Served, [path, make]: readonly [string, Make], who: string, key = stranger) {
  const sent = await make(served.market, who, key);
  const { status, body } = await served.post(path, sent);
  return plain({ status, body }, who);
}

let listed: Served;
let open: Served;
beforeAll(async () => {
  [listed, open] = [await town(true), await town(false)];
});

describe("a stranger", () => {
  test.each(Object.keys(requests))("is answered the same of everybody: %s", async (what) => {
    for (const served of [listed, open]) {
      const [member, removed, none] = await Promise.all(
        names.map((who) => told(served, requests[what]!, who)),
      );
      expect(removed).toEqual(member);
      expect(none).toEqual(member);
      expect(member).not.toMatchObject({ status: 200 });
    }
  });

  test.each(Object.keys(joins))(
    "does not learn who joined where the operator says who may: %s",
    async (what) => {
      const [member, removed, none] = await Promise.all(names.map((who) => told(listed, joins[what]!, who)));
      expect(removed).toEqual(member);
      expect(none).toEqual(member);
      expect(member).toMatchObject({ status: 422, body: { field: "contract.id" } });
      // Where everybody may join, a name that is taken has to be refused, a removed member's like another's.
      const [taken, gone] = await Promise.all(["ann", "bob"].map((who) => told(open, joins[what]!, who)));
      expect(gone).toEqual(taken);
    },
  );

  test("is answered the same of orders in columns, whoever's number they have", async () => {
    const columns = (participant: number) => ({
      participant: Uint32Array.of(participant),
      carrier: Uint8Array.of(0),
      side: Uint8Array.of(1),
      quantity: Uint32Array.of(5),
      price: Int32Array.of(7),
      revision: Uint16Array.of(0),
    });
    for (const ahead of [-1, 0, 1]) {
      const answers = await Promise.all(
        names.map(async (who) => {
          const batch = columns(numbers[who]!);
          const { market, service } = listed;
          const period = market.period + ahead;
          const root = recordsRoot(orderLayout, market.records(batch), plainHasher);
          const signature = await stranger.sign(batchStatement(market.id, period, 1, root));
          const body = encodeColumns({ period, batch, proof: { gateway: stranger.publicKey, signature } });
          const init = { method: "POST", body: body as Uint8Array<ArrayBuffer> };
          const answer = await service.fetch(new Request("http://market.test/v1/orders/columns", init));
          const said = (await answer.text()).replaceAll(`participant ${numbers[who]}`, "participant N");
          return [answer.status, said];
        }),
      );
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
      expect(answers[0]![0]).not.toBe(200);
    }
  });

  test("is answered the same of what is asked for, and as a stream of events", async () => {
    const paths = (who: string): string[] => [
      `/v1/members/${who}`,
      `/v1/members/${who}/standing`,
      `/v1/members/${who}/bill?month=2026-07`,
      `/v1/statements/${who}`,
      `/v1/bundles/${who}`,
      "/v1/events",
    ];
    const { market, service, ask } = listed;
    const answers = await Promise.all(
      names.map(async (who) => {
        const said: unknown[] = [];
        for (const path of paths(who)) {
          const headers = await authorization(market.id, stranger, path, { participant: who });
          const asked = path === "/v1/events" ? [headers] : [headers, {}];
          for (const each of asked) {
            const { status, body } = await ask(path, { headers: each });
            expect(status).toBe(403);
            said.push(plain({ status, body }, who));
          }
        }
        // A WebSocket asks so.
        const signed = await authorization(market.id, stranger, "/v1/events", { participant: who });
        const line = { after: undefined, ...signed, request: "GET /v1/events" };
        await service
          .follow(line, new AbortController().signal)
          .catch((error: Error) => said.push(plain(error.message, who)));
        return said;
      }),
    );
    expect(answers[0]!.length).toBe(12);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  test("is answered the same by MQTT", async () => {
    const { service, platform, market } = listed;
    const replies: { topic: string; payload: string }[] = [];
    const bridge = new MqttBridge({
      ...{ service, platform, prefix: "town", memberTopics: true, limits: defaultLimits },
      now: () => 1_000,
      failed: () => {},
    });
    bridge.opened({
      publish: async (topic, payload, { retain }) => {
        if (!retain) replies.push({ topic, payload });
      },
    });
    for (const [what, [path, make]] of Object.entries(requests)) {
      const answers: unknown[] = [];
      for (const who of names) {
        const sent = await make(market, who, stranger);
        replies.length = 0;
        await bridge.take(`town/in/${path.slice("/v1/".length)}/${who}`, toUtf8(JSON.stringify(sent)));
        await expect.poll(() => replies.length).toBe(1);
        answers.push(plain(replies, who));
      }
      expect(answers[1], what).toEqual(answers[0]);
      expect(answers[2], what).toEqual(answers[0]);
    }
    bridge.close();
  });
});

describe("whoever signs", () => {
  test("is told that it was removed, and what is wrong with what it sends", async () => {
    const bob = keys.get("bob")!;
    for (const [what, field] of [
      ["an order", "order.participant"],
      ["a reading", "reading.participant"],
      ["a use contract", "contract.participant"],
    ] as const)
      expect(await told(listed, requests[what]!, "bob", bob)).toMatchObject({ status: 422, body: { field } });
    const ann = keys.get("ann")!;
    expect(await told(listed, requests["an order in parts of a tick"]!, "ann", ann)).toMatchObject({
      status: 400,
      body: { field: "order.quantity" },
    });
    expect(await told(listed, requests["a reading of a period to come"]!, "ann", ann)).toMatchObject({
      status: 422,
    });
    expect(await told(listed, requests["an order"]!, "ann", ann)).toMatchObject({ status: 200 });
    expect(await told(listed, requests["a reading"]!, "ann", ann)).toMatchObject({ status: 200 });
  });
});
