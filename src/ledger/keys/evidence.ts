import { concat, hex, publicKeyBytes, signatureBytes, viewOf } from "../../bytes.js";
import { fail, GridclearError } from "../../errors.js";
import { carriers } from "../../units.js";
import { type Block, decodeItems, encodeItems } from "../format/block.js";
import { decodeCanonical } from "../format/canonical.js";
import { signedMarket } from "../format/header.js";
import { offsetsOf } from "../format/layout.js";
import { orderLayout, readingEstimated, readingLayout } from "../format/records.js";
import type { Hasher } from "../tree/hasher.js";
import type { LeafRange } from "../tree/path.js";
import type { KeyDirectory } from "./directory.js";
import { batchStatement, contractStatement, orderStatement, readingStatement } from "./message.js";
import type { SignatureCheck, Signatures } from "./signature.js";

/** One item of a block's evidence: a signature and what of the block it covers. */
export type Evidence =
  | {
      readonly kind: "order" | "reading" | "contract";
      /** Place in the block's section of that kind. */
      readonly index: number;
      readonly signature: Uint8Array;
    }
  | {
      readonly kind: "batch";
      /** Public key of the gateway. */
      readonly gateway: Uint8Array;
      /** Order numbers that the batch brought, ascending, apart from each other, none empty. */
      readonly orders: readonly LeafRange[];
      readonly signature: Uint8Array;
    };

/** Codes of the kinds, in the first byte of an item. */
const codes = { order: 1, batch: 2, reading: 3, contract: 4 } as const;

/**
 * Evidence to the bytes of a block's section. An item is code u8 ‖ index u32 ‖ signature 64, or for a batch
 * code u8 ‖ gateway key 32 ‖ signature 64 ‖ {first order u32, order after the last u32} for each range.
 */
export function encodeEvidence(items: Iterable<Evidence>): Uint8Array {
  const encoded: Uint8Array[] = [];
  for (const item of items) encoded.push(encodeItem(item));
  return encodeItems(encoded);
}

function encodeItem(item: Evidence): Uint8Array {
  if (item.signature.length !== signatureBytes)
    fail("invalid", "evidence.signature", `${signatureBytes} bytes`, item.signature.length);
  const code = Uint8Array.of(codes[item.kind]);
  if (item.kind !== "batch") return concat(code, u32(item.index), item.signature);
  if (item.gateway.length !== publicKeyBytes)
    fail("invalid", "evidence.gateway", `${publicKeyBytes} bytes`, item.gateway.length);
  return concat(
    code,
    item.gateway,
    item.signature,
    ...item.orders.flatMap(({ start, end }) => [u32(start), u32(end)]),
  );
}

const u32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
};

/** The evidence of a block. Throws `corrupt` naming the item that no writer of this format writes. */
export function decodeEvidence(section: Uint8Array): Evidence[] {
  return decodeItems(section, "evidence").map((bytes, number) => {
    const bad = (wanted: string): never =>
      fail("corrupt", `evidence[${number}]`, wanted, `${bytes.length} bytes`);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const kind = (["order", "batch", "reading", "contract"] as const)[(bytes[0] ?? 0) - 1];
    if (kind === undefined) return bad("a code from 1 to 4");
    if (kind !== "batch") {
      if (bytes.length !== 5 + signatureBytes) return bad("code, index and signature");
      return { kind, index: view.getUint32(1, true), signature: bytes.slice(5) };
    }
    const rangesAt = 1 + publicKeyBytes + signatureBytes;
    if (bytes.length <= rangesAt || (bytes.length - rangesAt) % 8 !== 0)
      return bad("key, signature and ranges");
    const orders: LeafRange[] = [];
    for (let at = rangesAt, after = -1; at < bytes.length; at += 8) {
      const start = view.getUint32(at, true);
      const end = view.getUint32(at + 4, true);
      // Two ranges that touch are one range: a batch has one way to be written.
      if (start <= after || end <= start) return bad("ranges that ascend and do not touch");
      orders.push({ start, end });
      after = end;
    }
    return {
      kind,
      gateway: bytes.slice(1, 1 + publicKeyBytes),
      orders,
      signature: bytes.slice(1 + publicKeyBytes, rangesAt),
    };
  });
}

/** The records of a batch, end to end: a view when they lie together in the section. */
function batchRecords(orders: Uint8Array, ranges: readonly LeafRange[]): Uint8Array {
  const parts = ranges.map(({ start, end }) =>
    orders.subarray(start * orderLayout.bytes, end * orderLayout.bytes),
  );
  return parts.length === 1 ? parts[0]! : concat(...parts);
}

/** Marks each of `count` things as covered once; throws `signature` for a second time and for one that isn't there. */
class Coverage {
  readonly #field: string;
  readonly #covered: Uint8Array;

  constructor(field: string, count: number) {
    this.#field = field;
    this.#covered = new Uint8Array(count);
  }

