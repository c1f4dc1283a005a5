// Reading a ledger that somebody else owns or is writing: the original is never touched, the copy never stays.
import { spawn } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withCopy } from "../../../src/cli/parts/copy.js";
import { type Engine, openEngine } from "../../../src/core/engine.js";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import { type Market, openMarket } from "../../../src/market/market.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gridclear-copied-"));
const still = join(folder, "still");
const temporary = join(folder, "temporary");
const ownTemporary = process.env.TMPDIR;
let engine: Engine;

beforeAll(async () => {
  engine = await openEngine();
  mkdirSync(temporary);
  process.env.TMPDIR = temporary;
  const store = await openNodeStore(still, { hasher: engine });
  const market = await openMarket({ engine, store, participants: ["ann", "bob"] });
  for (let period = 1; period <= 5; period += 1) await market.clearPeriod(period);
  await store.close();
});
afterAll(() => {
  if (ownTemporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = ownTemporary;
  rmSync(folder, { recursive: true });
});

const sizeOf = (directory: string): Promise<number> =>
  withCopy(directory, { hasher: engine, verify: "hashes" }, async (store) => store.size);

/** Writes period after period of one size until stopped; `going` never rejects. */
function keepWriting(market: Market, participants: number): { stop: () => Promise<void> } {
  let writing = true;
  const write = async (): Promise<void> => {
    for (let period = 1; writing; period += 1) {
      market.submitColumns({
        participant: Uint32Array.from({ length: participants }, (_, index) => index),
        carrier: new Uint8Array(participants),
        side: Uint8Array.from({ length: participants }, (_, index) => index % 2),
        quantity: new Uint32Array(participants).fill(1000 + period),
        price: Int32Array.from({ length: participants }, (_, index) => (index % 2 === 0 ? 100 : 200)),
      });
      await market.clearPeriod(period);
    }
  };
  const going = write();
  return {
    async stop() {
      writing = false;
      await going;
    },
  };
}

describe("beside a running market", () => {
  // With 4000 orders a period LevelDB begins a new log every few blocks, with 2 it seals as fast as the disk lets it.
  test.each([
    [4000, 8],
    [2, 12],
  ])(
    "a copy holds all that was acknowledged when it began: %i orders a period",
    async (participants, copies) => {
      const ledger = join(folder, `living-${participants}`);
      const store = await openNodeStore(ledger, { hasher: engine });
      const ids = Array.from({ length: participants }, (_, index) => `p${index}`);
      const writing = keepWriting(await openMarket({ engine, store, participants: ids }), participants);
      try {
        for (let copied = 0; copied < copies; copied += 1) {
          const before = store.size;
          expect(await sizeOf(ledger)).toBeGreaterThanOrEqual(before);
        }
      } finally {
        await writing.stop();
        await store.close();
      }
      // What was copied all the while is still a whole ledger.
      const again = await openNodeStore(ledger, { hasher: engine, create: false });
      await again.close();
    },
    120_000,
  );

  test("a table that the market is making is left alone, whatever its number", async () => {
    const ledger = join(folder, "making");
    cpSync(still, ledger, { recursive: true });
    const names = Array.from({ length: 60 }, (_, number) => `${`${number}`.padStart(6, "0")}.ldb`);
    const made = names.filter((name) => !existsSync(join(ledger, name)));
    for (const name of made) writeFileSync(join(ledger, name), `half a table ${name}`);
    expect(await sizeOf(ledger)).toBe(6);
    for (const name of made) expect(readFileSync(join(ledger, name), "utf8")).toBe(`half a table ${name}`);
  });
});

describe("the original", () => {
  const contents = (directory: string): string[] =>
    readdirSync(directory).map((name) => `${name} ${readFileSync(join(directory, name)).toString("base64")}`);

  test("stays as it is, also a damaged one", async () => {
    const damaged = join(folder, "damaged");
    cpSync(still, damaged, { recursive: true });
    const log = readdirSync(damaged).find((name) => name.endsWith(".log"))!;
    const bytes = readFileSync(join(damaged, log));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(damaged, log), bytes);
    const before = contents(damaged);
    await expect(sizeOf(damaged)).rejects.toMatchObject({ code: "corrupt" });
    expect(contents(damaged)).toEqual(before);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("may be read-only: the copy is writable all the same", async () => {
    const archive = join(folder, "archive");
    cpSync(still, archive, { recursive: true });
    for (const name of readdirSync(archive)) chmodSync(join(archive, name), 0o444);
    const modes = await withCopy(archive, {}, async () => {
      const copy = join(temporary, readdirSync(temporary)[0]!);
      return readdirSync(copy).map((name) => statSync(join(copy, name)).mode & 0o200);
    });
    expect(new Set(modes)).toEqual(new Set([0o200]));
  });

  test("may hold files of others, which are not copied", async () => {
    const shared = join(folder, "shared");
    cpSync(still, shared, { recursive: true });
    writeFileSync(join(shared, "holiday.mov"), "");
    truncateSync(join(shared, "holiday.mov"), 2 ** 40);
    expect(await sizeOf(shared)).toBe(6);
  });

  test("without a head, or with a pointer to nothing, is corrupt", async () => {
    for (const [name, spoil] of [
      ["headless", (path: string) => rmSync(join(path, "HEAD"))],
      ["pointless", (path: string) => writeFileSync(join(path, "CURRENT"), "MANIFEST-999999\n")],
    ] as const) {
      cpSync(still, join(folder, name), { recursive: true });
      spoil(join(folder, name));
      await expect(sizeOf(join(folder, name))).rejects.toMatchObject({ code: "corrupt" });
    }
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe("the copy", () => {
  test("has to have a place", async () => {
    process.env.TMPDIR = join(folder, "no-such-place");
    await expect(sizeOf(still)).rejects.toMatchObject({
      code: "storage",
      message: expect.stringContaining("no-such-place"),
    });
    process.env.TMPDIR = temporary;
  });

  const script = join(root, "node_modules", ".cache", `gridclear-holder-${process.pid}.mjs`);
  beforeAll(() =>
    build({
      entryPoints: [join(root, "test/cli/parts/holder.ts")],
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      outfile: script,
      logLevel: "error",
    }),
  );
  afterAll(() => rmSync(script, { force: true }));

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["exit", 0],
    ["fail", 1],
  ])(
    "is gone after %s",
    async (how, code) => {
      const child = spawn(process.execPath, [script, still, how], { cwd: root });
      child.stdout.once("data", () => {
        if (how.startsWith("SIG")) child.kill(how as NodeJS.Signals);
      });
      const ended = await new Promise((resolve) => child.once("exit", resolve));
      expect(ended).toBe(code);
      expect(readdirSync(temporary)).toEqual([]);
    },
    30_000,
  );
});
