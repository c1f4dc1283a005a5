// A server whose disk is new: it fetches everything from the others, and counts as one of them afterwards.
import { existsSync, rmSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { auditGrid } from "../../src/fleet/audit.js";
import { decodeOwn } from "../../src/fleet/ownstore.js";
import { fleetStatus } from "../../src/fleet/status.js";
import { Worker } from "../../src/fleet/worker.js";
import { engine, openFleet, signatures, type TestFleet } from "../support/fleet.js";

let fleet: TestFleet | null = null;
let worker: Worker | null = null;
afterEach(async () => {
  await worker?.stop();
  await fleet?.close();
});

test("a server that is started with an empty store fetches all, and the other two are not needed together", async () => {
  fleet = await openFleet({ servers: 3, shards: 2 });
  const { line, cluster, client } = fleet;
  const entries: Uint8Array[] = [];
  await fleet.grid("elm", 1_000);
  await fleet.grid("oak", 1_000);
  worker = Worker.start({ ...(await fleet.parts(entries)), id: "w" });
  for (const name of ["elm", "oak"]) await fleet.reaches(name, 3);
  const [first, emptied] = cluster.servers as [(typeof cluster.servers)[0], (typeof cluster.servers)[0]];
  await emptied.kill();
  expect(existsSync(emptied.folder)).toBe(true);
  rmSync(emptied.folder, { recursive: true });
  await emptied.start();
  const end = Date.now() + 60_000;
  const isWhole = async (): Promise<boolean> => (await fleetStatus(line, Date.now())).streams.length === 0;
  while (!(await isWhole().catch(() => false))) {
    if (Date.now() > end) throw new Error("the emptied server does not catch up");
    await new Promise((go) => setTimeout(go, 200));
  }
  // With one of the others gone, nothing goes on without the one that was emptied.
  await first.kill();
  const heights = new Map<string, number>();
  const heightOf = async (name: string): Promise<number> => {
    for (;;) {
      const last = await client.last(name).catch(() => null);
      if (last !== null) return last.height;
      await new Promise((go) => setTimeout(go, 200));
    }
  };
  for (const name of ["elm", "oak"]) heights.set(name, await heightOf(name));
  for (const [name, height] of heights)
    while ((await heightOf(name)) < height + 3) await new Promise((go) => setTimeout(go, 200));
  await worker.stop();
  worker = null;
  for (const name of heights.keys()) {
    const kept = entries.map(decodeOwn).filter(({ grid }) => grid === name);
    const audit = await auditGrid({ line, engine, signatures }, name, { kept, receipts: [] });
    expect(audit.findings.filter(({ kind }) => kind !== "waiting")).toEqual([]);
    expect(audit.derived).toBeGreaterThan(heights.get(name)!);
  }
}, 120_000);
