/**
 * TypeScript projects, strict and with every declaration checked: the newest compiler and the oldest that is supported.
 */
import { readFileSync } from "node:fs";
import { usesAll } from "./programs.mjs";
import { bin } from "./steps.mjs";

/** Every subpath that has declarations, so that each of them is checked. */
const { exports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const everything = Object.entries(exports)
  .filter(([, target]) => target.default?.endsWith(".js"))
  .map(([subpath], at) => `export * as part${at} from "gridclear${subpath.slice(1)}";\n`)
  .join("");

const strict = {
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  target: "es2022",
  lib: ["es2022", "dom"],
  types: ["node"],
};
const config = (module, moduleResolution, ...files) =>
  JSON.stringify({ compilerOptions: { ...strict, module, moduleResolution }, files });

/** A file that becomes CommonJS: under node16 it can only import this package at run time. */
const common = `
export async function count(): Promise<number> {
  const { openEngine } = await import("gridclear");
  const { plainHasher } = await import("gridclear/verify");
  return plainHasher.sha256(new Uint8Array(0)).length + (await openEngine()).threads;
}
`;
/** From nodenext on, \`require\` of a module is known. */
const required = `
import { openEngine } from "gridclear";
import { plainHasher } from "gridclear/verify";
export const opened = openEngine().then((engine) => engine.sha256(plainHasher.sha256(new Uint8Array(0))));
`;

const project = (typescript) => ({
  setup: {
    packages: { typescript, "@types/node": "20.19.25" },
    files: {
      "main.mts": `${usesAll}\nexport const line: Promise<string> = main();\n`,
      "everything.mts": everything,
      "common.cts": common,
      "required.cts": required,
      "node16.json": config("node16", "node16", "main.mts", "everything.mts", "common.cts"),
      "nodenext.json": config("nodenext", "nodenext", "main.mts", "everything.mts", "common.cts"),
      "required.json": config("nodenext", "nodenext", "required.cts"),
      "bundler.json": config("esnext", "bundler", "main.mts", "everything.mts"),
    },
  },
  checks: Object.fromEntries(
    // `require` of modules came to nodenext with 5.8.
    ["node16", "nodenext", "bundler", ...(typescript < "5.8" ? [] : ["required"])].map((name) => [
      name,
      (folder) => void bin(folder, "tsc", "-p", `${name}.json`),
    ]),
  ),
});

export const types = { "typescript-new": project("6.0.3"), "typescript-5.7": project("5.7.2") };
