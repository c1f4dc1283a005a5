/**
 * Prices that change from day to day: the operator hands in the rates to come, and the contracts in which they stand
 * are amended and signed by the platform. Nothing of a contract but the rates of its series changes.
 */
import { fail } from "../errors.js";
import type { Contract, PaymentContract, TariffContract } from "../market/contracts/contracts.js";
import { parseContract } from "../market/contracts/kinds.js";
import { checkRanges } from "../market/contracts/tariffs.js";
import type { Platform } from "../market/platform.js";
import type { Component, ComponentOf } from "../tariff/components.js";
import { type Following, followed, instantText, seriesEnd } from "../tariff/follow.js";
import { type Carrier, carriers } from "../units.js";

/** A contract with series. */
type Priced = PaymentContract | TariffContract;
type Series = ComponentOf<"series">;

/** Where a series stands, and up to when it has rates. */
export interface SeriesEntry {
  readonly series: string;
  /** Key of the contract. */
  readonly contract: string;
  readonly carrier: Carrier;
  /** What of a payment contract it is a part of; null in a tariff. */
  readonly price: "retail" | "feedIn" | null;
  readonly minutes: number;
  readonly start: string;
  readonly until: string;
}

/** What became of a series. */
export interface ChangedSeries extends SeriesEntry {
  readonly added: number;
  readonly changed: number;
  /** The first period in which the contract holds that has the rates; null: nothing changes. */
  readonly period: number | null;
}

/** The rates of which series follow on. */
export interface Asked extends Pick<Following, "prices" | "mayReplace"> {
  readonly series: string;
}

type Place = Pick<SeriesEntry, "contract" | "carrier" | "price">;
type Change = (series: Series, place: Place) => Series;

/** A contract with each of its series changed. */
function mapSeries(contract: Priced, change: Change): Priced {
  const inList = <C extends Component>(list: readonly C[], place: Place): readonly C[] =>
    list.map((each) => (each.by === "series" ? (change(each as Series, place) as unknown as C) : each));
  if (contract.kind === "tariff") {
    const { carrier, components } = contract;
    return {
      ...contract,
      components: inList(components, { contract: `tariff/${contract.tariff}`, carrier, price: null }),
    };
  }
  const tariffs = carriers.map((carrier) => {
    const tariff = contract.tariffs[carrier];
    const own = (price: "retail" | "feedIn"): typeof tariff.retail => {
      const given = tariff[price];
      return typeof given === "number" ? given : inList(given, { contract: "payment", carrier, price });
    };
    return [carrier, { ...tariff, retail: own("retail"), feedIn: own("feedIn") }];
  });
  return { ...contract, tariffs: Object.fromEntries(tariffs) as PaymentContract["tariffs"] };
}

const entryOf = (series: Series, place: Place): SeriesEntry => ({
  series: series.name,
  ...place,
  minutes: series.minutes,
  start: series.start,
  until: instantText(seriesEnd(series)),
});

/** The platform whose contracts have prices, and who signs for it. */
type PricedPlatform = Pick<Platform, "market" | "propose">;
interface PriceSigner {
  sign(contract: Contract): Promise<Uint8Array>;
}

/** The series of a market's contracts, and what follows on them. */
export class Prices {
  readonly #platform: PricedPlatform;
  readonly #operator: PriceSigner | null;
  /** By key: the amendment that waits for its period. */
  readonly #waiting = new Map<string, Priced>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(platform: PricedPlatform, operator: PriceSigner | null) {
    this.#platform = platform;
    this.#operator = operator;
  }

  /** All series, with what waits for its period. */
  list(): SeriesEntry[] {
    const found: SeriesEntry[] = [];
    for (const contract of this.#contracts())
      mapSeries(contract, (series, place) => {
        found.push(entryOf(series, place));
        return series;
      });
    return found;
  }

  /**
   * Amends every contract that has a series of that name, from the next period on. Where one can't be amended, none is.
   * The same again changes nothing.
   */
  follow(asked: Asked): Promise<ChangedSeries[]> {
    const done = this.#turn.then(() => this.#follow(asked));
    this.#turn = done.catch(() => {});
    return done;
  }

  async #follow(asked: Asked): Promise<ChangedSeries[]> {
    const names = this.list();
    const keys = [
      ...new Set(names.filter(({ series }) => series === asked.series).map((each) => each.contract)),
    ];
    if (keys.length === 0)
      fail(
        "refused",
        "series",
        [...new Set(names.map(({ series }) => series))].join(", ") || "a series",
        asked.series,
      );
    for (const key of keys) this.#amended(key, asked);
    const changed: ChangedSeries[] = [];
    for (const key of keys) changed.push(...(await this.#propose(key, asked)));
    return changed;
  }

  /** Proposes what one contract becomes; again where the period closed while it was being signed. */
  async #propose(key: string, asked: Asked): Promise<ChangedSeries[]> {
    const { market } = this.#platform;
    for (;;) {
      const opened = market.period;
      const { contract, changed } = this.#amended(key, asked);
      if (contract === null) return changed;
      const taken = await this.#platform.propose(contract, await this.#operator!.sign(contract));
      if (taken.status === "accepted") {
        this.#waiting.set(key, contract);
        return changed;
      }
      if (market.period === opened) throw taken.error;
    }
  }

  /** What a contract becomes; null where nothing of it changes. */
  #amended(
    key: string,
    { series: name, ...rates }: Asked,
  ): { readonly contract: Priced | null; readonly changed: ChangedSeries[] } {
    const { market } = this.#platform;
    const held = this.#held(key)!;
    // The open period began then, and what is amended now holds later.
    const nowMs = market.store.head!.timestampMs;
    const from = Math.max(market.period + 1, held.from);
    const found: Omit<ChangedSeries, "period">[] = [];
    const next = mapSeries(held, (series, place) => {
      if (series.name !== name) return series;
      const { series: own, added, changed } = followed(series, { ...rates, nowMs });
      found.push({ ...entryOf(own, place), added, changed });
      return own;
    });
    const isSame = found.every(({ added, changed }) => added + changed === 0);
    const changed = found.map((each) => ({ ...each, period: isSame ? null : from }));
    if (isSame) return { contract: null, changed };
    const version = market.nextVersion(key);
    // What waits and was not proposed here is not known: its prices would be undone.
    if (version !== held.version + 1)
      fail(
        "conflict",
        key,
        "no amendment that waits for its period, such as the next has",
        `version ${version - 1}`,
      );
    const contract = parseContract({ ...next, version, from }) as Priced;
    // The market itself would find that when the period begins, and drop the contract.
    if (contract.kind === "payment") checkRanges(contract, market.contract, key);
    return { contract, changed };
  }

  /** The contract with a key as it is once what waits has begun to hold. */
  #held(key: string): Priced | null {
    const { market } = this.#platform;
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined && waiting.from > market.period) return waiting;
    this.#waiting.delete(key);
    const contract: Contract | null = market.state.contract(key);
    return contract?.kind === "payment" || contract?.kind === "tariff" ? contract : null;
  }

  *#contracts(): Generator<Priced> {
    const { state } = this.#platform.market;
    for (const key of state.contracts) {
      const held = key === "payment" || key.startsWith("tariff/") ? this.#held(key) : null;
      if (held !== null) yield held;
    }
  }
}
