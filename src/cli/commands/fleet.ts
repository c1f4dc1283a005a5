/** `gridclear fleet`: begins a fleet, registers microgrids, and shows how it does. */
import { dirname, resolve } from "node:path";
import { hex } from "../../bytes.js";
import { openEngine } from "../../core/engine.js";
import { fail } from "../../errors.js";
import type { Registration } from "../../fleet/messages.js";
import type { FleetStatus } from "../../fleet/status.js";
import { encodeCanonical } from "../../ledger/format/canonical.js";
import { marketId } from "../../ledger/format/header.js";
import { contractStatement } from "../../ledger/keys/message.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { parseMarketFile } from "../../service/marketfile.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { inFile, readText } from "../parts/document.js";
import { fleetOptions, loadFleet } from "../parts/fleetpeers.js";
import { readKeyFile } from "../parts/keyfile.js";
import { pricesBeside } from "../parts/pricefiles.js";
import { table } from "../parts/table.js";

/** `gridclear fleet`: a fleet as a whole. */
export const fleetCommand: Command = defineCommand({
  name: "fleet",
  summary: "begin a fleet on NATS servers, register microgrids, see how it does",
  forms: [
    "URL[,URL…] [--fleet NAME] [--json]",
    "URL[,URL…] --begin [--shards N] [--replicas N]",
    "URL[,URL…] --register MICROGRID --market MARKET.json",
  ],
  about:
    "Shows a fleet's microgrids, workers and streams, how far the slowest is behind, and what stands still. With --begin makes the fleet's streams, once. With --register hands in a microgrid, as its market file says that it begins: workers take it up within seconds. docs/fleet.md says how to run a fleet.",
  arguments: [{ name: "URL", help: "addresses of the NATS servers, with commas between them" }],
  options: {
    ...fleetOptions,
    json: { help: "print JSON" },
    begin: { help: "make the fleet's streams" },
    shards: { value: "N", default: "16", help: "with --begin: streams to spread microgrids over, 1 to 64" },
    replicas: { value: "N", default: "3", help: "with --begin: servers that keep each stream" },
    register: { value: "MICROGRID", help: "name of a microgrid to register: a-z, 0-9 and -" },
    market: { value: "MARKET.json", help: "with --register: its market file" },
  },
  exits: { 0: "done; shown with nothing amiss", 1: "something of the fleet stands still or is amiss" },
  async run({ arguments: [urls], options }, io) {
    const { register, market } = options;
    if (options.begin && register !== undefined) fail("invalid", "--begin", "it, or --register", "both");
    if (register !== undefined && market === undefined)
      fail("invalid", "--market", "a market file, with --register", "none");
    const modules = await loadFleet();
    const engine = await openEngine();
    const nc = await modules.connectTo(urls!, options.creds);
    try {
      if (options.begin) {
        const shards = Number(options.shards);
        const replicas = Number(options.replicas);
        await modules.beginFleet(nc, { prefix: options.fleet, shards, replicas }, engine);
        io.out(`fleet ${options.fleet}: ${shards} shards on ${replicas} servers each\n`);
        return 0;
      }
      const line = await modules.openLine(nc, options.fleet, engine);
      if (register === undefined) return show(await modules.fleetStatus(line, Date.now()), options.json, io);
      const client = new modules.FleetClient(line, `_INBOX.${crypto.randomUUID()}`);
      await client.register(register, await beginningOf(market!, engine));
      client.close();
      io.out(`${register} is registered in shard ${line.names.of(register).shard}\n`);
      return 0;
    } finally {
      await nc.close();
      engine.close();
    }
  },
});

/** How the market of a file begins, signed by its platform. */
async function beginningOf(path: string, hasher: Hasher): Promise<Omit<Registration, "cut">> {
  const text = await readText(path, { wanted: "a market file" });
  const file = inFile(path, () => parseMarketFile(text, pricesBeside(path)));
  const { key } = await readKeyFile(resolve(dirname(path), file.platformKey));
  const contracts = inFile(path, () => file.contracts(hex(key.publicKey), 0));
  const id = marketId(encodeCanonical(contracts[0]), hasher);
  const signatures = await Promise.all(
    contracts.map((contract) => key.sign(contractStatement(id, encodeCanonical(contract)))),
  );
  return { startMs: Date.now(), contracts, signatures };
}

function show(status: FleetStatus, asJson: boolean, io: Io): number {
  const { workers, unowned, streams } = status;
  const isAmiss = unowned.length > 0 || streams.length > 0 || workers.some(({ failed }) => failed > 0);
  if (asJson) {
    io.out(`${JSON.stringify(status, null, 2)}\n`);
    return isAmiss ? 1 : 0;
  }
  io.out(
    `fleet ${status.fleet}: ${status.grids} microgrids, ${status.shards} shards, ${workers.length} workers\n\n`,
  );
  io.out(
    table(
      ["worker", "shards", "microgrids", "blocks", "late s", "silent s", "stand still"],
      workers.map((each) => [
        each.id,
        `${each.shards.length}`,
        `${each.grids}`,
        `${each.sealed}`,
        (each.lagMs / 1000).toFixed(1),
        (each.silentMs / 1000).toFixed(1),
        `${each.failed}`,
      ]),
    ),
  );
  if (unowned.length > 0) io.out(`\nshards that nobody works: ${unowned.join(", ")}\n`);
  for (const { stream, trouble } of streams) io.out(`stream ${stream}: ${trouble}\n`);
  for (const { failures } of workers)
    for (const { grid, error } of failures) io.out(`${grid} stands still: ${error}\n`);
  return isAmiss ? 1 : 0;
}
