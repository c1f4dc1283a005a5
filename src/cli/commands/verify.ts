/** `gridclear verify`: checks a ledger by executing it again, or judges a proof, a receipt or a contradiction. */
import { fail } from "../../errors.js";
import { type Command, defineCommand } from "../command.js";
import type { Vouched } from "../evidence/trust.js";
import { auditLedger, type TimedAudit } from "../parts/audit.js";
import { atBlock } from "../parts/problem.js";
import { progressLine } from "../parts/progress.js";
import { count, grouped } from "../parts/table.js";
import { wholeNumber } from "../parts/whole.js";

/** `gridclear verify`: re-reads, re-hashes, re-executes and compares. */
export const verifyCommand: Command = defineCommand({
  name: "verify",
  summary: "check a ledger, a proof, a statement or a receipt",
  forms: [
    "LEDGER [--from HEIGHT] [--checkpoint FILE] [--key KEY]\n[--witness KEY ... [--threshold K]] [--json]",
    "--proof FILE [LEDGER | --checkpoint FILE] [--key KEY]\n[--witness KEY ... [--threshold K]] [--json]",
    "--receipt FILE LEDGER [--json]",
  ],
  about:
    "Reads a ledger from disk, hashes every block again, checks every link and signature, executes every period again from its orders and compares. Nothing in the ledger is changed. The first form names the first bad block and why; with a head (--checkpoint, or with --key or --witness alone the one kept beside the ledger) it says whether the ledger leads to that.",
  arguments: [
    {
      name: "LEDGER",
      optional: true,
      help: "directory of a ledger, or what gridclear export wrote of one as json or file",
    },
  ],
  options: {
    proof: {
      value: "FILE",
      help: "a proof or evidence made by gridclear prove, or a bundle made by gridclear statement: checks it, and that it leads to the head of the ledger or checkpoint",
    },
    checkpoint: { value: "FILE", help: "a head that you trust, of the ledger or of the proof" },
    key: { value: "KEY", help: "the platform's public key, with which that head must be signed" },
    witness: {
      value: "KEY",
      many: true,
      help: "key line of a witness (gridclear keys show), once for each: the head must be final, cosigned by K of them",
    },
    threshold: { value: "K", help: "how many of them (default: all)" },
    receipt: {
      value: "FILE",
      help: "receipts of orders, one a line: whether the ledger keeps what they promise",
    },
    from: {
      value: "HEIGHT",
      help: "begin at the snapshot of that height (gridclear snapshot): it is checked against the chain, and only what follows is executed",
    },
    json: { help: "one JSON document on standard output" },
  },
  exits: { 0: "all of it holds", 1: "something does not" },
  async run({ arguments: [ledger], options }, io) {
    if (options.proof !== undefined || options.receipt !== undefined) {
      const { verifyEvidence } = await import("../evidence/verify.js");
      return verifyEvidence({ ...options, ledger }, io);
    }
    if (ledger === undefined) return fail("invalid", "LEDGER", "a ledger, or --proof, or --receipt", "none");
    const [{ openTrust }, { anchorOf }] = await Promise.all([
      import("../evidence/open.js"),
      import("../evidence/trust.js"),
    ]);
    const trust = await openTrust(options);
    let vouched: Vouched | null = null;
    const progress = progressLine(io);
    const audit = await auditLedger(ledger, {
      progress: (done, of) =>
        progress(() => `${grouped(done)}${of === null ? "" : ` of ${grouped(of)}`} blocks`, done === of),
      from: options.from === undefined ? undefined : wholeNumber(options.from, "--from"),
      platformKey: trust.key,
      trusted: async (kept) => {
        vouched = await anchorOf(trust, { size: 0, checkpoint: kept });
        return vouched;
      },
    });
    const head = audit.ok ? (vouched as Vouched | null) : null;
    const trusted = head === null ? null : { size: head.size, source: head.source };
    if (options.json) io.out(`${JSON.stringify(audit.ok ? { ...audit, trusted } : audit)}\n`);
    else io.out(report(ledger, audit, trusted));
    return audit.ok ? 0 : 1;
  },
});

const rate = (count: number, ms: number): string => grouped(Math.round((count * 1000) / Math.max(ms, 1)));

const signaturesOf = ({ signed }: { readonly signed: boolean }): string =>
  signed
    ? "  every order, reading and contract carries a valid signature"
    : "  an unsigned market: nobody signed these orders";

/** What was checked of a ledger of which only headers are there, and what nobody could check. */
function withheldOf({
  blocks,
  from,
  withheld,
  executed,
  headSigned,
}: TimedAudit & { readonly ok: true }): string[] {
  return [
    "  every header, and every link between them, holds",
    ...(headSigned === true ? ["  the head is signed by the platform"] : []),
    `  NOT CHECKED: the records of ${grouped(withheld)} blocks, which are withheld: header alone, no secret`,
    `  NOT CHECKED: whether ${grouped(blocks - (from ?? -1) - 1 - executed)} periods follow the rules, and their signatures: not executed`,
    ...(headSigned === false ? ["  NOT CHECKED: who signed the head: genesis is withheld"] : []),
  ];
}

/** The head that a good ledger was held against: how many blocks it covers, and who vouches for it. */
type Trusted = Pick<Vouched, "size" | "source">;

/** What is under the head that is trusted, and what of a ledger that was executed from a snapshot is not. */
function trustedOf(
  { size, source }: Trusted,
  { blocks, from }: TimedAudit & { readonly ok: true },
): string[] {
  const end = from === null ? 0 : from + 1;
  return [
    `  ${size === blocks ? "all" : "the first"} ${grouped(size)} blocks lie under a trusted head: ${source}`,
    ...(size >= end
      ? []
      : [`  NOT CHECKED: the snapshot of height ${grouped(end - 1)} against that head, which ends below it`]),
  ];
}

function report(ledger: string, audit: TimedAudit, trusted: Trusted | null): string {
  if (!audit.ok) return `BAD: ${ledger}: ${atBlock(audit.height, audit.reason)}\n`;
  const { blocks, bytes, orders, trades, hash, root, from, durationMs, erased } = audit;
  const since = from === null ? "" : ` since the snapshot of height ${grouped(from)}`;
  const how = audit.withheld === 0 ? ": hashed and executed again, all the same" : ", by their headers";
  return [
    `good: ${ledger}`,
    `  ${grouped(blocks)} blocks, ${grouped(bytes)} bytes, ${grouped(orders)} orders, ${grouped(trades)} trades${since}${how}`,
    ...(erased === 0
      ? []
      : [
          `  NOT CHECKED: the records of ${count(erased, "block", "blocks")} before it, which are erased: header alone`,
        ]),
    ...(audit.withheld === 0 ? [signaturesOf(audit)] : withheldOf(audit)),
    ...(trusted === null ? [] : trustedOf(trusted, audit)),
    `  head ${hash ?? "none"}`,
    `  root ${root}`,
    `  ${rate(blocks, durationMs)} blocks and ${rate(orders, durationMs)} orders a second`,
    "",
  ].join("\n");
}
