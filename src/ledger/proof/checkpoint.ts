/**
 * Heads of a ledger as signed notes (C2SP `signed-note`, `tlog-checkpoint`, `tlog-cosignature`): what a platform signs
 * and its witnesses cosign, written, read strictly, and checked.
 */
import {
  concat,
  copyOf,
  fromBase64,
  fromHex,
  hex,
  sameBytes,
  signatureBytes,
  toBase64,
  toUtf8,
  viewOf,
  wantBytes,
} from "../../bytes.js";
import { needArray, needObject } from "../../check.js";
import { fail } from "../../errors.js";
import { checkSignatures, type Signatures, type SigningKey } from "../keys/backend.js";
import { checkHasher, type Hasher, hashBytes } from "../tree/hasher.js";

/**
 * The head of a ledger as a signed text (C2SP tlog-checkpoint): a note of three lines (origin, number of blocks, RFC
 * 6962 root over their hashes in base64), an empty line, and a line for each signature.
 */
export interface Checkpoint {
  /** Names the ledger: {@link originOf} its market. */
  readonly origin: string;
  /** Number of blocks covered: height of the head + 1. */
  readonly size: number;
  readonly root: Uint8Array;
}

/** One signature line of a note: key name, 4-byte key id, and what follows them. */
export interface NoteSignature {
  readonly name: string;
  /** First four bytes of SHA-256(name ‖ "\n" ‖ algorithm ‖ public key), in hex. */
  readonly keyId: string;
  /** 64 bytes from a ledger's key, 8 + 64 (time and signature) from a witness's. */
  readonly bytes: Uint8Array;
}

/** A note taken apart: what it says, the bytes that are signed, and the signatures, none of them checked yet. */
export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** The three lines with their newlines: what a ledger's signature is made over. */
  readonly body: string;
  readonly signatures: readonly NoteSignature[];
  /** The whole text. */
  readonly note: string;
}

/** A public key under a name, as checkpoints and policies know it. */
export interface NamedKey {
  /** 1 to 128 characters without blanks and plus signs. */
  readonly name: string;
  readonly publicKey: Uint8Array;
}

/** Which witnesses must have cosigned for a block to be final: `threshold` (k) of the `witnesses` (n). */
export interface WitnessPolicy {
  readonly threshold: number;
  readonly witnesses: readonly NamedKey[];
}

/** A valid cosignature: who, and when by the witness's clock. */
export interface Cosignature {
  readonly name: string;
  /** Seconds since 1970-01-01T00:00Z. */
  readonly time: number;
}

/** The kind of a ledger's Ed25519 key in a key id (C2SP signed-note). */
export const ledgerKeyKind = 1;
/** The kind of a witness's cosignature/v1 key in a key id (C2SP signed-note). */
export const witnessKeyKind = 4;
/** Kinds of key in a key id. */
export type KeyKind = typeof ledgerKeyKind | typeof witnessKeyKind;

/** Where a store keeps the newest head beside the blocks: the platform its signed one, a witness its cosigned one. */
export const checkpointKey = "checkpoint";

/** Longest note read, in characters. */
const maxNoteLength: number = 65_536;
/** Most signature lines of a note. */
export const maxNoteSignatures: number = 64;

const dash = "— ";
/** Names of keys: printable ASCII without blanks and plus signs (C2SP signed-note). */
export const namePattern: RegExp = /^[!-*,-~]{1,128}$/;

/** The origin line of a market's ledger. The platform's key has the same name. */
export function originOf(marketId: Uint8Array): string {
  return `gridclear/${hex(wantBytes(marketId, "marketId"))}`;
}

/** First four bytes of SHA-256(name ‖ "\n" ‖ kind ‖ public key), in hex (C2SP signed-note). */
export function keyIdOf(key: NamedKey, kind: KeyKind, hasher: Hasher): string {
  checkHasher(hasher);
  if (kind !== ledgerKeyKind && kind !== witnessKeyKind)
    fail("invalid", "kind", `${ledgerKeyKind} or ${witnessKeyKind}`, kind);
  const publicKey = wantBytes(needObject(key, "key").publicKey, "publicKey");
  return hex(hasher.sha256(concat(toUtf8(`${key.name}\n`), Uint8Array.of(kind), publicKey)).subarray(0, 4));
}

/** A public key as one line for people and files (C2SP signed-note "vkey"): `name+keyId+base64(kind ‖ key)`. */
export function formatKey(key: NamedKey, kind: KeyKind, hasher: Hasher): string {
  checkName(needObject(key, "key").name);
  return `${key.name}+${keyIdOf(key, kind, hasher)}+${toBase64(concat(Uint8Array.of(kind), key.publicKey))}`;
}

