/** The notary's words for what it was handed and how far a block was checked. */
import { t } from "../../say.js";
import type { BlockState, Certainty, Kind } from "../../worker/notary/shown.js";

/** What a file is, as its card is called. */
export const kindWords = (kind: Kind): string =>
  ({
    ledger: t`Ledger`,
    block: t`Block`,
    bundle: t`Statement`,
    proof: t`Proof`,
    consistency: t`Proof of growth`,
    contradiction: t`Contradiction`,
    receipts: t`Receipts`,
    bill: t`Bill`,
    billData: t`Bill without proofs`,
    snapshot: t`Snapshot`,
    head: t`Head`,
    key: t`Key`,
    unknown: t`Unknown file`,
  })[kind];

export const stateWords = (state: BlockState): string =>
  ({
    executed: t`holds`,
    skipped: t`not executed`,
    withheld: t`withheld`,
    bad: t`does not hold`,
    after: t`builds on it`,
    unreadable: t`unreadable`,
  })[state];

/** What the column of expected values is called. */
export const expectedWords = (certainty: Certainty): string =>
  ({
    proved: t`What was sealed`,
    follows: t`What follows from the orders`,
    unknown: t`What would follow`,
  })[certainty];

/** A record by its section and place, counted from 1. */
export function recordWords(section: string, index: number): string {
  const place = String(index + 1);
  const words: Readonly<Record<string, string>> = {
    header: t`The header`,
    orders: t`Order ${place}`,
    trades: t`Trade ${place}`,
    flows: t`Flow ${place}`,
    readings: t`Reading ${place}`,
    postings: t`Payment ${place}`,
  };
  return words[section] ?? t`Record ${place} of the ${section}`;
}
