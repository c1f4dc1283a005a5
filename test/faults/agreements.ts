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
  /** The contract of a key that is in force. */
  readonly heldOf: (key: string) => Contract | null;
}

/** A contract, and the member who signs it, or "platform" or "operator". */
export interface Agreement {
  readonly contract: Contract;
  readonly signer: string;
  /** What of its participant's money it takes, in amount ticks; where that is not there, it is dropped. */
  readonly takes: bigint;
}

/** Some contract. */
export function someAgreement(parts: AgreementParts): Agreement {
  const dice = parts.below(100);
  const found = dice < 35 ? someTerms(parts) : dice < 50 ? someSignal(parts) : null;
  return found ?? someMoney(parts);
}

/** A deposit or a withdrawal. */
function someMoney({ below, members, from, number }: AgreementParts): Agreement {
  const participant = `p${below(members)}`;
  const isIn = below(100) < 60;
  const amount = 1 + below(isIn ? 1_000_000 : 400_000);
  const kind = isIn ? "deposit" : "withdrawal";
  const contract: Contract = { kind, version: 1, from, participant, amount: `${amount}`, number };
  return {
    contract,
    signer: isIn ? "platform" : participant,
    takes: isIn ? 0n : BigInt(amount),
  };
}

/** A member changes what it supplies or uses, or ends it; null: it never had such terms. */
function someTerms({ below, opening, members, from, versionOf, heldOf }: AgreementParts): Agreement | null {
  const participant = `p${below(members)}`;
  const terms = opening.filter(
    (each): each is SupplyContract | UseContract =>
      (each.kind === "supply" || each.kind === "use") && each.participant === participant,
  );
  const own = terms[below(terms.length || 1)];
  if (own === undefined) return null;
  const subject = `${own.kind}/${own.carrier}/${participant}`;
  const held = heldOf(subject) as SupplyContract | null;
  if (below(4) === 0 && held !== null) {
    const version = versionOf(`end/${subject}`);
    return { contract: { kind: "end", version, from, contract: subject }, signer: participant, takes: 0n };
  }
  const dated = { version: versionOf(subject), from, limit: 1 + below(2_000) };
  const collateral = own.kind === "supply" && below(3) === 0 ? below(300_000) : 0;
  const contract: Contract =
    own.kind === "supply"
      ? { ...own, ...dated, collateral: `${collateral}` }
      : { ...own, ...dated, import: below(2) === 0 };
  const more = BigInt(collateral) - BigInt(held?.collateral ?? "0");
  return { contract, signer: participant, takes: more > 0n ? more : 0n };
}

/** An operator, or where there is none the platform, says what an edge carries for some periods; null: no edge. */
function someSignal({ below, opening, from, versionOf }: AgreementParts): Agreement | null {
  const edges = opening.filter(
    (each): each is AreaContract => each.kind === "area" && each.parent !== undefined,
  );
  const edge = edges[below(edges.length || 1)];
  if (edge === undefined) return null;
  const { area } = edge;
  const limits = { importLimit: below(500), exportLimit: below(500), until: from + 1 + below(4) };
  const contract = { kind: "limit", version: versionOf(`limit/${area}`), from, area, ...limits } as const;
  return { contract, signer: edge.operator === undefined ? "platform" : "operator", takes: 0n };
}
