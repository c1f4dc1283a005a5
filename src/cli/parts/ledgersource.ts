/** Where a witness gets a ledger from: a server of blocks, or a directory that a market may be writing. */
import { fromUtf8 } from "../../bytes.js";
import { fail } from "../../errors.js";
import { blockHash, decodeHeader, type Header, headerBytes } from "../../ledger/format/header.js";
import { checkpointKey } from "../../ledger/proof/checkpoint.js";
import { encodeProof } from "../../ledger/proof/proof.js";
import { proveBlock } from "../../ledger/proof/prove.js";
import { httpAsk } from "../../ledger/service/http.js";
import type { LedgerSource } from "../../ledger/service/witness.js";
import { HistoryTree } from "../../ledger/tree/history.js";
import { plainHasher } from "../../ledger/tree/plain.js";
import { withStored } from "./stored.js";

/**
 * A ledger behind HTTP, as `gridclear witness --serve` serves it. Throws `storage` when the server can't be reached.
 */
export function httpSource(url: string): LedgerSource {
  const ask = httpAsk(url);
  return {
    checkpoint: async () => {
      const bytes = await ask("checkpoint");
      return bytes === null ? null : decodeText(bytes, "checkpoint");
    },
    block: (height) => ask(`block/${height}`),
    proof: async (size, height) => {
      const path = `proof/${size}/${height}`;
      const bytes = await ask(path);
      return bytes === null ? null : decodeText(bytes, path);
    },
  };
}

function decodeText(bytes: Uint8Array, field: string): string {
  return fromUtf8(bytes) ?? fail("corrupt", field, "UTF-8", "other bytes");
}

/** A ledger in a directory, which a market may go on writing: `use` gets the state of this moment. */
export async function withDirectorySource<T>(
  directory: string,
  use: (source: LedgerSource) => Promise<T>,
): Promise<T> {
  // Links only: the witness hashes every block that it takes.
  return withStored(directory, { verify: "hashes" }, async (store) => {
    const note = await store.getMeta(checkpointKey);
    return use({
      checkpoint: async () => (note === null ? null : decodeText(note, "checkpoint")),
      block: (height) => store.get(height),
      proof: async (size, height) => {
        const history = new HistoryTree(plainHasher);
        const headers: Header[] = [];
        for await (const bytes of store.blocks()) {
          history.append(blockHash(bytes.subarray(0, headerBytes), plainHasher));
          if (history.size === height + 1) headers.push(decodeHeader(bytes));
        }
        const [header] = headers;
        return header === undefined ? null : encodeProof(proveBlock(history, header, null, size));
      },
    });
  });
}
