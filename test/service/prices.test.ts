// Prices that change from day to day: the operator hands in rates, and contracts are amended by nothing but these.
import { describe, expect, test } from "vitest";
import { hex, toUtf8 } from "../../src/bytes.js";
import { signRequest } from "../../src/ledger/keys/authorization.js";
import { memoryMedium } from "../../src/ledger/store/memory.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { zoneOffsets } from "../../src/tariff/zone.js";
import { type ServeOptions, serve } from "../support/service.js";
import {
  checkLedger,
  platform as platformKey,
  signatures,
  signContract,
  signedContracts,
} from "../support/signedmarket.js";

const operatorKey = await signatures.generate();
const minuteMs = 60_000;
/** A market of half minutes that begins at midnight; rates hold for a minute. */
const zone = zoneOffsets("Europe/Vienna", 0, Date.UTC(1971, 0));
const at = (minute: number): string => new Date(minute * minuteMs).toISOString().replace(".000Z", "Z");
const spot = (on: "fromGrid" | "toGrid", rates: readonly string[], name = "spot") =>
  ({
    by: "series",
    name,
    sort: on === "toGrid" ? "feedIn" : "energy",
    on: [on],
    start: at(0),
    minutes: 1,
    rates,
  }) as const;
const fee = { by: "energy", name: "grid", sort: "grid", on: ["fromGrid"], rate: "0.1" } as const;

const contracts = (): Contract[] => [
  ...signedContracts().map((contract): Contract => {
    if (contract.kind !== "payment") return contract;
    const { electricity } = contract.tariffs;
    const retail = [spot("fromGrid", ["0.2", "0.3"]), fee];
    const feedIn = [spot("toGrid", ["0.2", "0.3"])];
    return { ...contract, tariffs: { ...contract.tariffs, electricity: { ...electricity, retail, feedIn } } };
  }),
  {
    ...{ kind: "tariff", version: 1, from: 0, tariff: "flex", carrier: "electricity", currency: "EUR" },
    ...{
      unit: "0.01",
      zone,
      components: [spot("fromGrid", ["0.2", "0.3", "0.4"]), spot("toGrid", ["0.5"], "other")],
    },
  },
];

async function administered(options: ServeOptions = {}) {
  let id = new Uint8Array(32);
  const served = await serve({
    ...options,
    market: { contracts: contracts() },
    operator: {
      key: hex(operatorKey.publicKey),
      sign: (contract) => signContract(contract, id, platformKey),
      close: () => {},
    },
  });
  id = Uint8Array.from(served.market.id);
  const path = "/v1/operator/prices";
  const send = async (method: string, body = "") => {
    const hash = method === "POST" ? ` ${hex(plainHasher.sha256(toUtf8(body)))}` : "";
    const signing = { marketId: id, untilMs: 61_000, request: `${method} ${path}${hash}` };
    const headers = {
      authorization: await signRequest(signing, operatorKey),
      "content-type": "application/json",
    };
    return served.ask(path, { method, headers, ...(method === "POST" ? { body } : {}) });
  };
  return {
    ...served,
    series: async () =>
      (await send("GET")).body.series as { series: string; contract: string; until: string }[],
    prices: (from: number, rates: readonly string[], more: object = {}) =>
      send(
        "POST",
        JSON.stringify({
          ...{ series: "spot", prices: rates.map((rate, index) => ({ start: at(from + index), rate })) },
          ...more,
        }),
      ),
    retail: () => served.market.state.tariff("electricity")!.retail,
    feedIn: () => served.market.state.tariff("electricity")!.feedIn,
    /** Seals what is open at so many half minutes. */
    at: (half: number) => served.market.clearPeriod(half * 30_000),
  };
}

