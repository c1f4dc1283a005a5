// Turns for costly answers: so many at once, the next wait, and nobody takes more than its share.
import { expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { parseCheckpoint } from "../../src/ledger/proof/checkpoint.js";
import { HistoryTree } from "../../src/ledger/tree/history.js";
import { plainHasher } from "../../src/ledger/tree/plain.js";
import { Turns } from "../../src/service/turns.js";
import { authorization, serve } from "../support/service.js";
import { keys, signedContracts } from "../support/signedmarket.js";

/** Answers that are made until they are let go. */
function held(turns: Turns) {
  const making: (() => void)[] = [];
  const take = (address: string) =>
    turns.take(address, () => new Promise<string>((resolve) => making.push(() => resolve(address))));
  return { making, take };
}
const soon = () => new Promise((go) => setImmediate(go));

test("so many answers are made at once, the next wait in order, those beyond are refused", async () => {
  const { making, take } = held(new Turns({ answers: 2, answersWaiting: 2, answersEach: 9 }));
  const [a, b, c, d] = ["a", "b", "c", "d"].map(take);
  await soon();
  expect(making.length).toBe(2);
  await expect(take("e")).rejects.toMatchObject({ code: "state", field: "answers" });
  making[1]!();
  expect(await b).toBe("b");
  await soon();
  expect(making.length).toBe(3);
  making[0]!();
  making[2]!();
  expect(await Promise.all([a, c])).toEqual(["a", "c"]);
  await soon();
  making[3]!();
  expect(await d).toBe("d");
  // All turns are given back.
  const later = [take("x"), take("y")];
  await soon();
  expect(making.length).toBe(6);
  for (const go of making) go();
  await Promise.all(later);
});

test("one address, of IPv6 one network, has its share; a turn whose answer fails is given back", async () => {
  const turns = new Turns({ answers: 4, answersWaiting: 4, answersEach: 2 });
  const { making, take } = held(turns);
  const own = [take("2001:db8::1"), take("2001:db8::2")];
  await soon();
  await expect(take("2001:db8::3")).rejects.toMatchObject({ code: "state", field: "answers" });
  const other = take("203.0.113.7");
  await soon();
  for (const go of making) go();
  await Promise.all([...own, other]);
  for (let at = 0; at < 9; at += 1)
    await expect(turns.take("a", () => Promise.reject(new Error("as planned")))).rejects.toThrow(
      "as planned",
    );
  expect(await turns.take("a", async () => 1)).toBe(1);
});

test("statements, bundles and proofs share them, and who gets none is told when to ask again", async () => {
  const { ask, market, service } = await serve({
    market: { contracts: signedContracts() },
    limits: { answers: 1, answersWaiting: 1 },
  });
  await market.clearPeriod(30_000);
  const { store } = market;
  const read = store.get.bind(store);
  let go = (): void => {};
  const stopped = new Promise<void>((resolve) => {
    go = resolve;
  });
  store.get = async (height) => {
    await stopped;
    return read(height);
  };
  const blocks = store.blocks.bind(store);
  store.blocks = async function* (from) {
    await stopped;
    yield* blocks(from);
  };
  const first = ask("/v1/ledger/proof/2/1");
  const second = ask("/v1/statements/ann");
  for (const path of [
    "/v1/bundles/ann",
    "/v1/members/ann/bill?month=1970-01",
    "/v1/ledger/checkpoints",
    "/v1/ledger/proof/2/0",
  ]) {
    const refused = await ask(path);
    expect(refused).toMatchObject({ status: 503, body: { field: "answers" } });
    expect(refused.headers.get("retry-after")).toBe("1");
  }
  // What is cheap is not held up.
  expect((await ask("/v1/market")).status).toBe(200);
  expect((await ask("/v1/ledger/checkpoint")).status).toBe(200);
  go();
  expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200]);
  service.close();
});

test("lists snapshots and signed heads by pages, and shows a private market's snapshots to auditors alone", async () => {
  for (const privacy of ["open", "private"] as const) {
    const contracts = signedContracts().map((contract) =>
      contract.kind === "market" ? { ...contract, privacy } : contract,
    );
    const auditor = keys.get("cid")!;
    const { ask, market, platform } = await serve({
      market: { contracts, snapshotEvery: 2 },
      auditors: [hex(auditor.publicKey)],
    });
    for (let period = 1; period <= 6; period += 1) await market.clearPeriod(30_000 * period);
    await platform.settled();
    const kept = await market.store.snapshots();
    expect(kept.length).toBeGreaterThan(1);
    expect((await ask("/v1/ledger/snapshots")).body).toEqual({ snapshots: kept, next: null });
    const [newest] = kept;
    expect((await ask("/v1/ledger/snapshots?count=1")).body).toEqual({ snapshots: [newest], next: newest });
    expect((await ask(`/v1/ledger/snapshots?below=${newest}`)).body).toEqual({
      snapshots: kept.slice(1),
      next: null,
    });
    const path = `/v1/ledger/snapshots/${newest}`;
    expect((await ask(path)).status).toBe(privacy === "open" ? 200 : 403);
    const headers = await authorization(market.id, auditor, path);
    expect((await ask(path, { headers })).status).toBe(200);
    expect(
      (
        await ask("/v1/ledger/snapshots/1", {
          headers: await authorization(market.id, auditor, "/v1/ledger/snapshots/1"),
        })
      ).status,
    ).toBe(404);

    const whole = new HistoryTree(plainHasher);
    for (let height = 0; height < market.store.size; height += 1) whole.append(market.store.hash(height));
    const sizes: number[] = [];
    for (let below: number | null = 100; below !== null; ) {
      const { body } = await ask(`/v1/ledger/checkpoints?count=3&below=${below}`);
      for (const { size, note } of body.checkpoints) {
        const { checkpoint } = parseCheckpoint(note);
        expect([checkpoint.size, hex(checkpoint.root)]).toEqual([size, hex(whole.root(size))]);
        sizes.push(size);
      }
      below = body.next;
    }
    expect(sizes).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect((await ask("/v1/ledger/checkpoints?count=1")).body.checkpoints[0].note).toBe(platform.note);
    for (const bad of ["count=0", "count=101", "below=-1", "below=x"])
      expect((await ask(`/v1/ledger/checkpoints?${bad}`)).status).toBe(400);
  }
});
