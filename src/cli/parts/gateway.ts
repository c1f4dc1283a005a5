/**
 * The gateway: HTTP in front of a fleet. Below `/grids/NAME/` every microgrid is found as `gridclear serve` would serve
 * it; what comes in goes to the microgrid's intake and is answered by whichever worker has it.
 */
import type { IncomingMessage } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { pino } from "pino";
import { Counter, Gauge, Registry } from "prom-client";
import { openEngine } from "../../core/engine.js";
import { GridclearError } from "../../errors.js";
import { FleetClient } from "../../fleet/client.js";
import { FollowedGrid, type FollowParts } from "../../fleet/followed.js";
import { GridFront } from "../../fleet/front.js";
import { openLine } from "../../fleet/line.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { openService, type Service, type ServiceLog } from "../../service/index.js";
import type { GatewaySettings } from "../../service/marketfile.js";
import { answerProblem, problem, problemOf } from "../../service/problems.js";
import { Rates, refusals } from "../../service/rates.js";
import { Turns } from "../../service/turns.js";
import { connectTo } from "./fleetline.js";
import { addressOf, type Served, serveHttp } from "./serving.js";

/** Which fleet, and how its gateway listens. */
export interface GatewayOptions {
  readonly urls: string;
  readonly creds: string | undefined;
  readonly fleet: string;
  readonly settings: GatewaySettings;
}

/** A microgrid at hand. */
interface AtHand {
  readonly followed: FollowedGrid;
  readonly service: Service;
}

/** Opens the gateway of a fleet. Throws `state` where no fleet was begun, `storage` where no server answers. */
export async function openGateway({ urls, creds, fleet, settings }: GatewayOptions): Promise<Served> {
  const engine = await openEngine();
  const nc = await connectTo(urls, creds);
  const line = await openLine(nc, fleet, engine);
  const client = new FleetClient(line, `_INBOX.${crypto.randomUUID()}`);
  const log = pino({ level: settings.log }, pino.destination({ fd: 2, sync: false }));
  const parts = { line, engine, signatures: await openSignatures(), log };
  const gateway = new Gateway(parts, client, settings);
  const proxies = new Set(settings.proxies);
  const { limits, host, port } = settings;
  const handle = getRequestListener(
    (request, { incoming }) => gateway.fetch(request, addressOf(incoming as IncomingMessage, proxies)),
    // What a client sends beyond its answer is ended by the server itself; HTTP/1.0 names no host.
    { autoCleanupIncoming: false, hostname: "localhost" },
  );
  const http = await serveHttp(handle, {
    host,
    port,
    connections: 2 * limits.streams,
    connectionsEach: limits.connections,
    proxies,
    limits,
  });
  const close = async (): Promise<void> => {
    gateway.close();
    await http.close();
    client.close();
    await nc.close();
    engine.close();
  };
  return { url: http.url, close };
}

/** Answers for all microgrids of a fleet. */
class Gateway {
  readonly #parts: FollowParts;
  readonly #client: FleetClient;
  readonly #settings: GatewaySettings;
  readonly #log: ServiceLog;
  readonly #refusal: (address: string) => Promise<Response | null>;
  readonly #turns: Turns;
  readonly #registry = new Registry();
  readonly #answers: Counter<"status">;
  /** The microgrids that were asked for, whoever was asked last at the end. */
  readonly #grids = new Map<string, Promise<AtHand>>();

