import { hex } from "../../src/bytes.js";
import { openEngine } from "../../src/core/engine.js";
import { encodeCanonical } from "../../src/ledger/format/canonical.js";
import { openCommunity } from "../../src/simulation/community.js";
import { orderColumns } from "../../src/simulation/ordercolumns.js";
import { bundledScenario, scenarioNames } from "../../src/simulation/scenarios/index.js";

const samples = 40;

/**
 * One hash for each bundled scenario over its contracts and its orders at forty places of the run, and one over
 * columns: equal wherever the simulation runs, though engines differ in the last bit of a sine or a power.
 */
export async function fingerprints(): Promise<Record<string, string>> {
  const engine = await openEngine();
  const bytesOf = (column: ArrayBufferView): Uint8Array =>
    new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  const result: Record<string, string> = {};
  for (const name of scenarioNames) {
    const community = openCommunity(bundledScenario(name));
    const { periods } = community.scenario;
    const stream = engine.sha256Stream();
    for (const contract of community.contracts(-1)) stream.update(encodeCanonical(contract));
    for (let sample = 0; sample < samples; sample++) {
      const orders = community.orders(Math.floor((sample * periods) / samples));
      for (const column of [orders.participant, orders.carrier, orders.side, orders.quantity, orders.price])
        stream.update(bytesOf(column));
    }
    result[name] = hex(stream.digest());
  }
  const { offers, bids } = orderColumns(100_000, 42, { season: "autumn", hour: 9 });
  const stream = engine.sha256Stream();
  const sold = [offers.quantity, offers.price, offers.poolLimit, offers.consent];
  for (const column of [...sold, bids.quantity, bids.price, bids.poolLimit]) stream.update(bytesOf(column));
  result.columns = hex(stream.digest());
  engine.close();
  return result;
}
