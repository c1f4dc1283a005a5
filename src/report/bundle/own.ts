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
};

/** Whether a record at an offset of its section is a member's own; `orders`: the places of its orders in the block. */
type IsOwn = (at: number, view: DataView, owner: Owner, orders: ReadonlySet<number>) => boolean;

/** By section. */
export const isOwn: { readonly [Section in RecordSection | "state" | "names"]: IsOwn } = {
  orders: (at, view, { number }) => view.getUint32(at + order.participant, true) === number,
  trades: (at, view, _, orders) =>
    (view.getUint8(at + trade.buyer) === partyCode.order &&
      orders.has(view.getUint32(at + trade.bid, true))) ||
    (view.getUint8(at + trade.seller) === partyCode.order &&
      orders.has(view.getUint32(at + trade.offer, true))),
  flows: (at, view, { number, devices }, orders) => {
    const party = view.getUint32(at + flow.party, true);
    switch (partyOf[view.getUint8(at + flow.kind)]) {
      case "participant":
        return party === number;
      case "device":
        return devices.has(party);
      case "order":
        return orders.has(view.getUint32(at + flow.order, true));
      case "pair":
        return party === number || view.getUint32(at + flow.order, true) === number;
      default:
        return false;
    }
  },
  readings: (at, view, { number }) => view.getUint32(at + reading.participant, true) === number,
  postings: (at, view, { number }) => {
    const accounts = [firstParticipantAccount + number, firstCollateralAccount + number];
    return (
      accounts.includes(view.getUint32(at + posting.debit, true)) ||
      accounts.includes(view.getUint32(at + posting.credit, true))
    );
  },
  state: (at, view, { number, devices }) => {
    const found = view.getUint32(at + state.number, true);
    switch (view.getUint8(at + state.kind)) {
      case stateCode.balance:
        return found === firstParticipantAccount + number;
      case stateCode.charge:
        return devices.has(found);
      default:
        return found === number;
    }
  },
  names: (at, view, { number, devices }) => {
    const [kind, found] = [view.getUint8(at + name.kind), view.getUint32(at + name.number, true)];
    return kind === nameCode.participant ? found === number : kind === nameCode.storage && devices.has(found);
  },
};

const layouts = {
  orders: orderLayout,
  trades: tradeLayout,
  flows: flowLayout,
  readings: readingLayout,
  postings: postingLayout,
  state: stateLayout,
  names: nameLayout,
};

/** Places of a member's own records in a section, rising; `orders`: the places of its orders in the block. */
export function ownIn(
  section: keyof typeof isOwn,
  bytes: Uint8Array,
  owner: Owner,
  orders: ReadonlySet<number>,
): number[] {
  const view = viewOf(bytes);
  const width = layouts[section].bytes;
  const found: number[] = [];
  for (let at = 0, index = 0; at < bytes.length; at += width, index += 1)
    if (isOwn[section](at, view, owner, orders)) found.push(index);
  return found;
}
