/** What all routes of a service work with. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { BillPageParts } from "../bill/page.js";
import { hex } from "../bytes.js";
import { fail } from "../errors.js";
import type { Receipt } from "../ledger/proof/receipt.js";
import { plainHasher } from "../ledger/tree/plain.js";
import type { Contract } from "../market/contracts/contracts.js";
import type { Refused } from "../market/intake/request.js";
import type { Platform } from "../market/platform.js";
import type { Access, Asker } from "./access.js";
import type { Admissions } from "./admissions.js";
import { type Names, namesOf } from "./documents.js";
import type { Feed } from "./feed.js";
import type { Prices } from "./prices.js";
import { answerProblem, problemOf } from "./problems.js";
import type { Removals } from "./removals.js";
import { type SchemaIssue, schemaRefusal } from "./schemarefusal.js";
import type { ServiceLimits } from "./settings.js";
import type { Turns } from "./turns.js";

/** What a request carries through the service. */
export interface Env {
  readonly Bindings: { readonly address: string };
  readonly Variables: {
    readonly asker: Asker;
    /** What the page that is answered may do, where it may do more than others. */
    readonly policy?: string;
  };
}

/**
 * What a service works with: a `Platform`, or whatever stands for one that is elsewhere, as a gateway of a fleet does
 * for its microgrids.
 */
export interface ServedPlatform extends Pick<Platform, ServedNames> {
  /** Takes a signed order. */
  submit(
    ...order: Parameters<Platform["submit"]>
  ): Promise<{ readonly status: "accepted"; readonly receipt: Receipt } | Refused>;
}
type ServedNames =
  | "market"
  | "answer"
  | "disclose"
  | "answerFor"
  | "note"
  | "size"
  | "noteOf"
  | "failure"
  | "closesMs"
  | "submitColumns"
  | "report"
  | "propose"
  | "receiptOf"
  | "receiptsOf";

/** The operator of a market, and what it may have done. */
export interface OperatorOptions {
  /** Public key, 64 hexadecimal digits. Not the platform's. */
  readonly key: string;
  /** Signs a contract with the platform's key. */
  sign(contract: Contract): Promise<Uint8Array>;
  /** Closes the market, a moment later, so that the request is answered. */
  close(): void;
}

/** What routes answer from. */
export interface RouteParts {
  readonly platform: ServedPlatform;
  readonly access: Access;
  readonly feed: Feed;
  readonly limits: ServiceLimits;
  readonly admissions: Admissions;
  readonly removals: Removals;
  readonly prices: Prices;
  readonly turns: Turns;
  /** null: there is none, and nobody passes for one. */
  readonly operator: OperatorOptions | null;
  /** null: bills have no pages. */
  readonly billCheck: Pick<BillPageParts, "script" | "scriptHash"> | null;
}

/** Routes that refuse a body or query that is not well-formed with a problem document. */
export const openRoutes = (): OpenAPIHono<Env> =>
  new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (result.success) return;
      const [issue] = result.error.issues;
      const { data } = result as { readonly data?: unknown };
      const place = result.target === "json" ? "" : result.target;
      return answerProblem(problemOf(schemaRefusal(issue as unknown as SchemaIssue, data, place)));
    },
  });

/** The names of a platform's market. */
export const names = ({ market }: ServedPlatform): Names => namesOf(market);

/** Height of the block of a sealed period. Throws `refused` for one without. */
export function heightOf({ market }: ServedPlatform, period: number): number {
  const { from } = market.contract;
  const height = period - from;
  return height >= 0 && height < market.store.size
    ? height
    : fail("refused", "period", `${from} to ${from + market.store.size - 1}, which are sealed`, period);
}

/**
 * A request as it was signed: method, path and query, and for what the operator has done the hash of the body, so that
 * nobody puts another behind the signature. `below` is the part of the path that did not come with it.
 */
export async function requested({ req }: Context, below: string): Promise<string> {
  const { pathname, search } = new URL(req.url);
  const request = `${req.method} ${below}${pathname}${search}`;
  if (req.method !== "POST" || !pathname.startsWith("/v1/operator/")) return request;
  return `${request} ${hex(plainHasher.sha256(new Uint8Array(await req.arrayBuffer())))}`;
}
