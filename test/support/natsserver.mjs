// NATS servers on loopback for tests: found on this machine, or Debian's newest package, fetched with an apt that has a
// configuration of its own and unpacked beside the packages of npm, without being installed.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const cache = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
/** Older servers lose acknowledged writes, or let two writers of one expected sequence both win. */
const least = [2, 12, 3];
const advice = `install nats-server ${least.join(".")} or newer, or name one by $NATS_SERVER`;

/** Whether a program is a server that is new enough. */
const isNewEnough = (program) => {
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  const version = /v(\d+)\.(\d+)\.(\d+)/
    .exec(stdout ?? "")
    ?.slice(1)
    .map(Number);
  if (version === undefined) return false;
  const differs = version.findIndex((part, index) => part !== least[index]);
  return differs < 0 || version[differs] > least[differs];
};

export function findNatsServer() {
  const named = process.env.NATS_SERVER;
  if (named) {
    if (isNewEnough(named)) return named;
    throw new Error(`NATS_SERVER names ${named}, which is no server or too old: ${advice}`);
  }
  if (isNewEnough("nats-server")) return "nats-server";
  const unpacked = join(cache, "nats-server");
  const program = join(unpacked, "usr/sbin/nats-server");
  if (!existsSync(program)) fetchServer(unpacked);
  if (isNewEnough(program)) return program;
  throw new Error(`The nats-server that was fetched does not run here: ${advice}`);
}

function fetchServer(unpacked) {
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, "nats-"));
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  for (const folder of ["lists/partial", "archives/partial"])
    mkdirSync(join(fresh, folder), { recursive: true });
  writeFileSync(join(fresh, "status"), "");
  writeFileSync(
    join(fresh, "sources.list"),
    `deb [signed-by=${keyring}] http://deb.debian.org/debian sid main\n`,
  );
  const config = join(fresh, "apt.conf");
  writeFileSync(
    config,
    `Dir::Etc::sourcelist "${fresh}/sources.list";
Dir::Etc::sourceparts "-";
Dir::State "${fresh}";
Dir::State::status "${fresh}/status";
Dir::Cache "${fresh}";
Acquire::Languages "none";
`,
  );
  const run = (command, args) => {
    const { status, stderr, error } = spawnSync(command, args, {
      cwd: fresh,
      encoding: "utf8",
      env: { ...process.env, APT_CONFIG: config },
    });
    if (status === 0) return;
    rmSync(fresh, { recursive: true, force: true });
    throw new Error(`This needs a NATS server: ${advice}.\n${`${error ?? stderr}`.trim()}`);
  };
  run("apt-get", ["update", "-qq"]);
  run("apt-get", ["download", "-qq", "nats-server"]);
  for (const name of readdirSync(fresh).filter((each) => each.endsWith(".deb")))
    run("dpkg-deb", ["-x", name, "unpacked"]);
  try {
    renameSync(join(fresh, "unpacked"), unpacked);
  } catch {
    // Another test was quicker.
  }
  rmSync(fresh, { recursive: true, force: true });
}

/**
 * Ports that nobody listens on. They lie below those that systems give to outgoing connections, one of which might
 * take a port between here and the server that is to have it.
 */
export async function freePorts(count) {
  const servers = [];
  while (servers.length < count) {
    const server = createServer().listen(11_000 + Math.floor(Math.random() * 21_000), "127.0.0.1");
    const isFree = await new Promise((told) => {
      server.once("listening", () => told(true)).once("error", () => told(false));
    });
    if (isFree) servers.push(server);
  }
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

const patienceMs = 20_000;
const pause = (ms) => new Promise((go) => setTimeout(go, ms));

async function until(what, isSo) {
  const end = Date.now() + patienceMs;
  while (!(await isSo().catch(() => false))) {
    if (Date.now() > end) throw new Error(`nats-server: ${what} took more than ${patienceMs} ms`);
    await pause(50);
  }
}

/** Whether a server takes connections: it tells of itself a little earlier. */
const listens = (port) =>
  new Promise((told) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => told(true)).once("error", () => told(false));
    socket.once("connect", () => socket.destroy());
  });

const asks = async (url) => (await fetch(url, { signal: AbortSignal.timeout(2_000) })).json();

export async function startNats(count = 1, { sync = "always", more = () => "" } = {}) {
  const program = findNatsServer();
  const root = mkdtempSync(join(tmpdir(), "gridclear-nats-"));
  const ports = await freePorts(count * 3);
  const routes = ports.slice(2 * count).map((port) => `nats://127.0.0.1:${port}`);
  const servers = Array.from({ length: count }, (_, index) =>
    serverOf({ program, root, name: `n${index + 1}`, count, sync, more }, routes, {
      client: ports[index],
      monitor: ports[count + index],
      route: ports[2 * count + index],
    }),
  );
  await Promise.all(servers.map((server) => server.start()));
  await until("a leader", async () => {
    if (count === 1) return true;
    const all = await Promise.all(servers.map(({ monitor }) => asks(`${monitor}varz`)));
    const leaders = new Set(all.map(({ jetstream }) => jetstream.meta?.leader));
    return leaders.size === 1 && !leaders.has(undefined) && !leaders.has("");
  });
  return {
    servers,
    urls: servers.map(({ url }) => url),
    monitors: servers.map(({ monitor }) => monitor),
    close: async () => {
      await Promise.all(servers.map((server) => server.kill()));
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function serverOf({ program, root, name, count, sync, more }, routes, { client, monitor, route }) {
  const folder = join(root, name);
  const file = join(root, `${name}.conf`);
  const cluster = `cluster { name: tests, listen: "127.0.0.1:${route}", routes: ${JSON.stringify(routes)} }\n`;
  writeFileSync(
    file,
    `server_name: ${name}
listen: "127.0.0.1:${client}"
http: "127.0.0.1:${monitor}"
max_payload: 8MB
jetstream { store_dir: "${folder}", sync_interval: ${sync} }
${count > 1 ? cluster : ""}${more(name)}`,
  );
  let child = null;
  const address = `http://127.0.0.1:${monitor}/`;
  return {
    name,
    pid: () => child?.pid,
    url: `nats://127.0.0.1:${client}`,
    monitor: address,
    folder: join(folder, "jetstream"),
    start: async () => {
      const started = spawn(program, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
      child = started;
      let said = "";
      started.stderr.on("data", (text) => {
        said = (said + text).slice(-2_000);
      });
      await until(`${name} starting`, async () => {
        if (started.exitCode !== null) throw new Error(said);
        return (await asks(`${address}varz`)).server_name === name && (await listens(client));
      });
    },
    kill: async (signal = "SIGKILL") => {
      if (child === null || child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      if (signal !== "SIGKILL") return;
      await once(child, "exit");
    },
  };
}
