/** Communities that share what was metered, and who takes part in one with how much of its meter. */
import { type Check, integer, record, text } from "../../../check.js";
import { fail } from "../../../errors.js";
import { namedKey } from "../../../sharing/namedkey.js";
import { ppm } from "../../../units.js";
import { carrier, name, positivePrice } from "../fields.js";
import type { CommunityContract, MemberContract } from "../sharedcontracts.js";
import type { Terms } from "../terms.js";
import { type ContractKind, dated } from "./kind.js";

/** A name without a slash: what comes behind it in the key of a member is the member's id, which may have some. */
export const communityName: Check<string> = text(
  /^[^\p{C}\p{Zl}\p{Zp}/]{1,64}$/u,
  128,
  "1 to 64 printable characters without a slash",
);

/** A community: its carrier, its key, its price. */
export const community: ContractKind<CommunityContract> = {
  parse: record({
    ...dated("community"),
    community: communityName,
    carrier,
    price: positivePrice,
    key: namedKey,
  }),
  key: (contract) => `community/${contract.community}`,
  check: (contract, { terms }, own) => {
    const held = terms.communities.get(contract.community);
    if (held !== undefined && held.carrier !== contract.carrier)
      fail("refused", `${own}.carrier`, "the carrier that its members agreed to", contract.carrier);
    if (!terms.shares(contract.carrier))
      fail("refused", `${own}.carrier`, "a carrier whose clearing contract says `share`", contract.carrier);
  },
  apply: (contract, { terms }) => {
    terms.communities.set(contract.community, contract);
    terms.forgetSharing();
  },
  end: (contract, { terms }) => {
    terms.communities.delete(contract.community);
    terms.forgetSharing();
  },
  needed: true,
};

/** One member of a community. */
export const member: ContractKind<MemberContract> = {
  parse: record({
    ...dated("member"),
    community: communityName,
    participant: name,
    factor: integer(1, ppm),
  }),
  key: (contract) => `member/${contract.community}/${contract.participant}`,
  check: (contract, { terms }, own) => {
    if (!terms.communities.has(contract.community))
      fail("refused", `${own}.community`, "a community under contract", contract.community);
    terms.checkParticipant(`${own}.participant`, contract.participant);
    let others = 0;
    for (const [of, factor] of factorsOf(contract, terms)) if (of !== contract.community) others += factor;
    if (others + contract.factor > ppm)
      fail(
        "refused",
        `${own}.factor`,
        `at most ${ppm - others}, which its other communities leave of its meter`,
        contract.factor,
      );
  },
  apply: (contract, { terms }) => {
    factorsOf(contract, terms).set(contract.community, contract.factor);
    terms.forgetSharing();
  },
  end: (contract, { terms }) => {
    factorsOf(contract, terms).delete(contract.community);
    terms.forgetSharing();
  },
  needs: (contract) => [`community/${contract.community}`, `participant/${contract.participant}`],
};

/** The factors of a member's meter, by community. */
function factorsOf({ community: of, participant }: MemberContract, terms: Terms): Map<string, number> {
  // Only in a snapshot that no market wrote does a member stand before its community.
  const held = terms.communities.get(of) ?? fail("corrupt", "rules", "a community before its members", of);
  const slot = terms.slot(participant, held.carrier);
  const known = terms.factors.get(slot);
  if (known !== undefined) return known;
  const none = new Map<string, number>();
  terms.factors.set(slot, none);
  return none;
}
