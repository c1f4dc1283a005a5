// A member of a served market: joins it, offers or asks for energy, and waits until the block has what was promised.
// node examples/member.js http://127.0.0.1:8320/ ann ann.key [offer|bid QUANTITY PRICE]
import { readFileSync } from "node:fs";
import { MarketClient } from "gridclear/client";
import { contractStatement, encodeCanonical } from "gridclear/format";
import { fromHex, plainHasher as hasher, hex, openSignatures } from "gridclear/verify";

const [address = "http://127.0.0.1:8320/", participant = "ann", file = "ann.key", ...words] =
  process.argv.slice(2);
const [side = "offer", quantity = "2.5", price = "0.08"] = words;
const url = address.endsWith("/") ? address : `${address}/`;
const signatures = await openSignatures();
const key = await signatures.importSeed(fromHex(JSON.parse(readFileSync(file, "utf8")).seed, "seed"));

const answer = await fetch(`${url}v1/market`).catch((error) => {
  console.error(`${url}: ${error.cause?.message ?? error.message}`);
  process.exit(1);
});
const market = await answer.json();
const from = market.period + 2;
const contract = { kind: "participant", version: 1, from, id: participant, key: hex(key.publicKey) };
const statement = contractStatement(fromHex(market.id, "market"), encodeCanonical(contract));
const joined = await fetch(`${url}v1/contracts`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ contract, signature: hex(await key.sign(statement)) }),
});
if (joined.ok) console.log(`${participant} joins in period ${from}`);
else {
  // A version that is there already says that this member has joined before; anything else keeps it out.
  const { code, title } = await joined.json();
  if (code !== "conflict") {
    console.error(title);
    process.exit(1);
  }
}
for (let period = market.period; period < from; await new Promise((go) => setTimeout(go, 200)))
  period = (await (await fetch(`${url}v1/market`)).json()).period;

const client = await MarketClient.open({ url, participant, key, signatures, hasher });
const receipt = await client.order({ carrier: "electricity", side, quantity, price });
console.log(`order ${receipt.number} of period ${receipt.period} is promised`);
for await (const event of client.follow(new AbortController().signal)) {
  if (event.kind === "lie") throw event.error;
  if (event.kind === "verified" && client.pending.length === 0) break;
}
console.log("and stands in the block");
