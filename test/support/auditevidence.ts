// Whether a block is signed, as docs/signatures.md says it: each contract, each order and each reading that somebody
// sent is covered once, by the key of whom it needs. Signatures are checked by Node, roots as RFC 6962 reads.
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { type Block, decodeItems } from "../../src/ledger/format/block.js";
import { decodeCanonical } from "../../src/ledger/format/canonical.js";
import type { Contract, MarketContract } from "../../src/market/contracts/contracts.js";
import { merkleTreeHash, splitLeaves } from "../oracle/merkle.js";

/** Says what does not hold. */
function demand(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const number64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};
const number32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const records = { order: 16, reading: 28 };
/** Revision of an order that a contract makes. */
const standing = 0xffff;

const publicKeys = new Map<string, KeyObject>();

/** A public key, of 64 hexadecimal digits. */
function publicKey(digits: string): KeyObject {
  const known = publicKeys.get(digits);
  if (known !== undefined) return known;
  const x = Buffer.from(digits, "hex").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  publicKeys.set(digits, key);
  return key;
}

type Fields = Readonly<Record<string, string | undefined>>;

/** Reads the blocks of a signed market in order. */
export class EvidenceAudit {
  #market: Uint8Array | null = null;
  #platform = "";
  /** Contracts as they came last, also those that ended, by what they are about. */
  readonly #held = new Map<string, Contract>();
  readonly #names: string[] = [];

  /** Takes the next block; `nameOf` says what a contract is about. */
  read({ header, sections }: Block, nameOf: (contract: Contract) => string): void {
    const contracts = decodeItems(sections.contracts, "contracts");
    this.#market ??= this.#begin(contracts[0]!);
    const found = { order: new Set<number>(), reading: new Set<number>() };
    const items = decodeItems(sections.evidence, "evidence").map((item) => Buffer.from(item));
    const cover = (kind: keyof typeof found, index: number): void => {
      demand(!found[kind].has(index), `${kind} ${index} is signed twice`);
      found[kind].add(index);
    };
    const signed = (key: string, tag: string, body: readonly Uint8Array[], signature: Uint8Array): void =>
      this.#signed(key, tag, [this.#market!, ...body], signature);
    // Contracts come first: with what is in force by then the others are checked.
    const ofContracts = items.filter((item) => item[0] === 4);
    demand(ofContracts.length === contracts.length, `${ofContracts.length} signatures of contracts`);
    const byContract = new Map(ofContracts.map((item) => [item.readUInt32LE(1), item.subarray(5)]));
    for (const [index, text] of contracts.entries()) {
      const contract = decodeCanonical(text) as unknown as Contract;
      const signature = byContract.get(index);
      demand(signature !== undefined, `contract ${index} is not signed`);
      signed(this.#signerOf(contract, nameOf), "contract", [text], signature);
      this.#held.set(nameOf(contract), contract);
      if (contract.kind === "participant" && !this.#names.includes(contract.id))
        this.#names.push(contract.id);
    }
    const orders = splitLeaves(sections.orders, records.order).map((each) => Buffer.from(each));
    const readings = splitLeaves(sections.readings, records.reading).map((each) => Buffer.from(each));
    const period = number64(header.period);
    for (const item of items) {
      if (item[0] === 1) {
        const index = item.readUInt32LE(1);
        cover("order", index);
        const record = orders[index]!;
        signed(this.#keyOf(record.readUInt32LE(0)), "order", [period, record], item.subarray(5));
      } else if (item[0] === 3) {
        const index = item.readUInt32LE(1);
        cover("reading", index);
        const record = readings[index]!;
        const metered = number64(header.period - record.readUInt32LE(8));
        const body = [record.subarray(0, 8), metered, record.subarray(12, 20)];
        signed(this.#keyOf(record.readUInt32LE(0)), "reading", body, item.subarray(5));
      } else if (item[0] === 2) {
        const gateway = item.subarray(1, 33).toString("hex");
        const batch: Buffer[] = [];
        demand(item.length > 97, "a batch of no orders");
        for (let at = 97, after = -1; at < item.length; at += 8) {
          const [start, end] = [item.readUInt32LE(at), item.readUInt32LE(at + 4)];
          demand(start > after && end > start, `a batch with orders ${start} to ${end} behind ${after}`);
          after = end;
          for (let index = start; index < end; index += 1) {
            cover("order", index);
            const record = orders[index]!;
            const { gateway: named } = this.#participant(record.readUInt32LE(0));
            demand(named === gateway, `order ${index} is brought by another gateway`);
            batch.push(record);
          }
        }
        const rows = splitLeaves(Buffer.concat(batch), 16 * records.order);
        const body = [period, number32(batch.length), merkleTreeHash(rows, sha256)];
        signed(gateway, "batch", body, item.subarray(33, 97));
      } else demand(item[0] === 4, `evidence of kind ${item[0]}`);
    }
    for (const [index, record] of orders.entries())
      demand(
        found.order.has(index) === (revisionOf(record) !== standing),
        `order ${index}: ${found.order.has(index) ? "a standing one is" : "is not"} signed`,
      );
    for (const [index, record] of readings.entries())
      demand(
        found.reading.has(index) === ((record[5]! & 1) === 0),
        `reading ${index}: ${found.reading.has(index) ? "an estimate is" : "is not"} signed`,
      );
  }

  /** The id of a market: SHA-256 of its contract behind a tag. */
  #begin(text: Uint8Array): Uint8Array {
    this.#platform = (decodeCanonical(text) as unknown as MarketContract).platformKey ?? "";
    return sha256(Buffer.concat([Buffer.from("gridclear market v2\0"), text]));
  }

  #signed(key: string, tag: string, parts: readonly Uint8Array[], signature: Uint8Array): void {
    const body = Buffer.concat(parts);
    const statement = Buffer.concat([Buffer.from(`gridclear ${tag} v2\0`), number32(body.length), body]);
    demand(verify(null, statement, publicKey(key), signature), `the signature of a ${tag} is not of ${key}`);
  }

  #participant(number: number): { readonly key?: string; readonly gateway?: string } {
    return this.#held.get(`participant/${this.#names[number]}`) as unknown as { key?: string };
  }

  #keyOf(number: number): string {
    return this.#participant(number).key!;
  }

  /** Whose key a contract needs. */
  #signerOf(contract: Contract, nameOf: (contract: Contract) => string): string {
    const before = this.#held.get(nameOf(contract));
    const said = contract as unknown as Fields;
    const of = (id: string | undefined): string =>
      id === undefined
        ? this.#platform
        : (this.#held.get(`participant/${id}`) as unknown as { key: string }).key;
    switch (contract.kind) {
      case "participant":
        return ((before ?? contract) as unknown as { key: string }).key;
      case "supply":
      case "use":
      case "member":
      case "withdrawal":
        return of(said.participant);
      case "converter":
        return of(((before ?? contract) as unknown as Fields).participant);
      case "storage":
        return of(((before ?? contract) as unknown as Fields).owner);
      case "limit": {
        const area = this.#held.get(`area/${said.area}`) as unknown as Fields;
        return area.operator ?? this.#platform;
      }
      case "end": {
        const ended = this.#held.get(contract.contract)!;
        return said.by === "platform" ? this.#platform : this.#signerOf(ended, nameOf);
      }
      default:
        return this.#platform;
    }
  }
}

/** Where an order's record says its revision (docs/ledger-format.md). */
const revisionOf = (record: Buffer): number => record.readUInt16LE(6);
