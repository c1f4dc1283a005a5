/**
 * The first of three rooms that judge evidence (open → judge → phrase): reads what a person handed in and finds out
 * what it is. Everything here is about form, so everything thrown here is a mistake of who handed it in, never a
 * verdict.
 */
import { fromHex, toUtf8 } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { decodeCanonical, maxDocumentBytes } from "../../ledger/format/canonical.js";
import { type Bundle, decodeBundle } from "../../ledger/proof/bundle.js";
import {
  ledgerKeyKind,
  type NamedKey,
  parseCheckpoint,
  parseKey,
  type SignedCheckpoint,
  type WitnessPolicy,
  witnessKeyKind,
} from "../../ledger/proof/checkpoint.js";
import { type ConsistencyProof, decodeConsistency } from "../../ledger/proof/consistency.js";
import { type Contradiction, decodeContradiction } from "../../ledger/proof/contradiction.js";
import { decodeProof, type Proof } from "../../ledger/proof/proof.js";
import { decodeReceipt, type Receipt } from "../../ledger/proof/receipt.js";
import { plainHasher as hasher } from "../../ledger/tree/plain.js";
import { maxBundleBytes } from "../parts/bundlefile.js";
import { inFile, readText } from "../parts/document.js";

/** What `gridclear verify` was asked about besides a whole ledger, as it stands on the command line. */
export interface EvidenceRequest {
  /** File with a proof, a statement bundle, a consistency proof or a contradiction. */
  readonly proof: string | undefined;
  /** File with a receipt, or with many, one a line. */
  readonly receipt: string | undefined;
  /** Directory of the ledger to hold it against. */
  readonly ledger: string | undefined;
  /** File with a head that the reader trusts, as a note. */
  readonly checkpoint: string | undefined;
  /** The platform's public key that the head must be signed with: 64 hex digits or a ledger key line. */
  readonly key: string | undefined;
  /** Key lines of the witnesses whose cosignatures make the head final, and how many of them must have given theirs. */
  readonly witness: readonly string[];
  readonly threshold: string | undefined;
}

/** What was handed in, by its kind. */
export type Evidence =
  | { readonly kind: "proof"; readonly proof: Proof }
  | { readonly kind: "bundle"; readonly bundle: Bundle }
  | { readonly kind: "consistency"; readonly proof: ConsistencyProof }
  | { readonly kind: "contradiction"; readonly contradiction: Contradiction }
  | { readonly kind: "receipts"; readonly receipts: readonly Receipt[] };

/** What the reader of evidence trusts: the ledger, head, key and witnesses that it is held against. */
export interface Trust {
  readonly ledger: string | null;
  /** A head that the reader trusts, and the file it came from. */
  readonly checkpoint: { readonly head: SignedCheckpoint; readonly path: string } | null;
  /** The platform's public key. */
  readonly key: Uint8Array | null;
  /** Witnesses of whom so many must have cosigned; null when none are named. */
  readonly policy: WitnessPolicy | null;
}

/** Most bytes of a file of receipts: about 170 000 of them. */
const maxReceiptBytes = 1 << 26;

/**
 * Reads the evidence and what is trusted. Throws `invalid` or `limit`, naming the file or the option, for what has no
 * such form.
 */
export async function openEvidence(
  request: EvidenceRequest,
): Promise<{ readonly evidence: Evidence; readonly trust: Trust }> {
  const { proof, receipt, ledger } = request;
  if (proof !== undefined && receipt !== undefined)
    return fail("invalid", "arguments", "--proof or --receipt", "both");
  if (proof === undefined || ledger !== undefined) refuseDemands(request);
  const trust = await openTrust(request);
  const evidence = proof === undefined ? await openReceipts(receipt!) : await openProofFile(proof);
  if (evidence.kind !== "proof" && evidence.kind !== "bundle") refuseDemands(request);
  return { evidence, trust };
}

/** The options that demand something of a head. */
export type Demands = Pick<EvidenceRequest, "checkpoint" | "key" | "witness" | "threshold">;

