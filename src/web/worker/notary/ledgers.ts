/** The verdict on a ledger: its blocks are read, checked and listed, and everything is put into words. */
import { fromHex, hex, sameBytes } from "../../../bytes.js";
import { GridclearError } from "../../../errors.js";
import { isWithheld } from "../../../ledger/format/block.js";
import { decodeHeader } from "../../../ledger/format/header.js";
import { decodeSnapshot, type Snapshot } from "../../../ledger/format/snapshot.js";
import { HistoryTree } from "../../../ledger/tree/history.js";
import { Heads } from "../../../report/heads.js";
import { t } from "../../say.js";
import { Audit, type AuditTools } from "./audit.js";
import { faultOf } from "./bad.js";
import { type RawLedger, readLedger } from "./blocks.js";
import type { Recognised } from "./kinds.js";
import type { Fault, SignedBy, Verdict } from "./shown.js";
import { headSignatures, type KnownLedger, type Trusted, trustInLedger } from "./trust.js";

/** A ledger that was checked, and what else was found of it. */
export interface CheckedLedger {
  readonly verdict: Verdict;
  readonly blocks: readonly Uint8Array[];
  /** What proofs are held against; null unless it holds. */
  readonly known: KnownLedger | null;
}

/** How a ledger is to be checked. */
export interface LedgerRequest {
  readonly name: string;
  readonly files: readonly Recognised[];
  readonly snapshots: readonly Recognised[];
  /** Height of the snapshot to begin at; null: at the first block, if its records are there. */
  readonly from: number | null;
  readonly trusted: Trusted;
}

interface ReadSnapshots {
  readonly good: readonly Snapshot[];
  readonly faults: readonly Fault[];
}

function readSnapshots(files: readonly Recognised[], hasher: AuditTools["hasher"]): ReadSnapshots {
  const good: Snapshot[] = [];
  const faults: Fault[] = [];
  for (const { bytes, path } of files)
    try {
      good.push(decodeSnapshot(bytes, hasher));
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      const { where, ...rest } = faultOf(error);
      faults.push({ where: `${path}: ${where}`, ...rest });
    }
  good.sort((a, b) => a.header.height - b.header.height);
  return { good, faults };
}

/** Whether the first block is its header alone, so that nothing can be executed from there. */
function isErased({ blocks }: RawLedger): boolean {
  const first = blocks[0]?.bytes;
  if (!first) return false;
  try {
    return isWithheld(decodeHeader(first), first);
  } catch {
    return false;
  }
}

/** Checks a ledger. */
export async function judgeLedger(request: LedgerRequest, tools: AuditTools): Promise<CheckedLedger> {
  const { trusted, from } = request;
  const raw = await readLedger(request.files, tools.hasher);
  const snapshots = readSnapshots(request.snapshots, tools.hasher);
  const snapshot =
    snapshots.good.find(({ header }) => header.height === from) ??
    (isErased(raw) ? (snapshots.good[0] ?? null) : null);
  const heads = new Heads(
    trusted.heads.map(({ head, isKept }) => ({
      name: isKept ? t`kept beside the ledger` : t`that you brought`,
      head: head.checkpoint,
    })),
  );
  const audit = new Audit(raw, snapshot, heads, tools);
  await audit.run();
  const signatures = await signaturesOf(audit, trusted, tools);
  const faults = [
    ...audit.endFaults(),
    ...snapshots.faults,
    ...signatures.faults,
    ...keyFaults(audit.platform, trusted),
  ];
  const isGood = audit.bad === null && faults.length === 0 && raw.blocks.length > 0;
  const verdict: Verdict = {
    kind: "ledger",
    name: request.name,
    isGood,
    says: saysOf(audit, raw.blocks.length, isGood, faults),
    facts: factsOf(audit, raw),
    faults,
    signatures: signatures.list,
    trust: isGood
      ? [...trustOfSnapshot(snapshot), ...trustInLedger(trusted, audit.platform, audit.isSigned)]
      : [],
    notes: notesOf(audit),
    ledger: {
      marketId: marketOf(audit),
      blocks: audit.blocks,
      bad: audit.bad,
      skipped: audit.skipped,
      snapshots: snapshots.good.map(({ header }) => header.height),
      from: snapshot?.header.height ?? null,
    },
  };
  const blocks = raw.blocks.flatMap(({ bytes }) => (bytes === null ? [] : [bytes]));
  return { verdict, blocks, known: isGood ? knownOf(audit, tools) : null };
}

