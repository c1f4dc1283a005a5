/** The contract that says by which rules a carrier clears. */
import { boolean, integer, oneOf, orNull, record } from "../../../check.js";
import {
  checkMechanism,
  checkTies,
  mechanismNames,
  pricingNames,
  tieNames,
} from "../../../core/mechanisms.js";
import { fail } from "../../../errors.js";
import { carriers } from "../../../units.js";
import type { ClearingContract } from "../contracts.js";
import { carrier, price, share } from "../fields.js";
import { checkClearing } from "./area.js";
import { type ContractKind, dated } from "./kind.js";

const fields = record({
  ...dated("clearing"),
  carrier,
  mechanism: oneOf(...mechanismNames),
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

/** How a carrier is cleared. */
export const clearing: ContractKind<ClearingContract> = {
  parse: (value, field) => {
    const contract = fields(value, field);
    checkMechanism(contract, field);
    if (contract.ties !== "lottery") checkTies(contract.ties, contract, `${field}.ties`);
    if (contract.pool !== null && contract.pool.purchasePrice > contract.pool.price)
      fail("invalid", `${field}.pool.purchasePrice`, "at most the pool price", contract.pool.purchasePrice);
    return contract;
  },
  key: (contract) => `clearing/${contract.carrier}`,
  check: (contract, { terms }, own) => checkClearing(contract, terms, own),
  apply: (contract, { terms }) => {
    terms.clearing[carriers.indexOf(contract.carrier)] = contract;
  },
  end: (contract, { terms }) => {
    terms.clearing[carriers.indexOf(contract.carrier)] = null;
  },
};
