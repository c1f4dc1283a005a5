/** A signed market of three participants, two of them behind a gateway, with everybody's keys. */

import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { decodeBlock } from "../../src/ledger/format/block.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { encodeRecords } from "../../src/ledger/format/layout.js";
import { orderLayout } from "../../src/ledger/format/records.js";
import type { Signatures, SigningKey } from "../../src/ledger/keys/backend.js";
import { checkEvidence } from "../../src/ledger/keys/coverage.js";
import { KeyDirectory } from "../../src/ledger/keys/directory.js";
import { contractStatement, orderStatement } from "../../src/ledger/keys/message.js";
import { openSignatures } from "../../src/ledger/keys/signature.js";
import { openMemoryStore } from "../../src/ledger/store/memory.js";
import type { Store } from "../../src/ledger/store/store.js";
import { openHasher } from "../../src/ledger/tree/hashwasm.js";
import type { Contract } from "../../src/market/contracts/contracts.js";
import { freeTariff } from "../../src/market/contracts/opening.js";
import type { LoggedMarket } from "../../src/market/logged.js";
import type { Market } from "../../src/market/market.js";
import { type MarketOptions, openMarket } from "../../src/market/open.js";
import { openReplay } from "../../src/market/replay.js";
import { ownTerms, participant } from "./terms.js";

export const signatures: Signatures = await openSignatures();
export const platform: SigningKey = await signatures.generate();
export const gateway: SigningKey = await signatures.generate();
/** By participant. */
export const keys: Map<string, SigningKey> = new Map();
for (const id of ["ann", "bob", "cid"]) keys.set(id, await signatures.generate());

const dated = { version: 1, from: 0 };

export function signedContracts(): Contract[] {
  return [
    {
      kind: "market",
      ...dated,
      id: "signed",
      currency: "EUR",
      quantityTick: "0.000001",
      priceTick: "0.000001",
      periodMs: 30_000,
      signed: true,
      platformKey: hex(platform.publicKey),
      order: ["electricity", "heat", "cold", "gas"],
    },
    {
      kind: "payment",
      ...dated,
      currency: "EUR",
      creditLimit: "9000000000000000000",
      tariffs: { electricity: freeTariff, heat: freeTariff, cold: freeTariff, gas: freeTariff },
      metering: { window: 2, corrections: 2, missing: "zero" },
    },
    ...[...keys].flatMap(([id, key]) => [
      {
        ...participant(id, 0),
        key: hex(key.publicKey),
        ...(id === "ann" ? {} : { gateway: hex(gateway.publicKey) }),
      },
      ...ownTerms(id, 0),
    ]),
  ];
}

const signerOf = (contract: Contract): SigningKey => {
  if (contract.kind === "participant") return keys.get(contract.id)!;
  if (contract.kind === "member") return keys.get(contract.participant)!;
  if (contract.kind !== "supply" && contract.kind !== "use") return platform;
  return contract.participant === undefined ? platform : keys.get(contract.participant)!;
};

/** Signs a contract with the key that has to, or with another. */
export const signContract = (contract: Contract, id: Uint8Array, key = signerOf(contract)) =>
  key.sign(contractStatement(id, encodeCanonical(contract)));

export async function openSigned(options: Partial<MarketOptions> = {}): Promise<Market> {
  return openMarket({
    engine: await openEngine(),
    store: await openMemoryStore(),
    signatures,
    contracts: signedContracts(),
    sign: (contract, id) => signContract(contract, id),
    clock: { now: () => 1, setTimer: () => 0, clearTimer: () => undefined },
    ...options,
  });
}

/** The same with a log. */
export async function openLogged(options: Partial<MarketOptions> = {}): Promise<LoggedMarket> {
  return (await openSigned({ ...options, log: true })) as LoggedMarket;
}

/** An order for electricity. */
export const order = (
  participant: string,
  side: "offer" | "bid",
  quantity: string,
  price: string,
  revision?: number,
) =>
  ({
    participant,
    carrier: "electricity",
    side,
    quantity,
    price,
    ...(revision === undefined ? {} : { revision }),
  }) as const;

/** Signs an order for the market's open period. */
export function signOrder(market: Market, of: ReturnType<typeof order>, key = keys.get(of.participant)!) {
  const record = {
    participant: market.participantNumber(of.participant)!,
    carrier: of.carrier,
    side: of.side,
    revision: of.revision ?? 0,
    quantity: Math.round(Number(of.quantity) * 1e6),
    price: Math.round(Number(of.price) * 1e6),
  };
  return key.sign(orderStatement(market.id, market.period, encodeRecords(orderLayout, [record])));
}

/** Executes a ledger again and, of a signed one, checks every signature; throws what is wrong. */
export async function checkLedger(store: Store): Promise<void> {
  const replay = openReplay(await openEngine());
  const directory = new KeyDirectory();
  for await (const bytes of store.blocks()) {
    const block = decodeBlock(bytes);
    await checkEvidence(block, directory, signatures, await openHasher());
    replay.replay(block);
  }
}
