/** What one member earned and paid over the day, against having only a supplier, and what its energy did. */
import { decodeBlock } from "../../../ledger/format/block.js";
import { decodeRecords } from "../../../ledger/format/layout.js";
import { flowLayout, meteredPeriod, readingLayout } from "../../../ledger/format/records.js";
import type { Cost } from "../../../report/cost.js";
import type { StatementEntry } from "../../../report/entry.js";
import { summarize } from "../../../report/indicators.js";
import { chargeKinds } from "../../../report/registry.js";
import { statement } from "../../../report/statement.js";
import { knownOf } from "../../../simulation/known.js";
import type { MemberKind } from "../../../simulation/scenario.js";
import { type Carrier, carriers } from "../../../units.js";
import { blocksInTurns, type Run } from "../chain.js";
import { runOf } from "../day.js";
import { wordsOf } from "../owners.js";
import { byCarrier } from "../tally.js";
import type { Work } from "../work.js";

/** Whose day is asked about. */
export interface HomeInput {
  /** Key of the settings whose day it is. */
  readonly ledger: string;
  /** Number of the member; one that there is not, as −1, stands for a home with solar panels. */
  readonly member: number;
}

/** A member as a list shows it. */
export interface MemberListed {
  readonly number: number;
  readonly name: string;
  readonly kind: string;
  readonly group: MemberKind;
}

/** What entries of a statement are about, in the order in which they are shown. */
export const partNames = [
  "sold",
  "soldPool",
  "exported",
  "bought",
  "boughtPool",
  "imported",
  "charged",
  "discharged",
  "paused",
  "network",
  "fees",
  "imbalance",
] as const;
export type PartName = (typeof partNames)[number];

/** Entries of one sort and carrier. */
export interface PartSum {
  readonly name: PartName;
  readonly carrier: Carrier;
  /** In quantity ticks, in or out. */
  readonly energy: bigint;
  /** In amount ticks: paid to the member above zero. */
  readonly amount: bigint;
}

/** The day of a member in one carrier, by period, in quantity ticks. */
export interface CarrierDay {
  /** What came in and went out, by sort. */
  readonly moved: Readonly<Record<EnergyPart, readonly number[]>>;
  /** What its meter said last of what it took and gave; null before any reading. */
  readonly taken: readonly (number | null)[];
  readonly given: readonly (number | null)[];
  /** What its stores hold at the end of each period; null: it has none. */
  readonly charge: readonly number[] | null;
}

/** Sorts of entries that move energy. */
export const energyParts = [
  "bought",
  "boughtPool",
  "imported",
  "discharged",
  "sold",
  "soldPool",
  "exported",
  "charged",
] as const satisfies readonly PartName[];
export type EnergyPart = (typeof energyParts)[number];

/** The day of a member. */
export interface HomeShown {
  readonly member: number;
  readonly members: readonly MemberListed[];
  readonly cost: Cost;
  readonly parts: readonly PartSum[];
  readonly days: Readonly<Record<Carrier, CarrierDay>>;
  /** Carriers in which anything of it moved. */
  readonly moved: readonly Carrier[];
}

/** What entries are; those that are left out are no payment for energy or its handling. */
const sortOf: Readonly<Record<string, PartName>> = {
  sold: "sold",
  "pool sale": "soldPool",
  exported: "exported",
  bought: "bought",
  "pool purchase": "boughtPool",
  "store purchase": "boughtPool",
  imported: "imported",
  charged: "charged",
  discharged: "discharged",
  interrupted: "paused",
  "grid fee": "network",
  "congestion rent": "network",
  imbalance: "imbalance",
  correction: "imbalance",
  default: "imbalance",
};

/** The members of a run. */
export const listOf = ({ community }: Run): MemberListed[] =>
  community.members.map((member, number) => ({ number, ...wordsOf(member), group: member.kind }));

/** The member of that number, or a home with solar panels; where there is none, any home, or else whoever is first. */
export function chosen({ community: { members } }: Run, number: number): number {
  if (number >= 0 && number < members.length) return number;
  const homes = members.filter(({ kind }) => kind === "home");
  const sunny = homes.find(({ devices }) => devices.some(({ kind }) => kind === "photovoltaics"));
  return (sunny ?? homes[0] ?? members[0]!).number;
}

