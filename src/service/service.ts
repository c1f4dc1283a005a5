/**
 * A market on a network: routes over a platform, as a function from a request to an answer. Whoever has the sockets
 * (`gridclear serve`, or a server of your own) hands requests on.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { needMethods, onlyKeys } from "../check.js";
import { checkSignatures, type Signatures } from "../ledger/keys/backend.js";
import { Access } from "./access.js";
import { Admissions, type Member } from "./admissions.js";
import type { FeedEvent } from "./events.js";
import { Feed } from "./feed.js";
import { Metrics } from "./metrics.js";
import { Prices } from "./prices.js";
import { answerProblem, type Problem, problem, problemOf, problemType } from "./problems.js";
import { Rates, refusals } from "./rates.js";
import { referencePage } from "./reference.js";
import { Removals } from "./removals.js";
import { billRoutes } from "./routes/bills.js";
import { eventRoutes } from "./routes/events.js";
import { intakeRoutes } from "./routes/intake.js";
import { ledgerRoutes } from "./routes/ledger.js";
import { marketRoutes } from "./routes/market.js";
import { operatorRoutes } from "./routes/operator.js";
import { proposalRoutes } from "./routes/proposals.js";
import { standingRoutes } from "./routes/standing.js";
import { statementRoutes } from "./routes/statements.js";
import { type Env, type OperatorOptions, requested, type ServedPlatform } from "./routes.js";
import { checkLimits, type ServiceLimits, thisMachine } from "./settings.js";
import { Turns } from "./turns.js";

/** Where a service writes what happens; pino's loggers are such. */
export interface ServiceLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a service is opened with. */
export interface ServiceOptions {
  /** A `Platform`, or what stands for one that is elsewhere. */
  readonly platform: ServedPlatform;
  readonly signatures: Signatures;
  /** Public keys of those who see everything, 64 hexadecimal digits each. Default: nobody. */
  readonly auditors?: readonly string[];
  /** Limits in part; the rest is `defaultLimits`. */
  readonly limits?: Partial<ServiceLimits>;
  /** Who may join, by id, with its key and what it is granted. Default: whoever signs for itself, granted nothing. */
  readonly members?: ReadonlyMap<string, Member> | null;
  /** Addresses that are shown `/metrics`; others are told that there is none. Default: this machine's own. */
  readonly monitors?: readonly string[];
  /** How many bytes the ledger takes where it is kept, for `/metrics`. Default: that is not told. */
  readonly storeBytes?: (() => Promise<number>) | null;
  /** Default: nobody. */
  readonly operator?: OperatorOptions | null;
  /**
   * The program by which the page of a bill checks itself, `dist/bill/check.bundle.js`, and its SHA-256 in base64.
   * Default: bills have no pages.
   */
  readonly billCheck?: { readonly script: string; readonly scriptHash: string } | null;
  /**
   * The path that this service is found below, where whoever hands requests on takes it away: members sign what they
   * ask for with it. Default: none.
   */
  readonly below?: string;
  /** Default: nothing is written. */
  readonly log?: ServiceLog;
  /** Milliseconds since 1970; default the clock. */
  readonly now?: () => number;
}

/** Who asks for events, and from where on. */
export interface Following {
  readonly after?: string | undefined;
  /** The header `Authorization` of the request, and the request that it was signed for, such as `GET /v1/events`. */
  readonly authorization?: string | undefined;
  readonly request: string;
}

/** A service that answers. */
export interface Service {
  /** Answers a request; never rejects. `address`: where it came from, whose requests are counted together. */
  readonly fetch: (request: Request, address?: string) => Promise<Response>;
  /** Counts a request of an address that comes on another way than `fetch`; false where it asks too often. */
  readonly admits: (address: string) => boolean;
  /** Counts a request that came another way than `fetch` and was not granted, by the code of why. */
  readonly refused: (code: string) => void;
  /**
   * The events that who asks may see, in pieces of some, behind the one with the id `after`, or from now on, until
   * `signal` is aborted: for lines of other kinds. Throws `state` when too many streams are open, `limit` or `invalid`
   * for a place that can't begin one, `signature` for a signature that is not good.
   */
  readonly follow: (asked: Following, signal: AbortSignal) => Promise<AsyncGenerator<readonly FeedEvent[]>>;
  /** The OpenAPI 3.1 document of its routes. */
  readonly document: () => object;
  /** Ends the streams of events; what else is under way ends by itself. */
  close(): void;
}

