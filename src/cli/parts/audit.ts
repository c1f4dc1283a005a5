/**
 * Verifying what holds a ledger on disk: a directory, or an exported file. The verifying itself
 * is `report/audit.ts`.
 */
import { fromUtf8 } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { type Checkpoint, checkpointKey } from "../../ledger/proof/checkpoint.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { type Audit, auditBlocks, auditStore } from "../../report/audit.js";
import { isVerdict } from "./problem.js";
import { withSource } from "./source.js";

/** What verifying a ledger on disk came to, and how long it took in milliseconds. */
export type TimedAudit = Audit & { readonly durationMs: number };

/** How {@link auditLedger} verifies. */
export interface AuditRequest {
  /** Called after every hundredth block; `of` is the number of blocks where it is known, which it is not of a file. */
  readonly progress?: (done: number, of: number | null) => void;
  /** Height of a snapshot to begin at. */
  readonly from?: number | undefined;
  /** The platform's public key, for a ledger whose genesis does not say it any more. */
  readonly platformKey?: Uint8Array | null;
  /**
   * The head that the ledger has to lead to besides its own; is given the one kept beside the blocks, as a note, or
   * null. Throws `signature` for a head that is not what is demanded of it. Default: none.
   */
  readonly trusted?: (kept: string | null) => Promise<Checkpoint | null>;
}

/**
 * Verifies a ledger on disk without changing it. Whatever is wrong with the ledger, or with the head that it is held
 * against, is in the result. Throws `invalid` when there is no ledger, `storage` when the disk can't be read.
 */
export async function auditLedger(path: string, request: AuditRequest = {}): Promise<TimedAudit> {
  const { progress = () => {}, from, platformKey = null, trusted = async () => null } = request;
  const start = performance.now();
  const timed = (audit: Audit): TimedAudit => ({
    ...audit,
    durationMs: Math.round(performance.now() - start),
  });
  const hasher = await openHasher();
  try {
    return timed(
      // Links only: every section is hashed by the audit, and once is enough.
      await withSource(path, { hasher, verify: "hashes" }, async ({ blocks, store }) => {
        if (store === null && from !== undefined)
          return fail("invalid", "--from", "a directory of a ledger, where snapshots are kept", path);
        const kept = (await store?.getMeta(checkpointKey)) ?? null;
        const checkpoint = await trusted(kept === null ? null : fromUtf8(kept));
        const options = {
          hasher,
          progress: (done: number) => progress(done, store?.size ?? null),
          ...(platformKey === null ? {} : { platformKey }),
          ...(checkpoint === null ? {} : { checkpoint }),
        };
        if (store === null) return auditBlocks(blocks(), options);
        return auditStore(store, { ...options, ...(from === undefined ? {} : { from }) });
      }),
    );
  } catch (error) {
    if (!(error instanceof GridclearError) || !isVerdict(error)) throw error;
    return timed({ ok: false, height: error.height, reason: error.message });
  }
}
