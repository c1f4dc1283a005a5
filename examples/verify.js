// Whoever has the blocks checks them with nothing of the market: a light client hashes them, a replay executes them
// again.
import { decodeBlock, openEngine, openMarket, openReplay } from "gridclear";
import { hex, plainHasher, verifyChain } from "gridclear/verify";

const engine = await openEngine();
const market = await openMarket({ engine, participants: ["ann", "bob"], startMs: 0 });
market.submit({ participant: "ann", carrier: "electricity", side: "offer", quantity: "2.5", price: "0.08" });
market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" });
await market.clearPeriod(30_000);
const blocks = [];
for await (const block of market.store.blocks()) blocks.push(block);

// Hashes and links: is this one chain, and which head has it? Compare the head with one from elsewhere.
const sound = await verifyChain(blocks, plainHasher);
if (sound.ok) console.log(`${sound.size} blocks hold, head ${hex(sound.head.hash)}`);

// The rules: does every trade and every posting follow from what the blocks record?
const replay = openReplay(await openEngine());
for (const block of blocks) replay.replay(decodeBlock(block));
console.log(`${replay.height} blocks executed again`);

// One bit of one trade: what `decodeBlock` gives are views of the bytes.
const forged = new Uint8Array(blocks[1]);
decodeBlock(forged).sections.trades[0] ^= 1;
const verdict = await verifyChain([blocks[0], forged], plainHasher);
if (!verdict.ok) console.log(verdict.error.message);
engine.close();
