/**
 * The last of three rooms that judge evidence (open → judge → phrase): a verdict in words for people and as data for
 * programs.
 */
import { hex, isBytes } from "../../bytes.js";
import { decodeCanonical } from "../../ledger/format/canonical.js";
import { type Layout, readRecord } from "../../ledger/format/layout.js";
import { type SectionName, sectionLayouts } from "../../ledger/format/sections.js";
import { meterLayout } from "../../ledger/format/state.js";
import { meterOf, recordOf } from "../../ledger/proof/proof.js";
import { formatTicks } from "../../units.js";
import { grouped } from "../parts/table.js";
import type { JudgedReceipt, Verdict } from "./judge.js";

/** A verdict as it is printed. */
export interface Phrased {
  /** For people; the first line comes behind `good: ` or `BAD: `. */
  readonly lines: readonly string[];
  /** For programs, beside `ok`. */
  readonly data: { readonly [name: string]: unknown };
}

/** Puts a verdict into words. */
export function phrase(verdict: Verdict): Phrased {
  switch (verdict.kind) {
    case "proof":
      return phraseProof(verdict);
    case "bundle":
      return phraseBundle(verdict);
    case "consistency": {
      const { from, to } = verdict.proof;
      const words = `the first ${grouped(from.size)} of ${grouped(to.size)} blocks are those of the earlier head`;
      return {
        lines: [words, `from ${hex(from.root)}`, `to   ${hex(to.root)}`],
        data: {
          kind: "consistency",
          from: { ...from, root: hex(from.root) },
          to: { ...to, root: hex(to.root) },
        },
      };
    }
    case "contradiction": {
      const { proven, reason, marketId } = verdict;
      return {
        lines: ["the platform contradicts itself, and this proves it:", reason],
        data: { kind: "contradiction", proven, reason, market: hex(marketId) },
      };
    }
    case "receipts":
      return phraseReceipts(verdict);
    case "none":
      return { lines: [verdict.reason], data: { reason: verdict.reason } };
  }
}

/** What is said of a head that the reader named no reason to trust. */
const unvouched =
  "nobody vouches for that head here: compare its root with one you trust, or pass --checkpoint, --key or a ledger";

function phraseProof({ proven, trusted }: Extract<Verdict, { kind: "proof" }>): Phrased {
  const { header, record, meter, root, size, hash } = proven;
  const block = `block ${header.height}`;
  const row = record === null ? block : `${record.section}[${record.index}] of ${block}`;
  const what = meter === null ? row : `meter ${meter.index} of ${row}`;
  const shown = record === null ? null : showRecord(record.section, recordOf(record));
  const measured = meter === null ? null : showFields(meterLayout, meterOf(meter));
  return {
    lines: [
      `${what} (period ${header.period}) of market ${hex(header.marketId)}`,
      ...(shown === null ? [] : [JSON.stringify(shown)]),
      ...(measured === null ? [] : [JSON.stringify(measured)]),
      `block hash ${hex(hash)}`,
      `under the head of ${grouped(size)} blocks with root ${hex(root)}`,
      trusted ?? unvouched,
    ],
    data: {
      kind: record === null ? "block" : record.section,
      height: header.height,
      period: header.period,
      market: hex(header.marketId),
      index: record?.index ?? null,
      record: shown,
      meter: meter === null ? null : { index: meter.index, record: measured },
      hash: hex(hash),
      size,
      root: hex(root),
      trusted,
    },
  };
}

