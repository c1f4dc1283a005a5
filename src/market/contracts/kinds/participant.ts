/** Who trades, what each or everybody may offer and ask for, and money paid in and out. */
import { boolean, type Check, integer, object, optional, orNull, record } from "../../../check.js";
import { fail } from "../../../errors.js";
import { postingCode } from "../../../ledger/format/records.js";
import { type Carrier, carriers } from "../../../units.js";
import { account, accountOf, collateralOf } from "../../books/accounts.js";
import { type Journal, plainPosting } from "../../books/journal.js";
import type {
  DepositContract,
  ParticipantContract,
  SupplyContract,
  UseContract,
  WithdrawalContract,
} from "../contracts.js";
import {
  byCarrierOptional,
  carrier,
  key,
  money,
  name,
  positivePrice,
  price,
  quantity,
  share,
} from "../fields.js";
import { creditOf, type SideTerms, type Terms } from "../terms.js";
import { moneyWords, priceWords } from "../unitwords.js";
import { type ContractKind, dated, type Standing } from "./kind.js";
import { checkStanding, fittingStanding, noteDayMeter, standingOrder } from "./standing.js";

/** A participant: its key, its gateway, its areas, its credit. */
export const participant: ContractKind<ParticipantContract> = {
  parse: record({
    ...dated("participant"),
    id: name,
    key: optional(key),
    gateway: optional(key),
    areas: optional(record(byCarrierOptional(name))),
    tariffs: optional(record(byCarrierOptional(name))),
    creditLimit: optional(orNull(money(0n))),
  }),
  key: ({ id }) => `participant/${id}`,
  check: (contract, { terms, accounts }, own) => {
    terms.registers.participant.checkRoom(own, contract.id);
    if (terms.market?.signed && contract.key === undefined)
      fail("refused", `${own}.key`, "a key in a signed market", "none");
    for (const each of carriers) {
      const area = contract.areas?.[each];
      if (area !== undefined) terms.checkArea(`${own}.areas.${each}`, area, each);
      const tariff = contract.tariffs?.[each];
      if (tariff !== undefined) checkTariffOf(each, tariff, terms, `${own}.tariffs.${each}`);
    }
    checkClocks(contract, terms, own);
    const number = terms.numberOf(contract.id);
    const limit = creditOf(contract, terms.payment);
    if (number !== undefined && limit !== null && accounts.of(number) < -limit)
      fail(
        "refused",
        `${own}.creditLimit`,
        `at least ${moneyWords(terms.market!, -accounts.of(number))}`,
        moneyWords(terms.market!, limit),
      );
  },
  apply: (contract, { terms, accounts }) => {
    terms.putParticipant(contract);
    if (accounts.participants < terms.participants.length) accounts.add();
  },
  end: (contract, { terms }) => {
    terms.registers.participant.end(contract.id);
    terms.forgetCredit();
  },
  needs: ({ areas = {}, tariffs = {} }) => [
    ...Object.values(areas).map((area) => `area/${area}`),
    ...Object.values(tariffs).map((tariff) => `tariff/${tariff}`),
  ],
  needed: true,
};

/** Throws `refused` unless there is such a tariff of the carrier. */
function checkTariffOf(of: Carrier, name: string, { inForce }: Terms, field: string): void {
  const held = inForce.get(`tariff/${name}`)?.contract;
  if (held?.kind !== "tariff" || held.carrier !== of)
    fail("refused", field, `a tariff of ${of} under contract`, name);
}

/**
 * Throws `refused` unless all tariffs that a participant has at the same time go by the same clocks: its months go by
 * them.
 */
function checkClocks(contract: ParticipantContract, { inForce }: Terms, own: string): void {
  const zoneOf = (tariff: string): string | undefined => {
    const held = inForce.get(`tariff/${tariff}`)?.contract;
    return held?.kind === "tariff" ? held.zone.name : undefined;
  };
  let zone: string | undefined;
  for (const each of carriers) {
    const tariff = contract.tariffs?.[each];
    if (tariff === undefined) continue;
    const its = zoneOf(tariff);
    zone ??= its;
    if (its !== zone)
      fail("refused", `${own}.tariffs.${each}`, `a tariff by the clocks of ${zone}, as its others`, its);
  }
}

/** Key of the terms of a participant and carrier; without the participant, of the standard ones. */
const termsKey = ({ kind, carrier: of, participant: id }: SupplyContract | UseContract): string =>
  id === undefined ? `${kind}/${of}` : `${kind}/${of}/${id}`;
/** A participant's own terms need it under contract; standard ones need nobody. */
const termsNeeds = ({ participant: id }: SupplyContract | UseContract): readonly string[] =>
  id === undefined ? [] : [`participant/${id}`];

/**
 * Puts terms in the place of a participant and carrier, or of everybody without its own; null: there are none any more.
 */
function putTerms<T extends SupplyContract | UseContract>(
  side: SideTerms<T>,
  { carrier: of, participant: id }: T,
  terms: Terms,
  contract: T | null,
): void {
  if (id === undefined) side.standard[carriers.indexOf(of)] = contract;
  else {
    const slot = terms.slot(id, of);
    side.own[slot] = contract;
    noteDayMeter(terms, slot);
  }
}

const joins = record({ floor: optional(price) });
/** false, or how what is left of an offer joins the pool. */
const poolTerms: Check<NonNullable<SupplyContract["pool"]>> = (value, field) =>
  value === false ? false : joins(object(value, field), field);

