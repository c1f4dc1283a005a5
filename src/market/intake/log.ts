/**
 * What a market keeps in the log of its store before it acknowledges it: orders, readings and contracts, each with the
 * signature that it came with. What was acknowledged is read back from here after a crash. Beside the contracts that
 * wait stand those that were dropped when their period came.
 *
 * An entry is kind u8 ‖ proof u8 (0 none, 1 a signature, 2 a key and a signature) ‖ key 0 or 32 ‖ signature 0 or 64 ‖
 * body: order records end to end, a reading's record, a contract's canonical JSON, or the canonical JSON of what is
 * told of a dropped contract. The key is the gateway's of a batch, and of a contract the one that had to sign it when
 * it came.
 */
import { concat, copyOf, publicKeyBytes, signatureBytes } from "../../bytes.js";
import { fail, GridclearError, within } from "../../errors.js";
import { decodeCanonical, encodeCanonical } from "../../ledger/format/canonical.js";
import { checkRecords } from "../../ledger/format/layout.js";
import { orderLayout, readingLayout } from "../../ledger/format/records.js";
import { maxLogEntryBytes } from "../../ledger/store/log.js";
import type { Store } from "../../ledger/store/store.js";
import { parseContract } from "../contracts/kinds.js";
import { checkDropped, type DroppedContract } from "./dropped.js";
import type { Proposal } from "./proposals.js";
import type { Signing } from "./signing.js";

/** What was acknowledged. */
export interface LogEntry {
  readonly kind: "orders" | "reading" | "contract" | "dropped";
  readonly key: Uint8Array | null;
  readonly signature: Uint8Array | null;
  readonly body: Uint8Array;
}

const kinds = ["orders", "reading", "contract", "dropped"] as const;
/** Bytes of kind and proof. */
const headBytes = 2;
/** Most orders in one entry: under one signature there can't be more. */
export const maxEntryOrders: number = Math.floor(
  (maxLogEntryBytes - headBytes - publicKeyBytes - signatureBytes) / orderLayout.bytes,
);

function encodeLogEntry({ kind, key, signature, body }: LogEntry): Uint8Array {
  const proof = signature === null ? 0 : key === null ? 1 : 2;
  const none = new Uint8Array(0);
  return concat(Uint8Array.of(kinds.indexOf(kind), proof), key ?? none, signature ?? none, body);
}

/** Reads an entry; throws `corrupt`, naming it by `field`, for what no market logs. */
function decodeLogEntry(bytes: Uint8Array, field: string): LogEntry {
  const [code = -1, proof = -1] = bytes;
  const kind = kinds[code];
  const keyAt = headBytes;
  const signatureAt = keyAt + (proof === 2 ? publicKeyBytes : 0);
  const bodyAt = signatureAt + (proof > 0 ? signatureBytes : 0);
  const isKnown = kind !== undefined && proof >= 0 && proof <= (kind === "dropped" ? 0 : 2);
  if (!isKnown || bytes.length <= bodyAt)
    return fail("corrupt", field, "orders, a reading, a contract or a dropped one", `${bytes.length} others`);
  const body = copyOf(bytes, bodyAt);
  within(field, () => {
    if (kind === "orders") checkRecords(orderLayout, body);
    if (kind === "reading") checkRecords(readingLayout, body);
  });
  return {
    kind,
    key: proof === 2 ? copyOf(bytes, keyAt, signatureAt) : null,
    signature: proof > 0 ? copyOf(bytes, signatureAt, bodyAt) : null,
    body,
  };
}

/** The entry of a contract that waits. */
export const proposalEntry = ({ text, proof }: Proposal): LogEntry => ({
  kind: "contract",
  key: proof?.key ?? null,
  signature: proof?.signature ?? null,
  body: text,
});

const droppedEntry = (dropped: DroppedContract): LogEntry => ({
  kind: "dropped",
  key: null,
  signature: null,
  body: encodeCanonical(dropped),
});

/** What a store's log holds that no block holds yet, in the order in which it was acknowledged. */
export interface Acknowledged {
  /** Orders and readings of the open period. */
  readonly requests: readonly LogEntry[];
  /** Contracts that begin to hold in the open period or later. */
  readonly proposals: readonly Proposal[];
  /** Contracts that were dropped. */
  readonly dropped: readonly DroppedContract[];
}

/**
 * Reads the log of a store whose next block is that of `period`. Throws `corrupt` when it holds what no market logs, or
 * a contract whose signature is not of the key that it was taken by.
 */
export async function readAcknowledged(
  store: Store,
  period: number,
  signing: Signing | null,
): Promise<Acknowledged> {
  const log = await store.log();
  const requests: LogEntry[] = [];
  const proposals: Proposal[] = [];
  const dropped: DroppedContract[] = [];
  for (const [index, bytes] of log?.entries.entries() ?? []) {
    const field = logEntryName(index);
    const entry = decodeLogEntry(bytes, field);
    if (entry.kind === "contract") {
      const proposal = await asAcknowledged(field, () => proposalOf(entry, signing));
      if (proposal.contract.from >= period) proposals.push(proposal);
    } else if (entry.kind === "dropped")
      dropped.push(await asAcknowledged(field, () => checkDropped(decodeCanonical(entry.body), "dropped")));
    else if (log?.period === period) requests.push(entry);
  }
  return { requests, proposals, dropped };
}

/** What an entry is called in errors. */
export const logEntryName = (index: number): string => `log entry ${index}`;

/** What `act` gives; what it refuses was acknowledged, so the log is not what it was: throws `corrupt`. */
export async function asAcknowledged<Result>(
  field: string,
  act: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof GridclearError)) throw error;
    const detail = { field, wanted: "what was acknowledged, taken again", got: error.message };
    throw new GridclearError("corrupt", detail, { cause: error });
  }
}

async function proposalOf({ key, signature, body }: LogEntry, signing: Signing | null): Promise<Proposal> {
  const contract = parseContract(decodeCanonical(body), "contract");
  if (signing === null) return { contract, text: encodeCanonical(contract), proof: null };
  const proof = await signing.checkContractOf(contract, key, signature);
  return { contract, text: body, proof };
}

/** Writes the log of a market that is told when it could not. */
export class MarketLog {
  readonly #store: Store;
  readonly #failed: (error: unknown) => void;
  /** All that was asked for so far. */
  #asked: Promise<void> = Promise.resolve();

  /** `failed` is called before anybody gets the error. */
  constructor(store: Store, failed: (error: unknown) => void) {
    this.#store = store;
    this.#failed = failed;
  }

  /** Resolves when the entries are on the disk, and with them all that were asked for before. */
  async keep(entries: readonly LogEntry[]): Promise<void> {
    const before = this.#asked;
    this.#asked = this.#done(
      Promise.all([before, ...entries.map((entry) => this.#store.appendLog(encodeLogEntry(entry)))]),
    );
    await this.#asked;
  }

  /**
   * Begins the log of a period, whose block is the next to be appended, with the contracts that are not sealed yet and
   * those that were dropped.
   */
  async begin(
    period: number,
    proposals: readonly Proposal[],
    dropped: Iterable<DroppedContract>,
  ): Promise<void> {
    const entries = [...Array.from(dropped, droppedEntry), ...proposals.map(proposalEntry)];
    await this.#done(this.#store.beginLog(period, entries.map(encodeLogEntry)));
  }

  async #done(writing: Promise<unknown>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      this.#failed(error);
      throw error;
    }
  }
}
