/**
 * Verifying what holds a ledger on disk: a directory, or an exported file. The verifying itself
 * is `report/audit.ts`.
 */
import { fail, GridclearError } from "../../errors.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { type Audit, auditBlocks, auditStore } from "../../report/audit.js";
import { withSource } from "./source.js";

/** What verifying a ledger on disk came to, and how long it took in milliseconds. */
export type TimedAudit = Audit & { readonly durationMs: number };

/**
 * Verifies a ledger on disk without changing it. `progress` is called after every hundredth block; `of` is the number
 * of blocks where it is known, which it is not of a file. `from`: the height of a snapshot to begin at. Whatever is
 * wrong with the ledger is in the result. Throws `invalid` when there is no ledger, `storage` when the disk can't be
 * read.
 */
export async function auditLedger(
  path: string,
  progress: (done: number, of: number | null) => void = () => {},
  from?: number,
): Promise<TimedAudit> {
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
        if (store === null)
          return auditBlocks(blocks(), { hasher, progress: (done) => progress(done, null) });
        return auditStore(store, {
          hasher,
          progress: (done) => progress(done, store.size),
          ...(from === undefined ? {} : { from }),
        });
      }),
    );
  } catch (error) {
    if (!(error instanceof GridclearError) || !isVerdict(error)) throw error;
    return timed({ ok: false, height: error.height, reason: error.message });
  }
}

/**
 * Whether an error that kept a ledger from being opened speaks of the ledger, rather than of the command line or the
 * machine.
 */
const isVerdict = ({ code, height }: GridclearError): boolean =>
  height !== null || (code !== "invalid" && code !== "storage");
