/** Verdicts on what stands for itself: statements, proofs, bills, blocks and heads. */
import { hex } from "../../../bytes.js";
import { GridclearError } from "../../../errors.js";
import { parseCheckpoint } from "../../../ledger/proof/checkpoint.js";
import { t } from "../../say.js";
import { faultOf } from "./bad.js";
import type { Recognised } from "./kinds.js";
import { type Opened, openBlock, openGrowth, openRecordProof, openStatement } from "./papers.js";
import type { Kind, Verdict } from "./shown.js";
import { headSignatures, type KnownLedger, type Trusted, type TrustTools, vouch } from "./trust.js";

/** What papers are judged by. */
interface Court extends TrustTools {
  readonly trusted: Trusted;
  readonly known: KnownLedger | null;
  /** Whether no ledger came with them. */
  readonly isAlone: boolean;
}

const blank = { facts: [], faults: [], signatures: [], trust: [], notes: [], ledger: null } as const;

/** Opens a paper of a kind; null where nothing here can. */
async function openPaper(file: Recognised, bundle: string | null, court: Court): Promise<Opened | null> {
  const { hasher } = court;
  switch (file.kind) {
    case "bundle":
      return openStatement(file, hasher);
    case "proof":
      return openRecordProof(file, hasher);
    case "consistency":
      return openGrowth(file, hasher);
    case "bill":
      return (await import("./bills.js")).openBillPage(file, hasher);
    case "billData":
      return bundle === null ? null : (await import("./bills.js")).openBillData(file, bundle, hasher);
    default:
      return null;
  }
}

/** Why a paper is not judged, and who does. */
function unjudged(kind: Kind): string {
  if (kind === "billData")
    return t`This bill has no proofs in it. Bring the statement from which it was made too (gridclear statement --bundle), or the bill as a page (gridclear bill --html).`;
  if (kind === "contradiction" || kind === "receipts")
    return t`Receipts and contradictions are judged by the ledger and its signatures, on the command line: gridclear verify.`;
  return t`This is none of the files that the notary knows: a ledger, a block, a statement, a proof or a bill of gridclear.`;
}

async function judgeHead(file: Recognised, { trusted, hasher, signatures }: Court): Promise<Verdict> {
  const head = parseCheckpoint(file.text);
  const { origin, size, root } = head.checkpoint;
  const found = await headSignatures(
    { heads: [{ head, isKept: false }], witnesses: trusted.witnesses },
    trusted.key,
    {
      hasher,
      signatures,
    },
  );
  const isBad = found.some(({ isValid }) => isValid === false);
  return {
    ...{
      ...blank,
      kind: "head",
      name: file.path,
      isGood: isBad ? false : trusted.key === null ? null : true,
    },
    says: isBad
      ? t`This head is not signed by the key that you brought.`
      : t`This is the head of a ledger of ${size} blocks. Bring the ledger, or a proof, to see whether it leads there.`,
    facts: [
      [t`Market`, origin.replace("gridclear/", "")],
      [t`Blocks under its head`, `${size}`],
      [t`Root of its head`, hex(root)],
    ],
    signatures: found,
  };
}

/** A block, held against the ledger that was checked here where it is of that. */
function judgeBlock(file: Recognised, { known, hasher }: Court): Verdict {
  const { hash, height, says, facts, faults } = openBlock(file, hasher);
  const own = known === null ? undefined : known.hashes[height];
  const market = facts.at(-1)![1];
  const isOfKnown = known !== null && known.marketId === market && own !== undefined;
  const all =
    isOfKnown && own !== hex(hash)
      ? [
          ...faults,
          { where: t`Block ${height} of the ledger that was checked here`, expected: own, found: hex(hash) },
        ]
      : faults;
  return {
    ...{ ...blank, kind: "block", name: file.path, facts, faults: all, isGood: all.length === 0 },
    says:
      all.length > 0
        ? t`This block does not hold.`
        : isOfKnown
          ? t`This is block ${height} of the ledger that was checked here.`
          : says,
  };
}

async function judgePaper(file: Recognised, bundle: string | null, court: Court): Promise<Verdict> {
  const { kind, path: name } = file;
  if (kind === "block") return judgeBlock(file, court);
  if (kind === "head") return judgeHead(file, court);
  const opened = await openPaper(file, bundle, court);
  if (opened === null) return { ...blank, kind, name, isGood: null, says: unjudged(kind) };
  const vouched = opened.leads === null ? null : await vouch(opened.leads, court.trusted, court.known, court);
  const faults = [...opened.faults, ...(vouched?.faults ?? []), ...court.trusted.faults];
  const isGood = faults.length === 0;
  return {
    ...{ ...blank, kind, name, isGood, facts: opened.facts, faults },
    says:
      isGood || opened.faults.length > 0
        ? opened.says
        : t`It holds in itself, but it does not lead where it should.`,
    signatures: vouched?.signatures ?? [],
    trust: isGood ? (vouched?.trust ?? []) : [],
  };
}

/** Files of a folder that are no evidence: locks, logs, settings. */
const isBeside = ({ kind, path }: Recognised): boolean => kind === "unknown" && path.includes("/");

/** Judges papers one by one. Heads are judged by themselves only where nothing else came. */
export async function judgePapers(files: readonly Recognised[], court: Court): Promise<Verdict[]> {
  const bundle = files.find(({ kind }) => kind === "bundle")?.text ?? null;
  const isHeadAlone = court.isAlone && files.every(({ kind }) => kind === "head");
  const verdicts: Verdict[] = [];
  for (const file of files) {
    if ((file.kind === "head" && !isHeadAlone) || isBeside(file)) continue;
    try {
      verdicts.push(await judgePaper(file, bundle, court));
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      const says = t`It does not hold: what it says does not lead to the head that it names.`;
      verdicts.push({
        ...blank,
        kind: file.kind,
        name: file.path,
        isGood: false,
        says,
        faults: [faultOf(error)],
      });
    }
  }
  return verdicts;
}
