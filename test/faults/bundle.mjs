// @ts-check
// Makes one program of the world, with the simulated disk in the place of `node:fs` and, where a fault is to be
// planted, with the words of one source file replaced.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));
const here = join(root, "test", "faults");
/** Where programs are made, which nobody keeps. */
const buildFolder = join(root, "build");

/** @import { Plant } from "./plants.mjs" */

/** A source with a fault in it. @param {Plant} plant */
export function planted({ file, find, replace }) {
  const text = readFileSync(join(root, file), "utf8");
  if (text.split(find).length !== 2) throw new Error(`${file}: "${find}" has to stand there once`);
  return text.replace(find, () => replace);
}

/** The core compiled with a fault in it, as the module that inlines it. @param {Plant} plant */
export async function plantedCore(plant) {
  const folder = join(buildFolder, `core-${process.pid}`);
  cpSync(join(root, "assembly"), join(folder, "assembly"), { recursive: true });
  writeFileSync(join(folder, plant.file), planted(plant));
  const { default: asc } = await import("assemblyscript/asc");
  const options = [
    "--runtime",
    "stub",
    "--use",
    "abort=",
    "--enable",
    "simd",
    "-O3",
    "--outFile",
    "core.wasm",
  ];
  const { error, stderr } = await asc.main([join("assembly", "index.ts"), ...options, "--baseDir", folder]);
  if (error) throw new Error(`${plant.file}: ${stderr.toString()}`);
  const base64 = readFileSync(join(folder, "core.wasm")).toString("base64");
  rmSync(folder, { recursive: true });
  return `export const wasmBase64 = "${base64}";`;
}

/**
 * Bundles the world, with a fault planted or none; the program's path. Whoever asks removes it.
 * @param {string} name @param {Plant | null} [plant]
 */
export async function bundleWorld(name, plant = null) {
  mkdirSync(buildFolder, { recursive: true });
  const outfile = join(buildFolder, `${name}-${process.pid}.mjs`);
  const core = plant?.file.startsWith("assembly/") ? await plantedCore(plant) : null;
  await build({
    entryPoints: [join(here, "world.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile,
    logLevel: "error",
    plugins: [
      {
        name: "disk and plant",
        setup(building) {
          building.onResolve({ filter: /^node:fs(\/promises)?$/ }, () => ({ path: join(here, "disk.ts") }));
          building.onLoad({ filter: /\.ts$/ }, ({ path }) => {
            if (core !== null && path === join(root, "src", "core", "inline", "simd.ts"))
              return { contents: core, loader: "ts" };
            return plant !== null && path === join(root, plant.file)
              ? { contents: planted(plant), loader: "ts" }
              : undefined;
          });
        },
      },
    ],
  });
  return outfile;
}
