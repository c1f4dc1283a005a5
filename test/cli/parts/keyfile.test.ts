// Key files hold secrets: whatever is wrong with one, nothing of the seed may be said.
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hex } from "../../../src/bytes.js";
import { readKeyFile, writeKeyFile } from "../../../src/cli/parts/keyfile.js";
import { openSignatures } from "../../../src/ledger/keys/signature.js";
import { call } from "../../support/commands.js";

const seed = "4f3a9c1be27d58066af1c3d29b8e7450d1f2a3948576acbd0e1f29384756a0b3";
const good = `{"format":"gridclear key v2","name":"wanda","seed":"${seed}"}\n`;

let folder: string;
const at = (name: string): string => join(folder, name);
const key = async (name: string, content: string | Uint8Array): Promise<string> => {
  await writeFile(at(name), content, { mode: 0o600 });
  return at(name);
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-keyfile-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Files that are nearly a key file, or hold a seed in some other form. */
const nearMisses: readonly (readonly [name: string, content: string | Uint8Array])[] = [
  ["upper case", good.replace(seed, seed.toUpperCase())],
  ["one letter in upper case", good.replace("4f3a", "4F3a")],
  ["keys in another order", `{"seed":"${seed}","name":"wanda","format":"gridclear key v2"}\n`],
  ["the bare seed", seed],
  ["the bare seed with a newline", `${seed}\n`],
  ["the seed as a string of JSON", `"${seed}"`],
  ["the seed in an array", `["${seed}"]`],
  ["a blank before", ` ${good}`],
  ["a blank after", `${good.trimEnd()} \n`],
  ["blanks within", good.replaceAll(":", ": ")],
  ["two newlines at the end", `${good}\n`],
  ["two byte order marks", `\uFEFF\uFEFF${good}`],
  ["old Macintosh line ends", good.replace("\n", "\r")],
  ["a digit too many", good.replace(seed, `${seed}0`)],
  ["a digit too few", good.replace(seed, seed.slice(1))],
  ["0x before", good.replace(seed, `0x${seed}`)],
  ["a letter that is no digit", good.replace("4f3a", "4g3a")],
  ["a quote forgotten", good.replace(`${seed}"`, seed)],
  ["cut short", good.slice(0, 90)],
  ["a field more", good.replace("}", ',"since":"2026"}')],
  ["the seed twice", good.replace("}", `,"seed":"${seed}"}`)],
  ["the seed under another name", good.replace('"seed"', '"secret"')],
  ["the seed as the name", `{"format":"gridclear key v2","name":"${seed}","seed":"wanda"}\n`],
  ["the seed within the name", good.replace("wanda", `w${seed.toUpperCase()}`)],
  ["the seed as the format", good.replace("gridclear key v2", seed)],
  ["another version", good.replace("v2", "v1")],
  ["no name", good.replace('"name":"wanda",', "")],
  ["a name with a blank", good.replace("wanda", "wan da")],
  ["too long", good + " ".repeat(5000)],
  ["too long, in front", " ".repeat(5000) + good],
  ["UTF-16", new Uint8Array(Buffer.from(good, "utf16le"))],
  ["no UTF-8", new Uint8Array([0xff, ...bytes(good)])],
  ["the seed's bytes alone", Uint8Array.from(Buffer.from(seed, "hex"))],
  ["a nul after", `${good}\0`],
  ["base64", Buffer.from(seed, "hex").toString("base64")],
  ["PEM", `-----BEGIN PRIVATE KEY-----\n${seed}\n-----END PRIVATE KEY-----\n`],
];

/** Runs of six digits of the seed, and of its other spellings, none of which may be shown. */
const telling = ((): string[] => {
  const forms = [
    seed,
    Buffer.from(seed, "hex").toString("base64"),
    Buffer.from(seed, "hex").toString("latin1"),
  ];
  return forms.flatMap((form) => Array.from({ length: form.length - 5 }, (_, i) => form.slice(i, i + 6)));
})();
function expectSilence(said: string, about: string): void {
  const lower = said.toLowerCase();
  const found = telling.filter((digits) => lower.includes(digits.toLowerCase()));
  expect(found, about).toEqual([]);
}

describe("a key file that is nearly one", () => {
  test.each(nearMisses)("is refused without a word of what it holds: %s", async (name, content) => {
    const path = await key("near.key", content);
    const error: unknown = await readKeyFile(path).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error, name).toMatchObject({ name: "GridclearError", field: path });
    // Everything there is in the error, its causes and hidden properties with it.
    for (let each = error as Error | undefined; each !== undefined; each = each.cause as Error | undefined)
      expectSilence(
        `${inspect(each, { depth: 9, showHidden: true })} ${JSON.stringify(each)} ${each.message} ${each.stack}`,
        name,
      );
    for (const args of [
      ["keys", "show", path],
      ["keys", "show", path, "--json"],
      ["run", "small", "--ledger", at("never"), "--key", path],
      ["witness", "--follow", "http://127.0.0.1:9/", "--once", "--key", path],
    ]) {
      const { code, out, err } = await call(...args);
      expect([code, out], args.join(" ")).toEqual([2, ""]);
      expect(err).toMatch(/^gridclear: \P{Cc}+\n$/u);
      expectSilence(out + err, `${name}: ${args.join(" ")}`);
    }
  });

  test("is refused likewise by prove --head", async () => {
    expect((await call("run", "small", "--ledger", at("ledger"), "--periods", "1")).code).toBe(0);
    for (const [name, content] of nearMisses) {
      const { code, out, err } = await call(
        "prove",
        at("ledger"),
        "--head",
        "--key",
        await key("near.key", content),
      );
      expect([code, out], name).toEqual([2, ""]);
      expectSilence(err, name);
    }
  });

  test("a seed given in place of the file is not repeated", async () => {
    for (const given of [seed, seed.toUpperCase(), `./${seed}`, good.trim()])
      for (const args of [
        ["keys", "show", given],
        ["keys", given, at("x.key")],
        ["run", "small", "--ledger", at("never"), "--key", given],
        ["witness", "--follow", "http://127.0.0.1:9/", "--once", "--key", given],
        ["verify", "--proof", at("nothing"), "--key", `${given}x`],
      ]) {
        const { code, out, err } = await call(...args);
        expect(code, args.join(" ")).toBe(2);
        expectSilence(out + err, args.join(" "));
      }
  });
});

describe("a key file", () => {
  test("is read as written, and as editors of Windows write it", async () => {
    const signatures = await openSignatures();
    const expected = hex((await signatures.importSeed(Uint8Array.from(Buffer.from(seed, "hex")))).publicKey);
    for (const content of [good, good.trimEnd(), good.replace("\n", "\r\n"), `\uFEFF${good}`]) {
      const read = await readKeyFile(await key("good.key", content));
      expect([read.name, hex(read.key.publicKey)]).toEqual(["wanda", expected]);
    }
    await writeKeyFile(at("written.key"), "wanda", await signatures.generate());
    expect((await readKeyFile(at("written.key"))).name).toBe("wanda");
  });

  test.skipIf(process.platform === "win32")(
    "is refused when its group or anybody else may read it",
    async () => {
      const path = await key("mode.key", good);
      for (const mode of [0o640, 0o660, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o777]) {
        await chmod(path, mode);
        await expect(readKeyFile(path), mode.toString(8)).rejects.toMatchObject({
          code: "refused",
          got: `"${mode.toString(8)}"`,
        });
      }
      for (const mode of [0o600, 0o400, 0o700]) {
        await chmod(path, mode);
        expect((await readKeyFile(path)).name).toBe("wanda");
      }
    },
  );
});
