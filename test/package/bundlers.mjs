/** Projects that bundle: each builds without a setting of its own for this package, and what it builds runs. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { allUsed, clears, fewUsed, page, printing, usesAll, usesFew } from "./programs.mjs";
import { bin, run, same } from "./steps.mjs";

const runs = (folder, file, wanted) => same(run(folder, process.execPath, [file]), wanted);

const vite = (version) => ({
  setup: { packages: { vite: version }, files: page("main.js", "worker.js") },
  checks: {
    "page and worker": (folder) => {
      bin(folder, "vite", "build", "--logLevel", "warn");
      const built = readdirSync(join(folder, "dist/assets"));
      if (!built.some((name) => /^worker-.*\.js$/.test(name)))
        throw new Error(`no worker in ${built.join(", ")}`);
    },
  },
});

const webpack = {
  setup: {
    packages: { webpack: "5.112.2", "webpack-cli": "7.3.1" },
    files: {
      "program.mjs": printing(usesAll),
      ...page("main.js", "worker.js"),
      "webpack.config.cjs": `
const common = { mode: "production", performance: { hints: false } };
const module_ = { filename: "program.mjs", chunkFormat: "module", module: true };
module.exports = [
  { ...common, entry: "./program.mjs", target: "node", experiments: { outputModule: true }, output: { ...module_, path: __dirname + "/dist/node" } },
  { ...common, entry: "./main.js", target: "web", output: { path: __dirname + "/dist/web" } },
];
`,
    },
  },
  checks: {
    "program, page and worker": (folder) => {
      bin(folder, "webpack");
      runs(folder, "dist/node/program.mjs", allUsed);
    },
  },
};

const esbuild = {
  setup: {
    packages: { esbuild: "0.28.2" },
    files: { "main.js": printing(usesAll), "script.js": printing(usesAll) },
  },
  checks: {
    module: (folder) => {
      bin(folder, "esbuild", "main.js", "--bundle", "--format=esm", "--outfile=dist/main.mjs");
      runs(folder, "dist/main.mjs", allUsed);
    },
    "one script": (folder) => {
      bin(
        folder,
        "esbuild",
        "script.js",
        "--bundle",
        "--format=iife",
        "--minify",
        "--outfile=dist/script.cjs",
      );
      runs(folder, "dist/script.cjs", allUsed);
    },
  },
};

const rollupConfig = (input) => `
import resolve from "@rollup/plugin-node-resolve";
const onLog = (level, log) => {
  if (level === "warn") throw new Error(log.message);
};
export default { input: "${input}", plugins: [resolve()], onLog };
`;
const rollup = {
  setup: {
    packages: { rollup: "4.68.8", "@rollup/plugin-node-resolve": "16.0.3" },
    files: {
      "main.js": printing(usesFew),
      "module.config.js": rollupConfig("main.js"),
    },
  },
  checks: Object.fromEntries(
    [
      ["one module", "es", "dist/main.mjs"],
      ["one script", "iife", "dist/main.cjs"],
    ].map(([what, format, file]) => [
      what,
      (folder) => {
        bin(folder, "rollup", "-c", "module.config.js", "--format", format, "--file", file);
        runs(folder, file, fewUsed);
      },
    ]),
  ),
};

/** Parcel reads no exports of a package unless it is told to; the redirect folders lead it all the same. */
const parcel = (entries, settings, polyfills = {}) => ({
  setup: {
    packages: { parcel: "2.16.4", ...polyfills },
    manifest: settings,
    files: {
      "program.js": printing(usesAll),
      "few.js": printing(usesFew),
      ...page("main.js", "worker.js", usesFew),
    },
  },
  checks: Object.fromEntries(
    entries.map(([entry, wanted]) => [
      entry,
      (folder) => {
        const out = join("dist", entry);
        bin(folder, "parcel", "build", entry, "--no-cache", "--no-source-maps", "--dist-dir", out);
        if (wanted !== undefined) runs(folder, join(out, entry), wanted);
      },
    ]),
  ),
});
/** With this, what a dependency of ours has only in its own exports resolves too. */
const packageExports = { "@parcel/resolver-default": { packageExports: true } };

const next = {
  setup: {
    packages: { next: "16.4.6", react: "19.3.1", "react-dom": "19.3.1" },
    files: {
      "app/layout.js":
        "export default function Layout({ children }) { return <html><body>{children}</body></html>; }\n",
      "app/page.js": `
${clears}
export default async function Page() {
  return <p>{await main()}</p>;
}
`,
      "app/ledger/route.js": `
import { openNodeStore } from "gridclear/store/node";
export const GET = () => new Response(typeof openNodeStore);
`,
    },
  },
  checks: { build: (folder) => void bin(folder, "next", "build") },
};

export const bundlers = {
  "vite-8": vite("8.3.8"),
  "vite-6": vite("6.4.6"),
  webpack,
  esbuild,
  rollup,
  parcel: parcel([["few.js", fewUsed], ["index.html"]], {}),
  // Parcel installs the polyfill of Buffer by itself, but for under CI.
  "parcel-exports": parcel([["program.js", allUsed]], packageExports, { buffer: "6.0.3" }),
  next,
};
