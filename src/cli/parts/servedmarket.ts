/** A market of a market file, opened on disk and put on a network; what `gridclear serve` runs. */
import type { IncomingMessage } from "node:http";
import { dirname, resolve } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { type Logger, pino } from "pino";
import { hex } from "../../bytes.js";
import { openEngine } from "../../core/engine.js";
import { encodeCanonical } from "../../ledger/format/canonical.js";
import type { SigningKey } from "../../ledger/keys/backend.js";
import { contractStatement } from "../../ledger/keys/message.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { openNodeStore } from "../../ledger/store/node.js";
import type { LoggedMarket } from "../../market/logged.js";
import { openMarket } from "../../market/open.js";
import { Platform } from "../../market/platform.js";
import {
  type MqttSettings,
  type OperatorOptions,
  openService,
  parseMarketFile,
  type Service,
  type ServiceLimits,
  type ServiceLog,
} from "../../service/index.js";
import { MqttBridge } from "../../service/mqtt/bridge.js";
import { checkingScript } from "./billing.js";
import type { Broker } from "./broker.js";
import { inFile, readText } from "./document.js";
import { readKeyFile } from "./keyfile.js";
import { bytesOf, logPeriods } from "./marketlog.js";
import { builtPage, openMarketPage } from "./page.js";
import { pricesBeside } from "./pricefiles.js";
import { addressOf, type Handle, serveHttp } from "./serving.js";
import { eventSockets } from "./sockets.js";

/** A market that is served. */
export interface ServedMarket {
  readonly url: string;
  /** Resolves when the market has stopped by itself, with why. */
  readonly failed: Promise<{ readonly error: unknown }>;
  /** Resolves when the operator has asked over the network that it be closed. */
  readonly asked: Promise<void>;
  /** Closes the gate, seals what is open, ends all connections and closes the ledger. */
  close(): Promise<void>;
}

/** How long the answer to the request that closes the market has to go out. */
const answerMs = 100;