const optionNames = [
  "platform",
  "signatures",
  "auditors",
  "members",
  "operator",
  "billCheck",
  "limits",
  "monitors",
  "storeBytes",
  "below",
  "log",
  "now",
] as const;

const silent: ServiceLog = { info: () => {}, error: () => {} };

const allRoutes = [
  marketRoutes,
  proposalRoutes,
  standingRoutes,
  statementRoutes,
  billRoutes,
  intakeRoutes,
  ledgerRoutes,
  eventRoutes,
  operatorRoutes,
];

/** Opens a service on a platform, whose market is started and stopped by whoever opened it. */
export function openService(options: ServiceOptions): Service {
  onlyKeys(options, "options", [...optionNames]);
  const { platform, signatures, auditors = [], operator = null, log = silent, now = Date.now } = options;
  const wanted = "a platform, as `await Platform.open()` gives it";
  needMethods(platform, "platform", wanted, ["submit", "answerFor"]);
  checkSignatures(signatures);
  const limits = checkLimits(options.limits ?? {}, "limits");
  const { market } = platform;
  const { readMs } = limits;
  const feed = new Feed(platform, limits);
  const seers = { auditors: new Set(auditors), operator: operator?.key ?? null };
  const access = new Access({ market, signatures, ...seers, readMs, now });
  const metrics = new Metrics(market, now, options.storeBytes ?? null);
  const admissions = new Admissions(market, options.members ?? null);
  const removals = new Removals({
    ...{ platform, admissions, operator },
    failed: (error) => log.error({ error: String(error) }, "standing orders of removed members go on"),
  });
  const turns = new Turns(limits);
  const prices = new Prices(platform, operator);
  const { billCheck = null } = options;
  const parts = { platform, access, feed, limits, admissions, removals, prices, turns, operator, billCheck };
  const monitors = new Set(options.monitors ?? thisMachine);
  const stopLogging = market.on("failed", ({ error }) => {
    log.error({ error: String(error) }, "the market has stopped");
  });

  const app = new OpenAPIHono<Env>();
  app.use(watched({ metrics, log, now }));
  app.use(ownPolicy);
  app.use(guarded);
  const rates = new Rates(limits, now);
  app.use(limited(limits, rates));
  app.use("/v1/*", async (context, next) => {
    const request = await requested(context, options.below ?? "");
    context.set("asker", await access.asker(context.req.header("authorization"), request));
    await next();
  });
  for (const routes of allRoutes) app.route("/v1", routes(parts));
  app.openAPIRegistry.registerComponent("securitySchemes", "Gridclear", signing);
  const document = (): object => app.getOpenAPI31Document(about);
  app.get("/openapi.json", (context) => context.json(document()));
  app.get("/", (context) => context.html(referencePage(document())));
  lifeRoutes(app, platform);
  const nothing = (path: string): Response =>
    answerProblem(problem(404, "invalid", "path", "one of /openapi.json", path));
  // Counters by the second would tell who is active when: they are for the operator.
  app.get("/metrics", async ({ req, env, body }) =>
    env.address !== "" && !monitors.has(env.address)
      ? nothing(req.path)
      : body(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType }),
  );
  app.notFound(({ req }) => nothing(req.path));
  app.onError(refusing(log));
  return {
    fetch: async (request, address = "") => app.fetch(request, { address }),
    admits: (address) => rates.take(address) === 0,
    refused: (code) => metrics.refused(code),
    follow: async ({ after, authorization, request }, signal) =>
      feed.open(after, access.viewOf(await access.asker(authorization, request)), signal),
    document,
    close: () => {
      feed.close();
      metrics.close();
      removals.close();
      stopLogging();
    },
  };
}

/** Whether the process lives, and whether the market goes on. */
function lifeRoutes(app: OpenAPIHono<Env>, platform: ServedPlatform): void {
  app.get("/health", (context) => context.json({ status: "alive" }));
  app.get("/ready", (context) => {
    const isReady = platform.failure === null;
    return context.json({ ready: isReady }, isReady ? 200 : 503);
  });
}

