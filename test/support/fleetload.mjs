// Microgrids for tests and measurements of a fleet: communities of members behind one gateway, who sell and buy
// electricity. Everything follows from names, so that whoever knows a microgrid's name can say what its orders were.
import { createHash } from "node:crypto";
import {
  batchStatement,
  contractStatement,
  encodeCanonical,
  encodeRecords,
  marketId,
  orderLayout,
  recordsRoot,
} from "../../dist/ledger/format.js";
import { plainHasher as hasher, hex, openSignatures } from "../../dist/ledger/verify.js";
import { openingContracts } from "../../dist/market/contracts/opening.js";

const signatures = await openSignatures();
const digestOf = (word) => createHash("sha256").update(word).digest();

export const keyOf = (word) => signatures.importSeed(new Uint8Array(digestOf(word)));

export function chances(seed) {
  // Mulberry32: small, and the same everywhere.
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export async function loadGrid({ platform, name, members, periodMs, startMs }) {
  const gateway = await keyOf(`gateway of ${name}`);
  const ids = Array.from({ length: members }, (_, index) => `m${index}`);
  const keys = new Map(await Promise.all(ids.map(async (id) => [id, await keyOf(`${name} ${id}`)])));
  const opened = openingContracts({ id: name, periodMs, participants: ids });
  const contracts = opened.map((contract) => {
    if (contract.kind === "market")
      return { ...contract, signed: true, platformKey: hex(platform.publicKey) };
    if (contract.kind !== "participant") return contract;
    return { ...contract, key: hex(keys.get(contract.id).publicKey), gateway: hex(gateway.publicKey) };
  });
  const id = marketId(encodeCanonical(contracts[0]), hasher);
  const signed = contracts.map((contract) =>
    (contract.kind === "participant" ? keys.get(contract.id) : platform).sign(
      contractStatement(id, encodeCanonical(contract)),
    ),
  );
  return {
    name,
    marketId: id,
    registration: { startMs, contracts, signatures: await Promise.all(signed) },
    batch: async (period, turn) => {
      const chance = chances(digestOf(`${name} ${period} ${turn}`).readUInt32LE(0));
      const orders = ids.map((_, participant) => ({
        participant,
        carrier: "electricity",
        side: participant % 2 === 0 ? "offer" : "bid",
        revision: turn,
        quantity: 1 + Math.floor(chance() * 5_000_000),
        price: 50_000 + Math.floor(chance() * 300_000),
      }));
      const records = encodeRecords(orderLayout, orders);
      const root = recordsRoot(orderLayout, records, hasher);
      const signature = await gateway.sign(batchStatement(id, period, members, root));
      return { records, signature, gateway: gateway.publicKey };
    },
  };
}