function phraseBundle({ opened, statement, trusted, good }: Extract<Verdict, { kind: "bundle" }>): Phrased {
  const { member, blocks, size, root, marketId } = opened;
  const { ticks, periods, records, bought, sold, before, after, paid } = statement;
  const money = (amount: bigint): string => formatTicks(amount, ticks.amount);
  const energy = (quantity: bigint): string => formatTicks(quantity, ticks.quantity);
  const [first, last] = periods;
  return {
    lines: [
      `statement of ${member.id}, participant ${member.number} of market ${hex(marketId)}, periods ${first} to ${last}`,
      [...records].map(([section, count]) => `${grouped(count)} ${section}`).join(", "),
      `bought ${energy(bought)} kWh, sold ${energy(sold)} kWh`,
      good
        ? `balance ${money(before)}, then ${money(after)}: the records account for it`
        : `balance ${money(before)}, then ${money(after)}: the records come to ${money(paid)}, so some are missing`,
      `under the head of ${grouped(size)} blocks with root ${hex(root)}`,
      trusted ?? unvouched,
    ],
    data: {
      kind: "bundle",
      participant: member.id,
      number: member.number,
      market: hex(marketId),
      periods,
      bought: energy(bought),
      sold: energy(sold),
      before: money(before),
      after: money(after),
      size,
      root: hex(root),
      trusted,
      blocks: blocks.map(({ header, records: own }) => ({
        height: header.height,
        period: header.period,
        records: own.map(({ section, index, bytes }) => ({
          section,
          index,
          record: showRecord(section, bytes),
        })),
      })),
    },
  };
}

/** A record as data people read; amounts as decimal strings of ticks, hashes in hexadecimal. */
function showRecord(section: SectionName, bytes: Uint8Array): unknown {
  if (section === "contracts" || section === "rules") return decodeCanonical(bytes, "contract");
  const layout = sectionLayouts[section] as Layout<object> | null;
  return layout === null ? { bytes: hex(bytes) } : showFields(layout, bytes);
}

function showFields(layout: Layout<object>, bytes: Uint8Array): unknown {
  const fields = Object.entries(readRecord(layout, bytes, 0));
  return Object.fromEntries(
    fields.map(([name, value]) => [
      name,
      typeof value === "bigint" ? `${value}` : isBytes(value) ? hex(value) : value,
    ]),
  );
}

/** Most receipts that are not kept which a person is shown one by one; programs are given all. */
const shownReceipts = 20;

function phraseReceipts({ receipts, contradiction }: Extract<Verdict, { kind: "receipts" }>): Phrased {
  const evidence = evidenceLines(receipts, contradiction);
  const [only] = receipts;
  if (receipts.length === 1)
    return {
      lines: [`${only!.verdict}: ${only!.reason}`, ...evidence],
      data: { kind: "receipt", ...only!, contradiction },
    };
  const of = (verdict: JudgedReceipt["verdict"]): { line: number; reason: string }[] =>
    receipts.flatMap((each, index) =>
      each.verdict === verdict ? [{ line: index + 1, reason: each.reason }] : [],
    );
  const [contradicted, unsigned, notYet] = [of("contradicted"), of("unsigned"), of("not yet")];
  const withheld = of("withheld");
  const kept = receipts.length - contradicted.length - unsigned.length - notYet.length - withheld.length;
  const bad = [...contradicted, ...unsigned, ...withheld].sort((a, b) => a.line - b.line);
  const more = bad.length - shownReceipts;
  return {
    lines: [
      `${grouped(receipts.length)} receipts: ${[
        `${grouped(kept)} kept`,
        ...counted(notYet.length, "not sealed yet"),
        ...counted(withheld.length, "NOT JUDGED, withheld or erased"),
        ...counted(contradicted.length, "contradicted"),
        ...counted(unsigned.length, "not signed by the platform"),
      ].join(", ")}`,
      ...bad.slice(0, shownReceipts).map(({ line, reason }) => `line ${line}: ${reason}`),
      ...(more > 0 ? [`and ${grouped(more)} more (--json lists them all)`] : []),
      ...evidence,
    ],
    data: {
      kind: "receipts",
      receipts: receipts.length,
      kept,
      notYet,
      withheld,
      contradicted,
      unsigned,
      contradiction,
    },
  };
}

const counted = (count: number, words: string): string[] =>
  count === 0 ? [] : [`${grouped(count)} ${words}`];

function evidenceLines(receipts: readonly JudgedReceipt[], contradiction: string | null): string[] {
  if (!receipts.some(({ verdict }) => verdict === "contradicted")) return [];
  return contradiction === null
    ? ["the ledger has no signed head: with one, this would be evidence for anyone"]
    : ["evidence for anyone (with --json: the field contradiction):", contradiction.trimEnd()];
}
