/** What other rules make of a ledger's contracts, one by one (docs/replay.md). */
import { checkMechanism } from "../../core/mechanisms.js";
import { fail } from "../../errors.js";
import { pricesAreas } from "../../market/contracts/areas.js";
import type {
  AreaContract,
  ClearingContract,
  Contract,
  LimitContract,
  PaymentContract,
  StorageContract,
} from "../../market/contracts/contracts.js";
import { contractKey, parseContract } from "../../market/contracts/kinds.js";
import type { ShareContract } from "../../market/contracts/sharedcontracts.js";
import type { Terms } from "../../market/contracts/terms.js";
import { type Carrier, carriers, ppm } from "../../units.js";
import type { CheckedArea, CheckedBattery, CheckedClearing, CheckedRules } from "./rules.js";

/** The contracts of the market that might have been. Remembers which of the rules found something to change. */
export class Changes {
  readonly rules: CheckedRules;
  readonly #without: ReadonlySet<string>;
  /** Batteries not yet entered, by their places among the rules. */
  readonly #waiting: Map<number, CheckedBattery>;
  /** Copies by id of whom they copy. */
  readonly #copies = new Map<string, string[]>();
  /** Keys of contracts of copies by the key of the contract that they copy. */
  readonly #copied = new Map<string, string[]>();
  /** The carrier of each area. */
  readonly #areas = new Map<string, Carrier>();
  /** Rules that have met what they are about. */
  readonly #met = new Set<string>();

  constructor(rules: CheckedRules) {
    this.rules = rules;
    this.#without = new Set(rules.without);
    this.#waiting = new Map(rules.batteries.entries());
    for (const { of, as } of rules.copies) this.#copies.set(of, [...(this.#copies.get(of) ?? []), as]);
  }

  /** Whether a participant is taken out. */
  leaves(id: string): boolean {
    return this.#without.has(id);
  }

  /** Ids of the copies of a participant. */
  copiesOf(id: string): readonly string[] {
    return this.#copies.get(id) ?? [];
  }

  /** What a contract of the ledger becomes; null where there is none. */
  of(contract: Contract): Contract | null {
    switch (contract.kind) {
      case "clearing":
        return this.#clearing(contract);
      case "payment":
        return this.#payment(contract);
      case "area":
        return this.#area(contract);
      case "limit":
        return this.#signal(contract);
      case "participant":
        return this.#participant(contract.id, contract);
      case "storage":
        if (this.rules.batteries.some(({ device }) => device === contract.device))
          fail("invalid", "batteries", "names that no device of the ledger has", contract.device);
        return contract.owner !== undefined && this.leaves(contract.owner) ? null : contract;
      case "converter":
        return this.leaves(contract.participant) ? null : contract;
      default:
        return contract;
    }
  }

  /** What copies of participants have by a contract of the ledger, which counts in the other market. */
  copies(contract: Contract): Contract[] {
    if (contract.kind === "end")
      return (this.#copied.get(contract.contract) ?? []).map((key) => ({ ...contract, contract: key }));
    const owner = ownerOf(contract);
    if (owner === null) return [];
    return this.copiesOf(owner).map((as) => {
      const copy = parseContract(copyFor(contract, as), `copy ${as}`);
      const key = contractKey(contract);
      const known = this.#copied.get(key) ?? [];
      if (!known.includes(contractKey(copy))) this.#copied.set(key, [...known, contractKey(copy)]);
      return copy;
    });
  }

  /** Batteries that enter in a period, after its other contracts: their owners and areas are there. */
  batteries(terms: Terms, from: number): { readonly field: string; readonly contract: StorageContract }[] {
    const entering: { field: string; contract: StorageContract }[] = [];
    for (const [place, battery] of this.#waiting) {
      const { owner, area } = battery;
      if (owner !== undefined && (terms.registers.participant.get(owner)?.contract ?? null) === null)
        continue;
      if (area !== undefined && (terms.registers.area.get(area)?.contract ?? null) === null) continue;
      this.#waiting.delete(place);
      const field = `batteries[${place}]`;
      checkActs(battery, terms, field);
      entering.push({ field, contract: storageOf(battery, from) });
    }
    return entering;
  }

  /** Throws `invalid` naming the first of the rules that is about nothing in the ledger, once all of it was read. */
  checkMet(): void {
    const { clearing, tariffs, areas, without, copies } = this.rules;
    const need = (field: string, wanted: string, got: unknown): void => {
      if (!this.#met.has(field)) fail("invalid", field, wanted, got);
    };
    for (const carrier of carriers) {
      if (clearing[carrier] !== undefined) need(`clearing.${carrier}`, "a carrier that clears", "none");
      if (tariffs[carrier] !== undefined) need(`tariffs.${carrier}`, "a carrier with a tariff", "none");
    }
    for (const [place, { area, carrier }] of areas.entries())
      need(`areas[${place}]`, "an area of the ledger with a parent", area ?? carrier);
    for (const [place, id] of without.entries()) need(`without[${place}]`, "a participant of the ledger", id);
    for (const [place, { of }] of copies.entries())
      need(`copies[${place}].of`, "a participant of the ledger", of);
    for (const [place, { owner, area }] of this.#waiting)
      fail("invalid", `batteries[${place}]`, "an owner and an area of the ledger", owner ?? area);
  }

  #participant(id: string, contract: Contract): Contract {
    for (const [place, other] of this.rules.without.entries())
      if (other === id) this.#met.add(`without[${place}]`);
    for (const [place, { of, as }] of this.rules.copies.entries()) {
      if (of === id) this.#met.add(`copies[${place}].of`);
      if (as === id)
        fail("invalid", `copies[${place}].as`, "a name that no participant of the ledger has", as);
    }
    return contract;
  }

  #clearing(contract: ClearingContract | ShareContract): Contract {
    const { carrier } = contract;
    const change = this.rules.clearing[carrier];
    if (change === undefined) return contract;
    const field = `clearing.${carrier}`;
    this.#met.add(field);
    if (contract.mechanism === "share")
      return fail("invalid", field, "a carrier that takes orders, not one that is shared", carrier);
    const { pool, ties, mechanism, pricing, ...switches } = change;
    const priced = checkMechanism({ mechanism, pricing }, field, contract);
    const fits = contract.ties !== "prorata" || priced.pricing === "uniform";
    return parseContract(
      {
        ...contract,
        ...switches,
        ...priced,
        ties: ties ?? (fits ? contract.ties : "arrival"),
        pool: pool === undefined ? contract.pool : poolOf(pool, contract.pool, `${field}.pool`),
      },
      field,
    );
  }

  #payment(contract: PaymentContract): Contract {
    const tariffs = { ...contract.tariffs };
    for (const carrier of carriers) {
      const change = this.rules.tariffs[carrier];
      if (change === undefined) continue;
      this.#met.add(`tariffs.${carrier}`);
      tariffs[carrier] = { ...tariffs[carrier], ...change };
    }
    return { ...contract, tariffs };
  }

