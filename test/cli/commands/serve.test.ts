// `gridclear serve` as a process: what docs/operations.md walks through, a member of its own program, and `kill -9`.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { call } from "../../support/commands.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const command = join(root, "dist/cli/main.js");
let folder: string;
const running = new Set<ChildProcess>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gridclear-serve-"));
});
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** Serves a market file; resolves with the address that it prints. */
async function serve(
  file: string,
): Promise<{ url: string; child: ChildProcess; ended: Promise<number | null>; said: () => string }> {
  const child = spawn(process.execPath, [command, "serve", file, "--port", "0"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const ended = once(child, "close").then(([code]) => {
    running.delete(child);
    return code as number | null;
  });
  let [out, err] = ["", ""];
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  for await (const chunk of child.stdout) {
    out += chunk;
    if (out.includes("\n")) return { url: out.trim(), child, ended, said: () => err };
  }
  throw new Error(err);
}

/** What a program prints that ends well and complains of nothing. */
async function output(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args);
  let [said, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    said += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, "close");
  expect(errors).toBe("");
  expect(code).toBe(0);
  return said;
}

/** The market file of the page, in a directory of its own, with short periods. */
async function walked(name: string, more: object = {}): Promise<string> {
  const page = readFileSync(join(root, "docs/operations.md"), "utf8");
  const file = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!) as Record<
    string,
    Record<string, unknown>
  >;
  const path = join(folder, `${name}.json`);
  const market = { ...file.market, periodMs: 1_000 };
  await writeFile(
    path,
    JSON.stringify({ ...file, market, ledger: name, platformKey: "platform.key", log: "error", ...more }),
  );
  return path;
}

test("a new operator serves a market, a member joins, trades and checks, and what is sealed at the end verifies", async () => {
  expect((await call("keys", "make", join(folder, "platform.key"))).code).toBe(0);
  expect((await call("keys", "make", join(folder, "ann.key"))).code).toBe(0);
  const file = await walked("walk");
  const first = await serve(file);
  const said = await output(process.execPath, [
    join(root, "examples/member.js"),
    first.url,
    "ann",
    join(folder, "ann.key"),
  ]);
  expect(said).toMatch(
    /^ann joins in period \d+\norder 0 of period \d+ is promised\nand stands in the block\n$/,
  );
  first.child.kill("SIGINT");
  expect(await first.ended).toBe(0);
  const verified = await call("verify", join(folder, "walk"), "--json");
  expect(verified.code).toBe(0);

  // What was acknowledged is there after a kill, and the market goes on.
  const again = await serve(file);
  const before = (await (await fetch(`${again.url}v1/market`)).json()) as { blocks: number };
  again.child.kill("SIGKILL");
  await again.ended;
  const last = await serve(file);
  const after = (await (await fetch(`${last.url}v1/market`)).json()) as { blocks: number };
  expect(after.blocks).toBeGreaterThanOrEqual(before.blocks);
  // One writer.
  const other = spawnSync(process.execPath, [command, "serve", file, "--port", "0"], { encoding: "utf8" });
  expect(other.status).toBe(2);
  expect(other.stderr).toContain("one writer");
  last.child.kill("SIGTERM");
  expect(await last.ended).toBe(0);
  expect((await call("verify", join(folder, "walk"))).code).toBe(0);
}, 60_000);

test("logs that it opens, each period, and that it closes, and names nobody", async () => {
  await call("keys", "make", join(folder, "platform.key"));
  const { url, child, ended, said } = await serve(await walked("logged", { log: "info" }));
  await expect.poll(said, { timeout: 10_000 }).toContain("sealed a period");
  const metrics = await (await fetch(`${url}metrics`)).text();
  expect(Number(/^gridclear_store_bytes (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(1_000);
  child.kill("SIGINT");
  expect(await ended).toBe(0);
  const lines = said()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ msg }) => msg !== "answered");
  expect(lines[0]).toMatchObject({ msg: "serving the market", url });
  expect(lines.at(-2)).toMatchObject({ msg: "sealed a period", orders: 0, trades: 0 });
  expect(lines.at(-1)).toMatchObject({ msg: "closed the market", blocks: expect.any(Number) });
  const sealed = lines.filter(({ msg }) => msg === "sealed a period");
  for (const line of sealed)
    expect(Object.keys(line).sort()).toEqual(
      ["bytes", "hostname", "level", "ms", "msg", "orders", "period", "pid", "time", "trades"].sort(),
    );
  expect(lines.map(({ msg }) => msg)).toContain("closing the market");
}, 30_000);

test("is administered with the operator's key, and closed by it as by a signal", async () => {
  await call("keys", "make", join(folder, "platform.key"));
  expect((await call("keys", "make", join(folder, "operator.key"))).code).toBe(0);
  const made = JSON.parse((await call("keys", "show", join(folder, "operator.key"), "--json")).out);
  const { url, ended } = await serve(await walked("operated", { operator: made.publicKey, members: {} }));
  const operate = (...words: string[]) =>
    call("operator", url, ...words, "--key", join(folder, "operator.key"));
  expect((await operate("admit", "dora", "ab".repeat(32))).code).toBe(0);
  expect(JSON.parse((await operate("members")).out)).toEqual({
    members: [{ participant: "dora", key: "ab".repeat(32), number: null, balance: null, removed: false }],
  });
  expect((await operate("remove", "dora")).code).toBe(0);
  expect(JSON.parse((await operate("members")).out)).toEqual({ members: [] });
  const gone = await operate("remove", "dora");
  expect(gone.code).toBe(2);
  // What the service says that it got is quoted once.
  expect(gone.err).toMatch(/got "dora"\n$/);
  expect(await operate("deposit", "dora", "2", "1")).toMatchObject({ code: 2 });
  expect(await operate("deposit", "dora", "2", "first")).toMatchObject({ code: 2 });
  expect(await operate("dance")).toMatchObject({ code: 2 });
  const other = await call("operator", url, "close", "--key", join(folder, "platform.key"));
  expect(other.code).not.toBe(0);
  expect((await operate("close")).code).toBe(0);
  expect(await ended).toBe(0);
  expect((await call("verify", join(folder, "operated"))).code).toBe(0);
}, 30_000);

