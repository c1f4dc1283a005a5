/** Projects in plain Node: modules, `require`, the command, the copy of the core beside the package. */
import { allUsed, cleared, clears, printing, usesAll } from "./programs.mjs";
import { bin, run, same } from "./steps.mjs";

const byUrl = 'openEngine({ wasm: new URL(import.meta.resolve("gridclear/core.wasm")) })';

export const plain = {
  node: {
    setup: {
      files: {
        "main.mjs": printing(usesAll),
        "main.cjs": `
const { openEngine } = require("gridclear");
const { exports: subpaths } = require("gridclear/package.json");
for (const name of Object.keys(subpaths)) if (name !== "./core.wasm") require("gridclear" + name.slice(1));
openEngine().then((engine) => console.log(engine.threads));
`,
        "wasm.mjs": printing(clears.replace("openEngine()", byUrl)),
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
      notices: (folder) => void run(folder, process.execPath, ["notices.mjs"]),
    },
  },
};
