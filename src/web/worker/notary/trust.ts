/** Whom one has to trust: heads and keys that came along, and what they vouch for. */
import { fromHex, hex, sameBytes } from "../../../bytes.js";
import { fail, GridclearError } from "../../../errors.js";
import type { Signatures } from "../../../ledger/keys/backend.js";
import {
  cosignatures,
  isSignedBy,
  ledgerKeyKind,
  type NamedKey,
  parseCheckpoint,
  parseKey,
  type SignedCheckpoint,
  witnessKeyKind,
} from "../../../ledger/proof/checkpoint.js";
import type { Hasher } from "../../../ledger/tree/hasher.js";
import type { HistoryTree } from "../../../ledger/tree/history.js";
import type { Anchor } from "../../../ledger/tree/path.js";
import { t } from "../../say.js";
import { faultOf, short } from "./bad.js";
import type { Recognised } from "./kinds.js";
import type { Fault, SignedBy } from "./shown.js";

/** A head that came along. */
export interface GivenHead {
  readonly head: SignedCheckpoint;
  /** Whether it lay beside the blocks, so that whoever gave those gave it too. */
  readonly isKept: boolean;
}

/** What a person brings to hold everything against. */
export interface Trusted {
  /** The platform's public key; null: none was given. */
  readonly key: Uint8Array | null;
  readonly witnesses: readonly NamedKey[];
  readonly heads: readonly GivenHead[];
  /** What of it can't be read. */
  readonly faults: readonly Fault[];
}

/** A ledger that was found good and is kept at hand: proofs are held against it too. */
export interface KnownLedger {
  readonly marketId: string;
  readonly history: HistoryTree;
  /** Hashes of its blocks, hexadecimal. */
  readonly hashes: readonly string[];
  /** The key of its platform; null where it is not a signed one. */
  readonly platform: Uint8Array | null;
}

export interface TrustTools {
  readonly hasher: Hasher;
  readonly signatures: Signatures;
}

/** Reads keys and heads out of files and out of what was written in. Secret keys are refused unread. */
export function readTrust(files: readonly Recognised[], hasher: Hasher): Trusted {
  let key: Uint8Array | null = null;
  const witnesses: NamedKey[] = [];
  const heads: GivenHead[] = [];
  const faults: Fault[] = [];
  for (const { kind, text, path } of files)
    try {
      if (kind === "head") heads.push({ head: parseCheckpoint(text), isKept: /(^|\/)meta\//.test(path) });
      if (kind !== "key") continue;
      const line = text.trim();
      if (/^[0-9a-f]{64}$/.test(line)) key = fromHex(line, "key");
      else
        try {
          key = parseKey(line, ledgerKeyKind, hasher).publicKey;
        } catch {
          witnesses.push(parseKey(line, witnessKeyKind, hasher));
        }
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      const { where, expected } = faultOf(error);
      faults.push({ where: `${path}: ${where}`, expected, found: t`something else` });
    }
  return { key, witnesses, heads, faults };
}

/** What the signatures on heads say. `platform`: the key that they have to be of; null: nobody says it. */
export async function headSignatures(
  { heads, witnesses }: Pick<Trusted, "heads" | "witnesses">,
  platform: Uint8Array | null,
  { signatures, hasher }: TrustTools,
): Promise<SignedBy[]> {
  const found: SignedBy[] = [];
  for (const { head } of heads) {
    const what = t`the head of ${head.checkpoint.size} blocks`;
    if (head.signatures.length === 0) continue;
    const isValid = platform === null ? null : await isSignedBy(head, platform, signatures, hasher);
    found.push({ who: t`the platform`, what, isValid });
    const cosigned = await cosignatures(head, witnesses, signatures, hasher);
    for (const { name } of witnesses)
      found.push({ who: t`the witness ${name}`, what, isValid: cosigned.some((each) => each.name === name) });
  }
  return found;
}

/** Whom one has to trust for a ledger that holds in itself. */
export function trustInLedger(
  { key, heads }: Trusted,
  platform: Uint8Array | null,
  isSigned: boolean,
): string[] {
  const given = heads.filter(({ isKept }) => !isKept);
  const said: string[] = [];
  for (const { head } of given)
    said.push(
      t`It leads to the head that you brought, of ${head.checkpoint.size} blocks: as far as that it is the ledger that whoever gave you the head sees.`,
    );
  if (key !== null && platform !== null) said.push(t`The platform’s key in it is the one that you brought.`);
  if (said.length > 0) return said;
  return [
    isSigned
      ? t`It holds in itself, and the platform whose key stands in its first block signed it. Whether that is your platform, and whether everybody sees this ledger, it can’t say: compare the key or the head below with one from a source that you trust.`
      : t`It holds in itself, but nobody signed it: whoever made it could have made another one. Compare its head below with one from a source that you trust.`,
  ];
}

/** What a proof leads to, and what came along with it. */
export interface Leads extends Anchor {
  readonly marketId: string;
  /** The head inside it, as a note; null: none. */
  readonly note: string | null;
}

/** What is found of a head that a proof leads to. */
export interface Vouched {
  readonly trust: readonly string[];
  readonly signatures: readonly SignedBy[];
  readonly faults: readonly Fault[];
}

function againstLedger({ size, root, marketId }: Leads, known: KnownLedger | null): string | null {
  if (known === null || known.marketId !== marketId || size > known.history.size) return null;
  const own = known.history.root(size);
  return sameBytes(own, root)
    ? t`It leads to the ledger that was checked here.`
    : fail("corrupt", t`the head of ${size} blocks`, short(own), short(root));
}

/** Holds what a proof leads to against what a person brought, and against the ledger that was checked here. */
export async function vouch(
  leads: Leads,
  trusted: Trusted,
  known: KnownLedger | null,
  tools: TrustTools,
): Promise<Vouched> {
  const trust: string[] = [];
  const faults: Fault[] = [];
  const inside = leads.note === null ? [] : [{ head: parseCheckpoint(leads.note), isKept: true }];
  try {
    const isOfKnown = againstLedger(leads, known);
    if (isOfKnown !== null) trust.push(isOfKnown);
  } catch (error) {
    faults.push(faultOf(error));
  }
  for (const { head } of trusted.heads) {
    const { size, root, origin } = head.checkpoint;
    const where = t`the head that you brought`;
    if (origin !== `gridclear/${leads.marketId}`)
      faults.push({ where, expected: t`one of this market`, found: origin });
    else if (size !== leads.size)
      trust.push(
        t`The head that you brought has ${size} blocks, this leads to one of ${leads.size}: they can’t be compared.`,
      );
    else if (sameBytes(root, leads.root)) trust.push(t`It leads to the head that you brought.`);
    else faults.push({ where, expected: hex(root), found: hex(leads.root) });
  }
  const beside = known?.marketId === leads.marketId ? known.platform : null;
  const heads = [...inside, ...trusted.heads];
  const signatures = await headSignatures({ ...trusted, heads }, trusted.key ?? beside, tools);
  for (const { who, what, isValid } of signatures) {
    if (isValid === false)
      faults.push({ where: t`the signature of ${who} on ${what}`, expected: t`a valid one`, found: t`none` });
    if (isValid === true && trusted.key !== null)
      trust.push(t`The head is signed with the key that you brought.`);
  }
  if (trust.length === 0 && faults.length === 0)
    trust.push(
      t`Nobody vouches for the head here: compare it with one from a source that you trust, or bring the platform’s key.`,
    );
  return { trust, signatures, faults };
}
