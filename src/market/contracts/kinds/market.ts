/** The contract that makes the market, and the one that says how everything in it is paid. */
import { boolean, integer, list, oneOf, optional, orNull, record } from "../../../check.js";
import { maxTiers } from "../../../core/rules.js";
import { fail } from "../../../errors.js";
import { encodeCanonical } from "../../../ledger/format/canonical.js";
import { checkOf } from "../../../shape.js";
import { zone } from "../../../tariff/shapes.js";
import { carriers, ppm } from "../../../units.js";
import type { MarketContract, PaymentContract } from "../contracts.js";
import { byCarrier, carrier, key, label, money, name, price, share, tick } from "../fields.js";
import { checkRanges, checkZoneOf, priceOrList } from "../tariffs.js";
import { creditOf } from "../terms.js";
import { moneyWords } from "../unitwords.js";
import { type ContractKind, dated } from "./kind.js";

const marketFields = record({
  ...dated("market"),
  id: name,
  currency: label,
  quantityTick: tick,
  priceTick: tick,
  periodMs: integer(1, 0xffff_ffff),
  signed: boolean,
  platformKey: optional(key),
  privacy: optional(oneOf("open", "private")),
  leastMembers: optional(integer(2, 0xffff)),
  order: list(carrier, carriers.length, carriers.length),
});

/** The market itself: its units, its period, whether it is signed. */
export const market: ContractKind<MarketContract> = {
  parse: (value, field) => {
    const contract = marketFields(value, field);
    if (new Set(contract.order).size !== carriers.length)
      fail("invalid", `${field}.order`, "each carrier once", contract.order.join(" "));
    return contract;
  },
  key: () => "market",
  check: (contract, { terms }, own) => {
    if (terms.market !== null) fail("conflict", own, "one market contract, never amended", contract.id);
    if (contract.leastMembers !== undefined && contract.privacy !== "private")
      fail(
        "refused",
        `${own}.leastMembers`,
        "none in an open market, where totals hide nothing",
        contract.leastMembers,
      );
    if (contract.signed && contract.platformKey === undefined)
      fail("refused", `${own}.platformKey`, "a key in a signed market", "none");
  },
  apply: (contract, { terms }) => {
    terms.market = contract;
  },
};

const tariff = record({
  retail: priceOrList("retail"),
  feedIn: priceOrList("feedIn"),
  commission: list(record({ share, supply: share, use: share }), 1, maxTiers),
  shortagePrice: price,
  surplusPrice: price,
});
const paymentFields = record({
  ...dated("payment"),
  currency: label,
  creditLimit: orNull(money(0n)),
  tariffs: record(byCarrier(tariff)),
  zone: optional(checkOf(zone)),
  metering: orNull(
    record({
      window: integer(1, 100_000),
      corrections: integer(0, 100_000),
      missing: oneOf("traded", "zero", "last"),
      delivered: optional(oneOf("fifo", "proportional")),
    }),
  ),
});

/** What is paid, outside of trades and to the platform, and by when meters have to report. */
export const payment: ContractKind<PaymentContract> = {
  parse: (value, field) => {
    const contract = paymentFields(value, field);
    checkZoneOf(contract, field);
    // Refused here where it is too long, under the name that its author knows.
    encodeCanonical(contract, field);
    for (const each of carriers) {
      const total = contract.tariffs[each].commission.reduce((sum, tier) => sum + tier.share, 0);
      if (total !== ppm)
        fail("invalid", `${field}.tariffs.${each}.commission`, `shares that sum to ${ppm}`, total);
    }
    return contract;
  },
  key: () => "payment",
  check: (contract, { terms, accounts }, own) => {
    if (contract.currency !== terms.market?.currency)
      fail("refused", `${own}.currency`, terms.market?.currency ?? "", contract.currency);
    checkRanges(contract, terms.market!, own);
    const limit = creditOf(null, contract);
    if (limit === null) return;
    for (const [participant, { contract: theirs, name: id }] of terms.participants.entries())
      if (theirs?.creditLimit === undefined && accounts.of(participant) < -limit)
        fail("refused", `${own}.creditLimit`, `at least what ${id} owes`, moneyWords(terms.market!, limit));
  },
  apply: (contract, { terms }) => {
    terms.payment = contract;
    terms.forgetCredit();
  },
};
