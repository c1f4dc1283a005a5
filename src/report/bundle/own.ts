/**
 * Which records of a block are one member's own: those that say what it asked for, traded, was metered for and paid,
 * and the contracts that bind it or everybody. The one place that says so; docs/market.md ("What a member gets") has it
 * in words. A trade names orders by their places and no participants, so that it gives away nobody's name.
 */
import { viewOf } from "../../bytes.js";
import { offsetsOf } from "../../ledger/format/layout.js";
import {
  firstCollateralAccount,
  firstParticipantAccount,
  flowCode,
  flowLayout,
  orderLayout,
  partyCode,
  postingLayout,
  readingLayout,
  tradeLayout,
} from "../../ledger/format/records.js";
import type { RecordSection } from "../../ledger/format/sections.js";
import { nameCode, nameLayout, stateCode, stateLayout } from "../../ledger/format/state.js";
import type { Contract } from "../../market/contracts/contracts.js";

/** A member by its number, and by theirs the storage devices that are its own. */
export interface Owner {
  readonly number: number;
  readonly devices: ReadonlySet<number>;
}

/** Id of the participant that a contract is about; null where it is about nobody and holds for all. */
export function memberOf(contract: Exclude<Contract, { kind: "end" }>): string | null {
  switch (contract.kind) {
    case "participant":
      return contract.id;
    case "storage":
      return contract.owner ?? null;
    case "supply":
    case "use":
    case "converter":
    case "deposit":
    case "withdrawal":
    case "member":
      return contract.participant ?? null;
    case "market":
    case "clearing":
    case "community":
    case "payment":
    case "tariff":
    case "area":
    case "limit":
      return null;
  }
}

/**
 * Whether a contract in force before a statement is shown in its bundle: those by which the member is billed and paid.
 */
export function isOwnRule(contract: Contract, member: string): boolean {
  return (
    contract.kind === "tariff" ||
    contract.kind === "payment" ||
    contract.kind === "clearing" ||
    contract.kind === "community" ||
    (contract.kind === "member" && contract.participant === member) ||
    (contract.kind === "participant" && contract.id === member)
  );
}

const order = /* @__PURE__ */ offsetsOf(orderLayout);
const trade = /* @__PURE__ */ offsetsOf(tradeLayout);
const flow = /* @__PURE__ */ offsetsOf(flowLayout);
const reading = /* @__PURE__ */ offsetsOf(readingLayout);
const posting = /* @__PURE__ */ offsetsOf(postingLayout);
const state = /* @__PURE__ */ offsetsOf(stateLayout);
const name = /* @__PURE__ */ offsetsOf(nameLayout);

/** What makes a flow somebody's, by the code of its kind; kinds about nobody or a whole area don't stand here. */
const partyOf: { readonly [code: number]: "participant" | "device" | "order" | "pair" } = {
  [flowCode.stored]: "participant",
  [flowCode.exported]: "participant",
  [flowCode.imported]: "participant",
  [flowCode.interrupted]: "participant",
  [flowCode.converted]: "participant",
  [flowCode.linked]: "participant",
  [flowCode.charged]: "device",
  [flowCode.gridCharged]: "device",
  [flowCode.discharged]: "device",
  [flowCode.selfDischarged]: "device",
  [flowCode.used]: "device",
  [flowCode.undercharged]: "device",
  [flowCode.areaCurtailed]: "order",
  [flowCode.shared]: "pair",
  [flowCode.unshared]: "pair",
  [flowCode.undelivered]: "pair",
  [flowCode.delivered]: "pair",
};

/** Stands for whoever has no number. */
export const nobody = -1;

/** Whose the orders of a block and the storage devices are, by number; {@link nobody} where they are no member's. */
export interface Holders {
  order(place: number): number;
  device(number: number): number;
}

/** Numbers of the members whose own a record at an offset of its section is, {@link nobody} among them. */
type OwnersOf = (at: number, view: DataView, holders: Holders) => readonly number[];

