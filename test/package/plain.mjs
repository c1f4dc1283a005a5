/** Projects in plain Node: modules, `require`, the command, the copy of the core beside the package. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allUsed, cleared, clears, printing, usesAll } from "./programs.mjs";
import { bin, run, same } from "./steps.mjs";

const byUrl = 'openEngine({ wasm: new URL(import.meta.resolve("gridclear/core.wasm")) })';

/** What a service needs beside the package. */
const { peerDependencies: peers } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
);

export const plain = {
  node: {
    setup: {
      files: {
        "main.mjs": printing(usesAll),
        "main.cjs": `
const { openEngine } = require("gridclear");
const { exports: subpaths } = require("gridclear/package.json");
for (const name of Object.keys(subpaths)) if (name !== "./core.wasm" && name !== "./service") require("gridclear" + name.slice(1));
openEngine().then((engine) => console.log(engine.threads));
`,
        "wasm.mjs": printing(clears.replace("openEngine()", byUrl)),
        "serve.mjs": `
import { spawnSync } from "node:child_process";
const { status, stderr } = spawnSync(process.execPath, ["node_modules/gridclear/dist/cli/main.js", "serve", "M.json"]);
if (status !== 1 && status !== 2) throw new Error("exit " + status);
if (!String(stderr).includes("npm install hono")) throw new Error(String(stderr));
`,
        "notices.mjs": `
import { readFileSync } from "node:fs";
const notices = readFileSync("node_modules/gridclear/dist/THIRD-PARTY-NOTICES.txt", "utf8");
for (const name of ["demandlib", "when2heat", "uplot", "hash-wasm", "Permission is hereby granted"])
  if (!notices.includes(name)) throw new Error(name);
`,
      },
    },
    checks: {
      import: (folder) => same(run(folder, process.execPath, ["main.mjs"]), allUsed),
      require: (folder) => same(run(folder, process.execPath, ["main.cjs"]), "1"),
      "core.wasm by its URL": (folder) => same(run(folder, process.execPath, ["wasm.mjs"]), cleared),
      command: (folder) => {
        const shown = bin(folder, "gridclear", "--version");
        if (!/\d+\.\d+\.\d+/.test(shown)) throw new Error(`no version: ${shown}`);
      },
      "serve says what it needs": (folder) => {
        // Beside the checkout, whose own packages would be found from here.
        const away = mkdtempSync(join(tmpdir(), "gridclear-alone-"));
        cpSync(folder, away, { recursive: true });
        run(away, process.execPath, ["serve.mjs"]);
        rmSync(away, { recursive: true });
      },
      notices: (folder) => void run(folder, process.execPath, ["notices.mjs"]),
    },
  },
  service: {
    setup: {
      packages: peers,
      files: {
        "main.mjs": `
import { defaultLimits, parseMarketFile } from "gridclear/service";
const { port } = parseMarketFile('{"ledger":"l","platformKey":"k","creditLimit":null}');
console.log(port, defaultLimits.burst > 0);
`,
      },
    },
    checks: { import: (folder) => same(run(folder, process.execPath, ["main.mjs"]), "8320 true") },
  },
};
