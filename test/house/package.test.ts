import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entry = join(root, "dist/index.js");

const worked = `
  import { openEngine } from ${JSON.stringify(entry)};
  const engine = await openEngine();
  const { trades } = engine.clear({
    offers: { quantity: Uint32Array.of(10, 4), price: Int32Array.of(3, 2) },
    bids: { quantity: Uint32Array.of(6, 7), price: Int32Array.of(5, 4) },
  }, {});
  console.log(JSON.stringify([...trades.quantity.subarray(0, trades.count)]));
  engine.close();
`;

const run = (file: string): string => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout.trim();
};

describe("the package", () => {
  test("is built", () => expect(existsSync(entry), "run `npm run build` first").toBe(true));

  test("the core entry pulls in the loader and hash-wasm alone, and stays small", async () => {
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      format: "esm",
      minify: true,
      splitting: true,
      outdir: "unused",
      write: false,
      metafile: true,
      platform: "browser",
    });
    // What the entry reaches, chunks loaded later included.
    const reached = new Set<string>();
    const reach = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const { path: next } of metafile.outputs[path]?.imports ?? []) reach(next);
    };
    reach(Object.keys(metafile.outputs).find((path) => path.endsWith("/index.js")) ?? "");
    const packages = [...reached]
      .flatMap((path) => Object.entries(metafile.outputs[path]?.inputs ?? {}))
      .filter(([path, { bytesInOutput }]) => path.includes("node_modules/") && bytesInOutput > 0)
      .map(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
    expect(new Set(packages)).toEqual(new Set(["@assemblyscript/loader", "hash-wasm"]));
    // What a page that only opens an engine loads: everything esbuild keeps for that one import.
    const lean = await build({
      stdin: { contents: `export { openEngine } from ${JSON.stringify(entry)};`, resolveDir: root },
      bundle: true,
      format: "esm",
      minify: true,
      splitting: true,
      outdir: "unused",
      write: false,
      platform: "browser",
    });
    const main = lean.outputFiles.find((file) => file.path.endsWith("stdin.js"));
    expect(gzipSync(main?.contents ?? "").length).toBeLessThan(30_000);
  });

  test("the wasm is small", () => {
    expect(gzipSync(readFileSync(join(root, "dist/core.wasm"))).length).toBeLessThan(12_000);
  });

  test("runs bundled by esbuild", async () => {
    const outfile = join(mkdtempSync(join(tmpdir(), "gridclear-")), "bundle.mjs");
    await build({
      stdin: { contents: worked, resolveDir: root },
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
    });
    expect(run(outfile)).toBe("[6,4,3]");
  });

  test("runs bundled by webpack", async () => {
    const { default: webpack } = await import("webpack");
    const folder = mkdtempSync(join(tmpdir(), "gridclear-"));
    writeFileSync(join(folder, "entry.mjs"), worked);
    await new Promise<void>((resolve, reject) => {
      webpack(
        {
          mode: "production",
          target: "web",
          entry: join(folder, "entry.mjs"),
          output: { path: folder, filename: "bundle.mjs", chunkFormat: "module", module: true },
          experiments: { outputModule: true },
          performance: { hints: false },
        },
        (error, stats) =>
          error || stats?.hasErrors()
            ? reject(error ?? new Error(stats?.toString("errors-only")))
            : resolve(),
      );
    });
    expect(run(join(folder, "bundle.mjs"))).toBe("[6,4,3]");
  });
});
