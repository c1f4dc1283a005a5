// Whose folder it is: a command writes a ledger only where there is one, or nothing.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../../support/commands.js";

let folder: string;
const at = (...names: string[]): string => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-folder-"));
  expect((await call("run", "small", "--periods", "1", "--ledger", at("good"))).code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Files whose names a database would take for its own. */
const users: readonly (readonly string[])[] = [
  ["LOG", "000005.log", "000007.ldb"],
  ["000005.log"],
  ["CURRENT", "MANIFEST-000001"],
  ["HEAD"],
  ["LOCK"],
  ["thesis.txt"],
  [".hidden"],
];

test.each(users)("a folder with files of somebody is refused, and they stay: %s", async (...names) => {
  const commands = [
    ["run", "small", "--periods", "1", "--ledger"],
    ["demo", "--ledger"],
    ["witness", "--follow", at("good"), "--once", "--ledger"],
  ];
  for (const command of commands) {
    const own = await mkdtemp(at("own-"));
    for (const name of names) await writeFile(join(own, name), `of ${name}`);
    const { code, err } = await call(...command, own);
    expect(code, command.join(" ")).toBe(2);
    expect(err).toMatch(/gridclear: \P{Cc}+\n$/u);
    expect((await readdir(own)).sort()).toEqual([...names].sort());
    for (const name of names) expect(await readFile(join(own, name), "utf8")).toBe(`of ${name}`);
  }
});

test("an empty folder, one that is not there, and a ledger are taken", async () => {
  await mkdir(at("empty"));
  for (const place of [at("empty"), at("new", "and", "deep"), at("good")])
    expect(await call("run", "small", "--periods", "1", "--ledger", place)).toMatchObject({
      code: 0,
      err: expect.any(String),
    });
});

test.skipIf(!existsSync("/proc/self"))(
  "where no folder can be made is said at once",
  async () => {
    for (const place of ["/proc/x", "/proc/x/y/z", "/proc/self/x"]) {
      const { code, err } = await call("run", "small", "--periods", "1", "--ledger", place);
      expect([code, err]).toEqual([2, expect.stringContaining("gridclear: /proc/")]);
    }
  },
  10_000,
);
