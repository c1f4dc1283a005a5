/**
 * Linked converters: before any carrier clears for good, a trial finds out what each converter would sell, and its bids
 * for its inputs count for no more than that needs. Without it a converter buys its full load before anybody knows who
 * wants what it makes, and what nobody wants is burnt (docs/market.md, "Converters").
 */
import { carriers, ppm } from "../../units.js";
import { scaleUp } from "../books/amounts.js";
import { Journal } from "../books/journal.js";
import type { Positions } from "../books/positions.js";
import { Sums } from "../books/sums.js";
import { type Converter, carrierCount } from "../contracts/terms.js";
import { type CarrierBook, floorAt, isEmpty, openBook, type Side, slotAt } from "./book.js";
import { rulesOf, withPoolLimits } from "./match.js";
import { bidSide } from "./orders.js";
import { joinPool } from "./pool.js";
import type { Round } from "./round.js";

/** Most that bids count for, by slot (participant × carriers + carrier); where nothing stands, all that they ask. */
export type Linked = ReadonlyMap<number, number>;

/** Nothing is linked. */
export const unlinked: Linked = new Map();

/**
 * What the bids of linked converters count for in this period. Scenarios 1 and 2 of every carrier that converters touch
 * are tried in order, on copies, without areas and stores; nothing is booked. `positions` are those of the trial.
 */
export function linkConverters(round: Round, positions: Positions): Linked {
  const linked = round.terms.converters.filter((each) => isLinked(round, each));
  if (linked.length === 0) return unlinked;
  const touched = new Set(
    round.terms.converters.flatMap(({ contract, input, output }) =>
      contract === null ? [] : [input, output],
    ),
  );
  const slots = round.terms.participants.length * carrierCount;
  const trial: Round = {
    ...round,
    linked: unlinked,
    journal: new Journal(round.accounts, round.period),
    sums: new Sums(),
    positions: positions.begin(slots),
  };
  for (const carrier of round.terms.market!.order) {
    const code = carriers.indexOf(carrier);
    if (touched.has(code)) clearTrial(trial, code);
  }
  const most = new Map<number, number>();
  for (const { participant, input, output, contract } of linked) {
    const slot = participant * carrierCount + input;
    const sold = trial.positions.sold[participant * carrierCount + output]!;
    most.set(slot, Math.max(most.get(slot) ?? 0, scaleUp(sold, ppm, contract!.ratio)));
  }
  // Whoever has an unlinked converter for the same input may make anything of it.
  for (const { participant, input, contract } of round.terms.converters)
    if (contract?.linked === false) most.delete(participant * carrierCount + input);
  return most;
}

/** Whether a converter is in force, linked, and its owner bids for its input. */
function isLinked({ terms, orders }: Round, { contract, participant, input }: Converter): boolean {
  if (contract === null || contract.linked === false || terms.clearing[input] == null) return false;
  const order = orders.live[participant * carrierCount + input]!;
  return order >= 0 && orders.sideOf(order) === bidSide;
}

/** Clears one carrier on a copy, and leaves in the trial's positions what everybody bought and sold. */
function clearTrial(trial: Round, carrier: number): void {
  const book = openBook(trial, carrier);
  if (book === null || isEmpty(book)) return;
  const { rules, offers, bids, offersLeft, bidsLeft } = book;
  const { engine, positions, resolved } = trial;
  engine.reserve(offers.order.length, bids.order.length);
  const { remaining } = engine.match(withPoolLimits(trial, book), rulesOf(rules));
  offersLeft.set(remaining.offers);
  bidsLeft.set(remaining.bids);
  if (rules.pool !== null) sellTrial(trial, book);
  for (let place = 0; place < bids.order.length; place += 1) {
    const imports = rules.import && resolved.imports[slotAt(book, bids, place)] === 1;
    positions.bought[slotAt(book, bids, place)] = imports
      ? bids.quantity[place]!
      : served(bids, bidsLeft, place);
  }
  for (let place = 0; place < offers.order.length; place += 1) {
    const exports = rules.export && floorAt(trial, book, place) <= book.tariff.feedIn;
    positions.sold[slotAt(book, offers, place)] = exports
      ? offers.quantity[place]!
      : served(offers, offersLeft, place);
  }
}

const served = ({ quantity }: Side, left: Uint32Array, place: number): number =>
  quantity[place]! - left[place]!;

/** Scenario 2 of the trial, without storage lots. */
function sellTrial(trial: Round, book: CarrierBook): void {
  const { price, lots, purchasePrice } = book.rules.pool!;
  const remaining = trial.engine.remaining();
  joinPool(trial, book, purchasePrice, remaining.offers);
  const pooling = trial.engine.sell({ price, lots });
  const { lot, bid, quantity } = pooling.trades;
  for (let index = 0; index < pooling.trades.count; index += 1) {
    book.offersLeft[pooling.lots.offer[lot[index]!]!]! -= quantity[index]!;
    book.bidsLeft[bid[index]!]! -= quantity[index]!;
  }
}
