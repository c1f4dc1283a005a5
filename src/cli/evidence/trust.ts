/** Which head a proof is held against: the ledger's own, one that the reader trusts, or the one in the proof. */
import { hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import {
  type Checkpoint,
  cosignatures,
  isFinal,
  isSignedBy,
  originOf,
  parseCheckpoint,
  type SignedCheckpoint,
  type WitnessPolicy,
} from "../../ledger/proof/checkpoint.js";
import { plainHasher as hasher } from "../../ledger/tree/plain.js";
import { withLedger } from "../parts/ledger.js";
import type { Trust } from "./open.js";

/** A head that somebody vouches for; `source` says who, in words. */
export interface Vouched extends Checkpoint {
  readonly source: string;
}

/** What leads to a head: the number of blocks under that, and the head itself where it came along as a note. */
export interface Leading {
  /** Wanted where a ledger is trusted: its head of that size is taken. */
  readonly size: number;
  readonly checkpoint: string | null;
}

/**
 * The head to hold a proof against; null when nobody vouches for any. Throws `signature` or `corrupt` when a head is
 * not what the reader demands of it.
 */
export async function anchorOf(trust: Trust, leading: Leading): Promise<Vouched | null> {
  const { ledger, checkpoint, key, policy } = trust;
  if (ledger !== null) return headOfLedger(ledger, leading.size);
  const head = checkpoint?.head ?? (leading.checkpoint === null ? null : parseCheckpoint(leading.checkpoint));
  if (head === null && policy !== null)
    return fail("signature", "checkpoint", "a head that witnesses cosigned", "none");
  if (head === null && key !== null)
    return fail("signature", "checkpoint", `a head that ${hex(key)} signed`, "none");
  if (head === null || (checkpoint === null && key === null && policy === null)) return null;
  const sources = [];
  if (key !== null) {
    if (!(await isSignedBy(head, key, await openSignatures(), hasher)))
      return fail("signature", "checkpoint", `a signature of ${hex(key)}`, head.checkpoint.origin);
    sources.push("that head is signed with the key given");
  } else if (checkpoint !== null) sources.push(`that head is the one of ${checkpoint.path}`);
  if (policy !== null) sources.push(await finality(head, policy));
  return { ...head.checkpoint, source: sources.join("; ") };
}

async function headOfLedger(directory: string, size: number): Promise<Vouched> {
  return withLedger(directory, async ({ history, marketId }) => ({
    origin: originOf(marketId),
    size,
    root:
      size >= 1 && size <= history.size
        ? history.root(size)
        : fail("corrupt", "proof.history.size", `1 to ${history.size}`, size),
    source: `that head is the one of ${directory}`,
  }));
}

/** Who cosigned a final head, in words; throws `signature` when too few did. */
async function finality(head: SignedCheckpoint, policy: WitnessPolicy): Promise<string> {
  const { threshold, witnesses } = policy;
  const signatures = await openSignatures();
  const names = (await cosignatures(head, witnesses, signatures, hasher)).map(({ name }) => name).join(", ");
  return (await isFinal(head, policy, signatures, hasher))
    ? `final: cosigned by ${names}, of ${witnesses.length} witnesses named`
    : fail(
        "signature",
        "checkpoint",
        `cosignatures of ${threshold} of the ${witnesses.length} witnesses`,
        names || "none",
      );
}
