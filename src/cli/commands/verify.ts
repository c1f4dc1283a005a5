import { parseArgs } from "node:util";
import { fail } from "../../errors.js";
import type { Command, Io } from "../command.js";
import { auditLedger, type TimedAudit } from "../parts/audit.js";

const usage = `Usage: gridclear verify LEDGER [--json]
       gridclear verify --proof FILE [LEDGER | --checkpoint FILE] [--key KEY] [--json]
                        [--witness KEY ... [--threshold K]]
       gridclear verify --receipt FILE LEDGER [--json]

Reads a ledger from disk, hashes every block again, checks every link and signature, executes every period again from its
orders and compares. Nothing in the ledger is changed. The first form names the first bad height and why.

LEDGER       directory of a ledger
--proof      a proof or evidence made by gridclear prove: checks it, and that it leads to the head of the ledger or checkpoint
--key        the platform's public key, with which that checkpoint must be signed
--witness    key line of a witness (gridclear keys show), once for each: the head must be final, cosigned by K of them
--threshold  that K (default: all of them)
--receipt    a receipt of an order: whether the ledger keeps what it promised
--json       one JSON document on standard output

Exit code 0: all of it holds. 1: something does not. 2: the input is not acceptable.
`;

/** `gridclear verify`: re-reads, re-hashes, re-executes and compares. */
export const verifyCommand: Command = {
  name: "verify",
  summary: "check a ledger, a proof or a receipt",
  usage,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        proof: { type: "string" },
        checkpoint: { type: "string" },
        key: { type: "string" },
        witness: { type: "string", multiple: true },
        threshold: { type: "string" },
        receipt: { type: "string" },
      },
    });
    if (values.proof !== undefined || values.receipt !== undefined) {
      const { verifyEvidence } = await import("./evidence.js");
      return verifyEvidence({ ...values, ledger: positionals[0] }, io);
    }
    const [directory, ...others] = positionals;
    if (directory === undefined || others.length > 0)
      return fail("invalid", "LEDGER", "exactly one directory", positionals.length);
    const audit = await auditLedger(directory, progress(io));
    if (values.json) io.out(`${JSON.stringify(audit)}\n`);
    else io.out(report(directory, audit));
    return audit.ok ? 0 : 1;
  },
};

/** A line of progress that renews itself on a terminal; elsewhere there is none. */
function progress(io: Io): (done: number, of: number | null) => void {
  if (!io.isTTY) return () => {};
  return (done, of) => io.err(`\r${done}${of === null ? "" : ` of ${of}`} blocks${done === of ? "\n" : ""}`);
}

const rate = (count: number, ms: number): string =>
  Math.round((count * 1000) / Math.max(ms, 1)).toLocaleString("en");

function report(directory: string, audit: TimedAudit): string {
  if (!audit.ok) {
    const at = audit.height === null ? "" : ` at height ${audit.height}`;
    return `BAD: ${directory}: the first fault is${at}:\n  ${audit.reason}\n`;
  }
  const { blocks, orders, trades, hash, root, signed, durationMs } = audit;
  return [
    `good: ${directory}`,
    `  ${blocks} blocks, ${orders} orders, ${trades} trades: hashed again, executed again, the same to the last bit`,
    signed
      ? "  every order, reading and contract carries a valid signature"
      : "  an unsigned market: nobody signed these orders",
    `  head ${hash ?? "none"}`,
    `  root ${root}`,
    `  ${rate(blocks, durationMs)} blocks and ${rate(orders, durationMs)} orders a second`,
    "",
  ].join("\n");
}
