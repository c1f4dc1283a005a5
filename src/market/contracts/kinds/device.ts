/** What stands in the network: storage devices and converters. */
import { boolean, integer, list, optional, record } from "../../../check.js";
import { fail } from "../../../errors.js";
import { flowCode } from "../../../ledger/format/records.js";
import { carriers, ppm } from "../../../units.js";
import { type Journal, plainFlow } from "../../books/journal.js";
import type { ConverterContract, Stay, StorageContract } from "../contracts.js";
import { carrier, name, period, positivePrice, price, quantity, share } from "../fields.js";
import { nobody } from "../register.js";
import { type ContractKind, dated, type Standing } from "./kind.js";

/** Most stays of one storage contract. */
const maxStays: number = 512;

const storageFields = record({
  ...dated("storage"),
  device: name,
  carrier,
  owner: optional(name),
  area: optional(name),
  capacity: quantity,
  charge: quantity,
  chargeLimit: quantity,
  dischargeLimit: quantity,
  chargeEfficiency: integer(1, ppm),
  dischargeEfficiency: integer(1, ppm),
  selfDischarge: share,
  chargePrice: price,
  dischargePrice: positivePrice,
  stays: optional(
    list(record({ plugIn: period, plugOut: period, required: quantity, used: quantity }), 0, maxStays),
  ),
});

/** A storage device: its limits, its owner, and the stays of one that comes and goes. */
export const storage: ContractKind<StorageContract> = {
  parse: (value, field) => {
    const contract = storageFields(value, field);
    if (contract.charge > contract.capacity)
      fail("invalid", `${field}.charge`, "at most the capacity", contract.charge);
    checkStays(contract, field);
    return contract;
  },
  key: ({ device }) => `storage/${device}`,
  check: (contract, { terms }, own) => {
    terms.registers.storage.checkRoom(own, contract.device);
    if (contract.owner !== undefined) terms.checkParticipant(`${own}.owner`, contract.owner);
    if (contract.area !== undefined) terms.checkArea(`${own}.area`, contract.area, contract.carrier);
    const known = terms.registers.storage.get(contract.device);
    if (known !== undefined && known.carrier !== carriers.indexOf(contract.carrier))
      fail("refused", `${own}.carrier`, "the carrier it was registered with", contract.carrier);
  },
  apply: (contract, standing, journal) => {
    const { terms, charges } = standing;
    const number = terms.registers.storage.put(contract.device, {
      contract,
      carrier: carriers.indexOf(contract.carrier),
      owner: contract.owner === undefined ? nobody : terms.numberOf(contract.owner)!,
      area: contract.area === undefined ? nobody : terms.registers.area.numberOf(contract.area)!,
    });
    if (number === charges.length) charges.push(contract.charge);
    else spill(number, contract.capacity, standing, journal);
  },
  end: ({ device }, standing, journal) => {
    const number = standing.terms.registers.storage.end(device);
    spill(number, 0, standing, journal);
  },
  needs: ({ owner, area }) => [
    ...(owner === undefined ? [] : [`participant/${owner}`]),
    ...(area === undefined ? [] : [`area/${area}`]),
  ],
};

function checkStays({ stays = [], capacity }: StorageContract, field: string): void {
  let last: Stay | null = null;
  for (const [index, stay] of stays.entries()) {
    const at = `${field}.stays[${index}]`;
    if (stay.plugOut <= stay.plugIn) fail("invalid", `${at}.plugOut`, "after plugIn", stay.plugOut);
    if (last !== null && stay.plugIn < last.plugOut)
      fail("invalid", `${at}.plugIn`, "not before the last stay ended", stay.plugIn);
    if (stay.required > capacity) fail("invalid", `${at}.required`, "at most the capacity", stay.required);
    last = stay;
  }
}

/** Takes out of a device what its capacity no longer holds. */
function spill(device: number, capacity: number, { terms, charges }: Standing, journal: Journal): void {
  const excess = charges[device]! - capacity;
  if (excess <= 0) return;
  charges[device] = capacity;
  const { carrier: code } = terms.devices[device]!;
  const { used } = flowCode;
  journal.flow({ ...plainFlow, kind: used, carrier: code, party: device, quantity: excess, extra: capacity });
}

const converterFields = record({
  ...dated("converter"),
  device: name,
  participant: name,
  input: carrier,
  output: carrier,
  ratio: integer(1, 100 * ppm),
  linked: optional(boolean),
});

/** A converter, which makes one carrier of another. */
export const converter: ContractKind<ConverterContract> = {
  parse: (value, field) => {
    const contract = converterFields(value, field);
    if (contract.input === contract.output)
      fail("invalid", `${field}.output`, "another carrier than the input", contract.output);
    return contract;
  },
  key: ({ device }) => `converter/${device}`,
  check: (contract, { terms }, own) => {
    terms.registers.converter.checkRoom(own, contract.device);
    terms.checkParticipant(`${own}.participant`, contract.participant);
    const order = terms.market?.order ?? carriers;
    if (order.indexOf(contract.output) < order.indexOf(contract.input))
      fail("refused", `${own}.output`, `a carrier that clears after ${contract.input}`, contract.output);
  },
  apply: (contract, { terms }) => {
    terms.registers.converter.put(contract.device, {
      contract,
      participant: terms.numberOf(contract.participant)!,
      input: carriers.indexOf(contract.input),
      output: carriers.indexOf(contract.output),
    });
  },
  end: ({ device }, { terms }) => {
    terms.registers.converter.end(device);
  },
  needs: (contract) => [`participant/${contract.participant}`],
};
