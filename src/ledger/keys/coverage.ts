/**
 * Which signature covers what: holds the evidence of a block against the block. Everything that needs a signature has
 * exactly one, valid and of the right key.
 */
import { concat, hex, sameBytes, viewOf } from "../../bytes.js";
import { fail } from "../../errors.js";
import { carriers } from "../../units.js";
import { type Block, decodeItems } from "../format/block.js";
import { decodeCanonical } from "../format/canonical.js";
import { signedMarket } from "../format/header.js";
import { offsetsOf } from "../format/layout.js";
import { orderLayout, readingEstimated, readingLayout, standingRevision } from "../format/records.js";
import { recordsRoot } from "../format/sections.js";
import type { Hasher } from "../tree/hasher.js";
import type { LeafRange } from "../tree/path.js";
import type { SignatureCheck, Signatures } from "./backend.js";
import type { KeyDirectory, Keyholder } from "./directory.js";
import { decodeEvidence, type Evidence } from "./evidence.js";
import { batchStatement, contractStatement, orderStatement, readingStatement } from "./message.js";

const orderAt = offsetsOf(orderLayout);
const readingAt = offsetsOf(readingLayout);

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

  /** Throws `signature` for the first that is not covered, or is though it is one of those that nobody signs. */
  check(unsigned: (index: number) => boolean = () => false): void {
    for (let index = 0; index < this.#covered.length; index += 1) {
      const covered = this.#covered[index] === 1;
      if (covered !== unsigned(index)) continue;
      const [wanted, got] = covered ? ["no signature", "one"] : ["a signature", "none"];
      fail("signature", `${this.#field}[${index}]`, wanted, got);
    }
  }
}

/**
 * Checks every signature of a checked block and takes its contracts into the directory. In a signed market each
 * order that was sent, each reading that is not estimated and each contract is covered by exactly one valid signature
 * of the right key, and every order has the revision that is its turn (so no copied order comes back). A standing order
 * has no signature but that of its contract; that it is the one which the contract makes, a replay says. In an unsigned
 * market there is no evidence. Throws `signature` or `corrupt`, naming what is wrong; the directory is then half-fed
 * and of no further use.
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
  const check = new EvidenceCheck(block, directory, hasher);
  check.contracts(evidence);
  check.records(evidence);
  checkRevisions(sections.orders);
  await check.signatures(signatures);
}

type Item<Kind extends Evidence["kind"]> = Evidence & { readonly kind: Kind };

/** Collects what the signatures of one block have to say, and has them checked all at once. */
class EvidenceCheck {
  readonly #block: Block;
  readonly #directory: KeyDirectory;
  readonly #hasher: Hasher;
  readonly #orders: Coverage;
  readonly #readings: Coverage;
  readonly #names: string[] = [];
  readonly #checks: SignatureCheck[] = [];

  constructor(block: Block, directory: KeyDirectory, hasher: Hasher) {
    this.#block = block;
    this.#directory = directory;
    this.#hasher = hasher;
    this.#orders = new Coverage("orders", block.header.sections.orders.count);
    this.#readings = new Coverage("readings", block.header.sections.readings.count);
  }

  /** Each contract in turn: an earlier one of the block can bring the key that the next needs. */
  contracts(evidence: readonly Evidence[]): void {
    const contracts = decodeItems(this.#block.sections.contracts, "contracts");
    const signatures = new Map<number, Uint8Array>();
    const coverage = new Coverage("contracts", contracts.length);
    for (const item of evidence)
      if (item.kind === "contract") {
        coverage.cover(item.index);
        signatures.set(item.index, item.signature);
      }
    coverage.check();
    for (const [index, bytes] of contracts.entries()) {
      const contract = decodeCanonical(bytes, `contracts[${index}]`);
      this.#want(`contracts[${index}]`, {
        publicKey: this.#directory.signer(contract),
        message: contractStatement(this.#block.header.marketId, bytes),
        signature: signatures.get(index)!,
      });
      this.#directory.take(contract);
    }
  }

