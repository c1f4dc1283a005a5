/** What should stand in a block beside what does, record by record and field by field, by the layouts of the format. */
import { hex, isBytes, sameBytes } from "../../../bytes.js";
import type { Block, Sections } from "../../../ledger/format/block.js";
import { type Header, totalNames } from "../../../ledger/format/header.js";
import { type Layout, readRecord } from "../../../ledger/format/layout.js";
import {
  accountNames,
  firstCollateralAccount,
  firstParticipantAccount,
  none,
  orderLayout,
} from "../../../ledger/format/records.js";
import {
  type RecordSection,
  recordSections,
  sectionLayouts,
  stateSections,
} from "../../../ledger/format/sections.js";
import type { MarketTicks } from "../../../report/columns.js";
import type { Registry } from "../../../report/registry.js";
import { carriers, formatTicks } from "../../../units.js";
import { fieldWord, sectionWords, totalWords } from "../../blockwords.js";
import { t } from "../../say.js";
import { carrierNames } from "../../words.js";
import type { Difference, FieldShown } from "./shown.js";

/** Who is who in a market and in what it counts: what words for a record need. */
export interface Names {
  readonly registry: Registry;
  readonly ticks: MarketTicks;
  readonly currency: string;
}

/** Most differences that are shown one by one. */
const mostShown = 100;

type Plain = Readonly<Record<string, unknown>>;

/** A member by its number. */
export const memberOf = ({ registry }: Names, number: unknown): string =>
  number === none
    ? t`nobody`
    : (registry.participants[number as number] ?? t`participant ${number as number}`);

function accountName(names: Names, number: number): string {
  if (number >= firstCollateralAccount)
    return t`deposit of ${memberOf(names, number - firstCollateralAccount)}`;
  if (number >= firstParticipantAccount) return memberOf(names, number - firstParticipantAccount);
  return accountNames[number] ?? `${number}`;
}

/** Fields by what they count: exact decimals with their unit, for one tick more or less has to be seen. */
const energies = new Set(["quantity", "lost", "in", "out"]);
const prices = new Set(["price", "supplyPrice", "usePrice"]);
const amounts = new Set(["amount", "supplyFee", "useFee"]);

/** A value of a field as exact text. */
function textOf(name: string, value: unknown, names: Names): string {
  const { ticks, currency } = names;
  const number = value as number | bigint;
  if (energies.has(name)) return `${formatTicks(number, ticks.quantity)} kWh`;
  if (prices.has(name)) return t`${formatTicks(number, ticks.price)} ${currency} per kWh`;
  if (amounts.has(name)) return `${formatTicks(number, ticks.amount)} ${currency}`;
  if (name === "participant") return memberOf(names, value);
  if (name === "debit" || name === "credit") return accountName(names, value as number);
  if (value === none) return t`none`;
  if (value === null) return t`none`;
  return isBytes(value) ? hex(value) : `${value}`;
}

/** The member behind an order of a block. */
function ordered(orders: Uint8Array, number: unknown, names: Names): string {
  const count = orders.length / orderLayout.bytes;
  if (typeof number !== "number" || number >= count) return t`the grid`;
  return memberOf(names, readRecord(orderLayout, orders, number).participant);
}

/** Whose a record is. */
function aboutOf(section: RecordSection, record: Plain, orders: Uint8Array, names: Names): string {
  if (section === "trades") {
    const side = (party: unknown, number: unknown): string =>
      party === "order"
        ? ordered(orders, number, names)
        : party === "device"
          ? (names.registry.devices[number as number]?.name ?? t`store ${number as number}`)
          : t`the grid`;
    return t`${side(record.seller, record.offer)} to ${side(record.buyer, record.bid)}`;
  }
  if (section === "postings")
    return t`${accountName(names, record.credit as number)} to ${accountName(names, record.debit as number)}`;
  return section === "flows" ? "" : memberOf(names, record.participant);
}

/** A record, whatever stands in it; null where it can't be read. */
function recordAt(layout: Layout<unknown>, bytes: Uint8Array, index: number): Plain | null {
  try {
    return readRecord(layout, bytes, index) as Plain;
  } catch {
    return null;
  }
}

interface Sides {
  readonly expected: Sections;
  readonly found: Sections;
}

