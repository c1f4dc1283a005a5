/** `gridclear verify --proof` and `--receipt`: evidence is opened, judged and put into words, in this order. */
import type { Io } from "../command.js";
import { judge } from "./judge.js";
import { type EvidenceRequest, openEvidence } from "./open.js";
import { phrase } from "./phrase.js";

/**
 * Judges a proof, receipts or a contradiction and prints what was found. Resolves to the exit code: 0 it holds (a
 * receipt: kept, or not due yet), 1 it does not. Throws when a file can't be read as what it should be.
 */
export async function verifyEvidence(
  request: EvidenceRequest & { readonly json: boolean },
  io: Io,
): Promise<number> {
  const { evidence, trust } = await openEvidence(request);
  const verdict = await judge(evidence, trust);
  const { lines, data } = phrase(verdict);
  if (request.json) io.out(`${JSON.stringify({ ok: verdict.good, ...data })}\n`);
  else io.out(`${verdict.good ? "good" : "BAD"}: ${lines.join("\n  ")}\n`);
  return verdict.good ? 0 : 1;
}
