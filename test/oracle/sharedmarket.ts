/**
 * A market that shares, from the words of docs/market.md alone: what every meter said is kept for good, and after each
 * block everything that was ever shared is worked out again from the beginning; what is new is the difference.
 */
import { type OracleKey, shareByTheBook } from "./sharing.js";

export interface SharedMember {
  readonly who: number;
  readonly factor: bigint;
}

/** A community as it was in one period; members in the order in which they joined. */
export interface SharedCommunity {
  readonly name: string;
  readonly carrier: string;
  readonly price: bigint;
  /** By places of its members. */
  readonly key: OracleKey;
  readonly members: readonly SharedMember[];
  /** For each member, what communities of the carrier before this one take of its meter. */
  readonly before: readonly bigint[];
}

export interface Said {
  readonly in: bigint;
  readonly out: bigint;
}

/** Half upwards. */
const round = (top: bigint, bottom: bigint): bigint => (2n * top + bottom) / (2n * bottom);
const million = 1_000_000n;

/** Energy by pair, `supplier receiver`. */
export type Pairs = Map<string, bigint>;

/** Who received how much of whom, tick by tick of the running sums. */
export function pairsByTheBook(community: SharedCommunity, said: (who: number) => Said): Pairs {
  const part = (ticks: bigint, place: number): bigint => {
    const from = community.before[place]!;
    return round(ticks * (from + community.members[place]!.factor), million) - round(ticks * from, million);
  };
  const drawn = community.members.map(({ who }, place) => part(said(who).in, place));
  const injected = community.members.map(({ who }, place) => part(said(who).out, place));
  const { received, supplied } = shareByTheBook(drawn, injected, community.key);
  // Both stand end to end on one line; a pair has what its two stretches have in common.
  const stretches = (amounts: readonly bigint[]): [bigint, bigint][] => {
    let end = 0n;
    return amounts.map((amount) => {
      end += amount;
      return [end - amount, end];
    });
  };
  const pairs: Pairs = new Map();
  const wants = stretches(received);
  for (const [supplier, [from, to]] of stretches(supplied).entries())
    for (const [receiver, [start, end]] of wants.entries()) {
      const least = to < end ? to : end;
      const most = from > start ? from : start;
      if (least > most)
        pairs.set(`${community.members[supplier]!.who} ${community.members[receiver]!.who}`, least - most);
    }
  return pairs;
}

/** A movement as a block has to record it. */
export interface SharedFlow {
  readonly kind: "shared" | "unshared";
  readonly carrier: string;
  readonly supplier: number;
  readonly receiver: number;
  readonly quantity: bigint;
  readonly price: bigint;
  readonly about: number;
}

/** What changes from one state of a community's period to the next, by places of suppliers and then of receivers. */
export function movements(community: SharedCommunity, about: number, was: Pairs, is: Pairs): SharedFlow[] {
  const order = (who: string): number => community.members.findIndex((each) => `${each.who}` === who);
  const all = [...new Set([...was.keys(), ...is.keys()])]
    .map((key) => ({ key, sides: key.split(" ") as [string, string] }))
    .sort((a, b) => order(a.sides[0]) - order(b.sides[0]) || order(a.sides[1]) - order(b.sides[1]));
  return all.flatMap(({ key, sides }) => {
    const change = (is.get(key) ?? 0n) - (was.get(key) ?? 0n);
    if (change === 0n) return [];
    return {
      kind: change > 0n ? ("shared" as const) : ("unshared" as const),
      carrier: community.carrier,
      supplier: Number(sides[0]),
      receiver: Number(sides[1]),
      quantity: change < 0n ? -change : change,
      price: community.price,
      about,
    };
  });
}
