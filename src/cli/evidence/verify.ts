/** `gridclear verify --proof` and `--receipt`: evidence is opened, judged and put into words, in this order. */
import type { Io } from "../command.js";
import { judge } from "./judge.js";
import { type EvidenceRequest, openEvidence } from "./open.js";
import { phrase } from "./phrase.js";

/**
 * Judges a proof, receipts or a contradiction and prints what was found. Resolves to the exit code: 0 it holds (a
 * receipt: kept, or not due yet), 1 it does not, 2 it can't be said, as of a receipt whose order is withheld. Throws
 * when a file can't be read as what it should be.
 */
export async function verifyEvidence(
  request: EvidenceRequest & { readonly json: boolean },
  io: Io,
): Promise<number> {
  const { evidence, trust } = await openEvidence(request);
  const verdict = await judge(evidence, trust);
  const { lines, data } = phrase(verdict);
  const { good } = verdict;
  const [word, exitCode] = good === null ? (["NOT JUDGED", 2] as const) : good ? ["good", 0] : ["BAD", 1];
  if (request.json) io.out(`${JSON.stringify({ ok: good === true, ...data })}\n`);
  else io.out(`${word}: ${lines.join("\n  ")}\n`);
  return exitCode;
}
