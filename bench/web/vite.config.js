// @ts-check
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
// Threads share memory, and a page may only do that when it is isolated.
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  root: here,
  base: "./",
  logLevel: "warn",
  resolve: {
    alias: [
      { find: /^gridclear$/, replacement: join(root, "dist", "index.js") },
      { find: /^gridclear\/format$/, replacement: join(root, "dist", "ledger", "format.js") },
    ],
  },
  build: { outDir: join(root, "build", "bench", "web"), emptyOutDir: true, target: "es2022" },
  worker: { format: "es" },
  server: { headers, fs: { allow: [root] } },
  preview: { headers },
});
