/** The contract that says by which rules a carrier clears. */
import { boolean, type Check, integer, object, oneOf, orNull, record } from "../../../check.js";
import {
  checkMechanism,
  checkTies,
  type Mechanism,
  mechanismNames,
  pricingNames,
  tieNames,
} from "../../../core/mechanisms.js";
import { fail } from "../../../errors.js";
import { carriers } from "../../../units.js";
import type { ClearingContract } from "../contracts.js";
import { carrier, price, share } from "../fields.js";
import type { ShareContract } from "../sharedcontracts.js";
import { checkClearing } from "./area.js";
import { type ContractKind, dated } from "./kind.js";

const mechanism: Check<Mechanism> = (value, field) =>
  mechanismNames.includes(value as Mechanism)
    ? (value as Mechanism)
    : fail("invalid", field, [...mechanismNames, "share"].join(" or "), value);

const fields = record({
  ...dated("clearing"),
  carrier,
  mechanism,
  pricing: oneOf(...pricingNames),
  k: share,
  maxCycles: integer(0, 0x7fff_ffff),
  ties: oneOf(...tieNames, "lottery"),
  pool: orNull(record({ price, purchasePrice: price, lots: oneOf("whole", "divisible") })),
  discharge: boolean,
  charge: boolean,
  export: boolean,
  interrupt: boolean,
  import: boolean,
});

const shareFields = record({ ...dated("clearing"), carrier, mechanism: oneOf("share") });

function parseClearing(value: unknown, field: string): ClearingContract {
  const contract = fields(value, field);
  checkMechanism(contract, field);
  if (contract.ties !== "lottery") checkTies(contract.ties, contract, `${field}.ties`);
  if (contract.pool !== null && contract.pool.purchasePrice > contract.pool.price)
    fail("invalid", `${field}.pool.purchasePrice`, "at most the pool price", contract.pool.purchasePrice);
  return contract;
}

/** How a carrier is cleared, or that it takes no orders and what was metered is shared. */
export const clearing: ContractKind<ClearingContract | ShareContract> = {
  parse: (value, field) =>
    object(value, field).mechanism === "share" ? shareFields(value, field) : parseClearing(value, field),
  key: (contract) => `clearing/${contract.carrier}`,
  check: (contract, { terms }, own) => {
    if (contract.mechanism !== "share") checkClearing(contract, terms, own);
  },
  apply: (contract, { terms }) => {
    terms.clearing[carriers.indexOf(contract.carrier)] = contract.mechanism === "share" ? null : contract;
    terms.forgetSharing();
  },
  end: (contract, { terms }) => {
    terms.clearing[carriers.indexOf(contract.carrier)] = null;
    terms.forgetSharing();
  },
};
