/** Who trades, what each may offer and ask for, and money paid in and out. */
import { boolean, integer, optional, orNull, record } from "../../../check.js";
import { fail } from "../../../errors.js";
import { postingCode } from "../../../ledger/format/records.js";
import { carriers } from "../../../units.js";
import { account, accountOf, collateralOf } from "../../books/accounts.js";
import { type Journal, plainPosting } from "../../books/journal.js";
import type {
  DepositContract,
  ParticipantContract,
  SupplyContract,
  UseContract,
  WithdrawalContract,
} from "../contracts.js";
import { byCarrierOptional, carrier, key, money, name, positivePrice, quantity, share } from "../fields.js";
import { creditOf } from "../terms.js";
import { type ContractKind, dated, type Standing } from "./kind.js";

export const participant: ContractKind<ParticipantContract> = {
  parse: record({
    ...dated("participant"),
    id: name,
    key: optional(key),
    gateway: optional(key),
    feeders: optional(record(byCarrierOptional(name))),
    creditLimit: optional(orNull(money(0n))),
  }),
  key: ({ id }) => `participant/${id}`,
  check: (contract, { terms, accounts }, own) => {
    terms.registers.participant.checkRoom(own, contract.id);
    if (terms.market?.signed && contract.key === undefined)
      fail("refused", `${own}.key`, "a key in a signed market", "none");
    for (const each of carriers) {
      const feeder = contract.feeders?.[each];
      if (feeder !== undefined) terms.checkFeeder(`${own}.feeders.${each}`, feeder, each);
    }
    const number = terms.numberOf(contract.id);
    const limit = creditOf(contract, terms.payment);
    if (number !== undefined && limit !== null && accounts.of(number) < -limit)
      fail("refused", `${own}.creditLimit`, `at least ${-accounts.of(number)}`, `${limit}`);
  },
  apply: (contract, { terms, accounts }) => {
    terms.putParticipant(contract);
    if (accounts.participants < terms.participants.length) accounts.add();
  },
  end: (contract, { terms }) => {
    terms.registers.participant.end(contract.id);
    terms.forgetCredit();
  },
  needs: ({ feeders = {} }) => Object.values(feeders).map((feeder) => `feeder/${feeder}`),
  needed: true,
};

export const supply: ContractKind<SupplyContract> = {
  parse: record({
    ...dated("supply"),
    participant: name,
    carrier,
    limit: quantity,
    pool: boolean,
    collateral: money(0n),
  }),
  key: (contract) => `supply/${contract.carrier}/${contract.participant}`,
  check: (contract, { terms, accounts }, own) => {
    terms.checkParticipant(own, contract.participant);
    const held = terms.supply[terms.slot(contract.participant, contract.carrier)] ?? null;
    const more = BigInt(contract.collateral) - BigInt(held?.collateral ?? "0");
    const balance = accounts.of(terms.numberOf(contract.participant)!);
    if (more > 0n && balance < more)
      fail("refused", `${own}.collateral`, `at most the balance, ${balance}`, more);
  },
  apply: (contract, standing, journal, held) => {
    standing.terms.supply[standing.terms.slot(contract.participant, contract.carrier)] = contract;
    const more = BigInt(contract.collateral) - BigInt(held?.collateral ?? "0");
    holdCollateral(contract.participant, more, standing, journal);
  },
  end: (contract, standing, journal) => {
    standing.terms.supply[standing.terms.slot(contract.participant, contract.carrier)] = null;
    holdCollateral(contract.participant, -BigInt(contract.collateral), standing, journal);
  },
  needs: (contract) => [`participant/${contract.participant}`],
};

/** Moves collateral: out of the balance when `more` is positive, back as far as it is still there when negative. */
function holdCollateral(id: string, more: bigint, { terms, accounts }: Standing, journal: Journal): void {
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

export const use: ContractKind<UseContract> = {
  parse: record({
    ...dated("use"),
    participant: name,
    carrier,
    limit: quantity,
    interruptible: share,
    interruptionPrice: positivePrice,
    import: boolean,
  }),
  key: (contract) => `use/${contract.carrier}/${contract.participant}`,
  check: (contract, { terms }, own) => terms.checkParticipant(own, contract.participant),
  apply: (contract, { terms }) => {
    terms.use[terms.slot(contract.participant, contract.carrier)] = contract;
  },
  end: (contract, { terms }) => {
    terms.use[terms.slot(contract.participant, contract.carrier)] = null;
  },
  needs: (contract) => [`participant/${contract.participant}`],
};

const transferFields = {
  participant: name,
  amount: money(1n),
  number: integer(0, Number.MAX_SAFE_INTEGER),
};
const transferKey = ({ kind, number, participant: id }: DepositContract | WithdrawalContract): string =>
  `${kind}/${number}/${id}`;

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

export const withdrawal: ContractKind<WithdrawalContract> = {
  parse: record({ ...dated("withdrawal"), ...transferFields }),
  key: transferKey,
  check: (contract, { terms, accounts }, own) => {
    terms.checkParticipant(own, contract.participant);
    const balance = accounts.of(terms.numberOf(contract.participant)!);
    if (balance < BigInt(contract.amount))
      fail("refused", `${own}.amount`, `at most the balance, ${balance} amount ticks`, contract.amount);
  },
  apply: (contract, { terms }, journal) => {
    const own = accountOf(terms.numberOf(contract.participant)!);
    const amount = BigInt(contract.amount);
    journal.post({ ...plainPosting, kind: postingCode.withdrawal, from: own, to: account.bank, amount });
  },
  once: true,
};
