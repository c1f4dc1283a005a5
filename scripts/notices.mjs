/**
 * The licences of what this package carries inside, for dist/THIRD-PARTY-NOTICES.txt. Which packages are in the page is
 * asked of a bundler, so that the list can't fall behind; tables that were taken over stand here by hand, with the
 * files that hold them.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Tables that stand in the source, each under the MIT licence. */
const tables = [
  {
    what: "demandlib (profiles of electricity and gas use)",
    from: "https://github.com/oemof/demandlib",
    files: ["src/simulation/world/shapes.ts", "src/simulation/world/heat.ts"],
    copyright: "Copyright (c) 2016-2021, oemof developer group",
  },
  {
    what: "when2heat (hourly factors of heat demand, coefficients of performance)",
    from: "https://github.com/oruhnau/when2heat",
    files: ["src/simulation/world/heat.ts"],
    copyright: "Copyright (c) 2019 Oliver Ruhnau",
  },
];

const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Names of the packages whose code ends up in the simulator page, its workers included. */
async function bundledPackages() {
  const { metafile } = await build({
    entryPoints: ["main.ts", "worker/worker.ts", "offline.ts"].map((file) => join(root, "src/web", file)),
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    splitting: true,
    outdir: "unused",
    write: false,
    metafile: true,
    logLevel: "error",
    loader: { ".css": "empty" },
    // What is taken in as text is built from this package alone.
    external: ["*.svg", "*.woff2", "*?raw"],
  });
  const names = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
    .filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}

/** The licence of an installed package, as it came. */
function licenceOf(name) {
  const folder = join(root, "node_modules", name);
  const { version, license, author, homepage, repository } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  const from = homepage ?? repository?.url ?? repository;
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const ours = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).license;
  if (file === undefined && license !== ours) throw new Error(`${name}: no licence file, and not ${ours}`);
  const text =
    file === undefined
      ? `${license}; by ${author?.name ?? author}. The text of the licence is this package's own: see LICENSE.`
      : readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version}\n${from}\n\n${text}`;
}

/** The whole text. */
export async function notices() {
  for (const file of tables.flatMap(({ files }) => files))
    if (!existsSync(join(root, file)))
      throw new Error(`${file}: named in scripts/notices.mjs, and not there`);
  const parts = [
    "gridclear carries code and tables of others, under these licences.",
    "In the simulator page (dist/web):",
    ...(await bundledPackages()).map(licenceOf),
    "Tables in dist/simulation and dist/web:",
    ...tables.map(({ what, from, copyright }) => `${what}\n${from}\n\nMIT License\n\n${copyright}\n\n${mit}`),
  ];
  return `${parts.join(`\n\n${"-".repeat(100)}\n\n`)}\n`;
}
