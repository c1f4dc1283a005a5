/** `gridclear audit-fleet`: holds a fleet's streams, stores and receipts against each other, and mends the streams. */
import { hex } from "../../bytes.js";
import { openEngine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import type { GridAudit } from "../../fleet/audit.js";
import type { OwnBlock } from "../../fleet/ownstore.js";
import { decodeHeader } from "../../ledger/format/header.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { decodeReceipt, type Receipt } from "../../ledger/proof/receipt.js";
import { readJournal } from "../../ledger/store/journal.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { inFile, readText } from "../parts/document.js";
import { type FleetModules, fleetOptions, loadFleet } from "../parts/fleetpeers.js";
import { count } from "../parts/table.js";

/** `gridclear audit-fleet`: audits, and with --mend mends. */
export const auditFleetCommand: Command = defineCommand({
  name: "audit-fleet",
  summary: "hold a fleet's streams, stores and receipts against each other",
  forms: ["URL[,URL…] --store DIR… [--receipts FILE] [--mend]\n[--fleet NAME] [--json]"],
  about:
    "Works every block of every microgrid out again from the fleet's streams and holds it against what was published, what workers have in their own stores, and receipts that were given. Says what a stream has lost, which blocks were never what their orders say, and where there are two of one height. With --mend puts back from the stores what streams have lost, and makes streams that are gone; nothing is ever written over. Needs no key.",
  arguments: [{ name: "URL", help: "addresses of the NATS servers, with commas between them" }],
  options: {
    ...fleetOptions,
    store: { value: "DIR", many: true, help: "folder of a worker's store, or a copy of it" },
    receipts: { value: "FILE", help: "receipts, one a line" },
    mend: { help: "put back what the streams have lost" },
    shards: { value: "N", help: "with --mend, where the fleet's streams are all gone: shards it had" },
    replicas: { value: "N", default: "3", help: "the same: servers that keep each stream" },
    json: { help: "print JSON" },
  },
  exits: { 0: "everything is what it has to be, or was mended", 1: "something is not; it says what" },
  async run({ arguments: [urls], options }, io) {
    const modules = await loadFleet();
    const engine = await openEngine();
    const nc = await modules.connectTo(urls!, options.creds);
    try {
      const { store: folders, fleet: prefix, mend } = options;
      const receipts = options.receipts === undefined ? [] : await readReceipts(options.receipts);
      const again = options.shards === undefined ? null : Number(options.shards);
      if (again !== null && !mend) fail("invalid", "--shards", "it with --mend alone", "it without");
      const line =
        again === null
          ? await modules.openLine(nc, prefix, engine)
          : await beginAgain(
              modules,
              { nc, prefix, folders, shards: again, replicas: Number(options.replicas) },
              engine,
            );
      const parts = { line, engine, signatures: await openSignatures() };
      const audits: GridAudit[] = [];
      let mended = 0;
      for (let shard = 0; shard < line.settings.shards; shard += 1) {
        const stored = await storedIn(folders, engine, (grid) => line.names.of(grid).shard === shard, io);
        const grids = new Set([...(await modules.gridsOf(line, shard)), ...stored.keys()]);
        for (const grid of [...grids].sort()) {
          const kept = stored.get(grid) ?? [];
          const audit = await modules.auditGrid(parts, grid, { kept, receipts: receiptsOf(receipts, kept) });
          if (mend) mended += await modules.mendGrid(line, audit);
          audits.push(audit);
        }
      }
      return show(audits, { mended, mend, asJson: options.json }, io);
    } finally {
      await nc.close();
      engine.close();
    }
  },
});

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
  readonly mended: number;
  readonly mend: boolean;
  readonly asJson: boolean;
}

function show(audits: readonly GridAudit[], { mended, mend, asJson }: Showing, io: Io): number {
  const findings = audits.flatMap((audit) => audit.findings);
  // What waits is no fault; what was lost and put back is none any more.
  const faults = findings.filter(({ kind }) => kind !== "waiting");
  const lost = faults.filter(({ kind }) => kind === "lost").length;
  const sum = (of: (audit: GridAudit) => number): number => audits.reduce((all, audit) => all + of(audit), 0);
  const totals = {
    microgrids: audits.length,
    blocks: sum(({ blocks }) => blocks),
    derived: sum(({ derived }) => derived),
    unkept: sum(({ unkept }) => unkept),
    receipts: sum(({ receipts }) => receipts),
    mended,
  };
  if (asJson) io.out(`${JSON.stringify({ ...totals, findings }, null, 2)}\n`);
  else {
    for (const { grid, height, kind, detail } of findings)
      io.out(`${grid}${height === null ? "" : `, block ${height}`}: ${kind}: ${detail}\n`);
    io.out(
      `${count(totals.microgrids, "microgrid")}, ${count(totals.blocks, "block")} in the streams, ${totals.derived} worked out again the same, ${totals.unkept} in no store that was given, ${count(totals.receipts, "receipt")} kept, ${mended} put back\n`,
    );
  }
  const left = faults.length - (mend ? Math.min(lost, mended) : 0);
  return left === 0 ? 0 : 1;
}
