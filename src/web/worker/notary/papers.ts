/** Statements, proofs and blocks that stand for themselves: what they say, and whether it holds together. */
import { fromBase64, hex, isBytes } from "../../../bytes.js";
import { fail } from "../../../errors.js";
import { checkBlock, decodeBlock, isWithheld } from "../../../ledger/format/block.js";
import { decodeCanonical } from "../../../ledger/format/canonical.js";
import { blockHash, decodeHeader, headerBytes } from "../../../ledger/format/header.js";
import { type Layout, readRecord } from "../../../ledger/format/layout.js";
import { type SectionName, sectionLayouts, storedSections } from "../../../ledger/format/sections.js";
import { meterLayout } from "../../../ledger/format/state.js";
import { decodeBundle, openBundle } from "../../../ledger/proof/bundle.js";
import { checkConsistency, decodeConsistency } from "../../../ledger/proof/consistency.js";
import { decodeProof, meterOf, openProof, recordOf } from "../../../ledger/proof/proof.js";
import type { Hasher } from "../../../ledger/tree/hasher.js";
import type { MarketContract } from "../../../market/contracts/contracts.js";
import { readBundle } from "../../../report/bundle/read.js";
import { formatTicks } from "../../../units.js";
import { t } from "../../say.js";
import { lineOf } from "./blocks.js";
import type { Recognised } from "./kinds.js";
import type { Fault } from "./shown.js";
import type { Leads } from "./trust.js";

/** What was found in a paper that holds together, or what of it does not. */
export interface Opened {
  readonly says: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly faults: readonly Fault[];
  /** Where it leads; null: nowhere, as a block alone. */
  readonly leads: Leads | null;
}

type Fact = readonly [string, string];

/** A record as facts, under the names that its layout has. */
function recordFacts(section: SectionName, bytes: Uint8Array): Fact[] {
  const layout = sectionLayouts[section] as Layout<object> | null;
  if (layout !== null) return fieldFacts(layout, bytes);
  const item =
    section === "contracts" || section === "rules" ? decodeCanonical(bytes, "contract") : hex(bytes);
  return [[section, typeof item === "string" ? item : JSON.stringify(item)]];
}

const fieldFacts = (layout: Layout<object>, bytes: Uint8Array): Fact[] =>
  Object.entries(readRecord(layout, bytes, 0)).map(([name, value]) => [
    name,
    isBytes(value) ? hex(value) : `${value}`,
  ]);

/** A statement bundle. */
export function openStatement({ text }: Recognised, hasher: Hasher): Opened {
  const bundle = decodeBundle(text);
  const opened = openBundle(bundle, hasher);
  const { ticks, periods, records, bought, sold, before, after, paid, accounts } = readBundle(opened);
  const { currency } = opened.market as unknown as MarketContract;
  const money = (amount: bigint): string => `${formatTicks(amount, ticks.amount)} ${currency}`;
  const energy = (quantity: bigint): string => `${formatTicks(quantity, ticks.quantity)} kWh`;
  return {
    says: accounts
      ? t`The statement of ${opened.member.id} holds: every record has its proof, and together they account for the balance.`
      : t`The proofs in the statement of ${opened.member.id} hold, but its records don’t account for the balance: one that moved money is missing.`,
    facts: [
      [t`Member`, opened.member.id],
      [t`Periods`, t`${periods[0]} to ${periods[1]}`],
      [t`Records`, [...records].map(([section, count]) => `${count} ${section}`).join(", ")],
      [t`Bought`, energy(bought)],
      [t`Sold`, energy(sold)],
      [t`Balance before`, money(before)],
      [t`Balance after`, money(after)],
      ...headFacts(opened.size, opened.root, opened.marketId),
    ],
    faults: accounts
      ? []
      : [{ where: t`Balance after`, expected: money(before + paid), found: money(after) }],
    leads: { size: opened.size, root: opened.root, marketId: hex(opened.marketId), note: bundle.checkpoint },
  };
}

