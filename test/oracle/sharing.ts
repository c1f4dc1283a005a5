/**
 * Sharing keys once more, from the words of docs/sharing.md alone: exact fractions, rounds walked as they are told, no
 * sorting and no shortcut.
 */

/** A key in the oracle's own form. */
export interface OracleKey {
  readonly key: "proportional" | "static" | "cascade" | "equal" | "priority";
  readonly shares?: readonly bigint[];
  readonly classes?: readonly (readonly number[])[];
  readonly supplyClasses?: readonly (readonly number[])[];
}

export interface OracleSharing {
  readonly received: readonly bigint[];
  readonly supplied: readonly bigint[];
  readonly unused: readonly bigint[];
}

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((all, one) => all + one, 0n);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The nearest whole number to a fraction, half upwards. */
function round(numerator: bigint, denominator: bigint): bigint {
  const below = numerator / denominator;
  return 2n * (numerator - below * denominator) >= denominator ? below + 1n : below;
}

function divide(amount: bigint, weights: readonly bigint[], whole = total(weights)): bigint[] {
  if (whole === 0n) return weights.map(() => 0n);
  const marks = weights.map((_, index) => round(amount * total(weights.slice(0, index + 1)), whole));
  return marks.map((mark, index) => mark - (index === 0 ? 0n : marks[index - 1]!));
}

function inClasses(
  amount: bigint,
  asked: readonly bigint[],
  classes: readonly (readonly number[])[],
): bigint[] {
  const rankOf = (place: number): number => {
    const found = classes.findIndex((members) => members.includes(place));
    return found < 0 ? classes.length : found;
  };
  const given = asked.map(() => 0n);
  let left = amount;
  for (let rank = 0; rank <= classes.length; rank += 1) {
    const mine = asked.map((quantity, place) => (rankOf(place) === rank ? quantity : 0n));
    const gets = least(left, total(mine));
    for (const [place, part] of divide(gets, mine).entries()) given[place]! += part;
    left -= gets;
  }
  return given;
}

function evenly(amount: bigint, asked: readonly bigint[]): bigint[] {
  const given = asked.map(() => 0n);
  let left = amount;
  let open = asked.flatMap((quantity, place) => (quantity > 0n ? [place] : []));
  for (;;) {
    const closing = open.filter((place) => asked[place]! * BigInt(open.length) <= left);
    if (closing.length === 0) break;
    for (const place of closing) given[place] = asked[place]!;
    left -= total(closing.map((place) => asked[place]!));
    open = open.filter((place) => !closing.includes(place));
  }
  const weights = asked.map((_, place) => (open.includes(place) ? 1n : 0n));
  return divide(left, weights).map((part, place) => part + given[place]!);
}

/** Shares one period, as docs/sharing.md says. */
export function shareByTheBook(
  drawn: readonly bigint[],
  injected: readonly bigint[],
  key: OracleKey,
): OracleSharing {
  const use = total(drawn);
  const supply = total(injected);
  const most = least(use, supply);
  let received: bigint[];
  let unused = drawn.map(() => 0n);
  if (key.key === "proportional") received = divide(most, drawn);
  else if (key.key === "equal") received = evenly(most, drawn);
  else if (key.key === "priority") received = inClasses(most, drawn, key.classes!);
  else {
    const entitled = divide(supply, key.shares!, 1_000_000n);
    received = entitled.map((right, place) => least(right, drawn[place]!));
    if (key.key === "static") unused = entitled.map((right, place) => right - received[place]!);
    else {
      const lacking = drawn.map((wanted, place) => wanted - received[place]!);
      const more = divide(least(supply - total(received), total(lacking)), lacking);
      received = received.map((part, place) => part + more[place]!);
    }
  }
  const shared = total(received);
  const supplied =
    key.supplyClasses === undefined
      ? divide(shared, injected)
      : inClasses(shared, injected, key.supplyClasses);
  return { received, supplied, unused };
}
