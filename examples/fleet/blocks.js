// Follows the blocks of a microgrid in a browser, over NATS's WebSocket, and checks each (docs/fleet.md#browsers):
//   npx esbuild node_modules/gridclear/examples/fleet/blocks.js --bundle --format=esm --outfile=blocks.bundle.js
// then open blocks.html?servers=wss://a:8443&fleet=gridclear&grid=elm-street&market=ID beside it.
import { wsconnect } from "@nats-io/nats-core";
import { followBlocks, openReader } from "../../dist/fleet/follow.js";
import { plainHasher as hasher, hex, openSignatures } from "../../dist/ledger/verify.js";

const asked = new URLSearchParams(location.search);
const [servers = "", fleet = "gridclear", grid = "", market = ""] = [
  "servers",
  "fleet",
  "grid",
  "market",
].map((name) => asked.get(name) ?? undefined);
const bytesOf = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const state = document.querySelector("#state");
document.querySelector("#grid").textContent = grid;

function show({ header, hash }) {
  const row = document.querySelector("#blocks").insertRow(0);
  const closed = new Date(header.timestampMs).toLocaleTimeString();
  const { orders, trades } = header.sections;
  for (const text of [header.height, closed, orders.count, trades.count, hex(hash)])
    row.insertCell().textContent = text;
  state.textContent = `${header.height + 1} blocks: the head of the last covers them all and is signed.`;
}

try {
  const nc = await wsconnect({ servers: servers.split(","), maxReconnectAttempts: -1 });
  const reader = await openReader(nc, fleet, hasher);
  state.textContent = "Waiting for the next block.";
  const options = { hasher, signatures: await openSignatures(), marketId: bytesOf(market) };
  for await (const block of followBlocks(reader, grid, options, new AbortController().signal)) show(block);
} catch (error) {
  state.setAttribute("role", "alert");
  state.textContent = `This does not hold: ${error.message}`;
}
