/** The page's words for what stands in a block: its sections, the fields of its records, its totals, its trades. */
import type { totalNames } from "../ledger/format/header.js";
import type { TradeRecord } from "../ledger/format/records.js";
import type { SectionName } from "../ledger/format/sections.js";
import { t } from "./say.js";

/** How a trade came about. */
export const tradeWords = {
  peer: t`direct`,
  pool: t`pool`,
  storage: t`from a store`,
  area: t`between areas`,
  grid: t`with the grid`,
} as const satisfies Record<TradeRecord["kind"], string>;

export const sectionWords = {
  contracts: t`contracts`,
  orders: t`orders`,
  evidence: t`evidence`,
  trades: t`trades`,
  flows: t`flows`,
  readings: t`readings`,
  postings: t`payments`,
  state: t`state`,
  rules: t`contracts in force`,
  names: t`names`,
  books: t`books`,
  lastReadings: t`last readings`,
} as const satisfies Record<SectionName, string>;

/** What the totals of a carrier count. */
export const totalWords = {
  offered: t`offered`,
  asked: t`asked for`,
  traded: t`traded`,
  pooled: t`sold through the pool`,
  sold: t`sold by the pool and stores`,
  charged: t`charged`,
  discharged: t`discharged`,
  exported: t`exported`,
  imported: t`imported`,
  interrupted: t`paused`,
  unserved: t`not served`,
  lost: t`lost`,
} as const satisfies Record<(typeof totalNames)[number], string>;

const fields: Readonly<Record<string, string>> = {
  participant: t`member`,
  carrier: t`kind of energy`,
  side: t`side`,
  revision: t`which of its orders`,
  quantity: t`energy`,
  price: t`price`,
  kind: t`kind`,
  seller: t`what sells`,
  buyer: t`what buys`,
  offer: t`number of the seller’s order`,
  bid: t`number of the buyer’s order`,
  supplyPrice: t`price for the seller`,
  usePrice: t`price for the buyer`,
  supplyFee: t`fee of the seller`,
  useFee: t`fee of the buyer`,
  lost: t`lost on the way`,
  amount: t`amount`,
  in: t`drawn from the grid`,
  out: t`fed into the grid`,
  debit: t`to the account`,
  credit: t`from the account`,
  period: t`period`,
  magic: t`magic number`,
  marketId: t`market id`,
  timestampMs: t`timestamp`,
  previous: t`previous block’s hash`,
  history: t`root over the earlier blocks`,
  height: t`height`,
  flags: t`flags`,
  count: t`number of records`,
  bytes: t`length`,
  root: t`root`,
};

/** What a field of a record or of the header is called; the others are called as they are in the format. */
export const fieldWord = (name: string): string => fields[name] ?? name;

/** What a total of a carrier is called. */
export const totalWord = (name: string): string =>
  (totalWords as Readonly<Record<string, string>>)[name] ?? name;
