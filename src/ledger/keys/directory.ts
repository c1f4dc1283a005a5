/**
 * Whose signature counts for what in a signed market, read from its contracts as they come: the little of a contract
 * that verifying needs, so that it needs no market.
 */
import { fromHex, publicKeyBytes } from "../../bytes.js";
import { fail } from "../../errors.js";

/**
 * By kind of contract: the field that names the participant whom it binds and who has to sign it. Where the field is
 * missing, and for kinds that don't stand here, the platform signs.
 */
const boundBy: { readonly [kind: string]: string } = {
  participant: "id",
  supply: "participant",
  use: "participant",
  converter: "participant",
  storage: "owner",
  member: "participant",
  withdrawal: "participant",
};
/** Kinds of contracts about a device, which is its present owner's to give away. */
const deviceKinds: readonly unknown[] = ["storage", "converter"];

/** Id of the participant whom a contract binds; null for the platform. Ended contracts don't tell. */
export function boundParticipant(contract: unknown): string | null {
  const fields = asFields(contract);
  const field = typeof fields.kind === "string" ? boundBy[fields.kind] : undefined;
  const bound = field === undefined ? undefined : fields[field];
  return bound === undefined ? null : name(bound);
}

/** Whether the contract of a key (`supply/CARRIER/ID`, `use/CARRIER/ID`) is one that the platform may end as well. */
export const endsByPlatform = (contract: string): boolean => /^(supply|use)\/[^/]+\/./.test(contract);

/** Who a participant is to a verifier: its public key, and the one of the gateway that may sign for it. */
export interface Keyholder {
  readonly id: string;
  readonly key: Uint8Array;
  readonly gateway: Uint8Array | null;
}

type Fields = { readonly [name: string]: unknown };

/** The keys of a signed market, from its contracts in the order of the blocks. */
export class KeyDirectory {
  #platform: Uint8Array | null = null;
  readonly #participants: Keyholder[] = [];
  readonly #numbers: Map<string, number> = new Map();
  /** Owner of a storage or converter by contract key; null: the platform. */
  readonly #devices: Map<string, string | null> = new Map();
  /** Key of the grid operator that an area names, by the area. */
  readonly #operators: Map<string, Uint8Array> = new Map();

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
   * (market, area, clearing, community, payment, deposit, storage without owner, standard terms), the participant's for
   * what binds it. A first participant contract is signed by the key in it, an amendment by the key it replaces; a
   * device's by its present owner; a signal about an area by the operator that the area names, or else by the platform;
   * an end by whoever signs amendments of what ends, or the platform where it says so of a participant's own terms.
   */
  signer(contract: unknown): Uint8Array {
    const fields = asFields(contract);
    if (fields.kind === "market") return key(fields.platformKey, "platformKey");
    if (fields.kind === "end") {
      const ended = name(fields.contract);
      const byPlatform = fields.by === "platform" && endsByPlatform(ended);
      return byPlatform ? this.platform : this.#signerOfEnded(ended);
    }
    if (fields.kind === "limit") return this.#operator(name(fields.area));
    const bound = boundParticipant(fields);
    if (fields.kind === "participant") return this.#known(name(bound))?.key ?? key(fields.key, "key");
    const present = deviceKinds.includes(fields.kind)
      ? this.#devices.get(`${fields.kind}/${name(fields.device)}`)
      : undefined;
    return this.#keyOf(present === undefined ? bound : present);
  }

  /** Takes a contract whose signature has been checked; contracts come in the order of the blocks. */
  take(contract: unknown): void {
    const fields = asFields(contract);
    if (fields.kind === "market") this.#platform = key(fields.platformKey, "platformKey");
    else if (fields.kind === "participant") {
      const id = name(fields.id);
      const gateway = fields.gateway === undefined ? null : key(fields.gateway, "gateway");
      const number = this.#numbers.get(id) ?? this.#participants.length;
      this.#numbers.set(id, number);
      this.#participants[number] = { id, key: key(fields.key, "key"), gateway };
    } else if (deviceKinds.includes(fields.kind))
      this.#devices.set(`${fields.kind}/${name(fields.device)}`, boundParticipant(fields));
    else if (fields.kind === "area") {
      const area = name(fields.area);
      if (fields.operator === undefined) this.#operators.delete(area);
      else this.#operators.set(area, key(fields.operator, "operator"));
    }
  }

  #known(id: string): Keyholder | undefined {
    const number = this.#numbers.get(id);
    return number === undefined ? undefined : this.#participants[number];
  }

  /** The key that signals about an area: its operator's, or the platform's where it names none. */
  #operator(area: string): Uint8Array {
    return this.#operators.get(area) ?? this.platform;
  }

  /** The key of a participant, or for null the platform's. */
  #keyOf(id: string | null): Uint8Array {
    if (id === null) return this.platform;
    return this.#known(id)?.key ?? fail("signature", "participant", "one registered before", id);
  }

  /** Contract keys are `kind/…/who` (the market's `contractKey`), and an id may have slashes of its own. */
  #signerOfEnded(contract: string): Uint8Array {
    const [kind, ...rest] = contract.split("/");
    if (deviceKinds.includes(kind)) {
      const owner = this.#devices.get(contract);
      if (owner === undefined) return fail("signature", "end", "a device under contract", contract);
      return this.#keyOf(owner);
    }
    if (kind === "limit") return this.#operator(rest.join("/"));
    if (boundBy[kind!] === undefined) return this.platform;
    if (kind === "participant") return this.#keyOf(rest.join("/"));
    // Standard terms, `supply/CARRIER` and `use/CARRIER`, bind nobody by name: they are the platform's.
    return this.#keyOf(rest.length === 1 ? null : rest.slice(1).join("/"));
  }
}

function asFields(contract: unknown): Fields {
  if (contract === null || typeof contract !== "object" || Array.isArray(contract))
    return fail("corrupt", "contract", "an object", contract);
  return contract as Fields;
}

function name(value: unknown): string {
  return typeof value === "string" ? value : fail("corrupt", "contract", "a name", value);
}

function key(value: unknown, field: string): Uint8Array {
  if (typeof value !== "string" || value.length !== 2 * publicKeyBytes)
    return fail(
      "signature",
      field,
      `an Ed25519 public key in ${2 * publicKeyBytes} hexadecimal digits`,
      value,
    );
  return fromHex(value, field);
}
