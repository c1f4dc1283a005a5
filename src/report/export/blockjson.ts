/**
 * A block as plain JSON data and back: everything in it, key by key, and its hash. Of a block that is its header alone,
 * as everybody sees those of a private market, the number, length and root of each section stand in the place of its
 * records.
 */
import { fromHex, hex, sameBytes } from "../../bytes.js";
import {
  anything,
  type Check,
  type Fields,
  hexText,
  integer,
  list,
  object,
  oneOf,
  optional,
  record,
} from "../../check.js";
import { fail, notShown, within } from "../../errors.js";
import {
  type Block,
  buildBlock,
  decodeBlock,
  decodeItems,
  encodeBlock,
  encodeItems,
  hashOfBlock,
  isWithheld,
} from "../../ledger/format/block.js";
import { decodeCanonical, encodeCanonical } from "../../ledger/format/canonical.js";
import {
  blockHash,
  decodeHeader,
  encodeHeader,
  formatVersion,
  type Header,
  maxSectionBytes,
  privateMarket,
  type Rooted,
  type SectionDescriptor,
  signedMarket,
  totalNames,
} from "../../ledger/format/header.js";
import { decodeRecords, encodeRecords, type Layout } from "../../ledger/format/layout.js";
import { none } from "../../ledger/format/records.js";
import {
  type RecordSection,
  recordSections,
  type StateSection,
  type StoredSection,
  sectionLayouts,
  sectionNames,
  stateSections,
  storedSections,
} from "../../ledger/format/sections.js";
import { type Hasher, hashBytes } from "../../ledger/tree/hasher.js";
import { carriers } from "../../units.js";

type Plain = Readonly<Record<string, unknown>>;

const textual = (record: Plain): Plain =>
  Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, typeof value === "bigint" ? `${value}` : value]),
  );

/** What a header says beside its sections, and its hash, as plain JSON data. */
function headOf(header: Header, hash: Uint8Array): Plain {
  return {
    height: header.height,
    hash: hex(hash),
    version: header.version,
    flags: header.flags,
    marketId: hex(header.marketId),
    period: header.period,
    timestampMs: header.timestampMs,
    previous: hex(header.previous),
    history: hex(header.history),
  };
}

/** What a header says of the sections that are in no block, and its totals. */
function tailOf({ sections, totals }: Header): Plain {
  return {
    ...Object.fromEntries(
      stateSections.map((name) => {
        const { count, root } = sections[name];
        return [name, { count, root: hex(root) }];
      }),
    ),
    totals: Object.fromEntries(carriers.map((carrier) => [carrier, textual({ ...totals[carrier] })])),
  };
}

/** A header as plain JSON data: that of a block, with what it says of each section in the place of its records. */
function headerToJson(header: Header, hasher: Hasher): Plain {
  return {
    ...headOf(header, blockHash(encodeHeader(header), hasher)),
    ...Object.fromEntries(
      storedSections.map((name) => {
        const { count, bytes, root } = header.sections[name];
        return [name, { count, bytes, root: hex(root) }];
      }),
    ),
    ...tailOf(header),
  };
}

/** A block as plain JSON data: everything in it, and its hash. The order of the keys is part of the format. */
function blockToJson(block: Block, hasher: Hasher): Plain {
  const { header, sections, secret } = block;
  const records = (name: RecordSection): Plain => ({
    [name]: decodeRecords<unknown>(sectionLayouts[name], sections[name]).map((each) =>
      textual(each as Plain),
    ),
  });
  return {
    ...headOf(header, hashOfBlock(block, hasher)),
    contracts: decodeItems(sections.contracts).map((item) => decodeCanonical(item)),
    ...records("orders"),
    evidence: decodeItems(sections.evidence).map(hex),
    ...records("trades"),
    ...records("flows"),
    ...records("readings"),
    ...records("postings"),
    ...tailOf(header),
    ...(secret === null ? {} : { secret: hex(secret) }),
  };
}

const wholeText: Check<bigint> = (value, field) =>
  typeof value === "string" && /^(0|-?[1-9][0-9]{0,39})$/.test(value)
    ? BigInt(value)
    : fail("invalid", field, "a whole number in a string, without leading zeros", value);
const hash: Check<Uint8Array> = (value, field) => fromHex(hexText(hashBytes)(value, field), field);
const safe = integer(0, Number.MAX_SAFE_INTEGER);
const byName = <T>(names: readonly string[], check: Check<T>): Fields =>
  Object.fromEntries(names.map((name) => [name, check]));

/** A section's records: which of their fields are strings is seen by the layout, whose encoder checks the values. */
function recordsCheck(layout: Layout<unknown>): Check<Uint8Array> {
  const checks = layout.fields.flatMap(({ name, scalar }) =>
    name === null
      ? []
      : [[name, scalar === "u64" || scalar === "i64" || scalar === "i128" ? wholeText : anything]],
  );
  const records = list(record(Object.fromEntries(checks) as Fields), 0, none - 1);
  return (value, field) => {
    const found = records(value, field);
    return within(field, () => encodeRecords(layout, found));
  };
}

