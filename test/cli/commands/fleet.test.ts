// A fleet from the command line, on a real server: begun, a microgrid registered from its market file, worked by a
// process that is stopped and one that is killed, shown, audited, lost and built again from the workers' stores.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, expect, test } from "vitest";
import { FleetClient } from "../../../src/fleet/client.js";
import { openLine } from "../../../src/fleet/line.js";
import { call } from "../../support/commands.js";
import { engine } from "../../support/fleet.js";
import { startNats } from "../../support/natsserver.mjs";

const program = fileURLToPath(new URL("../../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gridclear-fleet-"));
const at = (name: string): string => join(folder, name);
const children: ChildProcess[] = [];
const cluster = await startNats();
const [url] = cluster.urls as [string];
const [monitor] = cluster.monitors as [string];
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await cluster.close();
  rmSync(folder, { recursive: true, force: true });
});

await call("keys", "make", at("platform.key"));
writeFileSync(
  at("MARKET.json"),
  JSON.stringify({
    ledger: "none",
    platformKey: "platform.key",
    creditLimit: null,
    market: { id: "elm street", periodMs: 1_000 },
  }),
);

const workerArgs = (name: string): string[] => [
  "worker",
  url,
  ...["--key", at("platform.key"), "--store", at(`store-${name}`), "--monitor", monitor, "--name", name],
  ...["--snapshot-every", "3", "--metrics", "0"],
];

/** A worker as a process; resolves when it has said its name. */
async function worker(name: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [program, ...workerArgs(name)], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  children.push(child);
  return { child, said: `${(await once(child.stdout!, "data"))[0]}` };
}

async function reaches(name: string, height: number): Promise<void> {
  const nc = await connect({ servers: url });
  const line = await openLine(nc, "gridclear", engine);
  const client = new FleetClient(line, `_INBOX.${crypto.randomUUID()}`);
  const end = Date.now() + 20_000;
  while (((await client.last(name))?.height ?? -1) < height) {
    if (Date.now() > end) throw new Error(`${name} does not reach block ${height}`);
    await new Promise((go) => setTimeout(go, 100));
  }
  await nc.close();
}

test("a fleet is begun once, and not worked or shown before", async () => {
  expect(await call("fleet", url)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/a fleet that was begun/),
  });
  const begun = await call("fleet", url, "--begin", "--shards", "2", "--replicas", "1");
  expect(begun).toMatchObject({ code: 0, out: "fleet gridclear: 2 shards on 1 servers each\n" });
  expect(await call("fleet", url, "--begin", "--shards", "2", "--replicas", "1")).toMatchObject({ code: 0 });
  expect(await call("fleet", url, "--begin", "--shards", "3", "--replicas", "1")).toMatchObject({
    code: 2,
    err: expect.stringMatching(/settings: wanted/),
  });
});

test("a worker refuses servers that acknowledge what is not on their disks", async () => {
  const lazy = await startNats(1, { sync: '"2m"' });
  try {
    const args = workerArgs("a").map((arg) => (arg === monitor ? lazy.monitors[0]! : arg));
    expect(await call(...args)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/sync_interval: wanted always/),
    });
  } finally {
    await lazy.close();
  }
  const none = workerArgs("a").filter((arg) => arg !== monitor && arg !== "--monitor");
  expect(await call(...none)).toMatchObject({ code: 2, err: expect.stringMatching(/--monitor: wanted/) });
});

test("a microgrid is worked, moves from a killed worker, and is whole", async () => {
  const registered = await call("fleet", url, "--register", "elm", "--market", at("MARKET.json"));
  expect(registered).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^elm is registered in shard [01]\n$/),
  });
  expect((await call("fleet", url, "--register", "elm", "--market", at("MARKET.json"))).err).toMatch(
    /name that is free/,
  );
  const first = await worker("first");
  await reaches("elm", 4);
  const metrics = await (await fetch(first.said.trim().split(" ")[1]!)).text();
  expect(metrics).toMatch(/^gridclear_fleet_microgrids 1$/m);
  first.child.kill("SIGKILL");
  const second = await worker("second");
  const { out: before } = await call("fleet", url, "--json");
  await reaches("elm", JSON.parse(before).grids + 6);
  // A worker says every second how it does.
  await new Promise((go) => setTimeout(go, 2_500));
  const shown = await call("fleet", url);
  expect(shown.out).toMatch(/^fleet gridclear: 1 microgrids, 2 shards/);
  expect(shown.out).toMatch(/^second +2 +1 /m);
  second.child.kill("SIGTERM");
  expect(await once(second.child, "exit")).toEqual([0, null]);
  const idle = await call("fleet", url);
  expect(idle.code).toBe(1);
  expect(idle.out).toMatch(/shards that nobody works: 0, 1/);
}, 60_000);

