/** What all routes of a service work with. */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { fail } from "../errors.js";
import type { Platform } from "../market/platform.js";
import type { Access, Asker } from "./access.js";
import { type Names, namesOf } from "./documents.js";
import type { Feed } from "./feed.js";
import { answerProblem, problem } from "./problems.js";
import type { ServiceLimits } from "./settings.js";

/** What a request carries through the service. */
export interface Env {
  readonly Bindings: { readonly address: string };
  readonly Variables: { readonly asker: Asker };
}

/** What routes answer from. */
export interface RouteParts {
  readonly platform: Platform;
  readonly access: Access;
  readonly feed: Feed;
  readonly limits: ServiceLimits;
  /** Who may join, by id, with the key that each must have; null: whoever signs for itself. */
  readonly members: ReadonlyMap<string, string> | null;
}

/** Routes that refuse a body or query that is not well-formed with a problem document. */
export const openRoutes = (): OpenAPIHono<Env> =>
  new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (result.success) return;
      const [issue] = result.error.issues;
      const field = `${result.target === "json" ? "" : `${result.target}.`}${issue?.path.join(".") ?? ""}`;
      return answerProblem(
        problem(400, "invalid", field === "" ? "body" : field, issue?.message ?? "another form", "another"),
      );
    },
  });

/** The names of a platform's market. */
export const names = ({ market }: Platform): Names => namesOf(market);

/** Height of the block of a sealed period. Throws `refused` for one without. */
export function heightOf({ market }: Platform, period: number): number {
  const { from } = market.contract;
  const height = period - from;
  return height >= 0 && height < market.store.size
    ? height
    : fail("refused", "period", `${from} to ${from + market.store.size - 1}, which are sealed`, period);
}

/** Path and query of a request as it was signed. */
export function requested({ req }: Context): string {
  const { pathname, search } = new URL(req.url);
  return `${req.method} ${pathname}${search}`;
}
