/** `gridclear audit-fleet`: holds a fleet's streams, stores and receipts against each other, and mends the streams. */
import { hex } from "../../bytes.js";
import { openEngine } from "../../core/engine.js";
import { fail, GridclearError } from "../../errors.js";
import type { AuditParts, Finding } from "../../fleet/audit.js";
import type { OwnBlock } from "../../fleet/ownstore.js";
import { pause } from "../../fleet/pause.js";
import { decodeHeader } from "../../ledger/format/header.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { decodeReceipt, type Receipt } from "../../ledger/proof/receipt.js";
import { Journal, readJournal } from "../../ledger/store/journal.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { inFile, readText } from "../parts/document.js";
import type { RoundCounts } from "../parts/fleetmetrics.js";
import { type FleetModules, fleetOptions, loadFleet } from "../parts/fleetpeers.js";
import { interruptible } from "../parts/interrupt.js";
import { count } from "../parts/table.js";
import { wholeNumber } from "../parts/whole.js";

/** `gridclear audit-fleet`: audits, and with --mend mends. */
export const auditFleetCommand: Command = defineCommand({
  name: "audit-fleet",
  summary: "hold a fleet's streams, stores and receipts against each other",
  forms: [
    "URL[,URL…] --store DIR… [--receipts FILE] [--mend]\n[--keep DIR] [--fleet NAME] [--json]",
    "URL[,URL…] --every SECONDS [--metrics PORT] …",
  ],
  about:
    "Works every block of every microgrid out again from the fleet's streams and holds it against what was published, what workers have in their own stores, and receipts that were given. Says what a stream has lost, which blocks were never what their orders say, and where there are two of one height. With --mend puts back from the stores what streams have lost, and makes streams that are gone; nothing is ever written over. With --keep copies every good block into a store of its own: the second, beside that of the worker which sealed it. With --every does all this again and again, until a signal stops it. Needs no key.",
  arguments: [{ name: "URL", help: "addresses of the NATS servers, with commas between them" }],
  options: {
    ...fleetOptions,
    store: { value: "DIR", many: true, help: "folder of a worker's store, or a copy of it" },
    receipts: { value: "FILE", help: "receipts, one a line" },
    mend: { help: "put back what the streams have lost" },
    shards: { value: "N", help: "with --mend, where the fleet's streams are all gone: shards it had" },
    replicas: { value: "N", default: "3", help: "the same: servers that keep each stream" },
    keep: { value: "DIR", help: "folder of a second store, which good blocks are copied into" },
    every: { value: "SECONDS", help: "audit again, so long after the last round" },
    metrics: { value: "PORT", help: "with --every: port of this machine to serve /metrics on" },
    json: { help: "print JSON" },
  },
  exits: {
    0: "everything is what it has to be, or was mended; with --every: a signal stopped it",
    1: "something is not; it says what",
  },
  async run({ arguments: [urls], options }, io) {
    const modules = await loadFleet();
    const engine = await openEngine();
    const nc = await modules.connectTo(urls!, options.creds);
    try {
      const { store: folders, fleet: prefix, mend, keep = null } = options;
      const receipts = options.receipts === undefined ? [] : await readReceipts(options.receipts);
      const again = options.shards === undefined ? null : Number(options.shards);
      if (again !== null && !mend) fail("invalid", "--shards", "it with --mend alone", "it without");
      const everySeconds = options.every === undefined ? null : wholeNumber(options.every, "--every");
      if (options.metrics !== undefined && everySeconds === null)
        fail("invalid", "--metrics", "it with --every alone", "it without");
      const all = keep === null ? folders : [...folders, keep];
      const replicas = Number(options.replicas);
      const line =
        again === null
          ? await modules.openLine(nc, prefix, engine)
          : await beginAgain(modules, { nc, prefix, folders: all, shards: again, replicas }, engine);
      const parts = { line, engine, signatures: await openSignatures() };
      const copies = keep === null ? null : { folder: keep, journal: await Journal.open(keep, engine) };
      const round = (): Promise<Round> => auditAll(modules, parts, { folders, copies, receipts, mend }, io);
      const showing = { mend, asJson: options.json };
      try {
        if (everySeconds === null) return show(await round(), showing, io);
        await repeat(round, { everySeconds, port: options.metrics, showing }, io);
        return 0;
      } finally {
        await copies?.journal.close();
      }
    } finally {
      await nc.close();
      engine.close();
    }
  },
});