/** Reads what {@link formatKey} wrote. Throws `invalid` when form, kind or key id are wrong. */
export function parseKey(text: string, kind: KeyKind, hasher: Hasher): NamedKey {
  const match =
    typeof text === "string" && text.length <= 256
      ? /^([!-*,-~]{1,128})\+([0-9a-f]{8})\+([0-9A-Za-z+/=]{44})$/.exec(text)
      : null;
  const bytes = match === null ? null : fromBase64(match[3]!);
  if (match === null || bytes === null || bytes.length !== 33 || bytes[0] !== kind)
    return fail(
      "invalid",
      "key",
      `a ${kind === witnessKeyKind ? "witness" : "ledger"} key: name+id+base64`,
      text,
    );
  const key = { name: match[1]!, publicKey: copyOf(bytes, 1) };
  return keyIdOf(key, kind, hasher) === match[2]
    ? key
    : fail("invalid", "key", "the id of the key", match[2]);
}

function checkName(name: string): string {
  return typeof name === "string" && namePattern.test(name)
    ? name
    : fail("invalid", "name", "1 to 128 printable ASCII characters, no blank, no +", name);
}

function bodyOf({ origin, size, root }: Checkpoint): string {
  checkName(origin);
  if (!Number.isSafeInteger(size) || size < 1) fail("invalid", "size", "1 to 2^53-1", size);
  if (root.length !== hashBytes) fail("invalid", "root", `${hashBytes} bytes`, root.length);
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Signs a head with the platform's key, whose name is the origin. Returns the note. */
export async function signCheckpoint(
  checkpoint: Checkpoint,
  key: SigningKey,
  hasher: Hasher,
): Promise<string> {
  const body = bodyOf(checkpoint);
  const id = keyIdOf({ name: checkpoint.origin, publicKey: key.publicKey }, ledgerKeyKind, hasher);
  return `${body}\n${line(checkpoint.origin, id, await key.sign(toUtf8(body)))}`;
}

/** A note nobody signed yet: the head of an unsigned market's ledger, for witnesses to cosign. */
export function unsignedCheckpoint(checkpoint: Checkpoint): string {
  return `${bodyOf(checkpoint)}\n`;
}

const line = (name: string, keyId: string, signature: Uint8Array): string =>
  `${dash}${name} ${toBase64(concat(fromHex(keyId, "key id"), signature))}\n`;

/** What a witness signs: "cosignature/v1", the time, and the note's body (C2SP tlog-cosignature). */
const cosigned = (body: string, time: number): Uint8Array => toUtf8(`cosignature/v1\ntime ${time}\n${body}`);

/** Who cosigns, and when. */
export interface Cosigner {
  /** The witness's name. */
  readonly name: string;
  readonly key: SigningKey;
  /** Whole seconds since 1970-01-01T00:00Z by the caller's clock. */
  readonly time: number;
}

/**
 * Adds a witness's cosignature to a note, in place of an earlier one of the same key. The caller has verified what the
 * note says: this does not. Throws `limit` when it has no room for one more signature.
 */
export async function cosign(note: string, { name, key, time }: Cosigner, hasher: Hasher): Promise<string> {
  const { body, signatures } = parseCheckpoint(note);
  if (!Number.isSafeInteger(time) || time < 1)
    fail("invalid", "time", "whole seconds since 1970, above 0", time);
  const keyId = keyIdOf({ name: checkName(name), publicKey: key.publicKey }, witnessKeyKind, hasher);
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time)); // big-endian, as C2SP has it
  const mine = line(name, keyId, concat(stamp, await key.sign(cosigned(body, time))));
  const others = signatures.filter((other) => other.name !== name || other.keyId !== keyId);
  // One more could be written, but never read again.
  if (others.length >= maxNoteSignatures)
    fail("limit", "checkpoint", `fewer than ${maxNoteSignatures} signatures of others`, others.length);
  return `${body}\n${others.map((other) => line(other.name, other.keyId, other.bytes)).join("")}${mine}`;
}

/**
 * Takes a note apart, strictly: what is read is exactly what `signCheckpoint` and `cosign` write, and
 * nothing is verified. Throws `corrupt` for other text.
 */