/** How a request says who asks. */
const signing = {
  type: "http",
  scheme: "Gridclear",
  description:
    "`Gridclear key=HEX,until=MS,participant=ID,signature=HEX`: the signature is over the statement `gridclear read v2` of the request, as docs/service.md has it. What everybody may see is asked for without.",
} as const;

/** What the OpenAPI document says of the service as a whole. */
const about = {
  openapi: "3.1.0",
  info: {
    title: "gridclear",
    version: "1",
    summary: "A local energy market on a network",
    description:
      "Orders, readings and contracts in, receipts, results, proofs and events out. What is signed, and how, is in docs/signatures.md; nothing that this service says has to be believed.",
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  },
  servers: [{ url: "/" }],
  // Everybody may ask, and whoever signs is shown what is its own.
  security: [{}, { Gridclear: [] }],
  tags: Object.entries({
    Market: "What the market is, its members, and when its gate closes",
    Orders: "Orders in, receipts out",
    Readings: "Meter readings",
    Contracts: "Contracts that members sign",
    Results: "What sealed periods came to: for all, by member, as statement, bill or bundle of proofs",
    Ledger: "Heads, blocks, snapshots and proofs, for whoever checks",
    Events: "What happens, as it happens",
    Operator: "Administration, for the operator alone",
  }).map(([name, description]) => ({ name, description })),
};

interface Watching {
  readonly metrics: Metrics;
  readonly log: ServiceLog;
  readonly now: () => number;
}

type Middleware = MiddlewareHandler<Env>;

/** What is wrong with a body that was not read: its type, or that it is no JSON. */
const unread = ({ status }: HTTPException, req: Context["req"]): Problem =>
  status === 415
    ? problem(415, "invalid", "content-type", typeOfBody(req.path), req.header("content-type") ?? "none")
    : problem(status, "invalid", "body", "well-formed JSON", "other text");
const typeOfBody = (path: string): string =>
  path.endsWith("/columns") ? "application/octet-stream, or none" : "application/json";

/** Answers what was thrown with its problem document. */
const refusing =
  (log: ServiceLog) =>
  (error: Error, { req }: Context): Response => {
    const said = error instanceof HTTPException ? unread(error, req) : problemOf(error);
    if (said.code === "internal") log.error({ error: String(error.stack) }, "a request failed");
    return answerProblem(said, said.status === 503 ? { "retry-after": "1" } : {});
  };

/**
 * Counts and logs each request: its route, not what stands in it, so that no name gets into a log. Whatever refuses
 * one, its problem document passes here.
 */
const watched =
  ({ metrics, log, now }: Watching): Middleware =>
  async (context, next) => {
    const start = now();
    await next();
    const ms = now() - start;
    const route = `${context.req.method} ${context.req.routePath}`;
    metrics.answered(route, context.res.status, ms);
    if (context.res.headers.get("content-type") === problemType) {
      const said = (await context.res.clone().json()) as Problem;
      metrics.refused(said.code);
    }
    log.info({ route, status: context.res.status, ms }, "answered");
  };

/** Nothing that is answered runs anything. */
const guarded: Middleware = secureHeaders({
  contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"] },
});

/** A page with a program of its own says what it may do, in the place of what holds for all else. */
const ownPolicy: Middleware = async (context, next) => {
  await next();
  const policy = context.get("policy");
  if (policy !== undefined) context.res.headers.set("content-security-policy", policy);
};

/** Refuses who asks too often, and bodies that are too long before they are read. */
const limited = (limits: ServiceLimits, rates: Rates): Middleware => {
  const refusal = refusals(limits, rates);
  const tooLong = (most: number): Middleware =>
    bodyLimit({
      maxSize: most,
      onError: () => answerProblem(problem(413, "limit", "body", `at most ${most} bytes`, "more")),
    });
  const [json, columns] = [tooLong(limits.jsonBytes), tooLong(limits.columnBytes)];
  return async (context, next) => {
    // Whoever watches over the service has to hear that it lives, whatever else goes on.
    if (context.req.path === "/health" || context.req.path === "/ready") return next();
    const refused = await refusal(context.env.address);
    return refused ?? (context.req.path.endsWith("/columns") ? columns : json)(context, next);
  };
};
