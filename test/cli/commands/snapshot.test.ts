// gridclear snapshot, verify --from and run --snapshot-every: the same verdict from any beginning.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand } from "../../../src/cli/commands/run.js";
import { snapshotCommand } from "../../../src/cli/commands/snapshot.js";
import { verifyCommand } from "../../../src/cli/commands/verify.js";
import { run } from "../../support/commands.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-snapshot-"));
const ledger = join(folder, "ledger");
const files = join(ledger, "snapshots");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const verdict = async (...args: string[]) =>
  JSON.parse((await run(verifyCommand, ledger, "--json", ...args)).out) as Record<string, unknown>;

beforeAll(async () => {
  await run(runCommand, "small", "--ledger", ledger, "--periods", "9", "--snapshot-every", "4");
}, 60_000);

it("a run keeps them, and verify begins at each with the same head", async () => {
  expect(readdirSync(files).sort()).toEqual(["0000000000000004.gcls", "0000000000000008.gcls"]);
  const whole = await verdict();
  expect(whole).toMatchObject({ ok: true, blocks: 10, from: null });
  for (const from of [4, 8]) {
    const part = await verdict("--from", `${from}`);
    expect(part).toMatchObject({ ok: true, blocks: 10, from, hash: whole.hash, root: whole.root });
    expect(part.orders).toBeLessThan(whole.orders as number);
  }
  await expect(run(verifyCommand, ledger, "--from", "5")).rejects.toMatchObject({ code: "invalid" });
  await expect(run(verifyCommand, ledger, "--from", "x")).rejects.toMatchObject({ field: "--from" });
});

it("gridclear snapshot keeps the same bytes as the run, and that of another height", async () => {
  const path = join(files, "0000000000000008.gcls");
  const kept = readFileSync(path);
  rmSync(path);
  expect(await run(snapshotCommand, ledger, "--at", "8")).toMatchObject({ code: 0, err: "" });
  expect(readFileSync(path).equals(kept)).toBe(true);
  expect((await run(snapshotCommand, ledger)).out).toMatch(/^snapshot of height 9: [\d ,]+ bytes\n$/);
  expect(await verdict("--from", "9")).toMatchObject({ ok: true, from: 9, orders: 0 });
  await expect(run(snapshotCommand, ledger, "--at", "10")).rejects.toMatchObject({ field: "--at" });
});

it("a snapshot with a byte flipped is found", async () => {
  const path = join(files, "0000000000000009.gcls");
  const good = readFileSync(path);
  for (const at of [40, 700, 2_000, good.length - 1]) {
    const bad = Buffer.from(good);
    bad[at]! ^= 1;
    writeFileSync(path, bad);
    expect(await verdict("--from", "9")).toMatchObject({ ok: false });
  }
});
