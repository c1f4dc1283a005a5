/**
 * By what the meters of a period settle: the payment contract that held in it, and where carriers are shared, the
 * communities with their members, resolved to numbers. A period's book keeps it until nothing of the period can change.
 */
import { fail } from "../../errors.js";
import { encodeCanonical } from "../../ledger/format/canonical.js";
import { boundKey } from "../../sharing/namedkey.js";
import type { SharingKey } from "../../sharing/share.js";
import { carriers } from "../../units.js";
import type { Contract, PaymentContract } from "./contracts.js";
import { type CommunityContract, isShare, type MemberContract } from "./sharedcontracts.js";

/** A member of a community in numbers. */
export interface Membership {
  readonly participant: number;
  /** (participant, carrier), as columns have it. */
  readonly slot: number;
  /** The part of its meter, as running sums of factors: those of its communities before this one, and with it. */
  readonly from: number;
  readonly upTo: number;
}

/** A community of one period, its members in order of first entry. */
export interface Community {
  readonly carrier: number;
  /** Price ticks that the receiving member pays the supplying one for a unit. */
  readonly price: number;
  /** In places of its members. */
  readonly key: SharingKey;
  readonly members: readonly Membership[];
}

/** How carriers are shared in one period. */
export interface PeriodSharing {
  /** The contracts that say so, in order of first entry. */
  readonly contracts: readonly Contract[];
  /** By carrier code: whether it is shared. */
  readonly shares: readonly boolean[];
  readonly communities: readonly Community[];
  /** The meters of all members. */
  readonly slots: ReadonlySet<number>;
}

/** By what the meters of a period settle. */
export interface BookTerms {
  readonly payment: PaymentContract;
  /** null: no carrier is shared. */
  readonly sharing: PeriodSharing | null;
}

/**
 * The terms of a period from contracts that held in it, of which those about sharing count; they stand in order of
 * first entry. `numberOf` gives the number of a participant that was ever registered.
 */
export function sharingOf(
  all: Iterable<Contract>,
  numberOf: (participant: string) => number | undefined,
): PeriodSharing | null {
  const shares = carriers.map(() => false);
  const communities = new Map<string, { contract: CommunityContract; members: MemberContract[] }>();
  const contracts: Contract[] = [];
  for (const contract of all)
    if (isShare(contract)) {
      shares[carriers.indexOf(contract.carrier)] = true;
      contracts.push(contract);
    } else if (contract.kind === "community") {
      communities.set(contract.community, { contract, members: [] });
      contracts.push(contract);
    } else if (contract.kind === "member") {
      const community = communities.get(contract.community);
      if (community === undefined)
        return fail("corrupt", "sharing", "a community before its members", contract.community);
      community.members.push(contract);
      contracts.push(contract);
    }
  if (!shares.includes(true)) return null;
  /** By (participant, carrier): the factors of its communities so far. */
  const running = new Map<number, number>();
  const resolved = [...communities.values()].map(({ contract, members }): Community => {
    const carrier = carriers.indexOf(contract.carrier);
    return {
      carrier,
      price: contract.price,
      key: boundKey(
        contract.key,
        new Map(members.map(({ participant }, place) => [participant, place])),
        () => undefined,
      ),
      members: members.map(({ participant, factor }) => {
        const number = numberOf(participant) ?? fail("corrupt", "sharing", "a participant", participant);
        const slot = number * carriers.length + carrier;
        const from = running.get(slot) ?? 0;
        running.set(slot, from + factor);
        return { participant: number, slot, from, upTo: from + factor };
      }),
    };
  });
  const sharing = resolved.filter(({ carrier }) => shares[carrier]);
  const slots = new Set(sharing.flatMap(({ members }) => members.map(({ slot }) => slot)));
  return { contracts, shares, communities: sharing, slots };
}

/** The canonical JSON of the contracts of terms, the payment contract first. */
export function bookContracts({ payment, sharing }: BookTerms): Uint8Array[] {
  return [payment, ...(sharing?.contracts ?? [])].map((contract) => encodeCanonical(contract));
}
