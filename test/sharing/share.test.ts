import { describe, expect, inject, test } from "vitest";
import { GridclearError } from "../../src/errors.js";
import { type Sharing, type SharingKey, share, sharingKeys } from "../../src/sharing/share.js";
import { split } from "../../src/sharing/split.js";
import { Random } from "../core/markets.js";
import { type OracleKey, shareByTheBook } from "../oracle/sharing.js";

const plain = ({ received, supplied, unused }: Sharing) => ({
  received: [...received],
  supplied: [...supplied],
  unused: [...unused],
});

describe("the worked case of docs/sharing.md", () => {
  // A draws 3, B 5, C 2; P injects 4, Q 3.
  const readings = { drawn: [3, 5, 2, 0, 0], injected: [0, 0, 0, 4, 3] };
  const shares = [500_000, 300_000, 200_000, 0, 0];
  const cases: readonly [SharingKey, readonly number[], readonly number[], readonly number[]][] = [
    [{ key: "proportional" }, [2, 4, 1], [4, 3], [0, 0, 0]],
    [{ key: "static", shares }, [3, 2, 1], [3, 3], [1, 0, 0]],
    [{ key: "cascade", shares }, [3, 3, 1], [4, 3], [0, 0, 0]],
    [{ key: "equal" }, [3, 2, 2], [4, 3], [0, 0, 0]],
    [{ key: "priority", classes: [[2], [0, 1]] }, [2, 3, 2], [4, 3], [0, 0, 0]],
  ];
  test.each(cases)("%o", (key, received, supplied, unused) => {
    const found = plain(share(readings, key));
    expect(found.received).toEqual([...received, 0, 0]);
    expect(found.supplied).toEqual([0, 0, 0, ...supplied]);
    expect(found.unused).toEqual([...unused, 0, 0]);
  });
});

describe("split", () => {
  test("rounds half upwards, along the running sum", () => {
    expect([...split(1, [1, 1])]).toEqual([1, 0]);
    expect([...split(3, [1, 1, 1, 1])]).toEqual([1, 1, 0, 1]);
    expect([...split(7, [3, 5, 2])]).toEqual([2, 4, 1]);
    expect([...split(5, [0, 0])]).toEqual([0, 0]);
    expect([...split(7, [500_000, 300_000], 1_000_000)]).toEqual([4, 2]);
  });

  test("is exact beyond what a double multiplies", () => {
    // 4,294,967,295 of 6,442,450,942 by 2,147,483,647 to 4,294,967,295: thirds, less a fraction that a double loses.
    const total = 4_294_967_295;
    const weights = [2_147_483_647, 4_294_967_295];
    const exact = (running: bigint): bigint =>
      (2n * BigInt(total) * running + 6_442_450_942n) / (2n * 6_442_450_942n);
    const first = Number(exact(2_147_483_647n));
    expect([...split(total, weights)]).toEqual([first, total - first]);
    // The largest that may come: 2²¹ members at the most that a meter may say.
    const most = 2 ** 21 * (2 ** 32 - 1);
    expect([...split(most, [most - 1, 1])]).toEqual([most - 1, 1]);
    expect([...split(most - 1, [1, most - 1])]).toEqual([1, most - 2]);
  });
});

/** A random community: few members with small numbers, where ties are usual, or more of them with large ones. */
function community(random: Random): { drawn: number[]; injected: number[]; key: OracleKey } {
  const whole = (most: number): number => random.between(0, Math.floor(most));
  const next = (): number => random.word() / 2 ** 32;
  const count = next() < 0.02 ? 0 : 1 + whole(next() < 0.9 ? 6 : 40);
  const most = [1, 4, 20, 1000, 4_294_967_295][whole(4)]!;
  const meter = (): number => (next() < 0.3 ? 0 : next() < 0.1 ? most : whole(most));
  const drawn = Array.from({ length: count }, meter);
  const injected = Array.from({ length: count }, meter);
  if (next() < 0.05) drawn.fill(drawn[0] ?? 0);
  const classes = (): number[][] => {
    const ranks: number[][] = Array.from({ length: whole(4) }, () => []);
    for (let place = 0; place < count; place += 1) ranks[whole(ranks.length + 1)]?.push(place);
    // Members of a class may be named in any order.
    return ranks.filter((members) => members.length > 0).map((members) => members.reverse());
  };
  const key = sharingKeys[whole(4)]!;
  let left = 1_000_000;
  const shares = Array.from({ length: count }, () => {
    const part = next() < 0.2 ? 0 : whole(next() < 0.2 ? left : left / 2);
    left -= part;
    return BigInt(part);
  });
  return {
    drawn,
    injected,
    key: {
      key,
      ...(key === "static" || key === "cascade" ? { shares } : {}),
      ...(key === "priority" ? { classes: classes() } : {}),
      ...(next() < 0.3 ? { supplyClasses: classes() } : {}),
    },
  };
}

const asKey = ({ shares, ...key }: OracleKey): SharingKey =>
  ({ ...key, ...(shares === undefined ? {} : { shares: shares.map(Number) }) }) as SharingKey;
const sum = (column: ArrayLike<number>): number => Array.from(column).reduce((all, one) => all + one, 0);

