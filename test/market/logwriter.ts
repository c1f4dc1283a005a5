import { openEngine } from "../../src/core/engine.js";
import { openNodeStore } from "../../src/ledger/store/node.js";
import { openMarket } from "../../src/market/open.js";

// A process that trades on a ledger with a log and writes what was acknowledged to it, a line each, until it is killed:
// a few orders at a time, now and then a reading, a contract, and the end of the period. One member never orders.
const quiet = {
  kind: "use",
  version: 1,
  from: 0,
  participant: "quiet",
  carrier: "electricity",
  limit: 7,
  interruptible: 0,
  interruptionPrice: 0,
  import: false,
  standing: { price: 300_000, quantity: { rule: "fixed", amount: 7 } },
} as const;
const engine = await openEngine();
const market = await openMarket({
  engine,
  store: await openNodeStore(process.argv[2]!, { hasher: engine }),
  log: true,
  participants: [...Array.from({ length: 50 }, (_, index) => `unit-${index}`), "quiet"],
  contracts: [quiet],
  metering: { window: 2, corrections: 2, missing: "zero" },
  startMs: 0,
});
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const order = async (index: number): Promise<void> => {
  const answer = await market.submit({
    participant: `unit-${index % 50}`,
    carrier: "electricity",
    side: index % 2 === 0 ? "offer" : "bid",
    quantity: `${1 + (index % 7)}`,
    price: "0.2",
  });
  if (answer.status === "accepted")
    say(`order ${answer.period} ${answer.sequence} ${Buffer.from(answer.record).toString("hex")}`);
};
for (let turn = 0; ; turn += 1) {
  const { period } = market;
  const asked = Array.from({ length: 5 }, (_, index) => order(5 * turn + index));
  const reading = {
    participant: `unit-${turn % 50}`,
    carrier: "electricity",
    period: period - 1,
    in: "3",
  } as const;
  const report = market.report({ ...reading, out: "0" });
  const id = `new-${period}-${turn}`;
  const proposal = market.propose({ kind: "participant", version: 1, from: period + 2, id });
  await Promise.all(asked);
  if ((await report).status === "accepted") say(`reading ${period} ${turn % 50}`);
  if ((await proposal).status === "accepted") say(`contract ${period + 2} ${id}`);
  if (turn % 4 === 3) await market.clearPeriod(0);
}
