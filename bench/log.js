// @ts-check
import { closeSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { batchRecords, openEngine, openMarket, openTerms } from "gridclear";
import {
  batchStatement,
  contractStatement,
  encodeCanonical,
  orderLayout,
  orderStatement,
  recordsRoot,
} from "gridclear/format";
import { openNodeStore } from "gridclear/store/node";
import { openSignatures } from "gridclear/verify";
import { row } from "./measure.js";

export const question =
  "How many signed orders a second are acknowledged, each checked, taken and on the disk?";

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), "build", "bench");
/** Bytes that the log keeps of an order under its own signature, with what frames it. */
const entryBytes = 102;
const hex = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString("hex");

/**
 * A signed market of `units` participants behind one gateway, on a ledger in `directory`.
 * @param {import("gridclear").Engine} engine @param {number} units @param {string} directory
 */
async function open(engine, units, directory) {
  const signatures = await openSignatures();
  const [platform, gateway] = [await signatures.generate(), await signatures.generate()];
  const keys = await Promise.all(Array.from({ length: units }, () => signatures.generate()));
  const dated = { version: 1, from: 0 };
  const store = await openNodeStore(directory, { hasher: engine });
  const market = await openMarket({
    engine,
    store,
    log: true,
    signatures,
    startMs: 0,
    contracts: [
      {
        kind: "market",
        ...dated,
        id: "bench",
        currency: "EUR",
        quantityTick: "0.001",
        priceTick: "0.0001",
        periodMs: 30_000,
        signed: true,
        platformKey: hex(platform.publicKey),
        order: ["electricity", "heat", "cold", "gas"],
      },
      ...openTerms(0),
      ...keys.map((key, index) => ({
        .../** @type {const} */ ({ kind: "participant", ...dated }),
        id: `unit-${index}`,
        creditLimit: "1000000000000000",
        key: hex(key.publicKey),
        gateway: hex(gateway.publicKey),
      })),
    ],
    sign: (contract, id) => {
      const key = contract.kind === "participant" ? keys[Number(contract.id.slice(5))] : platform;
      return key.sign(contractStatement(id, encodeCanonical(contract)));
    },
  });
  return { market, store, keys, gateway };
}

/** Columns of one order each of `count` participants, their `turn`th. */
const columns = (/** @type {number} */ count, /** @type {number} */ turn) => ({
  participant: Uint32Array.from({ length: count }, (_, index) => index),
  carrier: new Uint8Array(count),
  side: Uint8Array.from({ length: count }, (_, index) => index & 1),
  quantity: new Uint32Array(count).fill(1000),
  price: new Int32Array(count).fill(2000),
  revision: new Uint16Array(count).fill(turn),
});

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ smoke }) {
  const engine = await openEngine();
  const units = smoke ? 20 : 1000;
  const batches = smoke ? 2 : 50;
  const singles = units;
  mkdirSync(folder, { recursive: true });
  /** @type {Map<string, { count: number, times: number[] }>} */
  const times = new Map();
  for (let round = 0; round < (smoke ? 1 : 3); round++) {
    const place = mkdtempSync(join(folder, "log-"));
    const timed = async (
      /** @type {string} */ name,
      /** @type {number} */ count,
      /** @type {() => Promise<void>} */ act,
    ) => {
      const start = performance.now();
      await act();
      const known = times.get(name) ?? { count, times: [] };
      known.times.push(performance.now() - start);
      times.set(name, known);
    };
    try {
      const { market, store, keys, gateway } = await open(engine, units, join(place, "ledger"));
      const all = batchRecords(columns(units, 0));
      const { bytes } = orderLayout;
      const signed = await Promise.all(
        keys.map(async (key, index) => {
          const records = all.slice(index * bytes, (index + 1) * bytes);
          const signature = await key.sign(orderStatement(market.id, market.period, records));
          return { records, signature, gateway: null };
        }),
      );
      const bring = async (/** @type {import("gridclear").SignedOrders} */ orders) => {
        const result = await market.enter(orders);
        if (!("accepted" in result) || result.accepted === 0)
          throw "error" in result ? result.error : result.refused[0].error;
      };
      await timed("a signed order at a time", singles, async () => {
        for (const orders of signed) await bring(orders);
      });
      await market.clearPeriod(30_000);
      const again = await Promise.all(
        keys.map(async (key, index) => {
          const { records } = signed[index];
          return {
            records,
            signature: await key.sign(orderStatement(market.id, market.period, records)),
            gateway: null,
          };
        }),
      );
      await timed("signed orders, all at once", singles, async () => {
        await Promise.all(again.map(bring));
      });
      await market.clearPeriod(60_000);
      const many = [];
      for (let turn = 0; turn < batches; turn++) {
        const records = batchRecords(columns(units, turn));
        const statement = batchStatement(
          market.id,
          market.period,
          units,
          recordsRoot(orderLayout, records, engine),
        );
        many.push({ records, signature: await gateway.sign(statement), gateway: gateway.publicKey });
      }
      await timed(`a gateway's batch of ${units} at a time`, units * batches, async () => {
        for (const orders of many) await bring(orders);
      });
      await store.close();
      const file = openSync(join(place, "file"), "w");
      await timed(`a file, write of ${entryBytes} bytes and fdatasync`, singles, async () => {
        const entry = new Uint8Array(entryBytes).fill(7);
        for (let index = 0; index < singles; index++) {
          writeSync(file, entry);
          fdatasyncSync(file);
        }
      });
      closeSync(file);
    } finally {
      rmSync(place, { recursive: true });
    }
  }
  engine.close();
  return [...times].map(([name, { count, times }]) =>
    row({ work: "acknowledge orders", size: count, unit: "orders" }, name, times, undefined),
  );
}
