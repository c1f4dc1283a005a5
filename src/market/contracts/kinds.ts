/**
 * The table of the kinds of contracts, and what is done with a contract of any kind: reading it from outside, telling
 * what it is about, holding it against what stands, putting it in force. A new kind is an entry here.
 */
import { object, oneOf, optional, record, text } from "../../check.js";
import { fail } from "../../errors.js";
import { endsByPlatform } from "../../ledger/keys/directory.js";
import type { Journal } from "../books/journal.js";
import type { Contract, EndContract } from "./contracts.js";
import { area, signal } from "./kinds/area.js";
import { clearing } from "./kinds/clearing.js";
import { community, member } from "./kinds/community.js";
import { converter, storage } from "./kinds/device.js";
import { type ContractKind, dated, type Standing } from "./kinds/kind.js";
import { market, payment } from "./kinds/market.js";
import { deposit, participant, supply, use, withdrawal } from "./kinds/participant.js";
import { tariff } from "./kinds/tariff.js";
import { creditOf, type Held } from "./terms.js";
import { moneyWords } from "./unitwords.js";

const endFields = record({
  ...dated("end"),
  contract: text(/^[^\p{C}\p{Zl}\p{Zp}]{1,160}$/u, 320, "the key of a contract"),
  by: optional(oneOf("platform")),
});

const end: ContractKind<EndContract> = {
  parse: (value, field) => {
    const contract = endFields(value, field);
    if (contract.by !== undefined && !endsByPlatform(contract.contract))
      fail("invalid", `${field}.by`, "none but with a participant's supply or use contract", contract.by);
    return contract;
  },
  // Numbered apart, so that the one's ends don't take the other's versions.
  key: ({ contract, by }) => (by === undefined ? `end/${contract}` : `end/${by}/${contract}`),
  check: ({ contract: ended }, standing, own) => {
    const { terms } = standing;
    const contract = terms.inForce.get(ended)?.contract;
    const kind = contract === undefined ? undefined : kindOf(contract);
    if (contract === undefined || kind?.end === undefined)
      return fail("refused", `${own}.contract`, "a contract in force, not market or payment", ended);
    if (kind.needed)
      for (const [other, { contract: held }] of terms.inForce)
        if (kindOf(held).needs?.(held).includes(ended))
          fail("refused", `${own}.contract`, `one that no other needs (end ${other} first)`, ended);
    if (contract.kind === "participant") checkDebt(contract.id, standing, own);
  },
  apply: ({ contract: ended }, standing, journal) => {
    const { contract } = standing.terms.inForce.get(ended)!;
    standing.terms.forget(ended, contract);
    kindOf(contract).end!(contract, standing, journal);
  },
  once: true,
};

/** What participants may owe once their own contract is gone, the payment contract says. */
function checkDebt(id: string, { terms, accounts }: Standing, key: string): void {
  const balance = accounts.of(terms.numberOf(id)!);
  const limit = creditOf(null, terms.payment);
  if (limit !== null && balance < -limit)
    fail(
      "refused",
      `${key}.contract`,
      `a participant who owes at most ${moneyWords(terms.market!, limit)}`,
      moneyWords(terms.market!, -balance),
    );
}

type Kind = Contract["kind"];

/** Every kind of contract by its name. */
const kinds: { readonly [K in Kind]: ContractKind<Extract<Contract, { kind: K }>> } = {
  market,
  participant,
  supply,
  use,
  storage,
  converter,
  area,
  limit: signal,
  clearing,
  community,
  member,
  payment,
  tariff,
  deposit,
  withdrawal,
  end,
};

const kindOf = (contract: Contract): ContractKind<Contract> =>
  kinds[contract.kind] as unknown as ContractKind<Contract>;

/**
 * Checks a contract from outside, field by field, and returns a copy with the fields in their own order. Throws
 * `invalid` naming the field. Whether it fits the contracts in force, `checkContract` says.
 */
export function parseContract(value: unknown, field = "contract"): Contract {
  const given = object(value, field);
  const kind = Object.hasOwn(given, "kind") ? given.kind : undefined;
  if (typeof kind !== "string" || !Object.hasOwn(kinds, kind))
    return fail("invalid", `${field}.kind`, Object.keys(kinds).join(" or "), kind);
  return kinds[kind as Kind].parse(value, field);
}

/** What a contract is about: amendments have the key of what they amend. */
export function contractKey(contract: Contract): string {
  return kindOf(contract).key(contract);
}

/** Id of the participant that a contract says it is of; null: of none. */
export function subjectOf(contract: Contract): string | null {
  const { kind, id, participant, owner } = contract as { readonly kind: string } & Partial<
    Record<"id" | "participant" | "owner", string>
  >;
  return (kind === "participant" ? id : (participant ?? owner)) ?? null;
}

/**
 * Holds a contract against what stands at the beginning of `period` and returns its key. Throws `refused`, `conflict`
 * or `limit` naming the field unless it fits; changes nothing.
 */
export function checkContract(contract: Contract, standing: Standing, period: number): string {
  const { terms } = standing;
  const key = contractKey(contract);
  if (contract.from !== period) fail("refused", `${key}.from`, `period ${period}`, contract.from);
  const version = terms.nextVersion(key);
  if (contract.version !== version) fail("conflict", `${key}.version`, `${version}`, contract.version);
  if (terms.market === null && contract.kind !== "market")
    fail("refused", key, "the market contract first", contract.kind);
  kindOf(contract).check?.(contract, standing, key);
  return key;
}

/**
 * Puts a contract of a snapshot in force, where names, balances and charges stand already: nothing is moved. Throws
 * `corrupt` for one that can't be in force.
 */
export function restoreContract(contract: Contract, standing: Standing, journal: Journal): Held {
  const { terms } = standing;
  const key = contractKey(contract);
  const kind = kindOf(contract);
  if (kind.once === true || terms.inForce.has(key))
    return fail("corrupt", "snapshot rules", "each contract in force once", key);
  // As if it amended itself: what it holds back is held already.
  kind.apply(contract, standing, journal, contract);
  return terms.hold(key, contract);
}

/** Keys that contracts need and that are not among them. */
export function missingNeeds(contracts: readonly Contract[]): string[] {
  const keys = new Set(contracts.map(contractKey));
  return contracts
    .flatMap((contract) => kindOf(contract).needs?.(contract) ?? [])
    .filter((key) => !keys.has(key));
}

/**
 * Puts a checked contract, with its key, in force and books what that moves. Returns what is held of it; null when it
 * was carried out at once.
 */
export function applyContract(
  key: string,
  contract: Contract,
  standing: Standing,
  journal: Journal,
): Held | null {
  const { terms } = standing;
  const kind = kindOf(contract);
  const before = terms.inForce.get(key)?.contract ?? null;
  kind.apply(contract, standing, journal, before);
  if (kind.once !== true) return terms.hold(key, contract);
  terms.forget(key, contract);
  return null;
}