  /** Orders, one by one or in batches, and readings: all of them but standing orders and estimates. */
  records(evidence: readonly Evidence[]): void {
    for (const item of evidence) {
      if (item.kind === "batch") this.#batch(item);
      else if (item.kind === "order") this.#order(item as Item<"order">);
      else if (item.kind === "reading") this.#reading(item as Item<"reading">);
    }
    const { orders, readings } = this.#block.sections;
    const view = viewOf(orders);
    this.#orders.check(
      (index) => view.getUint16(index * orderLayout.bytes + orderAt.revision, true) === standingRevision,
    );
    this.#readings.check(
      (index) => (readings[index * readingLayout.bytes + readingAt.flags]! & readingEstimated) !== 0,
    );
  }

  /** Throws `signature` naming the first that is not valid. */
  async signatures(signatures: Signatures): Promise<void> {
    const bad = await signatures.findInvalid(this.#checks);
    if (bad < 0) return;
    const { publicKey, signature } = this.#checks[bad]!;
    fail("signature", this.#names[bad]!, `a valid signature of ${hex(publicKey)}`, hex(signature));
  }

  #batch({ gateway, orders, signature }: Item<"batch">): void {
    const { header, sections } = this.#block;
    for (const { start, end } of orders)
      for (let order = start; order < end; order += 1) {
        this.#orders.cover(order);
        const participant = this.#holder(
          sections.orders,
          order * orderLayout.bytes + orderAt.participant,
          `orders[${order}]`,
        );
        if (participant.gateway === null || !sameBytes(participant.gateway, gateway))
          fail("signature", `orders[${order}]`, `a gateway of ${participant.id}`, hex(gateway));
      }
    const records = batchRecords(sections.orders, orders);
    const count = records.length / orderLayout.bytes;
    const root = recordsRoot(orderLayout, records, this.#hasher);
    const message = batchStatement(header.marketId, header.period, count, root);
    this.#want(`batch of orders[${orders[0]!.start}]`, { publicKey: gateway, message, signature });
  }

  #order({ index, signature }: Item<"order">): void {
    const { header, sections } = this.#block;
    this.#orders.cover(index);
    const at = index * orderLayout.bytes;
    const { key } = this.#holder(sections.orders, at + orderAt.participant, `orders[${index}]`);
    const record = sections.orders.subarray(at, at + orderLayout.bytes);
    const message = orderStatement(header.marketId, header.period, record);
    this.#want(`orders[${index}]`, { publicKey: key, message, signature });
  }

  #reading({ index, signature }: Item<"reading">): void {
    const { header, sections } = this.#block;
    this.#readings.cover(index);
    const at = index * readingLayout.bytes;
    const { key } = this.#holder(sections.readings, at + readingAt.participant, `readings[${index}]`);
    const record = sections.readings.subarray(at, at + readingLayout.bytes);
    this.#want(`readings[${index}]`, {
      publicKey: key,
      message: readingStatement(header.marketId, header.period, record),
      signature,
    });
  }

  /** The participant whose number stands at `at` of a section. */
  #holder(section: Uint8Array, at: number, field: string): Keyholder {
    const participant = viewOf(section).getUint32(at, true);
    return (
      this.#directory.participant(participant) ??
      fail("signature", field, "a participant with a key", participant)
    );
  }

  #want(name: string, check: SignatureCheck): void {
    this.#names.push(name);
    this.#checks.push(check);
  }
}

/**
 * Throws `signature` unless each order has the revision that is its place among those of its participant and carrier,
 * or is the only one of them and stands. A signature covers the revision, so a network or an operator that repeats an
 * order can't undo what its participant replaced it with.
 */
export function checkRevisions(orders: Uint8Array): void {
  const view = viewOf(orders);
  const counts = new Map<number, number>();
  const { participant, carrier, revision } = orderAt;
  for (let at = 0, index = 0; at < orders.length; at += orderLayout.bytes, index += 1) {
    const slot = view.getUint32(at + participant, true) * carriers.length + view.getUint8(at + carrier);
    const wanted = counts.get(slot) ?? 0;
    const found = view.getUint16(at + revision, true);
    const stands = found === standingRevision && wanted === 0;
    if (found !== wanted && !stands) fail("signature", `orders[${index}].revision`, `${wanted}`, found);
    counts.set(slot, stands ? noneFollows : wanted + 1);
  }
}

/** What no revision is: behind a standing order there is none of its participant and carrier. */
const noneFollows = standingRevision + 1;
