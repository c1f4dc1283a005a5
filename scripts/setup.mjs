// Makes a fresh checkout ready: installs packages and builds when either is missing or out of date. `npm start`,
// `npm test` and `npm pack` call it first; it needs nothing but Node and npm. With `--installed` the packages are npm's
// to install, as when it runs `prepare` of a dependency out of git.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`gridclear needs Node 20.19 or newer; this is ${process.version}\n`);
  process.exit(1);
}

function run(what, command, args) {
  process.stderr.write(`gridclear: ${what}: ${command} ${args.join(" ")}\n`);
  const { status } = spawnSync(command, args, {
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) {
    process.stderr.write(`gridclear: ${command} failed with ${status}\n`);
    process.exit(status ?? 1);
  }
}

/** Hash of the names and contents of everything the build reads. */
function sourcesHash() {
  const hash = createHash("sha256");
  const visit = (path) => {
    if (path.includes("inline") || path.endsWith("node_modules")) return;
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(path).update("\0").update(readFileSync(path));
  };
  for (const path of ["package.json", "asconfig.json", "tsconfig.json", "assembly", "scripts", "src"])
    visit(path);
  return hash.digest("hex");
}

const lock = "package-lock.json";
const installed = "node_modules/.gridclear-lock";
const lockHash = createHash("sha256").update(readFileSync(lock)).digest("hex");
const npmInstalls = process.argv.includes("--installed") && existsSync("node_modules/typescript");
if (!npmInstalls && (!existsSync(installed) || readFileSync(installed, "utf8") !== lockHash)) {
  run("installing packages", "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
  writeFileSync(installed, lockHash);
}

const stamp = "build/.sources";
const sources = sourcesHash();
if (
  !existsSync("dist/THIRD-PARTY-NOTICES.txt") ||
  !existsSync(stamp) ||
  readFileSync(stamp, "utf8") !== sources
) {
  // What a renamed or deleted source left behind must not be packed.
  rmSync("dist", { recursive: true, force: true });
  run("building", "npm", ["run", "--silent", "build"]);
  writeFileSync(stamp, sources);
}
if (process.argv.includes("--browser"))
  await import("../test/support/find.mjs").then((m) => [m.findChromium(), m.findFirefox()]);
