import { fromHex, hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import {
  cosignatures,
  isFinal,
  isSignedBy,
  ledgerKeyKind,
  parseCheckpoint,
  parseKey,
  witnessKeyKind,
} from "../../ledger/proof/checkpoint.js";
import type { Proof } from "../../ledger/proof/proof.js";
import type { Anchor } from "../../ledger/tree/path.js";
import { plainHasher as hasher } from "../../ledger/tree/plain.js";
import { readText } from "./document.js";
import { withLedger } from "./ledger.js";

/** What the reader of a proof trusts. */
export interface Trust {
  /** File with a head that the reader trusts, as a note. */
  readonly checkpoint?: string | undefined;
  /** The platform's public key that the head must be signed with: 64 hex digits or a ledger key line. */
  readonly key?: string | undefined;
  /** Key lines of the witnesses whose cosignatures make the head final, and how many of them must have given theirs. */
  readonly witness?: readonly string[] | undefined;
  readonly threshold?: string | undefined;
  /** Directory of the ledger to hold it against. */
  readonly ledger?: string | undefined;
}

/** The head to hold a proof against: the ledger's own, or a note's (its signature checked when the key is known). */
export async function anchorOf(request: Trust, proof: Proof): Promise<(Anchor & { source: string }) | null> {
  const { ledger, checkpoint } = request;
  const { size } = proof.history;
  if (ledger !== undefined)
    return withLedger(ledger, async ({ history }) => ({
      size,
      root:
        size >= 1 && size <= history.size
          ? history.root(size)
          : fail("corrupt", "proof.history.size", `1 to ${history.size}`, size),
      source: `that head is the one of ${ledger}`,
    }));
  const note = checkpoint === undefined ? proof.checkpoint : await readText(checkpoint);
  const key = request.key === undefined ? null : readPublicKey(request.key);
  const witnesses = (request.witness ?? []).map((text) => parseKey(text, witnessKeyKind, hasher));
  if (note === null && witnesses.length > 0)
    return fail("signature", "checkpoint", "a head that witnesses cosigned", "none");
  if (note === null || (checkpoint === undefined && key === null && witnesses.length === 0)) return null;
  const signed = parseCheckpoint(note);
  if (key !== null && !(await isSignedBy(signed, key, await openSignatures(), hasher)))
    return fail("signature", "checkpoint", `a signature of ${hex(key)}`, signed.checkpoint.origin);
  const sources = [];
  if (key !== null) sources.push("that head is signed with the key given");
  else if (checkpoint !== undefined) sources.push(`that head is the one of ${checkpoint}`);
  if (witnesses.length > 0) {
    const names = (await cosignatures(signed, witnesses, await openSignatures(), hasher)).map(
      ({ name }) => name,
    );
    const policy = { threshold: Number(request.threshold ?? witnesses.length), witnesses };
    if (!(await isFinal(signed, policy, await openSignatures(), hasher)))
      return fail(
        "signature",
        "checkpoint",
        `cosignatures of ${policy.threshold} of the ${witnesses.length} witnesses`,
        names.join(", ") || "none",
      );
    sources.push(`final: cosigned by ${names.join(", ")}, of ${witnesses.length} witnesses named`);
  }
  return { ...signed.checkpoint, source: sources.join("; ") };
}

function readPublicKey(text: string): Uint8Array {
  return /^[0-9a-f]{64}$/.test(text)
    ? fromHex(text, "--key")
    : parseKey(text, ledgerKeyKind, hasher).publicKey;
}
