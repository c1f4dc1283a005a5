// The gateways of examples/, in three languages, against a market that runs.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromHex, hex } from "../../src/bytes.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { contractStatement } from "../../src/ledger/keys/message.js";
import { signatures } from "../support/signedmarket.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const command = join(root, "dist/cli/main.js");
const folder = mkdtempSync(join(tmpdir(), "gridclear-columns-"));
const members = ["ann", "bob", "cid", "4+1", "Müller"];
const carriers = ["electricity", "heat", "cold", "gas"];
let service: ChildProcess;
let url = "";

const market = async (): Promise<{ id: string; period: number }> =>
  (await (await fetch(`${url}v1/market`)).json()) as { id: string; period: number };

beforeAll(async () => {
  for (const name of ["platform", "gateway"])
    spawnSync(process.execPath, [command, "keys", "make", join(folder, `${name}.key`)]);
  writeFileSync(
    join(folder, "MARKET.json"),
    JSON.stringify({
      ledger: "ledger",
      platformKey: "platform.key",
      creditLimit: null,
      market: { periodMs: 2_500 },
      log: "silent",
    }),
  );
  service = spawn(process.execPath, [command, "serve", join(folder, "MARKET.json"), "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  url = String((await once(service.stdout!, "data"))[0]).trim();
  const { seed } = JSON.parse(readFileSync(join(folder, "gateway.key"), "utf8"));
  const gateway = hex((await signatures.importSeed(fromHex(seed, "seed"))).publicKey);
  const { id, period } = await market();
  for (const member of members) {
    const key = await signatures.generate();
    const named = { kind: "participant", version: 1, from: period + 2, id: member };
    const contract = { ...named, key: hex(key.publicKey), gateway };
    const signed = await key.sign(contractStatement(fromHex(id, "id"), encodeCanonical(contract)));
    const answer = await fetch(`${url}v1/contracts`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ contract, signature: hex(signed) }),
    });
    expect(answer.status).toBe(200);
  }
  while ((await market()).period < period + 2) await new Promise((go) => setTimeout(go, 100));
  // Twenty orders: more than a leaf of the tree has.
  const lines = members.flatMap((member) =>
    carriers.map((carrier, at) => `${member} ${carrier} ${at % 2 === 0 ? "offer" : "bid"} 1500000 -80000`),
  );
  writeFileSync(join(folder, "orders.txt"), `${lines.join("\n")}\n`);
}, 60_000);
afterAll(async () => {
  service.kill("SIGINT");
  await once(service, "close");
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  [process.execPath, "columns.js"],
  ["python3", "columns.py"],
  ["perl", "columns.pl"],
])(
  "%s sends orders in columns",
  async (program, name) => {
    const run = () =>
      spawnSync(
        program,
        [join(root, "examples", name), url, join(folder, "gateway.key"), join(folder, "orders.txt")],
        {
          encoding: "utf8",
        },
      );
    let said = run();
    // The gate may close between what it asks and what it sends.
    if (said.status !== 0) said = run();
    expect(said.stderr).toBe("");
    expect(said.stdout).toMatch(/^20 orders from number \d+ of period \d+\n$/);
    const period = Number(/period (\d+)/.exec(said.stdout)![1]);
    while ((await market()).period <= period + 1) await new Promise((go) => setTimeout(go, 100));
    expect(await (await fetch(`${url}v1/periods/${period}`)).json()).toMatchObject({
      orders: 20,
      carriers: { electricity: { energy: { offered: "7.5" } }, gas: { energy: { asked: "7.5" } } },
    });
  },
  60_000,
);
