/** The notary's calls: what was handed over is told apart, checked and judged; ledgers are kept, opened and saved. */
import { fail, GridclearError } from "../../../errors.js";
import { plainEd25519 } from "../../../ledger/keys/ed25519.js";
import { openSignatures } from "../../../ledger/keys/signature.js";
import type { Hasher } from "../../../ledger/tree/hasher.js";
import { t } from "../../say.js";
import { otherHasher } from "../checks.js";
import { runOf } from "../day.js";
import type { Work } from "../work.js";
import type { AuditTools } from "./audit.js";
import { faultOf } from "./bad.js";
import { judgePapers } from "./judge.js";
import { forgetKept, type KeptLedger, keepLedger, listKept, openKept } from "./kept.js";
import { type Handed, type Recognised, recognise } from "./kinds.js";
import { type CheckedLedger, judgeLedger } from "./ledgers.js";
import { ledgerFile, sample } from "./samples.js";
import { mostHandedBytes, type Progress, type Verdict } from "./shown.js";
import { type KnownLedger, readTrust, type Trusted } from "./trust.js";

/** Where what is to be judged comes from. */
export type Source =
  | { readonly from: "files"; readonly files: readonly { readonly path: string; readonly file: File }[] }
  | { readonly from: "sample"; readonly isForged: boolean }
  /** The day that the page traded, by its key. */
  | { readonly from: "day"; readonly ledger: string }
  | { readonly from: "kept"; readonly marketId: string }
  /** What was judged last, with other keys, heads or another beginning. */
  | { readonly from: "last" };

export interface NotaryInput {
  readonly source: Source;
  /** Keys and heads that were written in, as text. */
  readonly beside: readonly string[];
  /** Height of the snapshot to begin at; null: at the first block. */
  readonly snapshot: number | null;
}

/** What was handed over last, and what was found of it. */
let last: readonly Recognised[] = [];
let open: { readonly checked: CheckedLedger; readonly files: readonly Recognised[] } | null = null;

const helpers: ReadonlySet<string> = new Set(["head", "key", "snapshot"]);

/** Reads what is handed over into memory. Throws `limit` for more than a page can hold. */
async function handed(source: Source, { engine, hasher, signal }: AuditTools): Promise<Handed[]> {
  switch (source.from) {
    case "files": {
      const size = source.files.reduce((sum, { file }) => sum + file.size, 0);
      if (size > mostHandedBytes) fail("limit", t`The files`, t`at most 256 MB together`, t`more`);
      return Promise.all(
        source.files.map(async ({ path, file }) => ({
          path,
          bytes: new Uint8Array(await file.arrayBuffer()),
        })),
      );
    }
    case "sample": {
      const path = source.isForged ? t`The forged sample` : t`The good sample`;
      return [{ path, bytes: await sample(source.isForged, { engine, hasher, signal }) }];
    }
    case "day":
      return [
        {
          path: t`The day traded on this page`,
          bytes: await ledgerFile(runOf(source.ledger).blocks, hasher),
        },
      ];
    case "kept":
      return openKept(source.marketId, hasher);
    case "last":
      return [];
  }
}