test("an audit finds all well, then what was lost; streams that are gone are built again and go on", async () => {
  const stores = ["--store", at("store-first"), "--store", at("store-second")];
  const well = await call("audit-fleet", url, ...stores);
  expect(well).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^1 microgrid, \d+ blocks in the streams/),
  });
  const blocks = Number(/(\d+) blocks/.exec(well.out)![1]);
  expect(well.out).toContain(`${blocks} worked out again the same, 0 in no store`);
  const half = await call("audit-fleet", url, "--store", at("store-second"), "--json");
  expect(JSON.parse(half.out)).toMatchObject({ blocks, findings: [] });
  expect(JSON.parse(half.out).unkept).toBeGreaterThan(3);

  // A second store has all of it after one round, and nothing twice.
  const second = ["--keep", at("second")];
  expect((await call("audit-fleet", url, ...second)).out).toContain(`, ${blocks} copied`);
  const kept = await call("audit-fleet", url, ...second, "--json");
  expect(JSON.parse(kept.out)).toMatchObject({ blocks, unkept: 0, copied: 0, findings: [] });

  const nc = await connect({ servers: url });
  const jsm = await jetstreamManager(nc);
  for await (const { config } of jsm.streams.list()) await jsm.streams.delete(config.name);
  await nc.close();
  const again = ["--mend", "--shards", "2", "--replicas", "1"];
  // The workers' stores are gone as well: the second is enough.
  const mended = await call("audit-fleet", url, ...second, ...again);
  expect(mended.out).toContain(`${blocks} put back`);
  const third = await worker("third");
  await reaches("elm", blocks + 2);
  third.child.kill("SIGTERM");
  await once(third.child, "exit");
  // The intake that the older blocks followed from is gone for good; what they say of themselves still holds.
  const after = await call("audit-fleet", url, ...stores, "--store", at("store-third"), "--json");
  const { findings, blocks: all } = JSON.parse(after.out);
  expect(all).toBeGreaterThanOrEqual(blocks + 3);
  const kinds = findings.map(({ kind }: { kind: string }) => kind);
  expect(kinds.filter((kind: string) => kind !== "waiting")).toEqual(["intake"]);
}, 60_000);

test("an auditor goes on until a signal, and says in metrics what its last round came to", async () => {
  expect((await call("audit-fleet", url, "--metrics", "0")).err).toMatch(/--metrics: wanted it with --every/);
  const args = ["audit-fleet", url, "--every", "1", "--metrics", "0", "--keep", at("second")];
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let said = "";
  child.stderr!.on("data", (text) => {
    said += text;
  });
  const rounds = (async () => {
    let count = 0;
    for await (const text of child.stdout!) count += `${text}`.match(/1 microgrid, /g)?.length ?? 0;
    return count;
  })();
  const metric = async (name: string): Promise<number> => {
    const address = /http:\S+metrics/.exec(said)?.[0];
    const text = address === undefined ? "" : await (await fetch(address)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
  };
  const end = Date.now() + 30_000;
  while (!((await metric("gridclear_audit_ended_seconds")) > 0) && Date.now() < end)
    await new Promise((go) => setTimeout(go, 100));
  expect(await metric("gridclear_audit_microgrids")).toBe(1);
  // What the fleet's intake has lost is still said.
  expect(await metric("gridclear_audit_faults")).toBe(1);
  const first = await metric("gridclear_audit_ended_seconds");
  expect(Math.abs(first - Date.now() / 1000)).toBeLessThan(30);
  while ((await metric("gridclear_audit_ended_seconds")) === first && Date.now() < end)
    await new Promise((go) => setTimeout(go, 100));
  expect(await metric("gridclear_audit_unkept")).toBe(0);
  child.kill("SIGTERM");
  expect(await once(child, "exit")).toEqual([0, null]);
  expect(await rounds).toBeGreaterThanOrEqual(2);
}, 60_000);
