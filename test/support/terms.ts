/** A participant on terms of its own: what the standard terms without limits allow, written out for it alone. */
import type { Contract, ParticipantContract } from "../../src/market/contracts/contracts.js";
import { openTerms } from "../../src/market/contracts/opening.js";

/** The standard terms without limits as a participant's own contracts: supply and use of each carrier in turn. */
export const ownTerms = (participant: string, from: number): Contract[] =>
  openTerms(from).map((contract) => ({ ...contract, participant }) as Contract);

/** A participant that trades on its own terms, if it has any. */
export const participant = (id: string, from: number): ParticipantContract => ({
  kind: "participant",
  version: 1,
  from,
  id,
});
