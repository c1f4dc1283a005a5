/** What is carried from block to block: how full the stores are, and what stands on the platform's accounts. */
import type { Block } from "../../ledger/format/block.js";
import { readRecord } from "../../ledger/format/layout.js";
import { flowLayout } from "../../ledger/format/records.js";
import { account } from "../../market/books/accounts.js";
import type { StorageContract } from "../../market/contracts/contracts.js";
import { contractsOf } from "../../report/columns.js";
import { eachPayment } from "../../report/payments.js";
import { chargeKinds, Registry } from "../../report/registry.js";
import type { Community } from "../../simulation/community.js";
import { type Carrier, carriers } from "../../units.js";

/** The platform's accounts, in amount ticks; beyond 2⁵³ rounded, for display. */
export interface Platform {
  readonly commission: number;
  readonly pool: number;
  readonly trading: number;
}

/** A storage device as a period left it. */
export interface Stored {
  readonly contract: StorageContract;
  readonly charge: number;
}

/** Keeps the books of a run as its blocks come. */
export interface Tally {
  add(block: Block): void;
  /** State of charge of all stores of a carrier together, in quantity ticks. */
  charge(carrier: Carrier): number;
  /** Every storage device by its number: the contract in force, and its state of charge in quantity ticks. */
  stores(): readonly Stored[];
  platform(): Platform;
}

export function openTally(community: Community): Tally {
  const charges: number[] = [];
  const devices = new Map<string, StorageContract>();
  const registry = new Registry();
  // The periods of a run come without the genesis block, whose contracts these are.
  for (const contract of community.contracts(-1)) {
    registry.enter(contract);
    if (contract.kind !== "storage") continue;
    devices.set(contract.device, contract);
    charges.push(contract.charge);
  }
  const balances = { commission: 0n, pool: 0n, trading: 0n };
  const names = new Map<number, keyof typeof balances>([
    [account.commission, "commission"],
    [account.pool, "pool"],
    [account.trading, "trading"],
  ]);
  const stores = (): Stored[] =>
    [...devices.values()].map((contract, number) => ({ contract, charge: charges[number]! }));
  return {
    add(block) {
      const { header, sections } = block;
      registry.add(block);
      // A renewed contract keeps the number of its device.
      for (const contract of contractsOf(block))
        if (contract.kind === "storage") devices.set(contract.device, contract);
      for (let index = 0; index < header.sections.flows.count; index++) {
        const { kind, party, extra } = readRecord(flowLayout, sections.flows, index);
        if (chargeKinds.has(kind)) charges[party] = Number(extra);
      }
      eachPayment(block, registry, ({ debit, credit, amount }) => {
        const [to, from] = [names.get(debit), names.get(credit)];
        if (to !== undefined) balances[to] += amount;
        if (from !== undefined) balances[from] -= amount;
      });
    },
    charge: (carrier) =>
      stores().reduce((sum, { contract, charge }) => sum + (contract.carrier === carrier ? charge : 0), 0),
    stores,
    platform: () => ({
      commission: Number(balances.commission),
      pool: Number(balances.pool),
      trading: Number(balances.trading),
    }),
  };
}

/** The carriers, each with what `of` says of it. */
export const byCarrier = <T>(of: (carrier: Carrier) => T): Record<Carrier, T> =>
  Object.fromEntries(carriers.map((carrier) => [carrier, of(carrier)])) as Record<Carrier, T>;