describe("prices that the operator hands in", () => {
  test("hold from their instant on, in every contract with the series, and nothing else of it changes", async () => {
    const served = await administered();
    expect(await served.series()).toEqual([
      {
        series: "spot",
        contract: "payment",
        carrier: "electricity",
        price: "retail",
        minutes: 1,
        start: at(0),
        until: at(2),
      },
      {
        series: "spot",
        contract: "payment",
        carrier: "electricity",
        price: "feedIn",
        minutes: 1,
        start: at(0),
        until: at(2),
      },
      {
        series: "spot",
        contract: "tariff/flex",
        carrier: "electricity",
        price: null,
        minutes: 1,
        start: at(0),
        until: at(3),
      },
      {
        series: "other",
        contract: "tariff/flex",
        carrier: "electricity",
        price: null,
        minutes: 1,
        start: at(0),
        until: at(1),
      },
    ]);
    const before = ["payment", "tariff/flex"].map((key) => served.market.state.contract(key)!);
    await served.at(1);
    const taken = await served.prices(2, ["0.4", "0.5"]);
    expect(taken.status).toBe(200);
    expect(taken.body.series).toMatchObject([
      { contract: "payment", price: "retail", added: 2, changed: 0, until: at(4), period: 3 },
      { contract: "payment", price: "feedIn", added: 2, changed: 0, until: at(4), period: 3 },
      { contract: "tariff/flex", added: 1, changed: 0, until: at(4), period: 3 },
    ]);
    // Said again, before and after it holds, it changes nothing; who hands in more goes on from what waits.
    const again = await served.prices(2, ["0.4", "0.5"]);
    expect(again.body.series.map(({ period }: { period: number | null }) => period)).toEqual([
      null,
      null,
      null,
    ]);
    expect((await served.prices(4, ["0.6"])).body.series[0]).toMatchObject({
      added: 1,
      until: at(5),
      period: 3,
    });
    const seen: number[][] = [];
    for (let half = 2; half <= 12; half += 1) {
      await served.at(half);
      seen.push([half / 2, served.retail(), served.feedIn()]);
    }
    const wanted = [0.3, 0.3, 0.4, 0.4, 0.5, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6];
    expect(seen).toEqual(
      wanted.map((price, index) => [1 + index / 2, Math.round((price + 0.1) * 1e6), Math.round(price * 1e6)]),
    );
    for (const [index, key] of ["payment", "tariff/flex"].entries()) {
      const after = served.market.state.contract(key)!;
      expect(after).toMatchObject({ version: 3, from: 3 });
      const without = (contract: Contract): object =>
        JSON.parse(
          JSON.stringify(contract, (name, value) =>
            ["version", "from", "start", "rates"].includes(name) ? null : value,
          ),
        );
      expect(without(after)).toEqual(without(before[index]!));
    }
    await checkLedger(served.market.store);
  });

  test("are refused whole where they do not follow on, naming what", async () => {
    const served = await administered();
    await served.at(1);
    const long = Array.from({ length: 900 }, () => "0.123456789");
    const batch = (minute: number) => served.prices(minute, long);
    const refused: [Awaited<ReturnType<typeof served.prices>>, number, string][] = [
      [await served.prices(3, ["0.4"]), 409, "prices[0].start"],
      [await served.prices(1, ["0.31"]), 409, "prices[0].rate"],
      [await served.prices(2, ["0.41"]), 409, "prices[0].rate"],
      [await served.prices(2, ["cheap"]), 400, "prices[0].rate"],
      [await served.prices(2, ["0.4"], { series: "sport" }), 422, "series"],
      [await served.prices(2, ["0.4"], { prices: [] }), 400, "prices"],
      [await served.prices(2, ["0.4"], { hurry: true }), 400, "hurry"],
      [await served.prices(2, ["999999999"], { replace: true }), 422, "payment.tariffs.electricity.retail"],
      [await served.prices(1, long, { replace: true }), 200, ""],
      [await batch(901), 200, ""],
      // The series stands twice in the contract, some 28 bytes of its 64 KiB for each rate.
      [await batch(1801), 413, "contract.tariffs.electricity.retail[0].rates"],
    ];
    for (const [{ status, body }, wanted, field] of refused) {
      expect([status, status === 200 ? "" : body.field]).toEqual([wanted, field]);
    }
    expect((await served.post("/v1/operator/prices", { series: "spot", prices: [] })).status).toBe(403);
    await served.at(2);
    expect(served.retail()).toBe(223_457);
  });

  test("replace what stands where that is asked for, from the next period on", async () => {
    const served = await administered();
    await served.at(1);
    expect(served.retail()).toBe(300_000);
    expect((await served.prices(0, ["0.25"], { replace: true })).body.series[0]).toMatchObject({
      changed: 1,
      period: 3,
    });
    expect(served.retail()).toBe(300_000);
    // Half past: the rate of the first minute is over, the second's stands.
    await served.at(2);
    expect(served.retail()).toBe(400_000);
    expect((await served.prices(1, ["0.35"], { replace: true })).status).toBe(200);
    await served.at(3);
    expect(served.retail()).toBe(450_000);
  });

  test("go on after a restart, and wait for an amendment that was proposed otherwise", async () => {
    const medium = memoryMedium();
    let served = await administered({ medium });
    await served.at(1);
    expect((await served.prices(2, ["0.4", "0.5"])).status).toBe(200);
    await served.market.store.close();
    served = await administered({ medium });
    // What waits in the log is not known to the new process until it holds.
    expect(await served.prices(4, ["0.6"])).toMatchObject({ status: 409 });
    await served.at(2);
    expect((await served.prices(4, ["0.6"])).body.series[0]).toMatchObject({
      added: 1,
      until: at(5),
      period: 4,
    });
    const held = served.market.state.contract("payment")!;
    const amended = { ...held, version: held.version + 2, from: 5, creditLimit: null } as Contract;
    const signature = hex(await signContract(amended, served.market.id, platformKey));
    expect((await served.post("/v1/contracts", { contract: amended, signature })).status).toBe(200);
    expect(await served.prices(5, ["0.7"])).toMatchObject({ status: 409, body: { field: "payment" } });
    await checkLedger(served.market.store);
  });
});
