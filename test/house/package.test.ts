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
    // What a page that only opens an engine loads: everything esbuild keeps for that one import. Half of it is the
    // core, as text.
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
    expect(gzipSync(main?.contents ?? "").length).toBeLessThan(37_000);
  });

  test("every subpath is named, and leads to a file and its types", () => {
    const { exports, files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      exports: Record<string, string | { types: string; default: string }>;
      files: string[];
    };
    for (const [subpath, target] of Object.entries(exports)) {
      expect(subpath).not.toContain("*");
      for (const file of typeof target === "string" ? [target] : Object.values(target))
        expect(existsSync(join(root, file)), file).toBe(true);
      // The folder that scripts/redirects.mjs makes for resolvers that know no exports.
      if (typeof target !== "string" && target.default.endsWith(".js") && subpath !== ".")
        expect(files).toContain(subpath.split("/")[1]);
    }
  });

  test("nothing that a subpath leads to is imported later", async () => {
    // Workers of one file, and scripts, can't do that.
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      exports: Record<string, { default?: string }>;
    };
    const modules = Object.entries(exports).flatMap(([subpath, target]) =>
      // A service is no part of a page, and neither is what it needs.
      target.default?.endsWith(".js") && subpath !== "./service" ? [join(root, target.default)] : [],
    );
    expect(modules.length).toBeGreaterThan(8);
    const { metafile } = await build({
      stdin: {
        contents: modules.map((path, at) => `export * as part${at} from ${JSON.stringify(path)};`).join("\n"),
        resolveDir: root,
      },
      bundle: true,
      format: "iife",
      write: false,
      metafile: true,
      platform: "browser",
      external: ["node:*"],
    });
    const later = Object.values(metafile.inputs).flatMap(({ imports }) =>
      imports.filter(({ kind }) => kind === "dynamic-import"),
    );
    expect(later).toEqual([]);
  });

  test("names at the entry are those a user needs", async () => {
    const names = Object.keys(await import(entry));
    for (const inner of ["ppm", "maxTiers", "tierRanges", "feeOf", "tradeRecordBytes", "Engine"])
      expect(names).not.toContain(inner);
    for (const needed of [
      "openEngine",
      "openMarket",
      "copyClearing",
      "storageLot",
      "parseQuantity",
      "formatTicks",
    ])
      expect(names).toContain(needed);
  });

  test("the licences of what is inside are there for everything inside", async () => {
    const { notices } = (await import(join(root, "scripts/notices.mjs"))) as { notices(): Promise<string> };
    const text = await notices();
    for (const name of ["uplot", "hash-wasm", "@assemblyscript/loader", "demandlib", "when2heat"])
      expect(text).toMatch(new RegExp(`^${name} `, "m"));
    for (const { length } of text.split(/^-+$/m)) expect(length).toBeGreaterThan(20);
    expect(text).toContain("Copyright (c) 2016-2021, oemof developer group");
  });

  test("the wasm is small", () => {
    expect(gzipSync(readFileSync(join(root, "dist/core.wasm"))).length).toBeLessThan(17_600);
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
