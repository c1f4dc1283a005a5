/** Withdrawals, refused at once where there is not so much money. */
import { fail } from "../errors.js";
import { encodeCanonical } from "../ledger/format/canonical.js";
import { contractStatement } from "../ledger/keys/message.js";
import { moneyWords } from "../market/contracts/unitwords.js";
import type { RouteParts } from "./routes.js";

/**
 * Throws `refused` for a withdrawal of more than there is, said to nobody but whoever signed it. It would be taken, and
 * come to nothing when its period begins, without a word.
 */
export async function needMoney(
  { platform: { market }, access }: Pick<RouteParts, "access" | "platform">,
  contract: Readonly<Record<string, unknown>>,
  signature: Uint8Array,
): Promise<void> {
  const { kind, participant, amount } = contract;
  if (kind !== "withdrawal" || typeof participant !== "string" || typeof amount !== "string") return;
  if (!/^\d{1,40}$/.test(amount) || market.participantNumber(participant) === undefined) return;
  const balance = market.balance(participant);
  if (balance >= BigInt(amount)) return;
  const statement = contractStatement(market.id, encodeCanonical(contract));
  if (!(await access.isSigned(participant, statement, signature))) return;
  const words = (ticks: bigint): string => moneyWords(market.contract, ticks);
  fail("refused", "contract.amount", `at most the balance, ${words(balance)}`, words(BigInt(amount)));
}
