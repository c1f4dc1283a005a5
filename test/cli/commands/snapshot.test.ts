// gridclear snapshot, verify --from and run --snapshot-every: the same verdict from any beginning.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { keysCommand } from "../../../src/cli/commands/keys.js";
import { proveCommand } from "../../../src/cli/commands/prove.js";
import { runCommand } from "../../../src/cli/commands/run.js";
import { snapshotCommand } from "../../../src/cli/commands/snapshot.js";
import { statementCommand } from "../../../src/cli/commands/statement.js";
import { verifyCommand } from "../../../src/cli/commands/verify.js";
import { decodeBlock } from "../../../src/ledger/format/block.js";
import { readNodeStore } from "../../../src/ledger/store/node.js";
import { openHasher } from "../../../src/ledger/tree/hashwasm.js";
import { call, run } from "../../support/commands.js";

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

describe("what a command comes to does not depend on which snapshots are there", () => {
  const bundle = join(folder, "bundle.txt");
  /** Changes of a copy of the ledger: both snapshots as they are, none, the newer one spoilt, both spoilt. */
  const changes: Readonly<Record<string, (copy: string) => void>> = {
    both: () => {},
    none: (copy) => rmSync(join(copy, "snapshots"), { recursive: true }),
    "one and a bad one": (copy) => spoil(copy, 8),
    "two bad ones": (copy) => {
      for (const height of [4, 8]) spoil(copy, height);
    },
  };
  const spoil = (copy: string, height: number): void => {
    const path = join(copy, "snapshots", `${`${height}`.padStart(16, "0")}.gcls`);
    const bytes = readFileSync(path);
    bytes[700]! ^= 1;
    writeFileSync(path, bytes);
  };
  let whole: { out: string };

  beforeAll(async () => {
    rmSync(ledger, { recursive: true });
    await run(runCommand, "small", "--ledger", ledger, "--periods", "9", "--snapshot-every", "4");
    whole = await run(runCommand, "small", "--ledger", join(folder, "whole"), "--periods", "14", "--json");
  }, 60_000);

  const withChange = async <T>(change: string, use: (copy: string) => Promise<T>): Promise<T> => {
    const copy = join(folder, "copy");
    cpSync(ledger, copy, { recursive: true });
    try {
      changes[change]!(copy);
      return await use(copy);
    } finally {
      rmSync(copy, { recursive: true });
    }
  };

  it.each(Object.keys(changes))("a proof of the state, and a bundle: %s", async (change) => {
    const outputs = async (copy: string): Promise<string[]> => {
      const proofs = [];
      for (const place of ["3:1", "8:1", "9:1"])
        proofs.push((await run(proveCommand, copy, "--state", place)).out);
      const args = [copy, "home-01", "--bundle", bundle, "--period", "9"];
      expect((await run(statementCommand, ...args)).code).toBe(0);
      return [...proofs, readFileSync(bundle, "utf8")];
    };
    expect(await withChange(change, outputs)).toEqual(await outputs(ledger));
  });

  it.each(Object.keys(changes))("a run that goes on: %s", async (change) => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    const said = await withChange(change, (copy) =>
      run(runCommand, "small", "--ledger", copy, "--periods", "5", "--json"),
    );
    expect(warned.mock.calls.length > 0).toBe(change.includes("bad"));
    warned.mockRestore();
    const result = ({ out }: { out: string }) => {
      const { ledger: _, ran, ...sums } = JSON.parse(out) as Record<string, unknown>;
      return sums;
    };
    expect(result(said)).toMatchObject({ blocks: 15, complete: false });
    expect(result(said)).toEqual(result(whole));
  });
});

it("a run that goes on from a snapshot finds a record of an old block that has rotted, and signs no receipt of it", async () => {
  const own = join(folder, "rotted");
  const [key, receipts] = [join(folder, "key"), join(folder, "receipts")];
  await run(keysCommand, "make", key);
  const go = (...more: string[]) =>
    call("run", "small", "--ledger", own, "--key", key, "--snapshot-every", "4", ...more);
  expect((await go("--periods", "9")).code).toBe(0);
  const store = await readNodeStore(own, { hasher: await openHasher() });
  const block = Buffer.from((await store.get(2))!);
  const { count } = decodeBlock((await store.get(1))!).header.sections.orders;
  await store.close();
  const segment = join(own, "0000000000000000.gclf");
  const bytes = readFileSync(segment);
  bytes[bytes.indexOf(block) + block.length - 1]! ^= 1;
  writeFileSync(segment, bytes);
  const before = readFileSync(segment);
  expect(await go("--periods", "1", "--receipts", receipts)).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/block 2: /),
  });
  expect(readFileSync(segment).equals(before)).toBe(true);
  // Those of block 1 are good.
  expect(readFileSync(receipts, "utf8").split("\n")).toHaveLength(count + 1);
  expect(await go("--periods", "1")).toMatchObject({
    code: 1,
    out: "",
    err: expect.stringMatching(/block 2: /),
  });
});
