import { fromHex } from "../../bytes.js";
import { fail } from "../../errors.js";
import type { Json } from "../format/canonical.js";

/** Who a participant is to a verifier: its public key, and the one of the gateway that may sign for it. */
export interface Keyholder {
  readonly id: string;
  readonly key: Uint8Array;
  readonly gateway: Uint8Array | null;
}

type Fields = { readonly [name: string]: Json };

/**
 * Whose signature counts for what, read from the contracts of a signed market as they come: the little of a contract
 * that verifying needs, so that it needs no market.
 */
export class KeyDirectory {
  #platform: Uint8Array | null = null;
  readonly #participants: Keyholder[] = [];
  readonly #numbers: Map<string, number> = new Map();
  /** Owner of a storage or converter by contract key; null: the platform. */
  readonly #devices: Map<string, string | null> = new Map();

  /** The platform's public key. Throws `state` before the market contract. */
  get platform(): Uint8Array {
    return this.#platform ?? fail("state", "platform key", "the market contract first", null);
  }

  /** The participant with a number; null when none is registered with it. */
  participant(number: number): Keyholder | null {
    return this.#participants[number] ?? null;
  }

  /**
   * The key that has to sign a contract, before the contract itself is taken: the platform's for what the platform sets
   * (market, feeder, clearing, payment, deposit, storage without owner), the participant's for what binds it. A first
   * participant contract is signed by the key in it, an amendment by the key it replaces; a device's by its present owner.
   */
  signer(contract: Json): Uint8Array {
    const fields = asFields(contract);
    switch (fields.kind) {
      case "market":
        return key(fields.platformKey, "platformKey");
      case "participant":
        return this.#known(fields.id)?.key ?? key(fields.key, "key");
      case "supply":
      case "use":
      case "withdrawal":
        return this.#keyOf(fields.participant);
      case "converter":
      case "storage":
        return this.#deviceKey(fields);
      case "end":
        return this.#signerOfEnded(fields.contract);
      default:
        return this.platform;
    }
  }

  /** Takes a contract whose signature has been checked; contracts come in the order of the blocks. */
  take(contract: Json): void {
    const fields = asFields(contract);
    if (fields.kind === "market") this.#platform = key(fields.platformKey, "platformKey");
    else if (fields.kind === "participant") {
      const id = name(fields.id);
      const gateway = fields.gateway === undefined ? null : key(fields.gateway, "gateway");
      const number = this.#numbers.get(id) ?? this.#participants.length;
      this.#numbers.set(id, number);
      this.#participants[number] = { id, key: key(fields.key, "key"), gateway };
    } else if (fields.kind === "storage")
      this.#devices.set(
        `storage/${name(fields.device)}`,
        fields.owner === undefined ? null : name(fields.owner),
      );
    else if (fields.kind === "converter")
      this.#devices.set(`converter/${name(fields.device)}`, name(fields.participant));
  }

  #known(id: Json | undefined): Keyholder | undefined {
    const number = this.#numbers.get(name(id));
    return number === undefined ? undefined : this.#participants[number];
  }

  #keyOf(id: Json | undefined): Uint8Array {
    return this.#known(id)?.key ?? fail("signature", "participant", "one registered before", id);
  }

  /** A device is its present owner's to give away. */
  #deviceKey(fields: Fields): Uint8Array {
    const owner = fields.kind === "converter" ? name(fields.participant) : (fields.owner ?? null);
    const known = this.#devices.get(`${fields.kind}/${name(fields.device)}`);
    return this.#ownerKey(known === undefined ? owner : known);
  }

  #ownerKey(owner: Json): Uint8Array {
    return owner === null ? this.platform : this.#keyOf(owner);
  }

  /** Contract keys are `kind/…/who` (the market's `contractKey`). */
  #signerOfEnded(contract: Json | undefined): Uint8Array {
    const parts = name(contract).split("/");
    switch (parts[0]) {
      case "participant":
      case "supply":
      case "use":
        return this.#keyOf(parts.slice(parts[0] === "participant" ? 1 : 2).join("/"));
      case "storage":
      case "converter": {
        const owner = this.#devices.get(name(contract));
        return owner === undefined
          ? fail("signature", "end", "a device under contract", contract)
          : this.#ownerKey(owner);
      }
      default:
        return this.platform;
    }
  }
}

function asFields(contract: Json): Fields {
  if (contract === null || typeof contract !== "object" || Array.isArray(contract))
    return fail("corrupt", "contract", "an object", contract);
  return contract as Fields;
}

function name(value: Json | undefined): string {
  return typeof value === "string" ? value : fail("corrupt", "contract", "a name", value);
}

function key(value: Json | undefined, field: string): Uint8Array {
  if (typeof value !== "string" || value.length !== 64)
    return fail("signature", field, "an Ed25519 public key in 64 hexadecimal digits", value);
  return fromHex(value, field);
}