test("a hundred thousand random communities: the oracle and what must hold", { timeout: 120_000 }, () => {
  const random = new Random(inject("propertySeed"));
  const seen = { partial: 0, tied: 0, unused: 0, ranked: 0 };
  for (let round = 0; round < 100_000; round += 1) {
    const { drawn, injected, key } = community(random);
    const found = share({ drawn, injected }, asKey(key));
    const wanted = shareByTheBook(drawn.map(BigInt), injected.map(BigInt), key);
    const right =
      found.received.every((ticks, place) => BigInt(ticks) === wanted.received[place]) &&
      found.supplied.every((ticks, place) => BigInt(ticks) === wanted.supplied[place]) &&
      found.unused.every((ticks, place) => BigInt(ticks) === wanted.unused[place]);
    if (!right)
      expect({ drawn, injected, key, ...plain(found) }).toEqual({ drawn, injected, key, ...wanted });

    const most = Math.min(sum(drawn), sum(injected));
    const isSound =
      found.shared === sum(found.received) &&
      found.shared === sum(found.supplied) &&
      (key.key === "static" ? found.shared <= most : found.shared === most) &&
      found.received.every((ticks, place) => ticks >= 0 && ticks <= drawn[place]!) &&
      found.supplied.every((ticks, place) => ticks >= 0 && ticks <= injected[place]!);
    if (!isSound) expect({ drawn, injected, key, ...plain(found) }).toBe("sound");
    if (most > 0 && found.shared < sum(drawn)) seen.partial += 1;
    if (sum(found.unused) > 0) seen.unused += 1;
    if (key.key === "priority" && key.classes!.length > 1) seen.ranked += 1;
    if (new Set(drawn).size < drawn.length) seen.tied += 1;
  }
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(5_000);
});

test("what the page promises of one key against another", () => {
  const random = new Random(inject("propertySeed") + 1);
  for (let round = 0; round < 5_000; round += 1) {
    const { drawn, injected, key } = community(random);
    const shares = key.shares?.map(Number) ?? drawn.map(() => Math.floor(1_000_000 / drawn.length));
    const fixed = share({ drawn, injected }, { key: "static", shares });
    const cascaded = share({ drawn, injected }, { key: "cascade", shares });
    expect(cascaded.received.every((ticks, place) => ticks >= fixed.received[place]!)).toBe(true);

    const { received } = share({ drawn, injected }, { key: "equal" });
    const lacking = [...received.keys()].filter((place) => received[place]! < drawn[place]!);
    const richest = received.reduce((a, b) => Math.max(a, b), 0);
    for (const place of lacking) expect(richest - received[place]!).toBeLessThanOrEqual(1);

    // Who neither draws nor injects and has no share changes nobody's result, wherever it stands.
    const at = random.between(0, drawn.length);
    const before = plain(share({ drawn, injected }, { key: "cascade", shares }));
    const after = plain(
      share(
        { drawn: drawn.toSpliced(at, 0, 0), injected: injected.toSpliced(at, 0, 0) },
        { key: "cascade", shares: shares.toSpliced(at, 0, 0) },
      ),
    );
    expect(after.received.toSpliced(at, 1)).toEqual(before.received);
    expect(after.supplied.toSpliced(at, 1)).toEqual(before.supplied);
  }
});

describe("what is refused", () => {
  const readings = { drawn: [1, 2], injected: [2, 0] };
  const cases: readonly [string, unknown, unknown, string][] = [
    ["columns of two lengths", { drawn: [1, 2], injected: [1] }, { key: "equal" }, "readings.injected"],
    ["a reading below 0", { drawn: [-1], injected: [1] }, { key: "equal" }, "readings.drawn[0]"],
    [
      "a reading that is no whole number",
      { drawn: [0.5], injected: [1] },
      { key: "equal" },
      "readings.drawn[0]",
    ],
    [
      "a reading beyond a meter",
      { drawn: [0], injected: [2 ** 32] },
      { key: "equal" },
      "readings.injected[0]",
    ],
    ["text", { drawn: "12", injected: [1, 2] }, { key: "equal" }, "readings.drawn"],
    ["a length below 0", { drawn: { length: -1 }, injected: [] }, { key: "equal" }, "readings.drawn"],
    ["half a length", { drawn: [], injected: { length: 0.5 } }, { key: "equal" }, "readings.injected"],
    ["an unknown key", readings, { key: "fair" }, "key.key"],
    ["no shares", readings, { key: "static" }, "key.shares"],
    ["a share too few", readings, { key: "cascade", shares: [1] }, "key.shares"],
    ["shares above the whole", readings, { key: "static", shares: [500_001, 500_000] }, "key.shares"],
    ["no classes", readings, { key: "priority" }, "key.classes"],
    ["an empty class", readings, { key: "priority", classes: [[]] }, "key.classes[0]"],
    ["a place in two classes", readings, { key: "priority", classes: [[0], [0]] }, "key.classes[1]"],
    ["a place that nobody has", readings, { key: "equal", supplyClasses: [[2]] }, "key.supplyClasses[0]"],
  ];
  test.each(cases)("%s", (_, given, key, field) => {
    try {
      share(given as never, key as never);
    } catch (error) {
      expect(error).toBeInstanceOf(GridclearError);
      expect((error as GridclearError).field).toBe(field);
      return;
    }
    expect.unreachable();
  });
});