/** What a round came to. */
interface Round {
  readonly microgrids: number;
  readonly blocks: number;
  readonly derived: number;
  readonly unkept: number;
  readonly receipts: number;
  readonly mended: number;
  readonly copied: number;
  readonly findings: readonly Finding[];
}

interface Given {
  readonly folders: readonly string[];
  /** The second store; null: none. */
  readonly copies: { readonly folder: string; readonly journal: Journal } | null;
  readonly receipts: readonly Receipt[];
  readonly mend: boolean;
}

/** Audits every microgrid once, shard by shard, as stores may hold more than memory does. */
async function auditAll(
  modules: FleetModules,
  parts: AuditParts,
  { folders, copies, receipts, mend }: Given,
  io: Io,
): Promise<Round> {
  const { line, engine } = parts;
  const sums = { microgrids: 0, blocks: 0, derived: 0, unkept: 0, receipts: 0, mended: 0, copied: 0 };
  const findings: Finding[] = [];
  for (let shard = 0; shard < line.settings.shards; shard += 1) {
    const isWanted = (grid: string): boolean => line.names.of(grid).shard === shard;
    const second = copies === null ? new Map() : await storedIn([copies.folder], engine, isWanted, io);
    const stored = await storedIn(folders, engine, isWanted, io);
    const grids = new Set([...(await modules.gridsOf(line, shard)), ...stored.keys(), ...second.keys()]);
    for (const grid of [...grids].sort()) {
      const own: readonly OwnBlock[] = second.get(grid) ?? [];
      const kept = [...(stored.get(grid) ?? []), ...own];
      const audit = await modules.auditGrid(parts, grid, { kept, receipts: receiptsOf(receipts, kept) });
      if (mend) sums.mended += await modules.mendGrid(line, audit);
      const has = new Set(own.map(({ block }) => block.height));
      const missing = copies === null ? [] : await modules.copiesOf(line, audit, has);
      await Promise.all(missing.map((each) => copies!.journal.append(modules.encodeOwn(each))));
      sums.copied += missing.length;
      sums.microgrids += 1;
      for (const name of ["blocks", "derived", "unkept", "receipts"] as const) sums[name] += audit[name];
      findings.push(...audit.findings);
    }
  }
  return { ...sums, findings };
}

interface Repeating {
  readonly everySeconds: number;
  readonly port: string | undefined;
  readonly showing: Showing;
}

/** Audits until a signal; servers that do not answer are asked again in the next round. */
async function repeat(
  round: () => Promise<Round>,
  { everySeconds, port, showing }: Repeating,
  io: Io,
): Promise<void> {
  let last: RoundCounts | null = null;
  const { auditMetrics, serveMetrics } = await import("../parts/fleetmetrics.js");
  const metrics =
    port === undefined
      ? null
      : await serveMetrics(
          auditMetrics(() => last),
          wholeNumber(port, "--metrics"),
        );
  if (metrics !== null) io.err(`${metrics.url}metrics\n`);
  await interruptible(async ({ signal }) => {
    while (!signal.aborted) {
      const begun = performance.now();
      try {
        const came = await round();
        show(came, showing, io);
        const faults = faultsOf(came, showing.mend);
        last = { ...came, faults, endedMs: Date.now(), tookMs: performance.now() - begun };
      } catch (error) {
        if (!(error instanceof GridclearError) || error.code !== "storage") throw error;
        io.err(`${error.message}\n`);
      }
      await pause(everySeconds * 1000, signal);
    }
  });
  await metrics?.close();
}

