// Clears one period of orders that are columns of whole ticks, and reads what came of it.
import { openEngine } from "gridclear";

const engine = await openEngine();
const orders = {
  offers: { quantity: Uint32Array.of(10, 4, 6), price: Int32Array.of(3, 2, 9) },
  bids: { quantity: Uint32Array.of(6, 7, 5), price: Int32Array.of(5, 4, 1) },
};

for (const rules of [{ mechanism: "value" }, { mechanism: "merit", pricing: "uniform" }]) {
  // Results are views of the engine's memory: read them before the next call, or copy them.
  const { trades, remaining } = engine.clear(orders, rules);
  console.log(`${rules.mechanism}: ${trades.count} trades`);
  for (let i = 0; i < trades.count; i++)
    console.log(
      `  offer ${trades.offer[i]} sells ${trades.quantity[i]} to bid ${trades.bid[i]} at ${trades.price[i]}`,
    );
  console.log(`  left of the offers: ${remaining.offers.join(", ")}`);
  console.log(`  left of the bids:   ${remaining.bids.join(", ")}`);
}
engine.close();