/** Opens and serves the market of a file; `port` in place of the file's. */
export async function openServed(path: string, port: number | undefined): Promise<ServedMarket> {
  const text = await readText(path, { wanted: "a market file" });
  const file = inFile(path, () => parseMarketFile(text, pricesBeside(path)));
  const beside = (name: string): string => resolve(dirname(path), name);
  const { key } = await readKeyFile(beside(file.platformKey));
  const engine = await openEngine();
  const store = await openNodeStore(beside(file.ledger), { hasher: engine });
  try {
    const signatures = await openSignatures();
    const contracts = inFile(path, () => file.contracts(hex(key.publicKey), 0));
    const market = await openMarket({
      engine,
      store,
      log: true,
      signatures,
      snapshotEvery: file.snapshotEvery,
      // The ledger says how it began; what stands in the file now is for a market that has not begun.
      ...(store.size === 0 ? { contracts, sign: signerOf(key) } : {}),
    });
    const failed = new Promise<{ readonly error: unknown }>((tell) => {
      market.on("failed", tell);
    });
    const platform = await Platform.open({ market, key, hasher: engine });
    const log = pino({ level: file.log }, pino.destination({ fd: 2, sync: false }));
    const { auditors, members, limits, monitors } = file;
    const sign = signerOf(key);
    const { operator, asked } = operatorOf(file.operator, (contract) => sign(contract, market.id));
    const billCheck = checkingScript();
    const who = { auditors, members, operator, monitors };
    const storeBytes = (): Promise<number> => bytesOf(beside(file.ledger));
    const service = openService({ platform, signatures, ...who, limits, billCheck, storeBytes, log });
    const toBroker = file.mqtt === null ? null : await brokerOf(file.mqtt, beside);
    const proxies = new Set(file.proxies);
    const answer = getRequestListener(
      (request, { incoming }) => service.fetch(request, addressOf(incoming as IncomingMessage, proxies)),
      // What a client sends beyond its answer is ended by the server itself; HTTP/1.0 names no host.
      { autoCleanupIncoming: false, hostname: "localhost" },
    );
    const handle = besidePage(await openMarketPage(builtPage), answer);
    const lines = eventSockets(service, (request) => addressOf(request, proxies));
    const http = await serveHttp(handle, {
      host: file.host,
      port: port ?? file.port,
      connections: 2 * file.limits.streams,
      connectionsEach: file.limits.connections,
      proxies,
      limits,
      upgrade: lines.upgrade,
    });
    market.start();
    logPeriods(market, log);
    log.info({ url: http.url, period: market.period, blocks: store.size }, "serving the market");
    const broker = toBroker?.({ service, platform, limits, log });
    const close = (): Promise<void> =>
      closeAll({ market, platform, log }, async () => {
        await broker?.close();
        service.close();
        await lines.close();
        await http.close();
        await store.close();
        engine.close();
      });
    return { url: http.url, failed, asked, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface Closing {
  readonly market: LoggedMarket;
  readonly platform: Platform;
  readonly log: Logger;
}

/** Closes the gate and seals what is open, and then all else, which `end` does. */
async function closeAll({ market, platform, log }: Closing, end: () => Promise<void>): Promise<void> {
  log.info({ period: market.period }, "closing the market");
  await market.stop();
  try {
    // What was acknowledged is sealed before anything is waited for that others may hold up.
    await sealOpen(market, platform);
  } finally {
    await end();
    log.info({ blocks: market.store.size }, "closed the market");
    // The process ends next, and what was logged last must not end with it.
    await new Promise<void>((done) => log.flush(() => done()));
  }
}

/** The operator of a key, where there is one, and when it has asked that the market be closed. */
function operatorOf(
  key: string | null,
  sign: OperatorOptions["sign"],
): { readonly operator: OperatorOptions | null; readonly asked: Promise<void> } {
  let close = (): void => {};
  const asked = new Promise<void>((resolve) => {
    close = () => void setTimeout(resolve, answerMs);
  });
  return { operator: key === null ? null : { key, sign, close }, asked };
}

/** What a market on a broker is made of. */
interface OnBroker {
  readonly service: Service;
  readonly platform: Platform;
  readonly limits: ServiceLimits;
  readonly log: ServiceLog;
}

/** Reads what the line to a broker needs, so that what is missing is said before the market begins. */
async function brokerOf(
  { url, prefix, username, passwordFile, caFile, memberTopics }: MqttSettings,
  beside: (name: string) => string,
): Promise<(on: OnBroker) => Broker> {
  const { openBroker } = await import("./broker.js");
  const read = async (name: string | null, wanted: string): Promise<string | null> =>
    name === null ? null : readText(beside(name), { wanted });
  const password = (await read(passwordFile, "a file with a password"))?.split(/\r?\n/, 1)[0] ?? null;
  const ca = await read(caFile, "a file of certificates");
  return ({ service, platform, limits, log }) => {
    const { id, contract } = platform.market;
    const bridge = new MqttBridge({
      service,
      platform,
      prefix,
      memberTopics: memberTopics ?? contract.privacy !== "private",
      limits,
      now: Date.now,
      failed: (error) => log.error({ error: String(error) }, "the broker is told nothing"),
    });
    // The fixed header, the topic and its length come before the message.
    const longest = limits.jsonBytes + 4_096;
    const clientId = `gridclear-${hex(id).slice(0, 12)}`;
    return openBroker(bridge, { url, clientId, username, password, ca, longest, log });
  };
}

/** The page below its folder, where there is one, and what answers everything else. */
const besidePage =
  (page: Handle | null, answer: (...asked: Parameters<Handle>) => unknown): Handle =>
  (request, response) => {
    const isPage = /^\/page(?:\/|$)/.test(request.url ?? "");
    if (page !== null && isPage) page(request, response);
    else answer(request, response);
  };

/** Signs the contracts of genesis, all of which are the platform's. */
const signerOf =
  (key: SigningKey) =>
  (contract: object, marketId: Uint8Array): Promise<Uint8Array> =>
    key.sign(contractStatement(marketId, encodeCanonical(contract)));

/** Clears and seals the open period, unless the market has failed; throws what prevents it. */
async function sealOpen(market: LoggedMarket, platform: Platform): Promise<void> {
  if (platform.failure !== null) return;
  await market.clearPeriod();
  await platform.settled();
}
