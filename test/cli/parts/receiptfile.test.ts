// The receipts of a run that was killed: what is missing is written when it goes on.
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../../support/commands.js";

let folder: string;
const at = (name: string): string => join(folder, name);
const run = (ledger: string, receipts: string, periods: number) =>
  call(
    ...["run", "small", "--periods", `${periods}`, "--ledger", at(ledger)],
    ...["--key", at("key"), "--receipts", at(receipts), "--json"],
  );
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-receipts-"));
  await call("keys", "make", at("key"));
  expect((await run("whole", "whole.txt", 14)).code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("there is one for each order in the ledger, each kept", async () => {
  const { out } = await call("verify", "--receipt", at("whole.txt"), at("whole"), "--json");
  const { orders } = JSON.parse((await call("verify", at("whole"), "--json")).out) as { orders: number };
  expect(orders).toBeGreaterThan(100);
  expect(JSON.parse(out)).toMatchObject({ ok: true, receipts: orders, kept: orders });
});

test("whatever a kill left of the file, it comes out the same", async () => {
  const whole = await readFile(at("whole.txt"), "utf8");
  expect((await run("parts", "parts.txt", 3)).code).toBe(0);
  const begun = await readFile(at("parts.txt"), "utf8");
  expect(whole.startsWith(begun)).toBe(true);
  expect(begun.length).toBeLessThan(whole.length);
  const lines = begun.trimEnd().split("\n");
  const left = (count: number, torn = ""): string =>
    lines
      .slice(0, count)
      .map((line) => `${line}\n`)
      .join("") + torn;
  for (const text of [
    "",
    left(1),
    left(23),
    left(lines.length - 1),
    left(40, lines[40]!.slice(0, 99)),
    begun,
  ]) {
    await writeFile(at("parts.txt"), text);
    expect((await run("parts", "parts.txt", 1)).code).toBe(0);
    const now = await readFile(at("parts.txt"), "utf8");
    expect(whole.startsWith(now)).toBe(true);
    expect(now.length).toBeGreaterThanOrEqual(begun.length);
  }
  expect((await run("parts", "parts.txt", 5)).code).toBe(0);
  expect(await readFile(at("parts.txt"), "utf8")).toBe(whole);
});

test("a file of another ledger, or of none, is left as it is", async () => {
  await call("keys", "make", at("other"));
  const [line] = (await readFile(at("whole.txt"), "utf8")).split("\n");
  for (const text of [`${line}\n`.repeat(9999), "dear diary\n", "\n"]) {
    await writeFile(at("kept.txt"), text);
    const { code, err } = await run("whole", "kept.txt", 1);
    expect(code, text.slice(0, 20)).toBe(2);
    expect(err).toContain(at("kept.txt"));
    expect((await stat(at("kept.txt"))).size).toBe(text.length);
  }
  const foreign = await call(
    ...["run", "small", "--periods", "1", "--ledger", at("foreign")],
    ...["--key", at("other"), "--receipts", at("whole.txt")],
  );
  expect(foreign).toMatchObject({ code: 2, err: expect.stringContaining("receipts of market") });
  const beside = await call("run", "small", "--ledger", at("l"), "--receipts", at("r.txt"));
  expect(beside).toMatchObject({ code: 2, err: expect.stringContaining("--key with it") });
});
