/**
 * The contracts by which what was metered of a carrier is shared in communities, as they are written, and what every
 * contract has; and which carriers are shared by them.
 */
import type { NamedSharingKey } from "../../sharing/namedkey.js";
import type { Carrier } from "../../units.js";

/** What every contract has. */
export interface Dated {
  /** 1 when first agreed; each amendment is one more. */
  readonly version: number;
  /** First period in which it holds. */
  readonly from: number;
}

/**
 * A carrier that takes no orders: what its meters said of a period is shared by the communities of the carrier when the
 * period is settled. It stands in the place of a clearing contract, and has its key.
 */
export interface ShareContract extends Dated {
  readonly kind: "clearing";
  readonly carrier: Carrier;
  readonly mechanism: "share";
}

/** Whether a contract says that what is metered of its carrier is shared. */
export const isShare = (
  contract: { readonly kind: string; readonly mechanism?: unknown } | null | undefined,
): contract is ShareContract => contract?.kind === "clearing" && contract.mechanism === "share";

/**
 * Notes in `shared`, carriers that are shared, what changes by a contract that enters, an end among them. Returns
 * whether it is of a kind that may change it.
 */
export function enterShared(
  shared: Set<string>,
  contract: { readonly kind: string; readonly carrier?: string; readonly contract?: string },
): boolean {
  const { kind, carrier = "", contract: ended = "" } = contract;
  if (isShare(contract)) shared.add(carrier);
  else if (kind === "clearing") shared.delete(carrier);
  else if (kind === "end") shared.delete(ended.replace(/^clearing\//, ""));
  else return false;
  return true;
}

/** A community that shares what its members drew and injected of a carrier at the same time. */
export interface CommunityContract extends Dated {
  readonly kind: "community";
  readonly community: string;
  readonly carrier: Carrier;
  /** What the receiving member pays the supplying one for a unit, in price ticks; not negative. */
  readonly price: number;
  /** By ids of participants; who is none of the members gets nothing. */
  readonly key: NamedSharingKey;
}

/** A member of a community, which takes part with a share of its meter. */
export interface MemberContract extends Dated {
  readonly kind: "member";
  readonly community: string;
  readonly participant: string;
  /** Parts in a million of its meter, 1 to 1 000 000; those of its communities of one carrier add up to no more. */
  readonly factor: number;
}