/** The places of a section's records that differ, those at its beginning and end that are the same left out. */
function pairsOf(
  layout: Layout<unknown>,
  expected: Uint8Array,
  found: Uint8Array,
): [number | null, number | null][] {
  const { bytes } = layout;
  const [wanted, there] = [expected.length / bytes, Math.floor(found.length / bytes)];
  const same = (a: number, b: number): boolean =>
    sameBytes(expected.subarray(a * bytes, (a + 1) * bytes), found.subarray(b * bytes, (b + 1) * bytes));
  let begin = 0;
  while (begin < Math.min(wanted, there) && same(begin, begin)) begin += 1;
  let tail = 0;
  while (tail < Math.min(wanted, there) - begin && same(wanted - 1 - tail, there - 1 - tail)) tail += 1;
  const pairs: [number | null, number | null][] = [];
  for (let place = begin; place < Math.max(wanted, there) - tail; place += 1) {
    const [a, b] = [place < wanted - tail ? place : null, place < there - tail ? place : null];
    if (a === null || b === null || !same(a, b)) pairs.push([a, b]);
  }
  return pairs;
}

/** The fields of a pair of records, those that differ and those that don't. */
function fieldsOf(
  layout: Layout<unknown>,
  expected: Plain | null,
  found: Plain | null,
  names: Names,
): FieldShown[] {
  const text = (record: Plain | null, name: string): string | null =>
    record === null ? null : textOf(name, record[name], names);
  return layout.fields.flatMap(({ name }) =>
    name === null
      ? []
      : [{ name: fieldWord(name), expected: text(expected, name), found: text(found, name) }],
  );
}

function inSection(section: RecordSection, { expected, found }: Sides, names: Names, room: number) {
  const layout = sectionLayouts[section] as Layout<unknown>;
  const pairs = pairsOf(layout, expected[section], found[section]);
  const shown = pairs.slice(0, Math.max(0, room)).map(([a, b]): Difference => {
    const wanted = a === null ? null : recordAt(layout, expected[section], a);
    const there = b === null ? null : recordAt(layout, found[section], b);
    const known = wanted ?? there;
    return {
      section,
      index: (a ?? b)!,
      about: known === null ? "" : aboutOf(section, known, expected.orders, names),
      fields: fieldsOf(layout, wanted, there, names),
    };
  });
  return { shown, count: pairs.length };
}

/** What a header says beside the roots of its records, by the names that people read. */
function headerFields(header: Header, { ticks }: Names): [string, string][] {
  const energy = (quantity: bigint): string => `${formatTicks(quantity, ticks.quantity)} kWh`;
  return [
    [t`height`, `${header.height}`],
    [t`period`, `${header.period}`],
    [t`hash of the block before`, hex(header.previous)],
    [t`root over all blocks before`, hex(header.history)],
    [t`market`, hex(header.marketId)],
    [t`flags`, `${header.flags}`],
    ...carriers.flatMap((carrier) =>
      totalNames.map((name): [string, string] => [
        t`total of ${carrierNames[carrier]}, ${totalWords[name]}`,
        energy(header.totals[carrier][name]),
      ]),
    ),
    ...stateSections.flatMap((name): [string, string][] => [
      [t`what is carried over (${sectionWords[name]}), records`, `${header.sections[name].count}`],
      [t`what is carried over (${sectionWords[name]}), root`, hex(header.sections[name].root)],
    ]),
  ];
}

/** Where a block that stands there differs from the one that follows: the first differences, and how many there are. */
export function differencesOf(
  expected: Block,
  found: Block,
  names: Names,
): { readonly differences: readonly Difference[]; readonly count: number } {
  const differences: Difference[] = [];
  let count = 0;
  for (const section of recordSections) {
    const sides = { expected: expected.sections, found: found.sections };
    const own = inSection(section, sides, names, mostShown - differences.length);
    differences.push(...own.shown);
    count += own.count;
  }
  const wanted = headerFields(expected.header, names);
  const there = headerFields(found.header, names);
  const fields = wanted.flatMap(([name, value], place): FieldShown[] =>
    value === there[place]![1] ? [] : [{ name, expected: value, found: there[place]![1] }],
  );
  if (fields.length > 0) {
    differences.push({ section: "header", index: 0, about: "", fields });
    count += 1;
  }
  return { differences, count };
}
