// Documents as people hand them in: written by this package, then touched by editors, mail and version control.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call } from "../../support/commands.js";

let folder: string;
const at = (name: string): string => join(folder, name);
let publicKey: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-documents-"));
  await call("keys", "make", at("key"), "--name", "plat");
  publicKey = (JSON.parse((await call("keys", "show", at("key"), "--json")).out) as { publicKey: string })
    .publicKey;
  const ran = await call(
    ...["run", "small", "--periods", "3", "--ledger", at("ledger")],
    ...["--key", at("key"), "--receipts", at("receipts")],
  );
  expect(ran.code).toBe(0);
  await call("prove", at("ledger"), "--block", "2", "--out", at("proof"));
  await call("prove", at("ledger"), "--consistency", "2:3", "--out", at("growth"));
  await call("prove", at("ledger"), "--head", "--key", at("key"), "--out", at("head"));
  const [first] = (await readFile(at("receipts"), "utf8")).split("\n");
  await writeFile(at("receipt"), `${first}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What editors do without asking; the meaning of the file stays. */
const touched: readonly (readonly [name: string, touch: (text: string) => string])[] = [
  ["as written", (text) => text],
  ["Windows line ends", (text) => text.replaceAll("\n", "\r\n")],
  ["a byte order mark", (text) => `\uFEFF${text}`],
  ["both", (text) => `\uFEFF${text.replaceAll("\n", "\r\n")}`],
];
/** What changes a document, so that it is none any more. */
const broken: readonly (readonly [name: string, touch: (text: string) => string | Uint8Array])[] = [
  ["UTF-16", (text) => new Uint8Array(Buffer.from(`\uFEFF${text}`, "utf16le"))],
  ["two byte order marks", (text) => `\uFEFF\uFEFF${text}`],
  ["old Macintosh line ends", (text) => text.replaceAll("\n", "\r")],
  ["a blank in front", (text) => ` ${text}`],
  ["cut short", (text) => text.slice(0, text.length / 2)],
  ["nothing", () => ""],
  ["a nul behind", (text) => `${text}\0`],
];

const questions: readonly (readonly [name: string, file: string, ask: (path: string) => string[]])[] = [
  ["proof", "proof", (path) => ["verify", "--proof", path, at("ledger")]],
  ["proof of growth", "growth", (path) => ["verify", "--proof", path]],
  ["head", "head", (path) => ["verify", "--proof", at("proof"), "--checkpoint", path, "--key", publicKey]],
  ["receipt", "receipt", (path) => ["verify", "--receipt", path, at("ledger")]],
  ["receipts", "receipts", (path) => ["verify", "--receipt", path, at("ledger")]],
  ["heads of a fork", "head", (path) => ["prove", at("ledger"), "--fork", path, "--fork", path]],
];

describe("documents", () => {
  test.each(questions)("of Windows are read like any other: %s", async (_, file, ask) => {
    const text = await readFile(at(file), "utf8");
    for (const [name, touch] of touched) {
      await writeFile(at("touched"), touch(text));
      const { code, out, err } = await call(...ask(at("touched")));
      expect([code, err], `${name}: ${out}`).toEqual([0, ""]);
    }
  });

  test.each(questions)("that are none are refused by name, never called bad: %s", async (_, file, ask) => {
    const text = await readFile(at(file), "utf8");
    for (const [name, touch] of broken) {
      await writeFile(at("touched"), touch(text));
      const { code, out, err } = await call(...ask(at("touched")));
      expect([code, out], name).toEqual([2, ""]);
      expect(err, name).toMatch(/^gridclear: \P{Cc}+\n$/u);
      expect(err, name).toContain(at("touched"));
    }
  });

  test("a key that is no public one is not repeated", async () => {
    const seed = (JSON.parse(await readFile(at("key"), "utf8")) as { seed: string }).seed;
    for (const given of [`${seed}0`, seed.toUpperCase(), await readFile(at("key"), "utf8"), ` ${seed}`])
      for (const option of ["--key", "--witness"]) {
        const { code, out, err } = await call("verify", "--proof", at("proof"), `${option}=${given}`);
        expect([code, out]).toEqual([2, ""]);
        expect(err).toContain(`${option}: wanted a public key`);
        expect(err.toLowerCase()).not.toContain(seed.slice(0, 6));
      }
  });
});

describe("gridclear verify --receipt with the file of a run", () => {
  const judge = async (): Promise<{ code: number; found: Record<string, unknown> }> => {
    const { code, out } = await call("verify", "--receipt", at("changed"), at("ledger"), "--json");
    return { code, found: JSON.parse(out) as Record<string, unknown> };
  };

  test("judges every line", async () => {
    const lines = (await readFile(at("receipts"), "utf8")).trimEnd().split("\n");
    expect(lines.length).toBeGreaterThan(20);
    await writeFile(at("changed"), `${lines.join("\n")}\n`);
    expect(await judge()).toMatchObject({
      code: 0,
      found: { ok: true, kind: "receipts", receipts: lines.length, kept: lines.length, contradicted: [] },
    });
    // A number more is another promise, which the platform never signed.
    const forged = lines.with(6, lines[6]!.replace(/"number":\d+/, '"number":4000'));
    await writeFile(at("changed"), `${forged.join("\n")}\n`);
    expect(await judge()).toMatchObject({
      code: 1,
      found: { ok: false, kept: lines.length - 1, unsigned: [{ line: 7 }] },
    });
    const { out } = await call("verify", "--receipt", at("changed"), at("ledger"));
    expect(out).toContain("1 not signed by the platform");
    expect(out).toContain("line 7: there is no valid signature of the platform on it");
  });

  test("names the line that is no receipt", async () => {
    const lines = (await readFile(at("receipts"), "utf8")).trimEnd().split("\n");
    await writeFile(at("changed"), `${lines.with(2, lines[2]!.slice(1)).join("\n")}\n`);
    const { code, err } = await call("verify", "--receipt", at("changed"), at("ledger"));
    expect(code).toBe(2);
    expect(err).toContain(`${at("changed")}, line 3: receipt`);
  });
});
