/** The contract that says what energy costs members beside what the market moves: a tariff of components. */
import { object, record } from "../../../check.js";
import { fail } from "../../../errors.js";
import { encodeCanonical } from "../../../ledger/format/canonical.js";
import { checkTariff } from "../../../tariff/shapes.js";
import type { TariffContract } from "../contracts.js";
import { name } from "../fields.js";
import { type ContractKind, dated } from "./kind.js";

const head = record({ ...dated("tariff"), tariff: name });

/** What members that name it are billed by; money of the ledger does not move by it. */
export const tariff: ContractKind<TariffContract> = {
  parse: (value, field) => {
    const { kind, version, from, tariff: own, ...terms } = object(value, field);
    const dates = head({ kind, version, from, tariff: own }, field);
    const { name: _, ...checked } = checkTariff({ ...terms, name: dates.tariff }, field);
    // A copy without the keys that were left out, as canonical JSON has it.
    const contract = { ...dates, ...(JSON.parse(JSON.stringify(checked)) as typeof checked) };
    // Refused here where it is too long, under the name that its author knows.
    encodeCanonical(contract, field);
    return contract;
  },
  key: ({ tariff: own }) => `tariff/${own}`,
  check: ({ currency, carrier, zone }, { terms }, own) => {
    const held = terms.inForce.get(own)?.contract;
    if (held?.kind === "tariff" && held.carrier !== carrier)
      fail("refused", `${own}.carrier`, `${held.carrier}, as before`, carrier);
    // By other clocks a month would end where the next one has begun, or not yet: hours billed twice, or never.
    if (held?.kind === "tariff" && held.zone.name !== zone.name)
      fail("refused", `${own}.zone.name`, `${held.zone.name}, as before`, zone.name);
    if (currency !== terms.market?.currency)
      fail("refused", `${own}.currency`, terms.market?.currency ?? "", currency);
  },
  apply: () => {},
  end: () => {},
  needed: true,
};
