// A simulated street over a summer's morning: what it traded, and what came of the day.
import { openEngine } from "gridclear";
import { openCommunity, openSimulation, parseScenario } from "gridclear/simulation";

const scenario = parseScenario(
  JSON.stringify({
    name: "street",
    seed: 7,
    date: "2026-07-15",
    periods: 32,
    periodMs: 900_000, // eight hours in quarters of an hour
    participants: { home: 12, solar: 3, storage: 1 },
  }),
);

const engine = await openEngine();
const simulation = await openSimulation(openCommunity(scenario), { engine });
for await (const { height, timestampMs, carriers } of simulation) {
  if (height % 8 !== 0) continue;
  const [electricity] = carriers;
  const time = new Date(timestampMs).toISOString().slice(11, 16);
  console.log(`${time} UTC: ${electricity.counters.num1} trades, ${electricity.totals.traded} mWh`);
}
const head = simulation.market.store.head;
console.log(`head of ${simulation.market.store.size} blocks: ${Buffer.from(head.hash).toString("hex")}`);
engine.close();