export function parseCheckpoint(note: unknown): SignedCheckpoint {
  if (typeof note !== "string" || note.length > maxNoteLength)
    return fail("corrupt", "checkpoint", `a note of at most ${maxNoteLength} characters`, note);
  const split = note.indexOf("\n\n") + 1;
  const body = note.slice(0, split);
  const lines = body.split("\n");
  const root = fromBase64(lines[2] ?? "");
  if (split === 0 || lines.length !== 4 || !namePattern.test(lines[0]!) || root?.length !== hashBytes)
    return fail("corrupt", "checkpoint", "origin, size and root, then an empty line", note);
  const size = Number(lines[1]);
  if (!/^[1-9][0-9]{0,15}$/.test(lines[1]!) || !Number.isSafeInteger(size))
    return fail("corrupt", "checkpoint.size", "a number from 1 to 2^53-1", lines[1]);
  const rest = note.slice(split + 1);
  const signatureLines = rest === "" ? [] : rest.split("\n");
  if (rest !== "" && signatureLines.pop() !== "")
    return fail("corrupt", "checkpoint", "a newline at the end", note);
  if (signatureLines.length > maxNoteSignatures)
    return fail("corrupt", "checkpoint", `at most ${maxNoteSignatures} signatures`, signatureLines.length);
  const signatures = signatureLines.map((text, index): NoteSignature => {
    const [name, encoded, ...more] = text.startsWith(dash) ? text.slice(dash.length).split(" ") : [];
    const bytes = fromBase64(encoded ?? "");
    const good = bytes?.length === 4 + signatureBytes || bytes?.length === 12 + signatureBytes;
    if (name === undefined || !namePattern.test(name) || more.length > 0 || !good)
      return fail("corrupt", `checkpoint signature ${index}`, "— name base64", text);
    return { name, keyId: hex(bytes!.subarray(0, 4)), bytes: copyOf(bytes!, 4) };
  });
  const names = new Set(signatures.map(({ name, keyId }) => `${name} ${keyId}`));
  if (names.size !== signatures.length) return fail("corrupt", "checkpoint", "each key once", note);
  return { checkpoint: { origin: lines[0]!, size, root }, body, signatures, note };
}

/** Throws `invalid` for what no {@link parseCheckpoint} took apart, and for no signatures to check it with. */
function checkSigned(signed: SignedCheckpoint, signatures: Signatures): void {
  checkSignatures(signatures);
  needObject(needObject(signed, "signed").checkpoint, "signed.checkpoint");
}

/** Whether the platform signed the note: a valid signature of `key` under the name of the origin. */
export async function isSignedBy(
  signed: SignedCheckpoint,
  publicKey: Uint8Array,
  signatures: Signatures,
  hasher: Hasher,
): Promise<boolean> {
  checkSigned(signed, signatures);
  const name = signed.checkpoint.origin;
  const keyId = keyIdOf({ name, publicKey }, ledgerKeyKind, hasher);
  const mine = signed.signatures.find((other) => other.name === name && other.keyId === keyId);
  return mine !== undefined && signatures.verify(publicKey, toUtf8(signed.body), mine.bytes);
}

/** The valid cosignatures on a note by the named witnesses, each witness at most once. */
export async function cosignatures(
  signed: SignedCheckpoint,
  witnesses: readonly NamedKey[],
  signatures: Signatures,
  hasher: Hasher,
): Promise<Cosignature[]> {
  checkSigned(signed, signatures);
  const found: Cosignature[] = [];
  const used: Uint8Array[] = [];
  for (const witness of needArray(witnesses, "witnesses")) {
    const keyId = keyIdOf(witness, witnessKeyKind, hasher);
    const line = signed.signatures.find((other) => other.name === witness.name && other.keyId === keyId);
    // One key under two names is one witness.
    if (line?.bytes.length !== 8 + signatureBytes || used.some((key) => sameBytes(key, witness.publicKey)))
      continue;
    const time = Number(viewOf(line.bytes).getBigUint64(0));
    if (!Number.isSafeInteger(time)) continue;
    const message = cosigned(signed.body, time);
    if (!(await signatures.verify(witness.publicKey, message, line.bytes.subarray(8)))) continue;
    found.push({ name: witness.name, time });
    used.push(witness.publicKey);
  }
  return found;
}

/**
 * Whether k of the n named witnesses have cosigned: then the blocks the note covers are final. Throws `invalid` for an
 * impossible policy.
 */
export async function isFinal(
  signed: SignedCheckpoint,
  policy: WitnessPolicy,
  signatures: Signatures,
  hasher: Hasher,
): Promise<boolean> {
  const { threshold, witnesses } = needObject(policy, "policy");
  needArray(witnesses, "policy.witnesses");
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > witnesses.length)
    return fail(
      "invalid",
      "policy.threshold",
      `1 to ${witnesses.length} (the number of witnesses)`,
      threshold,
    );
  return (await cosignatures(signed, witnesses, signatures, hasher)).length >= threshold;
}
