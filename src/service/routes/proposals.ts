/** What became of the contracts that a member proposed: what the answer to a proposal can't know yet. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { errorCodes } from "../../errors.js";
import { type Env, openRoutes, type RouteParts } from "../routes.js";
import { json, participantParam, problems, whole } from "../schemas.js";

const proposalsSchema = z
  .object({
    participant: z.string(),
    period: whole.openapi({ description: "the open period" }),
    contracts: z.array(
      z.object({
        key: z.string().openapi({ example: "use/electricity/ann" }),
        version: whole,
        from: whole.openapi({ description: "the period in which it began, begins, or was to begin" }),
        status: z.enum(["in force", "waiting", "dropped"]),
        reason: z
          .object({ code: z.enum(errorCodes), field: z.string(), wanted: z.string(), got: z.string() })
          .nullable()
          .openapi({ description: "why it was dropped when its period came; null for any other" }),
      }),
    ),
  })
  .openapi("Proposals");

const proposalsRoute = createRoute({
  method: "get",
  operationId: "getProposals",
  path: "/members/{participant}/proposals",
  tags: ["Contracts"],
  summary: "What became of a member's contracts",
  description:
    "Its contracts in force, those that wait for their period, and those that were taken and dropped when their period came, with the reason: the last of each, until a contract in its place enters, for as long as there is room. In a private market for that member and for auditors alone.",
  request: { params: participantParam },
  responses: { 200: json("the contracts", proposalsSchema), ...problems },
});

/** The route of what became of proposals. */
export function proposalRoutes({ platform: { market }, access }: RouteParts): OpenAPIHono<Env> {
  const routes = openRoutes();
  routes.openapi(proposalsRoute, (context) => {
    const { participant } = context.req.valid("param");
    access.needOf(context.get("asker"), participant);
    const contracts = market.proposals.of(participant);
    return context.json({ participant, period: market.period, contracts }, 200);
  });
  return routes;
}
