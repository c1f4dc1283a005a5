/** What a member asks a service about itself, signed: its place and balance, and its bills. */
import { object } from "../check.js";
import type { Requests, Signer } from "./requests.js";

const pathOf = ({ participant }: Signer): string => `/v1/members/${encodeURIComponent(participant)}`;

/** What a service says of a member to itself. */
export const memberOf = async (
  requests: Requests,
  signer: Signer,
): Promise<{ readonly [name: string]: unknown }> =>
  object(await requests.get(pathOf(signer), signer), "member");

/** Where a member's bill of a month is. */
export const billPath = (signer: Signer, month: string): string =>
  `${pathOf(signer)}/bill?month=${encodeURIComponent(month)}`;