/**
 * Refuses every demand on a head, where the evidence has none or the ledger's own takes its place: nobody would
 * check the demand, and "good" would seem to say that it was met. Throws `invalid` naming the option.
 */
function refuseDemands({ checkpoint, key, witness, threshold }: Demands): void {
  for (const [name, value] of Object.entries({ checkpoint, key, witness: witness[0], threshold }))
    if (value !== undefined)
      fail(
        "invalid",
        `--${name}`,
        "--proof of a record or block with it, or LEDGER, and not both",
        "another question",
      );
}

/** Reads what is trusted. Throws `invalid` or `limit`, naming the file or the option, for what has no such form. */
export async function openTrust(request: Demands & Partial<Pick<EvidenceRequest, "ledger">>): Promise<Trust> {
  const { ledger = null, checkpoint, key, witness, threshold } = request;
  if (threshold !== undefined && witness.length === 0)
    return fail("invalid", "--threshold", "--witness with it", threshold);
  const witnesses = witness.map((text) =>
    publicKey("--witness", () => parseKey(text, witnessKeyKind, hasher)),
  );
  return {
    ledger,
    checkpoint:
      checkpoint === undefined
        ? null
        : {
            path: checkpoint,
            head: await openHead(checkpoint),
          },
    key: key === undefined ? null : publicKey("--key", () => readPublicKey(key)),
    policy: witnesses.length === 0 ? null : policyOf(witnesses, threshold),
  };
}

/** Reads a head as a note. */
export async function openHead(path: string): Promise<SignedCheckpoint> {
  const text = await readText(path);
  return inFile(path, () => parseCheckpoint(text));
}

function readPublicKey(text: string): Uint8Array {
  return /^[0-9a-f]{64}$/.test(text)
    ? fromHex(text, "--key")
    : parseKey(text, ledgerKeyKind, hasher).publicKey;
}

/** Reads a public key. What was given instead may be a secret one, so no error shows it. */
function publicKey<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    return fail("invalid", option, "a public key as gridclear keys show prints it", "something else");
  }
}

function policyOf(witnesses: readonly NamedKey[], threshold: string | undefined): WitnessPolicy {
  if (threshold === undefined) return { threshold: witnesses.length, witnesses };
  return /^[1-9][0-9]{0,3}$/.test(threshold) && Number(threshold) <= witnesses.length
    ? { threshold: Number(threshold), witnesses }
    : fail("invalid", "--threshold", `a whole number from 1 to ${witnesses.length}`, threshold);
}

async function openProofFile(path: string): Promise<Evidence> {
  const text = await readText(path, { limit: maxBundleBytes });
  switch (inFile(path, () => formatOf(text))) {
    case "gridclear bundle v2":
      return { kind: "bundle", bundle: inFile(path, () => decodeBundle(text)) };
    case "gridclear contradiction v2":
      return { kind: "contradiction", contradiction: inFile(path, () => decodeContradiction(text)) };
    case "gridclear consistency v2":
      return { kind: "consistency", proof: inFile(path, () => decodeConsistency(text)) };
    default:
      return { kind: "proof", proof: inFile(path, () => decodeProof(text)) };
  }
}

/** The format that a document names in its first line; undefined when it names none. */
function formatOf(text: string): unknown {
  const end = text.indexOf("\n");
  const json = decodeCanonical(toUtf8(end < 0 ? text : text.slice(0, end)), "proof", maxDocumentBytes);
  return json !== null && typeof json === "object" && "format" in json ? json.format : undefined;
}

async function openReceipts(path: string): Promise<Evidence> {
  const lines = (await readText(path, { limit: maxReceiptBytes })).replace(/\n$/, "").split("\n");
  const only = lines.length === 1;
  const receipts = lines.map((line, index) =>
    inFile(only ? path : `${path}, line ${index + 1}`, () => decodeReceipt(line)),
  );
  return { kind: "receipts", receipts };
}