const headChecks = {
  height: safe,
  hash,
  version: oneOf(formatVersion),
  flags: integer(0, signedMarket | privateMarket),
  marketId: hash,
  period: safe,
  timestampMs: safe,
  previous: hash,
  history: hash,
};
const tailChecks = {
  ...(Object.fromEntries(
    stateSections.map((name) => [name, record({ count: integer(0, none), root: hash })]),
  ) as Record<StateSection, Check<Rooted>>),
  totals: record(byName(carriers, record(byName(totalNames, wholeText)))),
};
/** What a header says of a section whose records are withheld. */
const described: Check<SectionDescriptor> = record({
  count: integer(0, none),
  bytes: integer(0, maxSectionBytes),
  root: hash,
});

const checkHeaderJson = record({
  ...headChecks,
  ...(Object.fromEntries(storedSections.map((name) => [name, described])) as Record<
    StoredSection,
    Check<SectionDescriptor>
  >),
  ...tailChecks,
});

const checkJson = record({
  ...headChecks,
  contracts: list((value, field) => encodeCanonical(value as never, field), 0, none - 1),
  evidence: list((value, field) => fromHex(value, field), 0, none - 1),
  ...(Object.fromEntries(
    recordSections.map((name) => [name, recordsCheck(sectionLayouts[name] as Layout<unknown>)]),
  ) as Record<RecordSection, Check<Uint8Array>>),
  ...tailChecks,
  secret: optional((value, field) => {
    const text: unknown = value;
    // What is wrong with a secret is said without showing it.
    return typeof text === "string" && /^[0-9a-f]{64}$/.test(text)
      ? fromHex(text, field)
      : fail("invalid", field, "64 hexadecimal digits", notShown);
  }),
});

/** Called where a block has another hash than its data say. */
export type OnHash = (height: number, wanted: Uint8Array, found: Uint8Array) => void;

const refuse: OnHash = (height, wanted, found) =>
  fail("corrupt", `block ${height}: hash`, hex(wanted), hex(found));

/**
 * A block from what {@link blockToJson} gave. Throws `invalid` naming the field that is missing, unknown or of the
 * wrong form, and what `onHash` throws.
 */
function blockFromJson(value: unknown, hasher: Hasher, path: string, onHash: OnHash): Block {
  const { hash: wanted, version: _, flags, contracts, evidence, totals, ...fields } = checkJson(value, path);
  const block = buildBlock(
    {
      ...fields,
      state: Object.fromEntries(stateSections.map((name) => [name, fields[name]])),
      signed: (flags & signedMarket) !== 0,
      sections: {
        ...(Object.fromEntries(recordSections.map((name) => [name, fields[name]])) as Record<
          RecordSection,
          Uint8Array
        >),
        contracts: encodeItems(contracts),
        evidence: encodeItems(evidence),
      },
      totals: totals as unknown as Header["totals"],
    },
    hasher,
  );
  const found = hashOfBlock(block, hasher);
  if (!sameBytes(found, wanted)) onHash(fields.height, wanted, found);
  return block;
}

/** A header from what {@link headerToJson} gave; throws as {@link blockFromJson} does. */
function headerFromJson(value: unknown, hasher: Hasher, path: string, onHash: OnHash): Uint8Array {
  const { hash: wanted, totals, ...fields } = checkHeaderJson(value, path);
  const header = encodeHeader({
    ...fields,
    sections: Object.fromEntries(
      sectionNames.map((name) => [name, { bytes: 0, ...fields[name] }]),
    ) as Header["sections"],
    totals: totals as unknown as Header["totals"],
  });
  const found = blockHash(header, hasher);
  if (!sameBytes(found, wanted)) onHash(fields.height, wanted, found);
  return header;
}

/** A block as JSON text on one line; one that is its header alone as that. */
export function blockText(bytes: Uint8Array, hasher: Hasher): string {
  const header = decodeHeader(bytes);
  const plain = isWithheld(header, bytes)
    ? headerToJson(header, hasher)
    : blockToJson(decodeBlock(bytes), hasher);
  return JSON.stringify(plain);
}

/**
 * The bytes of a block from what {@link blockText} gave, parsed. Throws `invalid` naming the field that is missing,
 * unknown or of the wrong form, `corrupt` when the block has another hash than the data says, unless `onHash` lets
 * that pass.
 */
export function bytesOfJson(
  value: unknown,
  hasher: Hasher,
  path: string = "block",
  onHash: OnHash = refuse,
): Uint8Array {
  const { contracts } = object(value, path);
  const isHeader = typeof contracts === "object" && contracts !== null && !Array.isArray(contracts);
  return isHeader
    ? headerFromJson(value, hasher, path, onHash)
    : encodeBlock(blockFromJson(value, hasher, path, onHash));
}