  constructor(parts: FollowParts, client: FleetClient, settings: GatewaySettings) {
    this.#parts = parts;
    this.#client = client;
    this.#settings = settings;
    this.#log = parts.log;
    this.#refusal = refusals(settings.limits, new Rates(settings.limits, Date.now));
    this.#turns = new Turns(settings.limits);
    const registers = [this.#registry];
    this.#answers = new Counter({
      name: "gridclear_gateway_answers_total",
      help: "Requests that were answered, by status",
      labelNames: ["status"],
      registers,
    });
    const size = (): number => this.#grids.size;
    new Gauge({
      name: "gridclear_gateway_microgrids",
      help: "Microgrids that are followed",
      registers,
      collect() {
        this.set(size());
      },
    });
  }

  /** Answers a request of an address; never rejects. */
  async fetch(request: Request, address: string): Promise<Response> {
    const answer = await this.#answer(request, address).catch((error: unknown) => {
      const said = problemOf(error);
      if (said.code === "internal") this.#log.error({ error: String(error) }, "a request failed");
      return answerProblem(said, said.status === 503 ? { "retry-after": "1" } : {});
    });
    this.#answers.inc({ status: `${answer.status}` });
    return answer;
  }

  /** Follows nothing any more, and ends the streams of events. */
  close(): void {
    for (const name of [...this.#grids.keys()]) this.#letGo(name);
  }

  async #answer(request: Request, address: string): Promise<Response> {
    const url = new URL(request.url);
    const { nc } = this.#parts.line;
    if (url.pathname === "/health") return Response.json({ status: "alive" });
    if (url.pathname === "/ready") {
      const ready = await nc.rtt().then(
        () => true,
        () => false,
      );
      return Response.json({ ready }, { status: ready ? 200 : 503 });
    }
    const refused = await this.#refusal(address);
    if (refused !== null) return refused;
    if (url.pathname === "/metrics" && this.#settings.monitors.includes(address)) {
      const headers = { "content-type": this.#registry.contentType };
      return new Response(await this.#registry.metrics(), { headers });
    }
    const [, name, rest] = /^\/grids\/([a-z0-9-]{1,63})(\/.*)$/.exec(url.pathname) ?? [];
    if (name === undefined || rest === undefined || rest === "/metrics") return nothing(url.pathname);
    const { service } = await this.#atHand(name, address).catch((error: unknown) => {
      const isUnknown = error instanceof GridclearError && error.code === "invalid" && error.field === "grid";
      if (isUnknown) return { service: null };
      throw error;
    });
    if (service === null) return nothing(url.pathname);
    const asked = new Request(`${url.origin}${rest}${url.search}`, request);
    return service.fetch(asked, address);
  }

  /** A microgrid, followed from now on if it was not. */
  async #atHand(name: string, address: string): Promise<AtHand> {
    const known = this.#grids.get(name);
    const open = known ?? this.#turns.take(address, () => this.#open(name));
    this.#grids.delete(name);
    this.#grids.set(name, open);
    if (known === undefined) {
      // Whoever was not asked for longest makes room.
      const [oldest] = this.#grids.keys();
      if (this.#grids.size > this.#settings.microgrids) this.#letGo(oldest!);
      open.catch(() => {
        if (this.#grids.get(name) === open) this.#grids.delete(name);
      });
    }
    return open;
  }

  async #open(name: string): Promise<AtHand> {
    const followed = await FollowedGrid.open(this.#parts, name);
    const platform = new GridFront(this.#parts, this.#client, followed);
    const { limits } = this.#settings;
    const { signatures } = this.#parts;
    const below = `/grids/${name}`;
    const service = openService({ platform, signatures, limits, below, monitors: [], log: this.#log });
    const atHand = { followed, service };
    void followed.ended.then(async () => {
      const { failure } = followed;
      if (failure !== null) this.#log.error({ grid: name, error: failure.message }, "a microgrid was let go");
      // Those who follow its events come again, and find it as it was published.
      service.close();
      const now = await this.#grids.get(name)?.catch(() => null);
      if (now === atHand) this.#grids.delete(name);
    });
    return atHand;
  }

  #letGo(name: string): void {
    const open = this.#grids.get(name);
    this.#grids.delete(name);
    open?.then(
      ({ followed }) => followed.close(),
      () => {},
    );
  }
}

const nothing = (path: string): Response =>
  answerProblem(problem(404, "invalid", "path", "/grids/MICROGRID/v1/…", path));
