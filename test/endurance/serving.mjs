// @ts-check
// A served market that is killed (`kill -9`) at random moments while members send orders as fast as they get receipts,
// and started again on the same ledger each time. Every receipt that anybody got has to be kept by the sealed blocks,
// and the ledger has to verify.
//
// node test/endurance/serving.mjs [KILLS] [MEMBERS]   (default: 5 kills, 8 members; needs `npm run build`)
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MarketClient } from "../../dist/client/index.js";
import { contractStatement, encodeCanonical } from "../../dist/ledger/format.js";
import { openNodeStore } from "../../dist/ledger/store/node.js";
import {
  decodeBlock,
  fromHex,
  plainHasher as hasher,
  hex,
  judgeReceipt,
  openSignatures,
} from "../../dist/ledger/verify.js";

const [kills, members] = [Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 8)];
const command = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gridclear-serving-"));
const file = join(folder, "MARKET.json");
const port = 20_000 + (process.pid % 20_000);
const url = `http://127.0.0.1:${port}/`;
const periodMs = 1_000;
writeFileSync(
  file,
  JSON.stringify({
    ledger: "ledger",
    platformKey: "platform.key",
    creditLimit: null,
    port,
    market: { periodMs },
    snapshotEvery: 20,
    log: "silent",
    limits: { burst: 1_000_000, perSecond: 1_000_000 },
  }),
);
spawnSync(process.execPath, [command, "keys", "make", join(folder, "platform.key")]);
const wait = (/** @type {number} */ ms) => new Promise((go) => setTimeout(go, ms));

/** Starts the service; resolves when it prints its address, with how long that took. */
async function start() {
  const begun = performance.now();
  const child = spawn(process.execPath, [command, "serve", file], { stdio: ["ignore", "pipe", "ignore"] });
  await once(/** @type {import("node:stream").Readable} */ (child.stdout), "data");
  return { child, ms: performance.now() - begun };
}

/** @type {import("../../dist/ledger/verify.js").Receipt[]} */
const receipts = [];
let unanswered = 0;
let done = false;

/** A member that sends one order after another until all is done. @param {string} participant */
async function member(participant) {
  const signatures = await openSignatures();
  const key = await signatures.generate();
  const market = await (await fetch(`${url}v1/market`)).json();
  const contract = {
    kind: "participant",
    version: 1,
    from: market.period + 2,
    id: participant,
    key: hex(key.publicKey),
  };
  const signature = hex(
    await key.sign(contractStatement(fromHex(market.id, "id"), encodeCanonical(contract))),
  );
  const joined = await fetch(`${url}v1/contracts`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ contract, signature }),
  });
  if (!joined.ok) throw new Error(await joined.text());
  await wait(3 * periodMs);
  const client = await MarketClient.open({ url, participant, key, signatures, hasher, timeoutMs: 5_000 });
  const side = participant.length % 2 === 0 ? "offer" : "bid";
  for (let sent = 0; !done; sent += 1)
    try {
      const price = `${0.1 + (sent % 50) / 100}`.slice(0, 5);
      receipts.push(await client.order({ carrier: "electricity", side, quantity: "1", price }));
    } catch {
      // Its period closed, or nobody answered: it was not promised, unless the answer was lost on the way.
      unanswered += 1;
      await wait(20);
    }
}

let { child } = await start();
const starts = [];
const all = Promise.all(Array.from({ length: members }, (_, at) => member(`m${"x".repeat(at % 2)}${at}`)));
all.catch((error) => {
  console.error(error);
  process.exit(1);
});
await wait(5 * periodMs);
for (let kill = 1; kill <= kills; kill += 1) {
  await wait(100 + Math.random() * 1.5 * periodMs);
  child.kill("SIGKILL");
  await once(child, "close");
  const again = await start();
  child = again.child;
  starts.push(again.ms);
  if (kill % 10 === 0 || kill === kills)
    console.error(`${kill} of ${kills} kills, ${receipts.length} receipts`);
}
await wait(2 * periodMs);
done = true;
await all;
child.kill("SIGINT");
await once(child, "close");

const store = await openNodeStore(join(folder, "ledger"), { hasher });
let broken = 0;
for (const receipt of receipts) {
  const bytes = await store.get(receipt.period);
  const block = bytes === null ? null : decodeBlock(bytes);
  const orders = block?.sections.orders;
  const record = orders === undefined ? null : orders.slice(16 * receipt.number, 16 * receipt.number + 16);
  if (
    block === null ||
    judgeReceipt(receipt, block.header, record?.length === 16 ? record : null).verdict !== "kept"
  )
    broken += 1;
}
const blocks = store.size;
await store.close();
const { status } = spawnSync(process.execPath, [command, "verify", join(folder, "ledger")]);
starts.sort((a, b) => a - b);
console.log(
  `${kills} kills, ${blocks} blocks, ${receipts.length} receipts, ${broken} broken, ${unanswered} not answered; verify ${status === 0 ? "good" : "BAD"}; started again in ${Math.round(starts[starts.length >> 1] ?? 0)} ms (median), ${Math.round(starts.at(-1) ?? 0)} ms at most`,
);
rmSync(folder, { recursive: true });
process.exit(broken === 0 && status === 0 ? 0 : 1);
