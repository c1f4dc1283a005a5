// @ts-check
/**
 * What the package is made of, and whether it can be made again: `npm run supply`. A table of what is installed with it
 * (also as CycloneDX: `--sbom FILE`), and checks: exact versions with hashes out of the npm registry, licences that may
 * be passed on, no install scripts, no known advisory where the registry tells, and a core and a `dist` that are the
 * same to the byte when they are built twice, in folders of different names.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({
  options: { sbom: { type: "string" }, "no-build": { type: "boolean", default: false } },
});

/** Licences under which whoever embeds the package may pass it on. */
const licences = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"]);
/** Packages of the development tree with a script at installation, which nothing here runs (`--ignore-scripts`). */
const scripted = ["esbuild"];

let wrong = 0;
const say = (/** @type {string} */ text) => console.log(text);
/** @param {boolean} isGood @param {string} what */
function check(isGood, what) {
  say(`${isGood ? "ok  " : "BAD "} ${what}`);
  if (!isGood) wrong += 1;
}

// --- What there is --------------------------------------------------------------------------------------------------

/** @typedef {{ license?: { id?: string }, expression?: string }} Licence */
/** @typedef {{ name: string, version: string, licenses?: Licence[] }} Component */
const omit = ["dev", "optional", "peer"].flatMap((kind) => ["--omit", kind]);
const sbom = execFileSync("npm", ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx", ...omit], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 1 << 26,
});
const bill = JSON.parse(sbom);
bill.metadata.component.name = "gridclear";
/** @type {Component[]} */
const components = bill.components;
/** How texts of licences begin, for a package that has the text and does not name it. */
const texts = /** @type {const} */ ([
  [/Redistribution and use in source and binary forms/, "BSD-2-Clause"],
  [/Permission is hereby granted, free of charge/, "MIT"],
]);
/** @param {Component} component */
function licenceOf({ name, licenses = [] }) {
  const named = licenses.map(({ license, expression }) => expression ?? license?.id ?? "?").join(" ");
  if (named !== "") return named;
  const path = join(root, "node_modules", name, "LICENSE");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return texts.find(([begin]) => begin.test(text))?.[1] ?? "none";
}
say("| installed with gridclear | version | licence |\n| --- | --- | --- |");
for (const component of components)
  say(`| ${component.name} | ${component.version} | ${licenceOf(component)} |`);
say("");
check(components.length > 0, `${components.length} packages are installed with it`);
const odd = components.filter((component) => !licences.has(licenceOf(component)));
check(
  odd.length === 0,
  `licences may be passed on${odd.map(({ name }) => `, but not that of ${name}`).join("")}`,
);
if (values.sbom !== undefined) writeFileSync(values.sbom, `${JSON.stringify(bill, null, 1)}\n`);

/**
 * @typedef {object} Locked
 * @property {string} [resolved]
 * @property {string} [integrity]
 * @property {boolean} [hasInstallScript]
 * @property {boolean} [dev]
 */
/** @type {[string, Locked][]} */
const locked = Object.entries(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages);
const packages = locked.filter(([path]) => path !== "");
const unhashed = packages.filter(([, { integrity }]) => !integrity?.startsWith("sha512-"));
check(
  unhashed.length === 0,
  `each of ${packages.length} packages of the lock file has its SHA-512${unhashed.map(([path]) => `, but not ${path}`)}`,
);
const elsewhere = packages.filter(
  ([, { resolved }]) => resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/"),
);
check(
  elsewhere.length === 0,
  `none comes from elsewhere than the npm registry${elsewhere.map(([path]) => `, but ${path}`)}`,
);
const scripts = packages
  .filter(([, { hasInstallScript }]) => hasInstallScript)
  .map(([path]) => path.slice("node_modules/".length));
check(
  scripts.every((name) => scripted.includes(name)) &&
    packages.every(([, each]) => !each.hasInstallScript || each.dev === true),
  `no script runs at installation; in the development tree ${scripts.join(", ") || "none"} has one, which is not run`,
);
const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const loose = Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(`${version}`));
check(loose.length === 0, `dependencies have exact versions${loose.map(([name]) => `, but not ${name}`)}`);

// --- Advisories -----------------------------------------------------------------------------------------------------

const audit = spawnSync("npm", ["audit", "--json", "--omit", "dev"], { cwd: root, encoding: "utf8" });
/** @type {{ metadata?: { vulnerabilities?: { total: number } }, vulnerabilities?: Record<string, unknown> }} */
let advisories = {};
try {
  advisories = JSON.parse(audit.stdout);
} catch {
  // Said below: there was no answer.
}
const total = advisories.metadata?.vulnerabilities?.total;
if (total === undefined) say("--   the registry does not answer about advisories: not checked");
else
  check(
    total === 0,
    `${total} known advisories: ${Object.keys(advisories.vulnerabilities ?? {}).join(", ") || "none"}`,
  );

// --- Built twice ----------------------------------------------------------------------------------------------------

/** Hashes of all files in a folder by their paths. @param {string} folder */
function hashes(folder) {
  /** @type {Map<string, string>} */
  const all = new Map();
  for (const path of readdirSync(folder, { recursive: true }).map(String).sort())
    if (statSync(join(folder, path)).isFile())
      all.set(
        path,
        createHash("sha256")
          .update(readFileSync(join(folder, path)))
          .digest("hex"),
      );
  return all;
}

/** Builds what is under version control in a folder of its own; hashes of `dist`. @param {string} name */
function built(name) {
  const folder = join(mkdtempSync(join(tmpdir(), "gridclear-")), name);
  mkdirSync(folder);
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const file of files.split("\0"))
    if (/^(assembly|docs|scripts|src|[^/]+$)/.test(file) && file !== "")
      cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  execFileSync("npm", ["run", "--silent", "build"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  const all = hashes(join(folder, "dist"));
  rmSync(dirname(folder), { recursive: true });
  return all;
}

if (!values["no-build"]) {
  say("building twice…");
  const [one, two] = [built("one"), built("another-name")];
  const differ = [...new Set([...one.keys(), ...two.keys()])].filter(
    (path) => one.get(path) !== two.get(path),
  );
  check(
    one.size > 0 && differ.length === 0,
    `${one.size} files of dist are the same when built twice${differ.map((path) => `, but not ${path}`)}`,
  );
  const here = hashes(join(root, "dist"));
  check(
    here.get("core.wasm") === one.get("core.wasm"),
    `core.wasm, SHA-256 ${one.get("core.wasm")}, is that of this checkout`,
  );
}
process.exit(wrong > 0 ? 1 : 0);
