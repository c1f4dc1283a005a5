// @ts-check
// Debian's MQTT broker on loopback. Where it is not installed, its package and the libraries that it needs are fetched
// with apt and unpacked beside the packages of npm, without being installed.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
const packages = ["mosquitto", "libcjson1", "libdlt2", "libwrap0"];

/** Finds or fetches the broker, and its libraries. Throws what to do where it can't be had. */
function findMosquitto() {
  const unpacked = join(cache, "mosquitto");
  if (!existsSync(join(unpacked, "usr/sbin/mosquitto"))) {
    const installed = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"];
    const program = installed.find((path) => existsSync(path));
    if (program !== undefined) return { program, libraries: "" };
    fetchMosquitto(unpacked);
  }
  const libraries = ["usr/lib", "lib"].flatMap((folder) => {
    const path = join(unpacked, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path)
      .filter((name) => name.includes("linux"))
      .map((name) => join(path, name));
  });
  return { program: join(unpacked, "usr/sbin/mosquitto"), libraries: libraries.join(":") };
}

/** @param {string} unpacked */
function fetchMosquitto(unpacked) {
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, "mosquitto-"));
  const run = (/** @type {string} */ command, /** @type {string[]} */ args) => {
    const { status, stderr, error } = spawnSync(command, args, { cwd: fresh, encoding: "utf8" });
    if (status !== 0) {
      rmSync(fresh, { recursive: true, force: true });
      const said = `${error ?? stderr}`.trim();
      throw new Error(
        `This test needs the broker mosquitto: install it (apt-get install mosquitto).\n${said}`,
      );
    }
  };
  run("apt-get", ["download", ...packages]);
  for (const name of readdirSync(fresh)) if (name.endsWith(".deb")) run("dpkg", ["-x", name, "."]);
  try {
    renameSync(fresh, unpacked);
  } catch {
    // Another test was quicker.
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** A port that is free now. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/**
 * Starts a broker on loopback: for everybody, or for one user with a password, in the clear or with a certificate.
 * @param {import("./mosquitto.d.mts").BrokerAsked} [asked]
 */
export async function startMosquitto({ port, user, tls } = {}) {
  const { program, libraries } = findMosquitto();
  const env = libraries === "" ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries };
  const taken = port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), "gridclear-mosquitto-"));
  const lines = [`listener ${taken} 127.0.0.1`, "persistence false", "set_tcp_nodelay true"];
  if (process.getuid?.() === 0) lines.unshift("user root");
  if (user === undefined) lines.push("allow_anonymous true");
  else {
    const file = join(folder, "passwords");
    const made = spawnSync(
      join(dirname(program), "../bin/mosquitto_passwd"),
      ["-b", "-c", file, user.name, user.password],
      { env, encoding: "utf8" },
    );
    if (made.status !== 0) throw new Error(`mosquitto_passwd: ${made.error ?? made.stderr}`);
    lines.push("allow_anonymous false", `password_file ${file}`);
  }
  if (tls !== undefined) lines.push(`certfile ${tls.certificate}`, `keyfile ${tls.key}`);
  const config = join(folder, "mosquitto.conf");
  writeFileSync(config, `${lines.join("\n")}\n`);
  const child = spawn(program, ["-c", config], { stdio: ["ignore", "ignore", "pipe"], env });
  let said = "";
  await /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      child.stderr.on("data", (text) => {
        said += text;
        if (said.includes("running")) resolve();
      });
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`mosquitto ended with ${code}: ${said}`)));
    })
  );
  return {
    url: `${tls === undefined ? "mqtt" : "mqtts"}://127.0.0.1:${taken}`,
    port: taken,
    pid: child.pid,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
