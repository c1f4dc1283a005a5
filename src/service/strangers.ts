/**
 * In a private market nobody finds out who is a member, or was removed. What is refused is told to whoever signed it;
 * everybody else is told the same of a member's name, of one that was removed and of one that nobody has.
 */
import { hex } from "../bytes.js";
import { fail, GridclearError } from "../errors.js";
import { encodeCanonical } from "../ledger/format/canonical.js";
import { contractStatement, readingStatement } from "../ledger/keys/message.js";
import type { Contract } from "../market/contracts/contracts.js";
import { subjectOf } from "../market/contracts/kinds.js";
import type { Reading } from "../market/intake/request.js";
import { notAdmitted, removedMember } from "./admissions.js";
import type { RouteParts } from "./routes.js";

type Parts = Pick<RouteParts, "platform" | "access" | "admissions">;

const isUnsigned = (error: unknown): boolean => error instanceof GridclearError && error.code === "signature";

/** What an order or a reading of a participant is refused with that it did not sign. */
const notSigned = (participant: string, signature: Uint8Array, field: string): never =>
  fail("signature", field, `one of ${participant}`, hex(signature));

/**
 * What an act comes to on an order or a reading that says whose it is. In a private market a name that nobody has is
 * answered as a signature that is not its member's.
 */
export async function asStranger<T>(
  { platform: { market } }: Pick<Parts, "platform">,
  participant: string,
  { signature, field }: { readonly signature: Uint8Array; readonly field: "order" | "reading" },
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (market.contract.privacy !== "private" || !(error instanceof GridclearError)) throw error;
    const isNobody =
      market.participantNumber(participant) === undefined &&
      error.code === "refused" &&
      error.field === `${field}.participant`;
    if (isNobody || isUnsigned(error)) return notSigned(participant, signature, `${field}.signature`);
    throw error;
  }
}

/** Throws `refused` for a reading of a member that was removed; in a private market only to whoever signed it. */
export async function needReporter(
  { platform: { market }, access, admissions }: Parts,
  reading: Reading,
  signature: Uint8Array,
): Promise<void> {
  const { participant } = reading;
  if (!(await admissions.isRemoved(participant))) return;
  if (market.contract.privacy === "private") {
    const statement = readingStatement(market.id, market.period, market.readingRecord(reading));
    await access.needSigned(participant, statement, signature);
  }
  throw removedMember("reading.participant", participant);
}

/**
 * What becomes of a contract of a private market, well-formed: `judge` says beforehand what speaks against it, whoever
 * signed it, and `propose` takes it. Whoever did not sign it is told of none of that.
 */
export async function proposeAsStranger<T>(
  parts: Parts,
  contract: Contract,
  signature: Uint8Array,
  { judge, propose }: { readonly judge: () => Promise<void>; readonly propose: () => Promise<T> },
): Promise<T> {
  const { market } = parts.platform;
  const subject = subjectOf(contract);
  const isMember = subject !== null && market.participantNumber(subject) !== undefined;
  const unsigned = async (): Promise<never> => {
    // Where the operator says who joins, this is what everybody is told of a name that is not theirs to take.
    if (contract.kind === "participant" && isMember && (await parts.admissions.all()) !== null)
      throw notAdmitted(contract.id);
    return fail("signature", "contract.signature", "one of whom it binds", hex(signature));
  };
  try {
    await judge();
  } catch (error) {
    if (!isMember || !(error instanceof GridclearError)) throw error;
    const statement = contractStatement(market.id, encodeCanonical(contract));
    if (await parts.access.isSigned(subject, statement, signature)) throw error;
    return unsigned();
  }
  try {
    return await propose();
  } catch (error) {
    if (!isUnsigned(error)) throw error;
    return unsigned();
  }
}