const participantAt = (account: number): number =>
  account >= firstCollateralAccount ? account - firstCollateralAccount : account - firstParticipantAccount;

/** By section. */
const ownersOf: { readonly [Section in RecordSection | "state" | "names"]: OwnersOf } = {
  orders: (at, view) => [view.getUint32(at + order.participant, true)],
  trades: (at, view, holders) => [
    view.getUint8(at + trade.buyer) === partyCode.order
      ? holders.order(view.getUint32(at + trade.bid, true))
      : nobody,
    view.getUint8(at + trade.seller) === partyCode.order
      ? holders.order(view.getUint32(at + trade.offer, true))
      : nobody,
  ],
  flows: (at, view, holders) => {
    const party = view.getUint32(at + flow.party, true);
    switch (partyOf[view.getUint8(at + flow.kind)]) {
      case "participant":
        return [party];
      case "device":
        return [holders.device(party)];
      case "order":
        return [holders.order(view.getUint32(at + flow.order, true))];
      case "pair":
        return [party, view.getUint32(at + flow.order, true)];
      default:
        return [];
    }
  },
  readings: (at, view) => [view.getUint32(at + reading.participant, true)],
  postings: (at, view) => [
    participantAt(view.getUint32(at + posting.debit, true)),
    participantAt(view.getUint32(at + posting.credit, true)),
  ],
  state: (at, view, holders) => {
    const found = view.getUint32(at + state.number, true);
    switch (view.getUint8(at + state.kind)) {
      case stateCode.balance:
        return [found - firstParticipantAccount];
      case stateCode.charge:
        return [holders.device(found)];
      default:
        return [found];
    }
  },
  names: (at, view, holders) => {
    const [kind, found] = [view.getUint8(at + name.kind), view.getUint32(at + name.number, true)];
    return kind === nameCode.participant ? [found] : kind === nameCode.storage ? [holders.device(found)] : [];
  },
};

/** The sections of whose records it is said whose own they are. */
export type OwnedSection = keyof typeof ownersOf;

/** Whether a section is one of those. */
export const isOwned = (section: string): section is OwnedSection => Object.hasOwn(ownersOf, section);

const holdersOf = ({ number, devices }: Owner, orders: ReadonlySet<number>): Holders => ({
  order: (place) => (orders.has(place) ? number : nobody),
  device: (device) => (devices.has(device) ? number : nobody),
});

/** Whether a record is a member's own; `orders`: the places of its orders in the block. */
export const isOwn = (
  section: OwnedSection,
  bytes: Uint8Array,
  owner: Owner,
  orders: ReadonlySet<number>,
): boolean => ownersOf[section](0, viewOf(bytes), holdersOf(owner, orders)).includes(owner.number);

const layouts = {
  orders: orderLayout,
  trades: tradeLayout,
  flows: flowLayout,
  readings: readingLayout,
  postings: postingLayout,
  state: stateLayout,
  names: nameLayout,
};

/** Tells the owners of each record of a section and its place, in order; who is both of two is told once. */
export function eachOwner(
  section: OwnedSection,
  bytes: Uint8Array,
  holders: Holders,
  tell: (owner: number, index: number) => void,
): void {
  const view = viewOf(bytes);
  const width = layouts[section].bytes;
  for (let at = 0, index = 0; at < bytes.length; at += width, index += 1) {
    const [first = nobody, second = nobody] = ownersOf[section](at, view, holders);
    if (first !== nobody) tell(first, index);
    if (second !== nobody && second !== first) tell(second, index);
  }
}

/** Places of a member's own records in a section, rising; `orders`: the places of its orders in the block. */
export function ownIn(
  section: OwnedSection,
  bytes: Uint8Array,
  owner: Owner,
  orders: ReadonlySet<number>,
): number[] {
  const found: number[] = [];
  eachOwner(section, bytes, holdersOf(owner, orders), (number, index) => {
    if (number === owner.number) found.push(index);
  });
  return found;
}
