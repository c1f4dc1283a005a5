/** Orders that came behind the gate of their period: whoever signed them learns that, and not that its key is bad. */
import { fromHex, viewOf } from "../bytes.js";
import type { GridclearError } from "../errors.js";
import { offsetsOf } from "../ledger/format/layout.js";
import { orderLayout } from "../ledger/format/records.js";
import { recordsRoot } from "../ledger/format/sections.js";
import type { Signatures } from "../ledger/keys/backend.js";
import { batchStatement, orderStatement } from "../ledger/keys/message.js";
import type { Hasher } from "../ledger/tree/hasher.js";
import { notOpen } from "../market/intake/answers.js";
import type { SignedOrders } from "../market/intake/request.js";
import type { LoggedMarket } from "../market/logged.js";

/**
 * Why well-formed orders are refused whose signature is not good for the open period: `conflict` where it is good for
 * the one before, else as it was.
 */
export async function refusalOf(
  error: GridclearError,
  { records, signature, gateway }: SignedOrders,
  { id, period, state }: LoggedMarket,
  signatures: Signatures,
  hasher: Hasher,
): Promise<GridclearError> {
  if (error.code !== "signature") return error;
  const closed = period - 1;
  const count = records.length / orderLayout.bytes;
  const number = viewOf(records).getUint32(offsetsOf(orderLayout).participant, true);
  const contract = state.contractOf(state.participant(number) ?? "");
  const key = gateway ?? (contract?.key === undefined ? null : fromHex(contract.key, "key"));
  const statement =
    gateway === null
      ? orderStatement(id, closed, records)
      : batchStatement(id, closed, count, recordsRoot(orderLayout, records, hasher));
  if (key === null || !(await signatures.verify(key, statement, signature))) return error;
  return notOpen(period, closed);
}