test("tells the same events over WebSocket, from where they are asked for, and takes nothing from who listens", async () => {
  await call("keys", "make", join(folder, "platform.key"));
  const { url, child, ended } = await serve(await walked("sockets"));
  const address = `${url.replace("http", "ws")}v1/events`;
  const heard = (path: string, count: number) =>
    new Promise<{ id: string | null; event: string; data: { height?: number } }[]>((resolve, reject) => {
      const events: { id: string | null; event: string; data: { height?: number } }[] = [];
      const line = new WebSocket(`${address}${path}`);
      line.on("error", reject);
      line.on("message", (text) => {
        events.push(JSON.parse(`${text}`));
        if (events.length < count) return;
        line.terminate();
        resolve(events);
      });
    });
  const live = await heard("", 5);
  const ids = live.flatMap(({ id }) => (id === null ? [] : [id]));
  expect(ids.length).toBeGreaterThan(2);
  const again = await heard(`?after=${ids[0]}`, 1);
  expect(again[0]).toEqual(live.filter(({ id }) => id !== null)[1]);
  for (const path of ["?after=x", "?after=99.0"]) await expect(heard(path, 1)).rejects.toThrow("400");
  const chatty = new WebSocket(address);
  await once(chatty, "open");
  chatty.send("x".repeat(2_000));
  const [code] = await once(chatty, "close");
  expect(code).toBe(1009);
  const open = new WebSocket(address);
  await once(open, "open");
  child.kill("SIGINT");
  const [goodbye] = await once(open, "close");
  expect(goodbye).toBe(1001);
  expect(await ended).toBe(0);
}, 30_000);

const python = spawnSync("python3", ["-c", "import cryptography"]).status === 0;
test.skipIf(!python)(
  "a member in Python, written from the documents, joins, trades and proves its order, whether the market is open or private",
  async () => {
    await call("keys", "make", join(folder, "platform.key"));
    await call("keys", "make", join(folder, "bob.key"));
    for (const privacy of ["open", "private"]) {
      const file = await walked(`python-${privacy}`, { market: { id: "elm", privacy, periodMs: 1_000 } });
      const { url, child, ended } = await serve(file);
      const said = await output("python3", [
        join(root, "examples/member.py"),
        url,
        "bob",
        join(folder, "bob.key"),
      ]);
      expect(said).toMatch(
        /^bob joins in period \d+\norder 0 of period \d+ is promised\nand stands in the block\n$/,
      );
      // It has joined; its address goes without a slash as well.
      const again = await output("python3", [
        join(root, "examples/member.py"),
        url.slice(0, -1),
        "bob",
        join(folder, "bob.key"),
      ]);
      expect(again).toMatch(/^order \d+ of period \d+ is promised\nand stands in the block\n$/);
      child.kill("SIGINT");
      expect(await ended).toBe(0);
    }
  },
  60_000,
);

test("a member's program says why it can't join, and that nobody listens", async () => {
  await call("keys", "make", join(folder, "platform.key"));
  await call("keys", "make", join(folder, "eve.key"));
  const { url, child, ended } = await serve(await walked("closed", { members: {} }));
  const run = () =>
    spawnSync(process.execPath, [join(root, "examples/member.js"), url, "eve", join(folder, "eve.key")], {
      encoding: "utf8",
    });
  const refused = run();
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/^contract\.\S+: wanted .*, got .*\n$/);
  child.kill("SIGINT");
  expect(await ended).toBe(0);
  const alone = run();
  expect(alone.status).toBe(1);
  expect(alone.stderr).toMatch(/^http:\S+: .*ECONNREFUSED.*\n$/);
}, 30_000);

test("answers who asks by HTTP/1.0 and names no host", async () => {
  await call("keys", "make", join(folder, "platform.key"));
  const { url, child, ended } = await serve(await walked("plain"));
  const { port, hostname } = new URL(url);
  let said = "";
  const socket = connect(Number(port), hostname, () => void socket.write("GET /health HTTP/1.0\r\n\r\n"));
  socket.on("data", (piece) => {
    said += piece;
  });
  await once(socket, "close");
  expect(said).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\{"status":"alive"\}$/);
  child.kill("SIGINT");
  expect(await ended).toBe(0);
}, 30_000);

test("says what is wrong with its file, key and port", async () => {
  expect(await call("serve", join(folder, "none.json"))).toMatchObject({ code: 2 });
  const file = await walked("wrong", { port: "x" });
  const said = await call("serve", file);
  expect(said.code).toBe(2);
  expect(said.err).toContain("port");
  expect((await call("serve", await walked("keyless", { platformKey: "missing.key" }))).err).toContain(
    "missing.key",
  );
  expect((await call("serve", await walked("fine"), "--port", "x")).err).toContain("--port");
});