const headFacts = (size: number, root: Uint8Array, marketId: Uint8Array): Fact[] => [
  [t`Market`, hex(marketId)],
  [t`Blocks under its head`, `${size}`],
  [t`Root of its head`, hex(root)],
];

/** A proof of a record, a meter or a block. */
export function openRecordProof({ text }: Recognised, hasher: Hasher): Opened {
  const proof = decodeProof(text);
  const { header, hash, record, meter, size, root } = openProof(proof, hasher);
  const what =
    record === null
      ? t`block ${header.height}`
      : meter === null
        ? t`record ${record.index + 1} of the ${record.section} of block ${header.height}`
        : t`meter ${meter.index + 1} of a book of block ${header.height}`;
  return {
    says: t`The proof holds: ${what} belongs to the ledger with the head below.`,
    facts: [
      [t`Block`, `${header.height}`],
      [t`Period`, `${header.period}`],
      ...(record === null ? [] : recordFacts(record.section, recordOf(record))),
      ...(meter === null ? [] : fieldFacts(meterLayout as Layout<object>, meterOf(meter))),
      [t`Hash of the block`, hex(hash)],
      ...headFacts(size, root, header.marketId),
    ],
    faults: [],
    leads: { size, root, marketId: hex(header.marketId), note: proof.checkpoint },
  };
}

/** A proof that one head grew out of another. */
export function openGrowth({ text }: Recognised, hasher: Hasher): Opened {
  const proof = decodeConsistency(text);
  checkConsistency(proof, hasher);
  const { from, to } = proof;
  return {
    says: t`The proof holds: the first ${from.size} of ${to.size} blocks are those of the earlier head.`,
    facts: [
      [t`Earlier head, blocks`, `${from.size}`],
      [t`Earlier head, root`, hex(from.root)],
      [t`Later head, blocks`, `${to.size}`],
      [t`Later head, root`, hex(to.root)],
    ],
    faults: [],
    leads: null,
  };
}

/** The bytes of a block that came as bytes, as base64 or as a line of JSON. */
function bytesOf(
  { bytes, form, text, path }: Recognised,
  hasher: Hasher,
): { bytes: Uint8Array; faults: Fault[] } {
  if (form === "binary") return { bytes, faults: [] };
  if (form === "base64")
    return {
      bytes: fromBase64(text.replaceAll(/\s+/g, "")) ?? fail("invalid", path, "base64", "other text"),
      faults: [],
    };
  const raw = lineOf(text.trim().replace(/,$/, ""), t`The block`, hasher);
  const faults = raw.fault === null ? [] : [raw.fault];
  return {
    bytes: raw.bytes ?? fail("invalid", raw.fault!.where, raw.fault!.expected, raw.fault!.found),
    faults,
  };
}

/** One block: its form, and whether its records have the roots in its header. What is before it only a ledger says. */
export function openBlock(
  file: Recognised,
  hasher: Hasher,
): Opened & { readonly hash: Uint8Array; readonly height: number } {
  const { bytes, faults } = bytesOf(file, hasher);
  const header = decodeHeader(bytes);
  const isHeader = isWithheld(header, bytes);
  if (!isHeader) checkBlock(decodeBlock(bytes), hasher);
  const hash = blockHash(bytes.subarray(0, headerBytes), hasher);
  return {
    ...{ hash, height: header.height },
    says: isHeader
      ? t`This is the header of block ${header.height} of a private market, which everybody may have. Its records are shown to those whom they concern.`
      : t`Block ${header.height} is whole: its records have the roots that stand in its header. Whether they follow from its orders takes the blocks before it: bring the ledger too.`,
    facts: [
      [t`Block`, `${header.height}`],
      [t`Period`, `${header.period}`],
      [t`Sealed`, new Date(header.timestampMs).toISOString()],
      ...storedSections.map((name): Fact => [t`Records: ${name}`, `${header.sections[name].count}`]),
      [t`Hash of the block`, hex(hash)],
      [t`Hash of the block before`, hex(header.previous)],
      [t`Market`, hex(header.marketId)],
    ],
    faults,
    leads: null,
  };
}