  #area(contract: AreaContract): Contract {
    this.#areas.set(contract.area, contract.carrier);
    if (contract.parent === undefined) return contract;
    let changed = contract;
    for (const [place, change] of this.rules.areas.entries()) {
      if (!this.#isAbout(change, contract.area)) continue;
      this.#met.add(`areas[${place}]`);
      changed = edgeOf(changed, change);
    }
    return changed;
  }

  /** A signal says nothing of the limits that the rules say. */
  #signal(contract: LimitContract): Contract | null {
    const said = this.rules.areas
      .filter((change) => this.#isAbout(change, contract.area))
      .reduce(withoutSaid, contract);
    return said.exportLimit === undefined && said.importLimit === undefined ? null : said;
  }

  #isAbout({ area, carrier }: CheckedArea, name: string): boolean {
    return area === undefined ? this.#areas.get(name) === carrier : area === name;
  }
}

type Limits = Pick<LimitContract, "exportLimit" | "importLimit">;

/** Limits without those that a change says. */
function withoutSaid<T extends Limits>(limits: T, change: CheckedArea): T {
  const left: T & { -readonly [K in keyof Limits]: Limits[K] } = { ...limits };
  if (change.exportLimit !== undefined) delete left.exportLimit;
  if (change.importLimit !== undefined) delete left.importLimit;
  return left;
}

/** An area with another fee and other limits. */
function edgeOf(contract: AreaContract, change: CheckedArea): AreaContract {
  const { exportLimit, importLimit, fee } = change;
  const { limits = [], ...edge } = withoutSaid(contract, change);
  const steps = limits
    .map((step) => withoutSaid(step, change))
    .filter((step) => step.exportLimit !== undefined || step.importLimit !== undefined);
  return {
    ...edge,
    ...(steps.length === 0 ? {} : { limits: steps }),
    ...(exportLimit === undefined ? {} : { exportLimit }),
    ...(importLimit === undefined ? {} : { importLimit }),
    ...(fee === undefined ? {} : { fee }),
  };
}

type Pool = ClearingContract["pool"];

function poolOf(change: NonNullable<CheckedClearing["pool"]> | null, own: Pool, field: string): Pool {
  if (change === null) return null;
  const price =
    change.price ??
    own?.price ??
    fail("invalid", `${field}.price`, "a price, as the ledger has no pool", "none");
  return {
    price,
    // No seller gets more than buyers pay.
    purchasePrice: change.purchasePrice ?? Math.min(own?.purchasePrice ?? price, price),
    lots: change.lots ?? own?.lots ?? "whole",
  };
}

/** Id of the participant that a contract is about; null where it is about nobody. */
function ownerOf(contract: Contract): string | null {
  switch (contract.kind) {
    case "participant":
      return contract.id;
    case "storage":
      return contract.owner ?? null;
    case "supply":
    case "use":
    case "converter":
    case "deposit":
    case "withdrawal":
      return contract.participant ?? null;
    default:
      return null;
  }
}

/** A participant's contract as it stands for the one who copies it; devices have the copy's name in front. */
function copyFor(contract: Contract, as: string): Contract {
  switch (contract.kind) {
    case "participant":
      return { ...contract, id: as };
    case "storage":
      return { ...contract, owner: as, device: `${as}: ${contract.device}` };
    case "converter":
      return { ...contract, participant: as, device: `${as}: ${contract.device}` };
    default:
      return { ...contract, participant: as } as Contract;
  }
}

function storageOf(battery: CheckedBattery, from: number): StorageContract {
  const { charge = 0, chargeEfficiency = ppm, dischargeEfficiency = ppm, selfDischarge = 0 } = battery;
  const shares = { charge, chargeEfficiency, dischargeEfficiency, selfDischarge };
  return { kind: "storage", version: 1, from, ...battery, ...shares };
}

/** Throws `invalid` for a battery of a carrier that clears in a way in which no store does anything. */
function checkActs({ carrier }: CheckedBattery, terms: Terms, field: string): void {
  const code = carriers.indexOf(carrier);
  const rules = terms.clearing[code];
  const trades =
    rules != null && (rules.pool !== null || (terms.areas.count(code) > 0 && pricesAreas(rules)));
  if (!trades || !rules.charge || !rules.discharge)
    fail(
      "invalid",
      `${field}.carrier`,
      `a carrier with a pool, or prices by area, whose clearing charges and discharges (say so in clearing.${carrier})`,
      carrier,
    );
}
