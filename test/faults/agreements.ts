// What is agreed while a world lives: money that comes and goes, terms that change, signals about areas.
import type {
  AreaContract,
  Contract,
  SupplyContract,
  UseContract,
} from "../../src/market/contracts/contracts.js";

/** What a contract is made of. */
export interface AgreementParts {
  readonly below: (n: number) => number;
  /** What the market opened with. */
  readonly opening: readonly Contract[];
  readonly members: number;
  /** Period from which it is to hold. */
  readonly from: number;
  /** One that no contract had before. */
  readonly number: number;
  /** Version that the next contract of a key has. */
  readonly versionOf: (key: string) => number;
}

/** A contract, what it is about, and the member who signs it; null: the platform. */
export interface Agreement {
  readonly contract: Contract;
  readonly key: string;
  readonly signer: string | null;
  /** What of its participant's money it takes at most, in amount ticks; where that is not there, it is dropped. */
  readonly takes: bigint;
}

/** Some contract. */
export function someAgreement({
  below,
  opening,
  members,
  from,
  number,
  versionOf,
}: AgreementParts): Agreement {
  const participant = `p${below(members)}`;
  const dice = below(100);
  if (dice >= 50 && dice < 80) {
    const terms = opening.filter(
      (each): each is SupplyContract | UseContract =>
        (each.kind === "supply" || each.kind === "use") && each.participant === participant,
    );
    const own = terms[below(terms.length || 1)];
    if (own !== undefined) {
      const key = `${own.kind}/${own.carrier}/${participant}`;
      const dated = { version: versionOf(key), from };
      const collateral = below(3) === 0 ? below(300_000) : 0;
      const contract: Contract =
        own.kind === "supply"
          ? { ...own, ...dated, limit: 1 + below(2_000), collateral: `${collateral}` }
          : { ...own, ...dated, limit: 1 + below(2_000), import: below(2) === 0 };
      return { contract, key, signer: participant, takes: BigInt(own.kind === "supply" ? collateral : 0) };
    }
  }
  if (dice >= 80) {
    const edges = opening.filter(
      (each): each is AreaContract => each.kind === "area" && each.parent !== undefined,
    );
    const edge = edges[below(edges.length || 1)];
    if (edge !== undefined) {
      const key = `limit/${edge.area}`;
      const limits = { importLimit: below(500), exportLimit: below(500) };
      const until = from + 1 + below(4);
      const contract = {
        kind: "limit",
        version: versionOf(key),
        from,
        area: edge.area,
        ...limits,
        until,
      } as const;
      return { contract, key, signer: null, takes: 0n };
    }
  }
  const isIn = dice < 30 || dice >= 50;
  const amount = 1 + below(isIn ? 1_000_000 : 400_000);
  const kind = isIn ? "deposit" : "withdrawal";
  return {
    contract: { kind, version: 1, from, participant, amount: `${amount}`, number },
    key: `${kind}/${number}/${participant}`,
    signer: isIn ? null : participant,
    takes: isIn ? 0n : BigInt(amount),
  };
}