const supplyFields = record({
  ...dated("supply"),
  participant: optional(name),
  carrier,
  limit: quantity,
  pool: optional(poolTerms),
  collateral: money(0n),
  standing: optional(standingOrder),
});

/** The terms of who offers: own ones, or the standard for all. */
export const supply: ContractKind<SupplyContract> = {
  parse: (value, field) => {
    const contract = fittingStanding(supplyFields(value, field), field);
    if (contract.participant === undefined && contract.collateral !== "0")
      fail(
        "invalid",
        `${field}.collateral`,
        "0 in standard terms, which hold nothing back",
        contract.collateral,
      );
    return contract;
  },
  key: termsKey,
  check: (contract, { terms, accounts }, own) => {
    if (contract.participant === undefined) return;
    terms.checkParticipant(own, contract.participant);
    checkStanding(contract, terms, own);
    const held = terms.supply.own[terms.slot(contract.participant, contract.carrier)] ?? null;
    const more = BigInt(contract.collateral) - BigInt(held?.collateral ?? "0");
    const balance = accounts.of(terms.numberOf(contract.participant)!);
    if (more > 0n && balance < more)
      fail(
        "refused",
        `${own}.collateral`,
        `at most the balance, ${moneyWords(terms.market!, balance)}`,
        moneyWords(terms.market!, more),
      );
  },
  apply: (contract, standing, journal, held) => {
    putTerms(standing.terms.supply, contract, standing.terms, contract);
    holdCollateral(
      contract,
      BigInt(contract.collateral) - BigInt(held?.collateral ?? "0"),
      standing,
      journal,
    );
  },
  end: (contract, standing, journal) => {
    putTerms(standing.terms.supply, contract, standing.terms, null);
    holdCollateral(contract, -BigInt(contract.collateral), standing, journal);
  },
  needs: termsNeeds,
};

/**
 * Moves the collateral of a supply contract: out of the balance when `more` is positive, back as far as it is still
 * there when negative. Standard terms hold nothing.
 */
function holdCollateral(
  { participant: id }: SupplyContract,
  more: bigint,
  { terms, accounts }: Standing,
  journal: Journal,
): void {
  if (id === undefined || more === 0n) return;
  const number = terms.numberOf(id)!;
  const held = accounts.balance(collateralOf(number));
  journal.post({
    ...plainPosting,
    kind: postingCode.collateral,
    from: accountOf(number),
    to: collateralOf(number),
    amount: -more > held ? -held : more,
  });
}

const useFields = record({
  ...dated("use"),
  participant: optional(name),
  carrier,
  limit: quantity,
  interruptible: share,
  interruptionPrice: positivePrice,
  poolLimit: optional(price),
  import: boolean,
  standing: optional(standingOrder),
});

/** The terms of who asks: own ones, or the standard for all. */
export const use: ContractKind<UseContract> = {
  parse: (value, field) => fittingStanding(useFields(value, field), field),
  key: termsKey,
  check: (contract, { terms }, own) => {
    if (contract.participant !== undefined) terms.checkParticipant(own, contract.participant);
    checkStanding(contract, terms, own);
    const retail = terms.payment?.tariffs[contract.carrier].retail;
    // Where the tariff has components it caps what is paid period by period.
    if (contract.poolLimit !== undefined && typeof retail === "number" && contract.poolLimit > retail)
      fail(
        "refused",
        `${own}.poolLimit`,
        `at most the retail tariff, ${priceWords(terms.market!, retail)}`,
        priceWords(terms.market!, contract.poolLimit),
      );
  },
  apply: (contract, { terms }) => putTerms(terms.use, contract, terms, contract),
  end: (contract, { terms }) => putTerms(terms.use, contract, terms, null),
  needs: termsNeeds,
};

const transferFields = {
  participant: name,
  amount: money(1n),
  number: integer(0, Number.MAX_SAFE_INTEGER),
};
const transferKey = ({ kind, number, participant: id }: DepositContract | WithdrawalContract): string =>
  `${kind}/${number}/${id}`;

/** Money that comes in from the bank. */
export const deposit: ContractKind<DepositContract> = {
  parse: record({ ...dated("deposit"), ...transferFields }),
  key: transferKey,
  check: (contract, { terms }, own) => terms.checkParticipant(own, contract.participant),
  apply: (contract, { terms }, journal) => {
    const own = accountOf(terms.numberOf(contract.participant)!);
    const amount = BigInt(contract.amount);
    journal.post({ ...plainPosting, kind: postingCode.deposit, from: account.bank, to: own, amount });
  },
  once: true,
};

/** Money that goes out to the bank. */
export const withdrawal: ContractKind<WithdrawalContract> = {
  parse: record({ ...dated("withdrawal"), ...transferFields }),
  key: transferKey,
  check: (contract, { terms, accounts }, own) => {
    terms.checkParticipant(own, contract.participant);
    const balance = accounts.of(terms.numberOf(contract.participant)!);
    if (balance < BigInt(contract.amount))
      fail(
        "refused",
        `${own}.amount`,
        `at most the balance, ${moneyWords(terms.market!, balance)}`,
        moneyWords(terms.market!, BigInt(contract.amount)),
      );
  },
  apply: (contract, { terms }, journal) => {
    const own = accountOf(terms.numberOf(contract.participant)!);
    const amount = BigInt(contract.amount);
    journal.post({ ...plainPosting, kind: postingCode.withdrawal, from: own, to: account.bank, amount });
  },
  once: true,
};
