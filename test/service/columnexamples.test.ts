// The gateways of examples/, in three languages, against a market that runs: straight, and over a line that breaks.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hex } from "../../src/bytes.js";
import { type ServedProcess, serveProcess } from "../support/servedmarket.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const members = ["ann", "bob", "cid", "4+1", "Müller"];
const carriers = ["electricity", "heat", "cold", "gas"];
let served: ServedProcess;

beforeAll(async () => {
  served = await serveProcess({ market: { periodMs: 2_500 } });
  const gateway = hex((await served.key("gateway")).publicKey);
  let from = 0;
  for (const [at, member] of members.entries())
    from = await served.joins(member, await served.key(`member${at}`), { gateway });
  await served.opens(from);
  // Twenty orders: more than a leaf of the tree has.
  const lines = members.flatMap((member) =>
    carriers.map((carrier, at) => `${member} ${carrier} ${at % 2 === 0 ? "offer" : "bid"} 1500000 -80000`),
  );
  writeFileSync(join(served.folder, "orders.txt"), `${lines.join("\n")}\n`);
}, 60_000);
afterAll(() => served.close());

const programs = [
  [process.execPath, "columns.js"],
  ["python3", "columns.py"],
  ["perl", "columns.pl"],
] as const;

/** Runs a gateway against an address. */
const run = (program: string, name: string, url: string): Promise<{ stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const files = ["gateway.key", "orders.txt"].map((file) => join(served.folder, file));
    execFile(program, [join(root, "examples", name), url, ...files], (_, stdout, stderr) =>
      resolve({ stdout, stderr }),
    );
  });

/**
 * Hands everything on, but for orders in columns: the first are told that there is no room, the answer to the second is
 * lost on the way once the market has given it, and every answer after that is kept.
 */
async function brokenLine(): Promise<{
  server: Server;
  url: string;
  kept: { body: string; status: number }[];
}> {
  let sent = 0;
  const kept: { body: string; status: number }[] = [];
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const isColumns = request.url === "/v1/orders/columns";
    if (isColumns) sent += 1;
    if (isColumns && sent === 1) return void response.writeHead(503, { "retry-after": "0" }).end("{}");
    const answer = await fetch(new URL(request.url!, served.url), {
      method: request.method!,
      ...(request.method === "POST" ? { body } : {}),
    });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (isColumns) kept.push({ body: body.toString("hex"), status: answer.status });
    if (isColumns && sent === 2) return void request.socket.destroy();
    response
      .writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" })
      .end(bytes);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, kept };
}

test.each(programs)(
  "%s sends the same again where there was no room, and where the answer was lost",
  async (program, name) => {
    const line = await brokenLine();
    const said = await run(program, name, line.url);
    line.server.close();
    expect(said.stderr).toBe("");
    expect(said.stdout).toMatch(/^20 orders from number \d+ of period \d+\n$/);
    expect(line.kept.length).toBeGreaterThanOrEqual(2);
    expect(line.kept.at(-1)!.status).toBe(200);
    // What was lost was taken, unless the gate had closed; then the same bytes were answered the same.
    if (line.kept[0]!.status === 200) expect(line.kept[1]).toEqual(line.kept[0]);
    await served.opens(Number(/period (\d+)/.exec(said.stdout)![1]) + 1);
  },
  60_000,
);

test.each(programs)(
  "%s sends orders in columns",
  async (program, name) => {
    const said = await run(program, name, served.url);
    expect(said.stderr).toBe("");
    expect(said.stdout).toMatch(/^20 orders from number \d+ of period \d+\n$/);
    const period = Number(/period (\d+)/.exec(said.stdout)![1]);
    await served.opens(period + 2);
    expect(await (await fetch(`${served.url}v1/periods/${period}`)).json()).toMatchObject({
      orders: 20,
      carriers: { electricity: { energy: { offered: "7.5" } }, gas: { energy: { asked: "7.5" } } },
    });
  },
  60_000,
);
