/**
 * Makes, beside dist, a folder for every subpath that package.json exports (`verify/package.json` and so on), which
 * sends those on who resolve subpaths as paths: Parcel without its `packageExports` setting, TypeScript's `node10`.
 * They are packed and not kept in git; `--remove` takes them away.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { exports, files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const subpaths = Object.entries(exports)
  .filter(([name, target]) => name !== "." && typeof target === "object" && target.default.endsWith(".js"))
  .map(([name, target]) => ({ folder: name.slice(2), target }));

for (const top of new Set(subpaths.map(({ folder }) => folder.split("/")[0]))) {
  if (!files.includes(top)) throw new Error(`package.json: files must name ${top}`);
  rmSync(join(root, top), { recursive: true, force: true });
}
if (!process.argv.includes("--remove"))
  for (const { folder, target } of subpaths) {
    const up = posix.relative(folder, ".");
    mkdirSync(join(root, folder), { recursive: true });
    const redirect = {
      type: "module",
      sideEffects: false,
      main: posix.join(up, target.default),
      types: posix.join(up, target.types),
    };
    writeFileSync(join(root, folder, "package.json"), `${JSON.stringify(redirect, null, 2)}\n`);
  }