function knownOf(audit: Audit, { hasher }: AuditTools): KnownLedger {
  const history = new HistoryTree(hasher);
  const hashes = audit.blocks.map(({ hash }) => hash);
  for (const hash of hashes) history.append(fromHex(hash, "hash"));
  return { marketId: marketOf(audit), history, hashes, platform: audit.isSigned ? audit.platform : null };
}

const marketOf = ({ first }: Audit): string => (first === null ? "" : hex(first.marketId));

async function signaturesOf(audit: Audit, trusted: Trusted, tools: AuditTools) {
  const platform = audit.platform ?? trusted.key;
  const heads: readonly SignedBy[] =
    audit.isSigned || audit.bad !== null ? await headSignatures(trusted, platform, tools) : [];
  return {
    list: [...heads, ...audit.signers.list()],
    faults: heads
      .filter(({ isValid }) => isValid === false)
      .map(
        ({ who, what }): Fault => ({
          where: t`the signature of ${who} on ${what}`,
          expected: t`a valid one`,
          found: t`none`,
        }),
      ),
  };
}

function keyFaults(platform: Uint8Array | null, { key, faults }: Trusted): Fault[] {
  if (key === null || platform === null || sameBytes(key, platform)) return [...faults];
  return [...faults, { where: t`The platform’s key`, expected: hex(key), found: hex(platform) }];
}

function saysOf(audit: Audit, size: number, isGood: boolean, faults: readonly Fault[]): string {
  const { bad, skipped, withheld } = audit;
  if (size === 0) return t`There is no block in it.`;
  if (bad !== null && bad.height + 1 < size)
    return t`This ledger does not hold: block ${bad.height} is not what it should be, and the ${size - bad.height - 1} blocks behind it build on it.`;
  if (bad !== null)
    return t`This ledger does not hold: block ${bad.height}, the last one, is not what it should be.`;
  if (!isGood) return t`The blocks hold, but something around them does not: ${faults[0]!.where}.`;
  if (withheld > 0)
    return t`As far as it is there, this ledger holds: ${size} blocks, each linked to the one before. The records of ${withheld} are withheld, so those could not be executed again.`;
  if (skipped > 0)
    return t`This ledger holds: ${size} blocks, each linked to the one before. The ${size - skipped} behind the snapshot were executed again, to the same results; the ${skipped} before were not.`;
  return t`This ledger holds: ${size} blocks, each linked to the one before, and every period executed again from its orders, to the same results.`;
}

function trustOfSnapshot(snapshot: Snapshot | null): string[] {
  if (snapshot === null) return [];
  const { height } = snapshot.header;
  return [
    t`For what happened up to block ${height} you trust whoever sealed that block: the snapshot is the one that its header names, and what led there was not executed.`,
  ];
}

/** How far the ledger is good, and what can be compared of that with what others see. */
function goodUntil({ bad, blocks, chain }: Audit): (readonly [string, string])[] {
  const last = blocks[(bad?.height ?? blocks.length) - 1];
  if (last === undefined) return [];
  return [
    [t`Good up to block`, `${last.height}`],
    [t`Hash of that block`, last.hash],
    ...(bad === null ? [[t`Root of its head`, hex(chain.root())] as const] : []),
  ];
}

function factsOf(audit: Audit, { blocks }: RawLedger): (readonly [string, string])[] {
  const { market } = audit;
  const moment = (at: number): string => new Date(at).toISOString().replace("T", " ").slice(0, 16);
  const [first, last] = [audit.blocks[0], audit.blocks.at(-1)];
  return [
    ...(market === null ? [] : [[t`Market`, t`${market.id}, in ${market.currency}`] as const]),
    [t`Blocks`, `${blocks.length}`],
    ...(first === undefined
      ? []
      : [[t`Sealed`, t`${moment(first.timestampMs)} to ${moment(last!.timestampMs)} (UTC)`] as const]),
    [t`Executed again`, t`periods: ${audit.executed}, orders: ${audit.orders}, trades: ${audit.trades}`],
    ...goodUntil(audit),
    [t`Id of the market`, marketOf(audit)],
    ...(audit.platform === null || !audit.isSigned
      ? []
      : [[t`Key of the platform`, hex(audit.platform)] as const]),
  ];
}

function notesOf(audit: Audit): string[] {
  return audit.isSigned || audit.blocks.length === 0
    ? []
    : [t`This market is not a signed one: no signatures stand in its blocks.`];
}
