/** Bundles the program that a bill's page checks itself with into one script beside the compiled library. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path) => fileURLToPath(new URL(`../dist/bill/${path}`, import.meta.url));
await build({
  entryPoints: [at("check.js")],
  outfile: at("check.bundle.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
});
