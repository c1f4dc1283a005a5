/**
 * What stands in a fleet's streams beside requests: registrations, gates, blocks and snapshots. Everybody who may
 * publish to a subject can put anything there, so all of it is checked here.
 */
import { fromHex, hex, sameBytes, signatureBytes, toUtf8 } from "../bytes.js";
import { hexText, integer, list, object, orNull, record, text } from "../check.js";
import { fail, GridclearError, within } from "../errors.js";
import { decodeItems, encodeItems } from "../ledger/format/block.js";
import type { Signatures, SigningKey } from "../ledger/keys/backend.js";
import { hashBytes } from "../ledger/tree/hasher.js";
import type { Contract } from "../market/contracts/contracts.js";
import { readJson } from "./readjson.js";

const whole = integer(0, Number.MAX_SAFE_INTEGER);
const signatureCheck = hexText(signatureBytes);

// --- Registrations ------------------------------------------------------------------------------------------------

/** How a microgrid begins: the first message about it. */
export interface Registration {
  /** Timestamp of its genesis, in milliseconds since 1970. */
  readonly startMs: number;
  /** Contracts of genesis in order, each with the signature of whoever has to sign it. */
  readonly contracts: readonly Contract[];
  readonly signatures: readonly Uint8Array[];
  /** Sequence of the intake stream behind which its requests stand. */
  readonly cut: number;
}

const registrationCheck = record({
  startMs: whole,
  contracts: list(object, 1, 100_000),
  signatures: list(signatureCheck, 1, 100_000),
  cut: whole,
});

export function encodeRegistration({ signatures, ...rest }: Registration): Uint8Array {
  return toUtf8(JSON.stringify({ ...rest, signatures: signatures.map(hex) }));
}

/** Throws `invalid` for what is no registration; what its contracts say is for the market to check. */
export function decodeRegistration(bytes: Uint8Array): Registration {
  const { startMs, contracts, signatures, cut } = readJson(bytes, "registration", registrationCheck);
  if (signatures.length !== contracts.length)
    fail("invalid", "registration.signatures", `${contracts.length}, one a contract`, signatures.length);
  return {
    startMs,
    contracts: contracts as unknown as readonly Contract[],
    signatures: signatures.map((each, index) => fromHex(each, `registration.signatures[${index}]`)),
    cut,
  };
}

// --- Gates --------------------------------------------------------------------------------------------------------

/**
 * A gate closes a period: what stands before it in the intake is the period's or an earlier one's, what stands behind
 * it is not. So a period and its block follow from the stream alone, whoever reads it.
 */
export interface Gate {
  readonly period: number;
  /** Timestamp of the period's block, in milliseconds since 1970. */
  readonly timestampMs: number;
}

const gateCheck = record({ period: whole, timestampMs: whole, signature: signatureCheck });

/** What the platform signs of a gate. */
const gateStatement = (marketId: Uint8Array, { period, timestampMs }: Gate): Uint8Array =>
  toUtf8(`gridclear gate v1\0${hex(marketId)} ${period} ${timestampMs}`);

export async function signGate(gate: Gate, marketId: Uint8Array, key: SigningKey): Promise<Uint8Array> {
  const signature = hex(await key.sign(gateStatement(marketId, gate)));
  return toUtf8(JSON.stringify({ ...gate, signature }));
}

/** What a gate is checked by. */
export interface GateKey {
  readonly marketId: Uint8Array;
  readonly platformKey: Uint8Array;
  readonly signatures: Signatures;
}

/** A gate that the platform signed; null for anything else, which closes nothing. */
export async function readGate(bytes: Uint8Array, by: GateKey): Promise<Gate | null> {
  try {
    const { signature, ...gate } = readJson(bytes, "gate", gateCheck);
    const statement = gateStatement(by.marketId, gate);
    const isSigned = await by.signatures.verify(by.platformKey, statement, fromHex(signature, "signature"));
    return isSigned ? gate : null;
  } catch (error) {
    if (error instanceof GridclearError) return null;
    throw error;
  }
}

// --- Blocks and snapshots -----------------------------------------------------------------------------------------

/** A block as a worker seals and publishes it. */
export interface SealedBlock {
  readonly height: number;
  /** Sequence of the gate that closed its period: its orders are those before it. Of genesis, the registration's. */
  readonly cut: number;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  /** The head over all blocks up to this one, as the platform signed it; null where that was not worked out by it. */
  readonly note: string | null;
  /** What the market carries into the next period beside its state: contracts that stand in no block yet. */
  readonly carried: readonly Uint8Array[];
}

/** A block, and where it stands in the stream of blocks. */
export interface PublishedBlock extends SealedBlock {
  readonly sequence: number;
}

const noteCheck = text(/^[^\0]+$/, 1_000, "a note");
const blockCheck = record({ height: whole, cut: whole, hash: hexText(hashBytes), note: orNull(noteCheck) });

export function encodeSealed({ height, cut, hash, bytes, note, carried }: SealedBlock): Uint8Array {
  const head = toUtf8(JSON.stringify({ height, cut, hash: hex(hash), note }));
  return encodeItems([head, bytes, ...carried]);
}

/** Throws `corrupt` for what is no block with its head; the block itself is for the chain to check. */
export function decodeSealed(payload: Uint8Array): SealedBlock {
  const [head, bytes, ...carried] = decodeItems(payload, "sealed");
  if (head === undefined || bytes === undefined)
    return fail("corrupt", "sealed", "a head and a block", "less");
  const { height, cut, hash, note } = readJson(head, "sealed.head", blockCheck);
  return { height, cut, hash: fromHex(hash, "sealed.head.hash"), bytes, note, carried };
}

/** A snapshot as it is published: where its block stands, and the market's document. */
export interface PublishedSnapshot {
  readonly height: number;
  /** Where the block of this height stands in the stream of blocks. */
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

const snapshotCheck = record({ height: whole, sequence: whole });

export function encodeSnapshotMessage({ bytes, ...head }: PublishedSnapshot): Uint8Array {
  return encodeItems([toUtf8(JSON.stringify(head)), bytes]);
}

/** Throws `corrupt` or `invalid` for what is none. */
export function decodeSnapshotMessage(payload: Uint8Array): PublishedSnapshot {
  const [head, bytes] = decodeItems(payload, "snapshot");
  if (head === undefined || bytes === undefined)
    return fail("corrupt", "snapshot", "a head and a document", "less");
  return { ...within("snapshot", () => readJson(head, "head", snapshotCheck)), bytes };
}

/** Whether two are one and the same block. */
export const isSameBlock = (a: SealedBlock, b: SealedBlock): boolean =>
  a.height === b.height && sameBytes(a.hash, b.hash);
