import { concat, hex } from "../bytes.js";
import { encodeCanonical } from "../ledger/format/canonical.js";
import { orderLayout } from "../ledger/format/records.js";
import { boundParticipant } from "../ledger/keys/directory.js";
import { batchStatement, contractStatement, readingStatement } from "../ledger/keys/message.js";
import type { Signatures, SigningKey } from "../ledger/keys/signature.js";
import type { Receipt } from "../ledger/proof/receipt.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import type { Contract } from "../market/contracts/contracts.js";
import { batchRecords, Intake, readingRecord } from "../market/intake/intake.js";
import type { OrderBatch, Reading } from "../market/intake/request.js";
import type { Market } from "../market/live.js";
import { Platform } from "../market/platform.js";
import type { Community } from "./community.js";

/** What {@link signedRun} needs. */
export interface SignedRunOptions {
  readonly signatures: Signatures;
  readonly hasher: Hasher;
  /** The platform's key, extractable: the keys of the gateway and the participants are derived from its seed. */
  readonly key: SigningKey;
  /** Hears of the receipts of each batch. */
  readonly receipts?: (receipts: readonly Receipt[]) => Promise<void>;
}

/** How a signed run signs and what its market takes; {@link signedRun} makes one. */
export interface SignedRun {
  readonly signatures: Signatures;
  /** Signs a contract with the key that has to. */
  sign(contract: Contract, marketId: Uint8Array): Promise<Uint8Array>;
  /** Opens the way into a market just opened. */
  open(market: Market): Promise<SignedIntake>;
}

/** The way into a signed market. */
export interface SignedIntake {
  /** Signs and brings what comes in one period. Throws when a signature or a contract is refused. */
  take(readings: readonly Reading[], orders: OrderBatch, contracts: readonly Contract[]): Promise<void>;
  /** Resolves when the head of what was sealed is signed and kept. */
  settled(): Promise<void>;
}

/** So many orders in one batch at most: it must fit into one value of the store. */
const maxBatch = 32_768;
const tag = "gridclear simulated key v1\0";

/**
 * A community whose contracts, readings and orders are signed: contracts and readings each by its participant's key, all
 * orders of a period by a gateway at once. Ed25519 has no randomness, so one key gives one ledger.
 */
export async function signedRun(
  community: Community,
  options: SignedRunOptions,
): Promise<{ community: Community; run: SignedRun }> {
  const { signatures, hasher, key } = options;
  const seed = await key.exportSeed();
  const derive = (name: string): Promise<SigningKey> =>
    signatures.importSeed(
      hasher.sha256(concat(new TextEncoder().encode(tag), seed, new TextEncoder().encode(name))),
    );
  const gateway = await derive("gateway");
  const keys = new Map<string, SigningKey>();
  for (const { id } of community.members) keys.set(id, await derive(`participant ${id}`));

  const keyed = (contract: Contract): Contract => {
    if (contract.kind === "market") return { ...contract, signed: true, platformKey: hex(key.publicKey) };
    if (contract.kind !== "participant") return contract;
    return { ...contract, key: hex(keys.get(contract.id)!.publicKey), gateway: hex(gateway.publicKey) };
  };
  const sign: SignedRun["sign"] = (contract, marketId) =>
    (keys.get(boundParticipant(contract) ?? "") ?? key).sign(
      contractStatement(marketId, encodeCanonical(contract)),
    );
  return {
    community: { ...community, contracts: (place) => community.contracts(place).map(keyed) },
    run: {
      signatures,
      sign,
      open: async (market) => {
        const platform = await Platform.open({ market, key, hasher });
        const intake = new Intake(market.contract, market.state.terms);
        return {
          take: async (readings, orders, contracts) => {
            // First what outlives a crash, so that evidence stands in one order with and without one.
            for (let at = 0; at < orders.quantity.length; at += maxBatch)
              await bring(
                platform,
                part(orders, (place) => place >= at && place < at + maxBatch),
              );
            for (const reading of readings) {
              // Of a meter's readings all but the first are corrections.
              const record = readingRecord(intake.reading(reading), (reading.version ?? 1) > 1);
              const signature = await keys
                .get(reading.participant)!
                .sign(readingStatement(market.id, record));
              const taken = await market.reportSigned(reading, signature);
              if (taken.status === "refused" && taken.error.code === "signature") throw taken.error;
            }
            for (const contract of contracts) {
              const taken = await market.proposeSigned(contract, await sign(contract, market.id));
              if (taken.status === "refused") throw taken.error;
            }
          },
          settled: () => platform.settled(),
        };
      },
    },
  };

  /** Brings a batch through the gateway, without the orders that the market refuses: it takes a batch whole or not. */
  async function bring(platform: Platform, batch: OrderBatch): Promise<void> {
    const { market } = platform;
    for (let rest = batch; rest.quantity.length > 0; ) {
      const root = hasher.merkleRoot(batchRecords(rest), orderLayout.bytes);
      const statement = batchStatement(market.id, market.period, rest.quantity.length, root);
      const result = await platform.submitBatch(rest, gateway.publicKey, await gateway.sign(statement));
      if ("status" in result) throw result.error;
      if (result.accepted > 0) return options.receipts?.(result.receipts);
      const refused = new Set(result.refused.map(({ index }) => index));
      rest = part(rest, (place) => !refused.has(place));
    }
  }
}

/** The orders of a batch at some of its places. */
function part(orders: OrderBatch, wanted: (place: number) => boolean): OrderBatch {
  const { participant, carrier, side, quantity, price } = orders;
  const kept = (_: number, place: number): boolean => wanted(place);
  return {
    participant: participant.filter(kept),
    carrier: carrier.filter(kept),
    side: side.filter(kept),
    quantity: quantity.filter(kept),
    price: price.filter(kept),
  };
}
