/** Statement bundles as files: written out of a ledger on disk, and read again for `gridclear verify --proof`. */
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { fromUtf8 } from "../../bytes.js";
import { fail } from "../../errors.js";
import { checkpointKey } from "../../ledger/proof/checkpoint.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { writeBundle } from "../../report/bundle/write.js";
import type { Io } from "../command.js";
import { reasonOf } from "./problem.js";
import { snapshotBelow } from "./range.js";
import { withSource } from "./source.js";
import { grouped } from "./table.js";

/** Most characters of a bundle: what is longer is asked for in parts. */
export const maxBundleBytes: number = 1 << 28;

/** Whose bundle to write, of which ledger, and of which heights (half-open; default: all). */
export interface BundleRequest {
  readonly ledger: string;
  readonly participant: string;
  readonly from?: number;
  readonly to?: number;
}

/**
 * Writes a bundle, whole or not at all. Throws `corrupt` for a ledger that is not good, `invalid` for a participant or
 * heights that there are not, `state` for blocks whose records are withheld, `limit` for a bundle that nobody would
 * read again.
 */
export async function saveBundle(path: string, request: BundleRequest, io: Io): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, "w").catch((error: unknown) =>
    fail("invalid", path, "a file that can be written", reasonOf(error)),
  );
  try {
    const length = await writeLines(file, request);
    await file.sync();
    await file.close();
    await rename(draft, path);
    io.out(
      `${path}: ${grouped(length)} bytes; gridclear verify --proof ${path} checks it without the ledger\n`,
    );
  } catch (error) {
    await file.close();
    await unlink(draft);
    throw error;
  }
}

async function writeLines(
  file: FileHandle,
  { ledger, participant, from = 0, ...range }: BundleRequest,
): Promise<number> {
  const hasher = await openHasher();
  // Links only: every section is hashed on the way, and once is enough.
  return withSource(ledger, { hasher, verify: "hashes" }, async ({ blocks, store }) => {
    const note = await store?.getMeta(checkpointKey);
    const options = {
      ...range,
      from,
      hasher,
      note: note ? fromUtf8(note) : null,
      snapshot: await snapshotBelow(from, store, hasher),
    };
    let length = 0;
    for await (const lines of writeBundle(blocks(), participant, options)) {
      length += lines.length;
      if (length > maxBundleBytes)
        fail("limit", "bundle", `at most ${maxBundleBytes} characters: ask for fewer by --period`, length);
      await file.writeFile(lines);
    }
    return length;
  });
}
