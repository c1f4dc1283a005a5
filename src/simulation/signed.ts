/** Signed runs: a community whose participants, gateway and platform sign everything that enters the ledger. */
import { concat, hex, toUtf8 } from "../bytes.js";
import { needMethods, onlyKeys } from "../check.js";
import type { GridclearError } from "../errors.js";
import { encodeCanonical } from "../ledger/format/canonical.js";
import { orderLayout } from "../ledger/format/records.js";
import { recordsRoot } from "../ledger/format/sections.js";
import type { Signatures, SigningKey } from "../ledger/keys/backend.js";
import { boundParticipant } from "../ledger/keys/directory.js";
import { batchStatement, contractStatement, readingStatement } from "../ledger/keys/message.js";
import type { Receipt } from "../ledger/proof/receipt.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import type { Contract } from "../market/contracts/contracts.js";
import { batchRecords } from "../market/intake/columns.js";
import type { OrderBatch, Reading } from "../market/intake/request.js";
import type { LoggedMarket } from "../market/logged.js";
import { Platform } from "../market/platform.js";
import type { Community } from "./community.js";

/** Options of {@link signedRun}. */
export interface SignedRunOptions {
  readonly signatures: Signatures;
  readonly hasher: Hasher;
  /** The platform's key, extractable: the keys of the gateway and the participants are derived from its seed. */
  readonly key: SigningKey;
  /** Called with the receipts of each batch that was taken; the run waits for it. */
  readonly receipts?: (receipts: readonly Receipt[]) => Promise<void>;
}

/** How a signed run signs and what its market takes; {@link signedRun} makes one. */
export interface SignedRun {
  readonly signatures: Signatures;
  /** Signs a contract with the key that has to. */
  sign(contract: Contract, marketId: Uint8Array): Promise<Uint8Array>;
  /** Opens the way into a market just opened. */
  open(market: LoggedMarket): Promise<SignedIntake>;
}

/** The way into a signed market. */
export interface SignedIntake {
  /**
   * Signs and brings what comes in one period; resolves to the error of the first order that was refused, or null.
   * Throws when a signature or a contract is refused.
   */
  take(
    readings: readonly Reading[],
    orders: OrderBatch,
    contracts: readonly Contract[],
  ): Promise<GridclearError | null>;
  /** Resolves when the head of what was sealed is signed and kept. */
  settled(): Promise<void>;
}

/** So many orders in one batch at most. */
const maxBatch = 32_768;
const tag = "gridclear simulated key v2\0";

/** Who signs: the platform, the gateway, and each participant by its id. */
interface Keys {
  readonly platform: SigningKey;
  readonly gateway: SigningKey;
  readonly participants: ReadonlyMap<string, SigningKey>;
}

/**
 * A community whose contracts, readings and orders are signed: contracts and readings each by its participant's key,
 * all orders of a period by a gateway at once. Ed25519 has no randomness, so one key gives one ledger.
 */
export async function signedRun(
  community: Community,
  options: SignedRunOptions,
): Promise<{ community: Community; run: SignedRun }> {
  needMethods(community, "community", "a community, as `openCommunity` gives it", ["contracts", "orders"]);
  onlyKeys(options, "options", ["signatures", "hasher", "key", "receipts"]);
  const { signatures } = options;
  needMethods(signatures, "signatures", "signatures, as `await openSignatures()` gives them", ["importSeed"]);
  needMethods(options.key, "key", "the platform's key", ["exportSeed"]);
  const keys = await deriveKeys(community, options);
  const gateway = hex(keys.gateway.publicKey);
  const keyed = (contract: Contract): Contract => {
    if (contract.kind === "market")
      return { ...contract, signed: true, platformKey: hex(keys.platform.publicKey) };
    if (contract.kind !== "participant") return contract;
    return { ...contract, key: hex(keys.participants.get(contract.id)!.publicKey), gateway };
  };
  return {
    community: {
      ...community,
      contracts: (place, history) => community.contracts(place, history).map(keyed),
    },
    run: {
      signatures,
      sign: (contract, marketId) => signContract(keys, contract, marketId),
      open: (market) => openIntake(market, keys, options),
    },
  };
}

async function deriveKeys(
  community: Community,
  { signatures, hasher, key }: SignedRunOptions,
): Promise<Keys> {
  const seed = await key.exportSeed();
  const derive = (name: string): Promise<SigningKey> =>
    signatures.importSeed(hasher.sha256(concat(toUtf8(tag), seed, toUtf8(name))));
  const participants = new Map<string, SigningKey>();
  for (const { id } of community.members) participants.set(id, await derive(`participant ${id}`));
  return { platform: key, gateway: await derive("gateway"), participants };
}

function signContract(keys: Keys, contract: Contract, marketId: Uint8Array): Promise<Uint8Array> {
  const signer = keys.participants.get(boundParticipant(contract) ?? "") ?? keys.platform;
  return signer.sign(contractStatement(marketId, encodeCanonical(contract)));
}

async function openIntake(
  market: LoggedMarket,
  keys: Keys,
  options: SignedRunOptions,
): Promise<SignedIntake> {
  const platform = await Platform.open({ market, key: keys.platform, hasher: options.hasher });
  const report = async (reading: Reading): Promise<void> => {
    const signature = await keys.participants
      .get(reading.participant)!
      .sign(readingStatement(market.id, market.period, market.readingRecord(reading)));
    const taken = await market.report(reading, signature);
    if (taken.status === "refused" && taken.error.code === "signature") throw taken.error;
  };
  return {
    take: async (readings, orders, contracts) => {
      let refusal: GridclearError | null = null;
      // What was taken before a crash is refused when it comes again, so evidence stands in one order with and without.
      for (let at = 0; at < orders.quantity.length; at += maxBatch) {
        const batch = part(orders, (place) => place >= at && place < at + maxBatch);
        refusal = (await bring(platform, keys, batch, options)) ?? refusal;
      }
      for (const reading of readings) await report(reading);
      for (const contract of contracts) {
        const signature = await signContract(keys, contract, market.id);
        const taken = await market.propose(contract, signature);
        // One that was taken before a crash waits already.
        if (taken.status === "refused" && taken.error.code !== "conflict") throw taken.error;
      }
      return refusal;
    },
    settled: () => platform.settled(),
  };
}

/**
 * Brings a batch through the gateway, without the orders that the market refuses: it takes a batch whole or not.
 * Resolves to the error of the first order refused, or null.
 */
async function bring(
  platform: Platform,
  { gateway }: Keys,
  batch: OrderBatch,
  { hasher, receipts }: SignedRunOptions,
): Promise<GridclearError | null> {
  const { market } = platform;
  let refusal: GridclearError | null = null;
  for (let rest = batch; rest.quantity.length > 0; ) {
    // Numbered from the period's beginning: what was taken before a crash is refused when it comes again.
    const records = batchRecords(rest);
    const root = recordsRoot(orderLayout, records, hasher);
    const statement = batchStatement(market.id, market.period, rest.quantity.length, root);
    const signature = await gateway.sign(statement);
    const result = await platform.enter({ records, signature, gateway: gateway.publicKey });
    if ("status" in result) throw result.error;
    if (result.accepted > 0) {
      await receipts?.(result.receipts);
      break;
    }
    refusal ??= result.refused[0]?.error ?? null;
    const refused = new Set(result.refused.map(({ index }) => index));
    rest = part(rest, (place) => !refused.has(place));
  }
  return refusal;
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
