/** What the comparison says in sentences. */
import { count, energy, money, share } from "../format.js";
import { t } from "../say.js";
import type { Comparison, Side } from "../worker/compare.js";

export const gainOf = ({ sellersGain, buyersGain }: Side): number => sellersGain + buyersGain;

const ordersWords = (orders: number): string => (orders === 1 ? t`one order` : t`${count(orders)} orders`);

function shiftOf({ groups }: Comparison, side: "offer" | "bid"): string {
  const group = groups.find((each) => each.kind === null && each.side === side);
  if (group === undefined) return "";
  const amount = money(Math.abs(group.difference));
  if (side === "offer")
    return group.difference >= 0
      ? t`All sellers together gain ${amount} under B.`
      : t`All sellers together lose ${amount} under B.`;
  return group.difference >= 0
    ? t`All buyers together gain ${amount} under B.`
    : t`All buyers together lose ${amount} under B.`;
}

/** Which creates more value, and which side it moves to. */
export function verdictOf(found: Comparison): string {
  const [first, second] = found.sides.map(gainOf) as [number, number];
  const [more, less] = second > first ? [second, first] : [first, second];
  const better = second > first ? "B" : "A";
  const orders = ordersWords(found.orders);
  const welfare =
    more === less
      ? t`Both create the same value from the same ${orders}.`
      : less <= 0
        ? t`${better} creates more value from the same ${orders}: ${money(more)} against ${money(less)}.`
        : t`${better} creates ${share(more - less, less)} more value from the same ${orders}.`;
  return [welfare, shiftOf(found, "offer"), shiftOf(found, "bid")].filter((said) => said !== "").join(" ");
}

/** What the period itself came to, where more than its orders decided; empty where they alone did. */
export const apartWords = ({ sealed, sides: [a] }: Comparison): string =>
  sealed === null
    ? ""
    : t`Only the orders are cleared here, by either set of rules: of them A sells ${energy(a.served)}. In the period itself it sold ${energy(sealed)}, because plants that turn one energy into another, or lines that were full, had a say there.`;

/** How the changes are spread, in words that are true of these counts. */
export function spreadOf({ orders, counts, edges }: Pick<Comparison, "orders" | "counts" | "edges">): string {
  const moved = counts.reduce((sum, each) => sum + each, 0);
  if (moved === 0) return t`None of ${ordersWords(orders)} gains or loses.`;
  const half = counts.length / 4;
  const little = counts.slice(half, -half).reduce((sum, each) => sum + each, 0);
  return t`${count(moved)} of ${ordersWords(orders)} gain or lose, at most ${money(edges.at(-1)!)}; ${share(little, moved)} of them less than half of that.`;
}

/** What both sold of all that was offered and asked for. */
export const soldWords = ([a, b]: readonly [Side, Side]): string =>
  t`A sells ${energy(a.served)}, B sells ${energy(b.served)} of the same orders.`;