/** Files that hold blocks, by the ledger that they are of: the segments of a folder belong together. */
function ledgersAmong(files: readonly Recognised[]): Recognised[][] {
  const folders = new Map<string, Recognised[]>();
  for (const file of files) {
    if (file.kind !== "ledger") continue;
    const folder =
      file.form === "json" || !file.path.includes("/") ? file.path : file.path.replace(/\/[^/]*$/, "/");
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return [...folders.values()];
}

const nameOf = ([first, ...more]: readonly Recognised[]): string =>
  more.length > 0 || /\d{16}\.gclf$/.test(first!.path)
    ? first!.path.replace(/\/?[^/]*$/, "") || first!.path
    : first!.path.replace(/^.*\//, "");

/** A verdict on what can't be judged at all. */
function refused(name: string, kind: Verdict["kind"], error: GridclearError): Verdict {
  return {
    ...{
      kind,
      name,
      isGood: false,
      says: t`It can’t be read as what it says it is.`,
      facts: [],
      signatures: [],
    },
    ...{ trust: [], notes: [], ledger: null, faults: [faultOf(error)] },
  };
}

async function judgeLedgers(
  files: readonly Recognised[],
  snapshot: number | null,
  trusted: Trusted,
  tools: AuditTools,
) {
  const verdicts: Verdict[] = [];
  const snapshots = files.filter(({ kind }) => kind === "snapshot");
  for (const group of ledgersAmong(files)) {
    const name = nameOf(group);
    try {
      const checked = await judgeLedger({ name, files: group, snapshots, from: snapshot, trusted }, tools);
      open = { checked, files };
      verdicts.push(checked.verdict);
    } catch (error) {
      if (!(error instanceof GridclearError)) throw error;
      verdicts.push(refused(name, "ledger", error));
    }
  }
  return verdicts;
}

/** Judges what is handed over: ledgers first, then everything that can be held against them. */
export async function notarize(
  { engine, tell, signal }: Work<Progress>,
  { source, beside, snapshot }: NotaryInput,
): Promise<Verdict[]> {
  const hasher = await otherHasher();
  const signatures = await openSignatures().catch(() => openSignatures({ fallback: plainEd25519 }));
  const tools: AuditTools = { engine, hasher, signatures, signal, tell };
  const found = (await handed(source, tools)).map(recognise);
  signal.throwIfAborted();
  const isMore = found.every(({ kind }) => helpers.has(kind));
  const files = isMore ? [...last, ...found] : found;
  last = files;
  const written = beside
    .filter((text) => text.trim() !== "")
    .map((text) => recognise({ path: t`What you wrote`, bytes: new TextEncoder().encode(noteOf(text)) }));
  const trusted = readTrust([...files, ...written], hasher);
  const verdicts = await judgeLedgers(files, snapshot, withUnread(trusted, written), tools);
  const known: KnownLedger | null = open?.checked.known ?? null;
  const papers = files.filter(({ kind }) => kind !== "ledger" && kind !== "snapshot" && kind !== "key");
  const isAlone = verdicts.length === 0;
  verdicts.push(...(await judgePapers(papers, { trusted, known, isAlone, ...tools })));
  return verdicts;
}

/** A note that was pasted: its last line has its end. */
const noteOf = (text: string): string =>
  text.startsWith("gridclear/") ? `${text.replace(/\s+$/, "")}\n` : text;

/** What was written in and is neither a key nor a head is told. */
function withUnread(trusted: Trusted, written: readonly Recognised[]): Trusted {
  const unread = written.filter(({ kind }) => kind !== "head" && kind !== "key");
  const where = t`What you wrote under “Whom you trust”`;
  const faults = unread.map(() => ({
    where,
    expected: t`a public key, or a head`,
    found: t`something else`,
  }));
  return { ...trusted, faults: [...trusted.faults, ...faults] };
}

/** The ledger that was checked last. Throws `state` where there is none. */
const opened = () => open ?? fail("state", t`The ledger`, t`one that was checked here`, t`none`);

/** Keeps the ledger that was checked last, if it holds. */
export async function keep({ tell }: Work<Progress>, _input: null): Promise<KeptLedger[]> {
  const { checked, files } = opened();
  const { verdict, blocks } = checked;
  if (verdict.isGood !== true || verdict.ledger === null)
    return fail("refused", t`The ledger`, t`one that holds`, t`one that does not`);
  const hasher: Hasher = await otherHasher();
  const heads = readTrust(files, hasher).heads.map(({ head }) => head);
  const newest = heads.sort((a, b) => b.checkpoint.size - a.checkpoint.size)[0];
  const snapshots = files
    .filter(({ kind }) => kind === "snapshot")
    .flatMap(({ bytes }, place) => {
      const height = verdict.ledger!.snapshots[place];
      return height === undefined ? [] : [{ height, bytes }];
    });
  const { marketId } = verdict.ledger;
  await keepLedger({ marketId, blocks, note: newest?.note ?? null, snapshots }, hasher, tell);
  return listKept();
}

/** The ledgers that are kept, after one of them was removed if the call names one. */
export async function kept(
  _work: Work,
  { remove }: { readonly remove: string | null },
): Promise<KeptLedger[]> {
  if (remove !== null) await forgetKept(remove);
  return listKept();
}

/** A ledger as a file: the one that was checked last, or the day that the page traded. */
export async function saved(_work: Work, { ledger }: { readonly ledger: string | null }): Promise<Blob> {
  const blocks = ledger === null ? opened().checked.blocks : runOf(ledger).blocks;
  const bytes = await ledgerFile(blocks, await otherHasher());
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: "application/octet-stream" });
}