/** What every member of a day bore; worked out once for each. */
const costs = new WeakMap<Run, Promise<readonly Cost[]>>();
function costsOf({ engine, signal }: Work, run: Run): Promise<readonly Cost[]> {
  const known = costs.get(run);
  if (known !== undefined) return known;
  const { costOf } = knownOf(run.community);
  const found = summarize(blocksInTurns(run, { signal }), { hasher: engine, ...(costOf && { costOf }) }).then(
    ({ savings }) => savings.participants,
  );
  costs.set(run, found);
  // Whoever wanted it no longer does, or the next one tries again.
  found.catch(() => costs.delete(run));
  return found;
}

function sumsOf(entries: readonly StatementEntry[]): PartSum[] {
  const sums = new Map<string, { name: PartName; carrier: Carrier; energy: bigint; amount: bigint }>();
  const add = (name: PartName, carrier: Carrier, energy: bigint, amount: bigint): void => {
    const key = `${name} ${carrier}`;
    const sum = sums.get(key) ?? { name, carrier, energy: 0n, amount: 0n };
    sums.set(key, sum);
    sum.energy += energy < 0n ? -energy : energy;
    sum.amount += amount;
  };
  for (const { entry, carrier, energy, amount, fee } of entries) {
    const name = sortOf[entry];
    if (carrier === null) continue;
    if (name !== undefined) add(name, carrier, energy, amount);
    if (fee !== 0n) add("fees", carrier, 0n, -fee);
  }
  return [...sums.values()].sort(
    (a, b) =>
      partNames.indexOf(a.name) - partNames.indexOf(b.name) ||
      carriers.indexOf(a.carrier) - carriers.indexOf(b.carrier),
  );
}

/** What the day of a member was in each carrier, by period. */
function daysOf(run: Run, member: number, entries: readonly StatementEntry[]): Record<Carrier, CarrierDay> {
  const size = run.blocks.length - 1;
  const first = decodeBlock(run.blocks[0]!).header.period + 1;
  const zeros = () => Array.from({ length: size }, () => 0);
  const days = byCarrier(() => ({
    moved: Object.fromEntries(energyParts.map((name) => [name, zeros()])) as Record<EnergyPart, number[]>,
    taken: Array.from({ length: size }, (): number | null => null),
    given: Array.from({ length: size }, (): number | null => null),
    charge: null as number[] | null,
  }));
  const isMoved = (name: PartName | undefined): name is EnergyPart =>
    (energyParts as readonly (PartName | undefined)[]).includes(name);
  for (const { entry, carrier, period, energy } of entries) {
    const name = sortOf[entry];
    const place = period - first;
    if (carrier === null || place < 0 || !isMoved(name)) continue;
    days[carrier].moved[name][place]! += Math.abs(Number(energy));
  }
  const stores = run.community.contracts(-1).filter((contract) => contract.kind === "storage");
  const charges = stores.map(({ charge }) => charge);
  const own = stores.flatMap((_, number) => (run.stores[number]?.number === member ? [number] : []));
  for (const number of own) days[stores[number]!.carrier].charge ??= zeros();
  for (let place = 0; place < size; place += 1) {
    const { header, sections } = decodeBlock(run.blocks[place + 1]!);
    for (const { kind, party, extra } of decodeRecords(flowLayout, sections.flows))
      if (chargeKinds.has(kind)) charges[party] = Number(extra);
    for (const number of own) days[stores[number]!.carrier].charge![place]! += charges[number]!;
    for (const reading of decodeRecords(readingLayout, sections.readings)) {
      const about = meteredPeriod(header.period, reading.age) - first;
      if (reading.participant !== member || about < 0) continue;
      days[reading.carrier].taken[about] = reading.in;
      days[reading.carrier].given[about] = reading.out;
    }
  }
  return days;
}

/** The day of a member, from the ledger alone. */
export async function home(work: Work, { ledger, member: wanted }: HomeInput): Promise<HomeShown> {
  const run = runOf(ledger);
  const member = chosen(run, wanted);
  const { id } = run.community.members[member]!;
  const cost = (await costsOf(work, run))[member]!;
  const { entries } = await statement(blocksInTurns(run, { signal: work.signal }), id, {
    hasher: work.engine,
  });
  const parts = sumsOf(entries);
  return {
    member,
    members: listOf(run),
    cost,
    parts,
    days: daysOf(run, member, entries),
    moved: carriers.filter((carrier) => parts.some((part) => part.carrier === carrier)),
  };
}
