// What a worker must never pass over: messages that its servers have lost, and those of microgrids that come while it
// is at work.
import { afterEach, expect, test } from "vitest";
import { auditGrid } from "../../src/fleet/audit.js";
import { Shard, type ShardParts } from "../../src/fleet/shard.js";
import type { Receipt } from "../../src/ledger/proof/receipt.js";
import { engine, openFleet, said, signatures, type TestFleet } from "../support/fleet.js";

let fleet: TestFleet | null = null;
const shards: Shard[] = [];
afterEach(async () => {
  await Promise.all(shards.splice(0).map((shard) => shard.stop()));
  await fleet?.close();
  fleet = null;
  said.length = 0;
});

const work = (parts: ShardParts): Shard => {
  const shard = new Shard(parts, 0);
  shards.push(shard);
  shard.start();
  return shard;
};

const heard = async (text: RegExp): Promise<void> => {
  const end = Date.now() + 15_000;
  while (!said.some((line) => text.test(line))) {
    if (Date.now() > end) throw new Error(`nobody says ${text}: ${said.join("\n")}`);
    await new Promise((go) => setTimeout(go, 50));
  }
};

/** The intake in a stream from which messages can be deleted, as a disk does it. */
async function fragile({ line }: TestFleet): Promise<string> {
  const name = line.names.intakeStream(0);
  await line.jsm.streams.delete(name);
  await line.jsm.streams.add({ name, subjects: [line.names.all("in", 0)], allow_direct: true });
  return name;
}

test("no period is closed over a message that is lost, and the others before it stand", async () => {
  fleet = await openFleet({ shards: 1 });
  const stream = await fragile(fleet);
  const load = await fleet.grid("elm");
  const first = work(await fleet.parts());
  await fleet.reaches("elm", 2);
  await first.stop();
  const { height, cut } = (await fleet.client.last("elm"))!;
  const orders = await load.batch(height + 1, 0);
  const { sequence } = await fleet.client.hand("elm", { kind: "orders", orders }, { waitMs: 10 });
  expect(sequence).toBeGreaterThan(cut);
  await fleet.line.js.publish(fleet.line.names.of("elm").requests, "something behind it");
  expect(await fleet.line.jsm.streams.deleteMessage(stream, sequence)).toBe(true);
  work(await fleet.parts());
  await heard(new RegExp(`message ${sequence}, which was there`));
  await new Promise((go) => setTimeout(go, 1_500));
  expect((await fleet.client.last("elm"))!.height).toBe(height);
});

test("an intake that ends before what was read of it is not gone on with", async () => {
  fleet = await openFleet({ shards: 1 });
  await fleet.grid("elm");
  const first = work(await fleet.parts());
  await fleet.reaches("elm", 3);
  await first.stop();
  const { height } = (await fleet.client.last("elm"))!;
  await fragile(fleet);
  work(await fleet.parts());
  // Whichever is first: the reading that begins behind the end, or a gate that is given a sequence a second time.
  await heard(/messages up to \d+, which were there|sequences behind \d+, which were given/);
  expect((await fleet.client.last("elm"))!.height).toBe(height);
});

test("a microgrid that is taken up while the intake is being opened is fed as well", async () => {
  fleet = await openFleet({ shards: 1 });
  await fleet.grid("elm", 1_000);
  const parts = await fleet.parts();
  let [opened, open] = [0, (): void => {}];
  const later = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { consumers } = parts.line.js;
  // The first reading takes as long to open as servers that are busy may take.
  const get: typeof consumers.get = async (...args) => {
    opened += 1;
    if (opened === 1) await later;
    return consumers.get(...args);
  };
  const js = Object.create(parts.line.js, { consumers: { value: { get } } }) as typeof parts.line.js;
  const shard = new Shard({ ...parts, line: { ...parts.line, js } }, 0);
  shard.start();
  while (opened === 0) await new Promise((go) => setTimeout(go, 20));
  await fleet.grid("oak", 1_000);
  while (shard.size < 2) await new Promise((go) => setTimeout(go, 20));
  open();
  await fleet.reaches("oak", 2);
  await shard.stop();
});

test("what is asked of microgrids that come to a shard at work is in their first blocks", async () => {
  fleet = await openFleet({ shards: 1 });
  await fleet.grid("first");
  work(await fleet.parts());
  await fleet.reaches("first", 1);
  const receipts = new Map<string, Receipt[]>();
  const loads = [];
  for (let index = 0; index < 40; index += 1) loads.push(await fleet.grid(`g${index}`, 4_000));
  await Promise.all(
    loads.map(async ({ name, batch, marketId }) => {
      const orders = await batch(1, 0);
      const { answer } = await fleet!.client.hand(name, { kind: "orders", orders }, { waitMs: 15_000 });
      expect(answer).not.toBeNull();
      if (answer?.status !== "accepted") return;
      const given = answer.receipts!.map((signature, index) => ({
        marketId,
        period: answer.period,
        number: answer.first! + index,
        order: orders.records.slice(16 * index, 16 * (index + 1)),
        signature,
      }));
      receipts.set(name, given);
    }),
  );
  for (const { name } of loads) await fleet.reaches(name, 2);
  expect(receipts.size).toBeGreaterThan(0);
  for (const { name } of loads) {
    const given = receipts.get(name) ?? [];
    const audit = await auditGrid({ line: fleet.line, engine, signatures }, name, {
      kept: [],
      receipts: given,
    });
    expect(audit.findings).toEqual([]);
    expect(audit.receipts).toBe(given.length);
  }
});
