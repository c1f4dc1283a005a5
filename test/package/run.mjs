/**
 * Packs the package and uses the tarball in fresh projects, as somebody does who installs it: `npm run test:package`.
 * It needs the npm registry, so it is no part of `npm test`. Projects are made under build/package.
 *
 *     --nodes     the Node tests of this checkout under other versions of Node too
 *     --only A,B  these projects alone
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundlers } from "./bundlers.mjs";
import { plain } from "./plain.mjs";
import { runners } from "./runners.mjs";
import { nodes, run, Step } from "./steps.mjs";
import { types } from "./types.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const work = join(root, "build/package");

const { values } = parseArgs({
  options: { nodes: { type: "boolean" }, only: { type: "string" } },
});

const all = { ...plain, ...types, ...bundlers, ...runners };
const wanted = values.only?.split(",") ?? Object.keys(all);
const unknown = wanted.find((name) => !Object.hasOwn(all, name));
if (unknown !== undefined) {
  console.error(
    `--only: wanted projects out of ${Object.keys(all).join(", ")}, got ${JSON.stringify(unknown)}`,
  );
  process.exit(2);
}

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const step = new Step();

const packed = step.take("pack", () => {
  const [{ filename, files, size, unpackedSize }] = JSON.parse(
    run(root, "npm", ["pack", "--json", "--pack-destination", work]),
  );
  checkFiles(files.map(({ path }) => path));
  step.note(
    `${files.length} files, ${Math.round(size / 1024)} KiB, unpacked ${Math.round(unpackedSize / 1024)}`,
  );
  return join(work, filename);
});

/** What must be in the tarball, and what must not. */
function checkFiles(paths) {
  const there = new Set(paths);
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const [subpath, target] of Object.entries(exports))
    for (const file of typeof target === "string" ? [target] : Object.values(target))
      if (!there.has(file.replace(/^\.\//, ""))) throw new Error(`${subpath}: ${file} is not packed`);
  for (const file of [
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "dist/THIRD-PARTY-NOTICES.txt",
    "dist/web/index.html",
  ])
    if (!there.has(file)) throw new Error(`${file} is not packed`);
  const hidden = paths.filter((path) => path.split("/").some((part) => part.startsWith(".")));
  if (hidden.length > 0) throw new Error(`packed by accident: ${hidden.join(", ")}`);
  for (const path of paths.filter((name) => name.endsWith(".map"))) {
    const { sources } = JSON.parse(readFileSync(join(root, path), "utf8"));
    for (const source of sources) {
      const file = join(dirname(path), source).replaceAll("\\", "/");
      if (!there.has(file)) throw new Error(`${path}: its source ${file} is not packed`);
    }
  }
}

/** A project of its own with the tarball and what else it needs. */
function project(name, { packages = {}, files, manifest: more = {} }) {
  const folder = join(work, name);
  mkdirSync(folder);
  const dependencies = { gridclear: packed, ...packages };
  const manifest = { name: `uses-${name}`, private: true, type: "module", dependencies, ...more };
  for (const [file, text] of Object.entries({
    "package.json": JSON.stringify(manifest, null, 2),
    ...files,
  })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  run(folder, "npm", [
    "install",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    "--prefer-offline",
  ]);
  return folder;
}

for (const name of wanted) {
  const { setup, checks } = all[name];
  const folder = step.take(`${name}: install`, () => project(name, setup));
  for (const [what, check] of Object.entries(checks)) step.take(`${name}: ${what}`, () => check(folder));
}
if (values.nodes) nodes(step, root, work);
step.end();
