/**
 * Debian's MQTT broker on loopback. Where it is not installed, its package and the libraries that it needs are fetched
 * with apt and unpacked beside the packages of npm, without being installed.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
const packages = ["mosquitto", "libcjson1", "libdlt2", "libwrap0"];

interface Found {
  readonly program: string;
  readonly libraries: string;
}

/** Finds or fetches the broker. Throws what to do where it can't be had. */
function findMosquitto(): Found {
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

function fetchMosquitto(unpacked: string): void {
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, "mosquitto-"));
  const run = (command: string, args: readonly string[]): void => {
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

/** A broker that runs. */
export interface RunningBroker {
  readonly url: string;
  readonly port: number;
  /** Stops it, as a crash would. */
  stop(): Promise<void>;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Starts a broker that everybody on loopback may use. */
export async function startMosquitto(port?: number): Promise<RunningBroker> {
  const { program, libraries } = findMosquitto();
  const taken = port ?? (await freePort());
  const folder = mkdtempSync(join(tmpdir(), "gridclear-mosquitto-"));
  const config = join(folder, "mosquitto.conf");
  const user = process.getuid?.() === 0 ? "user root\n" : "";
  writeFileSync(config, `${user}listener ${taken} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const child: ChildProcess = spawn(program, ["-c", config], {
    stdio: ["ignore", "ignore", "pipe"],
    env: libraries === "" ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries },
  });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stderr!.on("data", (text) => {
      said += text;
      if (said.includes("running")) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`mosquitto ended with ${code}: ${said}`)));
  });
  return {
    url: `mqtt://127.0.0.1:${taken}`,
    port: taken,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
