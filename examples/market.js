// A market of two neighbours on disk: orders, a period, its block, and the same market opened again.
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatTicks, openEngine, openMarket } from "gridclear";
import { openNodeStore } from "gridclear/store/node";

const ledger = join(await mkdtemp(join(tmpdir(), "gridclear-example-")), "ledger");
const engine = await openEngine();
const store = await openNodeStore(ledger);
const market = await openMarket({ engine, store, participants: ["ann", "bob"], startMs: 0 });

market.submit({ participant: "ann", carrier: "electricity", side: "offer", quantity: "2.5", price: "0.08" });
market.submit({ participant: "bob", carrier: "electricity", side: "bid", quantity: "1", price: "0.3" });
const period = await market.clearPeriod(30_000); // sealed as of 30 s after the start; market.start() does it by the clock

for (const { quantity, usePrice } of period.trades())
  console.log(
    `${formatTicks(quantity, market.ticks.quantity)} kWh at ${formatTicks(usePrice, market.ticks.price)} EUR`,
  );
console.log("block", period.height, Buffer.from(period.hash).toString("hex"));
await store.close();

// A store with blocks is executed again when it is opened, and the market goes on.
const again = await openNodeStore(ledger);
console.log("period", (await openMarket({ engine, store: again })).period, "is open");
await again.close();
engine.close();
