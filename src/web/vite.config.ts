import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { securityPolicy } from "../cli/parts/policy.js";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Writes the policy into the page; the development server needs more than it allows (injected styles, a socket). */
function policyTag(): Plugin {
  return {
    name: "gridclear-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: securityPolicy },
        injectTo: "head-prepend",
      },
    ],
  };
}

/** Tells the service worker which files to keep and a name for this set of them, so that a new build replaces the old. */
function offlineList(): Plugin {
  return {
    name: "gridclear-offline",
    apply: "build",
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle["offline.js"];
      if (worker?.type !== "chunk") return this.error("the service worker is missing from the build");
      const hash = createHash("sha256");
      const names = Object.keys(bundle)
        .filter((name) => name !== "offline.js" && !name.endsWith(".map"))
        .sort();
      for (const name of names) {
        const file = bundle[name]!;
        hash
          .update(name)
          .update("\0")
          .update(file.type === "chunk" ? file.code : file.source);
      }
      worker.code = worker.code
        .replace(/["'`]__FILES__["'`]/, JSON.stringify(["./", ...names]))
        .replace("__VERSION__", hash.digest("hex").slice(0, 16));
    },
  };
}

export default defineConfig({
  root: here("."),
  base: "./",
  plugins: [policyTag(), offlineList()],
  // Node's build of the CSV reader wants Buffer; this one brings its own.
  resolve: { alias: { "csv-parse/sync": "csv-parse/browser/esm/sync" } },
  build: {
    outDir: here("../../dist/web"),
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { index: here("index.html"), offline: here("offline.ts") },
      output: {
        entryFileNames: (chunk) => (chunk.name === "offline" ? "offline.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: {
    format: "es",
    rolldownOptions: {
      // The CSV reader only does something when called: what calls it is loaded when a file is brought.
      treeshake: { moduleSideEffects: [{ test: /csv-parse/, sideEffects: false }] },
    },
  },
});
