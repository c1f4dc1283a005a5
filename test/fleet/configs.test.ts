// The configurations that the documents give are taken by a real server and come to what they promise: three servers
// that form a cluster, keep streams and flush every write. Only addresses and folders are other ones here.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { checkServers } from "../../src/fleet/servers.js";
import { findNatsServer, freePorts } from "../support/natsserver.mjs";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gridclear-configs-"));
});
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await new Promise((go) => setTimeout(go, 100));
  rmSync(folder, { recursive: true, force: true });
});

/** Puts a text in place of what has to be there. */
function put(text: string, what: string | RegExp, other: string): string {
  expect(text).toMatch(what);
  return text.replace(what, other);
}

/** Starts servers a, b and c by a configuration; what their monitoring ports say once they have a leader. */
async function started(configuration: (name: string) => string): Promise<Map<string, unknown>> {
  const names = ["a", "b", "c"];
  const ports = await freePorts(9);
  const at = (kind: number, index: number): string => `127.0.0.1:${ports[3 * kind + index]}`;
  const routes = names.map((_, index) => `nats://${at(2, index)}`).join(", ");
  for (const [index, name] of names.entries()) {
    let text = put(configuration(name), /listen: 0\.0\.0\.0:4222/, `listen: "${at(0, index)}"`);
    text = put(text, /http: \S+:8222/, `http: "${at(1, index)}"`);
    text = put(text, /listen: 0\.0\.0\.0:6222/, `listen: "${at(2, index)}"`);
    text = put(text, /routes: \[[^\]]*\]/, `routes: [${routes}]`);
    text = put(text, /store_dir: [^ ,]+/, `store_dir: "${join(folder, name)}"`);
    const file = join(folder, `${name}.conf`);
    writeFileSync(file, text);
    const env = { ...process.env, NAME: name };
    children.push(spawn(findNatsServer(), ["-c", file], { stdio: "ignore", env }));
  }
  const end = Date.now() + 30_000;
  for (;;) {
    const answers = await Promise.all(
      names.map(async (_, index) => [
        `http://${at(1, index)}/`,
        await fetch(`http://${at(1, index)}/varz`).then(
          async (answer) => (await answer.json()) as { jetstream?: { meta?: { leader?: string } } },
          () => null,
        ),
      ]),
    );
    const all = new Map(answers as [string, { jetstream?: { meta?: { leader?: string } } } | null][]);
    if ([...all.values()].every((said) => said?.jetstream?.meta?.leader)) return all;
    if (Date.now() > end) throw new Error(`no cluster: ${JSON.stringify([...all])}`);
    await new Promise((go) => setTimeout(go, 200));
  }
}

test("the configuration of docs/fleet.md", async () => {
  const text = /```\n(# nats\.conf[\s\S]*?)```/.exec(read("docs/fleet.md"))?.[1] ?? "";
  const answers = await started((name) => put(text, /server_name: a/, `server_name: ${name}`));
  expect(() => checkServers(answers)).not.toThrow();
});

test("the compose file, and the configuration in it", async () => {
  const file = parse(read("examples/fleet/compose.yaml"), { merge: true });
  const services = Object.entries<{ [key: string]: unknown }>(file.services);
  expect(services.map(([name]) => name)).toEqual(["a", "b", "c"]);
  for (const [name, service] of services) {
    expect(service).toMatchObject({
      configs: ["nats"],
      command: ["-c", "/nats"],
      environment: { NAME: name },
    });
    expect(service.volumes).toEqual([`${name}:/data`]);
    expect(Object.keys(file.volumes)).toContain(name);
    expect(Number(/^nats:2\.(\d+)/.exec(`${service.image}`)?.[1])).toBeGreaterThanOrEqual(12);
  }
  // Docker makes one dollar of two; the server finds its name in the environment.
  const text = `${file.configs.nats.content}`.replaceAll("$$", "$");
  const answers = await started(() => text);
  expect(() => checkServers(answers)).not.toThrow();
  const names = [...answers.values()].map((said) => (said as { server_name: string }).server_name);
  expect(names.sort()).toEqual(["a", "b", "c"]);
});
