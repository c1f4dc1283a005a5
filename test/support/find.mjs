// Finds a Chromium for the browser tests, or installs one from Debian's or npm's registry.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** Flags that a headless Chromium needs in a container without network. */
export const launchFlags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const knownPaths = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

const say = (text) => process.stderr.write(`gridclear: ${text}\n`);
const run = (command, args) =>
  spawnSync(command, args, {
    stdio: ["ignore", 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  }).status === 0;

/**
 * Path of a Chromium executable: `$CHROMIUM_PATH`, a known path, Debian's package when root, or the build in
 * `@sparticuz/chromium` from npm. Throws with what to do when there is none.
 */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which is not there`);
  }
  const found = knownPaths.find((path) => existsSync(path));
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync("/etc/debian_version")) {
    say("no browser found: installing Debian's chromium");
    run("apt-get", ["update", "-qq"]);
    if (
      run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]) &&
      existsSync(knownPaths[0])
    )
      return knownPaths[0];
  }
  say("no browser found: fetching @sparticuz/chromium from npm");
  const folder = "build/chromium";
  const made = run("npm", [
    "install",
    "--prefix",
    folder,
    "--no-save",
    "--no-audit",
    "--no-fund",
    "@sparticuz/chromium@147.0.0",
  ]);
  if (made) {
    const script = `import("${process.cwd()}/${folder}/node_modules/@sparticuz/chromium/build/esm/index.js").then(async (m) => process.stdout.write(await m.default.executablePath()))`;
    const { stdout } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    if (stdout && existsSync(stdout)) return stdout;
  }
  throw new Error("no Chromium: set CHROMIUM_PATH to one, or install Debian's package chromium");
}
