// Finds a Chromium for the browser tests, or installs one from Debian's or npm's registry; and a Firefox, or installs
// Debian's.
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

/** Chromium without its window, of which the tests have no use: it opens a page in about half of the time. */
const shellPaths = ["/usr/bin/chromium-headless-shell"];
const chromiumPaths = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
];
const firefoxPaths = [
  "/usr/bin/firefox-esr",
  "/usr/bin/firefox",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
  "C:/Program Files/Mozilla Firefox/firefox.exe",
];

const say = (text) => process.stderr.write(`gridclear: ${text}\n`);
const run = (command, args) =>
  spawnSync(command, args, {
    stdio: ["ignore", 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  }).status === 0;

/** Path of an executable: that of `variable`, a known one, or of Debian's package when root; null where none is. */
function findOrInstall(variable, paths, debian) {
  const named = process.env[variable];
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`${variable} names ${named}, which is not there`);
  }
  const found = paths.find((path) => existsSync(path));
  if (found) return found;
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return null;
  say(`no ${debian} found: installing Debian's package`);
  run("apt-get", ["update", "-qq"]);
  const made = run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", debian]);
  return made && existsSync(`/usr/bin/${debian}`) ? `/usr/bin/${debian}` : null;
}

/**
 * Path of a Firefox executable: `$FIREFOX_PATH`, a known path, or Debian's package when root; null where there is none,
 * and then what needs one is skipped.
 */
export const findFirefox = () => findOrInstall("FIREFOX_PATH", firefoxPaths, "firefox-esr");

/**
 * Path of a Chromium executable: `$CHROMIUM_PATH`, Debian's `chromium-headless-shell`, installed when root, another
 * known path, Debian's `chromium` when root, or the build in `@sparticuz/chromium` from npm. Throws with what to do
 * when there is none.
 */
export function findChromium() {
  const found =
    findOrInstall("CHROMIUM_PATH", shellPaths, "chromium-headless-shell") ??
    findOrInstall("CHROMIUM_PATH", chromiumPaths, "chromium");
  if (found !== null) return found;
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
