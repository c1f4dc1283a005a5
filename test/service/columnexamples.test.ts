// The gateways of examples/, in three languages, against a market that runs.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
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
        [
          join(root, "examples", name),
          served.url,
          join(served.folder, "gateway.key"),
          join(served.folder, "orders.txt"),
        ],
        {
          encoding: "utf8",
        },
      );
    let said = run();
    // The gate may close between what it asks and what it sends.
    for (let tries = 1; said.status !== 0 && said.stderr.includes("which is open") && tries < 5; tries += 1)
      said = run();
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