  cover(index: number): void {
    if (index >= this.#covered.length)
      fail(
        "signature",
        `${this.#field}[${index}]`,
        `one of ${this.#covered.length}`,
        "a signature of something else",
      );
    if (this.#covered[index] === 1)
      fail("signature", `${this.#field}[${index}]`, "one signature", "a second");
    this.#covered[index] = 1;
  }

  /** Throws `signature` for the first not covered, other than those `excused`. */
  check(excused: (index: number) => boolean = () => false): void {
    for (let index = 0; index < this.#covered.length; index += 1)
      if (this.#covered[index] === 0 && !excused(index))
        fail("signature", `${this.#field}[${index}]`, "a signature", "none");
  }
}

/**
 * Checks every signature of a checked block and takes its contracts into the directory. In a signed market each
 * order, each reading that is not estimated and each contract is covered by exactly one valid signature of the right
 * key, and every order has the revision that is its turn (so no copied order comes back). In an unsigned market
 * there is no evidence. Throws `signature` or `corrupt`, naming what is wrong; the directory is then half-fed and of
 * no further use.
 */
export async function checkEvidence(
  block: Block,
  directory: KeyDirectory,
  signatures: Signatures,
  hasher: Hasher,
): Promise<void> {
  const { header, sections } = block;
  const evidence = decodeEvidence(sections.evidence);
  if ((header.flags & signedMarket) === 0) {
    if (evidence.length > 0) fail("signature", "evidence", "none in an unsigned market", evidence.length);
    return;
  }
  const names: string[] = [];
  const checks: SignatureCheck[] = [];
  const want = (name: string, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): void => {
    names.push(name);
    checks.push({ publicKey, message, signature });
  };

  const contracts = decodeItems(sections.contracts, "contracts");
  const contractSignatures = new Map<number, Uint8Array>();
  const coveredContracts = new Coverage("contracts", contracts.length);
  for (const item of evidence)
    if (item.kind === "contract") {
      coveredContracts.cover(item.index);
      contractSignatures.set(item.index, item.signature);
    }
  coveredContracts.check();
  for (const [index, bytes] of contracts.entries()) {
    const contract = decodeCanonical(bytes, `contracts[${index}]`);
    const signature = contractSignatures.get(index)!;
    want(
      `contracts[${index}]`,
      directory.signer(contract),
      contractStatement(header.marketId, bytes),
      signature,
    );
    directory.take(contract);
  }

  const covered = new Coverage("orders", header.sections.orders.count);
  const coveredReadings = new Coverage("readings", header.sections.readings.count);
  const orders = new DataView(sections.orders.buffer, sections.orders.byteOffset, sections.orders.byteLength);
  const recordOf = (section: Uint8Array, bytes: number, index: number): Uint8Array =>
    section.subarray(index * bytes, (index + 1) * bytes);
  const holder = (participant: number, field: string) =>
    directory.participant(participant) ?? fail("signature", field, "a participant with a key", participant);
  for (const item of evidence) {
    if (item.kind === "contract") continue;
    if (item.kind === "batch") {
      for (const { start, end } of item.orders)
        for (let order = start; order < end; order += 1) {
          covered.cover(order);
          const participant = holder(orders.getUint32(order * orderLayout.bytes, true), `orders[${order}]`);
          if (participant.gateway === null || hex(participant.gateway) !== hex(item.gateway))
            fail("signature", `orders[${order}]`, `a gateway of ${participant.id}`, hex(item.gateway));
        }
      const records = batchRecords(sections.orders, item.orders);
      const root = hasher.merkleRoot(records, orderLayout.bytes);
      const statement = batchStatement(
        header.marketId,
        header.period,
        records.length / orderLayout.bytes,
        root,
      );
      want(`batch of orders[${item.orders[0]!.start}]`, item.gateway, statement, item.signature);
    } else if (item.kind === "order") {
      covered.cover(item.index);
      const record = recordOf(sections.orders, orderLayout.bytes, item.index);
      const participant = holder(
        orders.getUint32(item.index * orderLayout.bytes, true),
        `orders[${item.index}]`,
      );
      want(
        `orders[${item.index}]`,
        participant.key,
        orderStatement(header.marketId, header.period, record),
        item.signature,
      );
    } else {
      coveredReadings.cover(item.index);
      const record = recordOf(sections.readings, readingLayout.bytes, item.index);
      const number = new DataView(record.buffer, record.byteOffset).getUint32(0, true);
      const participant = holder(number, `readings[${item.index}]`);
      want(
        `readings[${item.index}]`,
        participant.key,
        readingStatement(header.marketId, record),
        item.signature,
      );
    }
  }
  covered.check();
  coveredReadings.check(
    (index) => (sections.readings[index * readingLayout.bytes + 5]! & readingEstimated) !== 0,
  );
  checkRevisions(sections.orders);
  const bad = await signatures.findInvalid(checks);
  if (bad >= 0)
    throw new GridclearError("signature", {
      field: names[bad]!,
      wanted: `a valid signature of ${hex(checks[bad]!.publicKey)}`,
      got: hex(checks[bad]!.signature),
    });
}

/**
 * Throws `signature` unless each order has the revision that is its place among those of its participant and carrier. A
 * signature covers the revision, so a network or an operator that repeats an order can't undo what its participant
 * replaced it with.
 */
export function checkRevisions(orders: Uint8Array): void {
  const view = viewOf(orders);
  const counts = new Map<number, number>();
  const { participant, carrier, revision } = offsetsOf(orderLayout);
  for (let at = 0, index = 0; at < orders.length; at += orderLayout.bytes, index += 1) {
    const slot = view.getUint32(at + participant, true) * carriers.length + view.getUint8(at + carrier);
    const wanted = counts.get(slot) ?? 0;
    const found = view.getUint16(at + revision, true);
    if (found !== wanted) fail("signature", `orders[${index}].revision`, `${wanted}`, found);
    counts.set(slot, wanted + 1);
  }
}