async function readReceipts(path: string): Promise<Receipt[]> {
  const text = await readText(path, { wanted: "receipts, one a line" });
  const lines = text.split("\n").filter((each) => each !== "");
  return lines.map((each, index) => inFile(`${path}, line ${index + 1}`, () => decodeReceipt(each)));
}

/** Those of a microgrid's market. */
function receiptsOf(receipts: readonly Receipt[], [first]: readonly OwnBlock[]): readonly Receipt[] {
  if (first === undefined) return [];
  const market = hex(decodeHeader(first.block.bytes).marketId);
  return receipts.filter(({ marketId }) => hex(marketId) === market);
}

/** What stores have of the microgrids that are wanted, by microgrid. */
async function storedIn(
  folders: readonly string[],
  hasher: Hasher,
  isWanted: (grid: string) => boolean,
  io: Io,
): Promise<Map<string, OwnBlock[]>> {
  const { decodeOwn } = await loadFleet();
  const stored = new Map<string, OwnBlock[]>();
  for (const folder of folders) {
    const damaged = ({ file, at, kind }: { file: string; at: number; kind: string }): void =>
      io.err(`${file}: ${kind} at byte ${at}, the rest of the file is left out\n`);
    for await (const entry of readJournal({ folder, hasher, damaged })) {
      const own = decodeOwn(entry);
      if (isWanted(own.grid)) stored.set(own.grid, [...(stored.get(own.grid) ?? []), own]);
    }
  }
  return stored;
}

interface Again {
  readonly nc: Parameters<FleetModules["beginFleet"]>[0];
  readonly prefix: string;
  readonly folders: readonly string[];
  readonly shards: number;
  readonly replicas: number;
}

/** Makes a fleet's streams again, the intake of each shard behind every gate that a stored block names. */
async function beginAgain(
  { beginFleet, Names }: FleetModules,
  { nc, prefix, folders, shards, replicas }: Again,
  hasher: Hasher,
) {
  const names = new Names(prefix, shards, hasher);
  const cuts = new Map<number, number>();
  const note = (shard: number, cut: number): void => {
    cuts.set(shard, Math.max(cuts.get(shard) ?? 0, cut));
  };
  const silent = { out: () => {}, err: () => {}, columns: 80, isTTY: false };
  const stored = await storedIn(folders, hasher, () => true, silent);
  for (const [grid, blocks] of stored) for (const { block } of blocks) note(names.of(grid).shard, block.cut);
  const firstSequence = (shard: number): number => (cuts.get(shard) ?? 0) + 1;
  return beginFleet(nc, { prefix, shards, replicas, firstSequence }, hasher);
}

interface Showing {
  readonly mend: boolean;
  readonly asJson: boolean;
}

/** What is left that is not as it has to be: what waits is no fault, and what was put back is none any more. */
function faultsOf({ findings, mended }: Round, mend: boolean): number {
  const faults = findings.filter(({ kind }) => kind !== "waiting");
  const lost = faults.filter(({ kind }) => kind === "lost").length;
  return faults.length - (mend ? Math.min(lost, mended) : 0);
}

function show(round: Round, { mend, asJson }: Showing, io: Io): number {
  const { findings, ...totals } = round;
  if (asJson) io.out(`${JSON.stringify({ ...totals, findings }, null, 2)}\n`);
  else {
    for (const { grid, height, kind, detail } of findings)
      io.out(`${grid}${height === null ? "" : `, block ${height}`}: ${kind}: ${detail}\n`);
    const copied = totals.copied === 0 ? "" : `, ${totals.copied} copied`;
    io.out(
      `${count(totals.microgrids, "microgrid")}, ${count(totals.blocks, "block")} in the streams, ${totals.derived} worked out again the same, ${totals.unkept} in no store that was given, ${count(totals.receipts, "receipt")} kept, ${totals.mended} put back${copied}\n`,
    );
  }
  return faultsOf(round, mend) === 0 ? 0 : 1;
}
