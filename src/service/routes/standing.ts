/** What a member's standing orders come to in the open period, before its gate closes: so that nobody is surprised. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { fail } from "../../errors.js";
import { decodeRecords } from "../../ledger/format/layout.js";
import { orderLayout } from "../../ledger/format/records.js";
import { carriers } from "../../units.js";
import { orderDocument } from "../documents.js";
import { type Env, names, openRoutes, type RouteParts } from "../routes.js";
import { carrier, decimal, json, participantParam, problems, whole } from "../schemas.js";

const standingSchema = z
  .object({
    participant: z.string(),
    period: whole.openapi({ description: "the open period" }),
    standing: z.array(
      z.object({
        carrier,
        contracts: z.array(z.enum(["supply", "use"])).openapi({
          description: "which of its contracts carry a standing order; of both the rest is ordered",
        }),
        order: z
          .object({ side: z.enum(["offer", "bid"]), quantity: decimal, price: decimal })
          .nullable()
          .openapi({ description: "the order as it is made when the gate closes; null: none" }),
        why: z.enum(["stands", "sent", "nothing"]).openapi({
          description:
            "stands: it is made unless the member sends one or its credit does not cover it then; sent: the member sent one, which takes its place; nothing: the rule comes to no quantity, or there is no reading to go by",
        }),
      }),
    ),
  })
  .openapi("Standing");

const standingRoute = createRoute({
  method: "get",
  operationId: "getStanding",
  path: "/members/{participant}/standing",
  tags: ["Orders"],
  summary: "What a member's standing orders come to in the open period",
  description:
    "An entry for each carrier that a contract in force has a standing order for. In a private market for that member and for auditors alone.",
  request: { params: participantParam },
  responses: { 200: json("the standing orders", standingSchema), ...problems },
});

/** The route of standing orders. */
export function standingRoutes({ platform, access }: RouteParts): OpenAPIHono<Env> {
  const { market } = platform;
  const routes = openRoutes();
  routes.openapi(standingRoute, (context) => {
    const { participant } = context.req.valid("param");
    access.needOf(context.get("asker"), participant);
    const number =
      market.participantNumber(participant) ??
      fail("refused", "participant", "a registered participant", participant);
    const made = decodeRecords(orderLayout, market.openOrders.standing()).filter(
      (order) => order.participant === number,
    );
    const standing = carriers.flatMap((of): z.infer<typeof standingSchema>["standing"] => {
      const contracts = (["supply", "use"] as const).filter((kind) => {
        const contract = market.state.contract(`${kind}/${of}/${participant}`);
        return contract !== null && "standing" in contract && contract.standing !== undefined;
      });
      if (contracts.length === 0) return [];
      const found = made.find((order) => order.carrier === of);
      if (found !== undefined) {
        const { side, quantity, price } = orderDocument(found, names(platform));
        return [{ carrier: of, contracts, order: { side, quantity, price }, why: "stands" }];
      }
      const hasSent = market.openOrders.nextRevision(participant, of) > 0;
      return [{ carrier: of, contracts, order: null, why: hasSent ? "sent" : "nothing" }];
    });
    return context.json({ participant, period: market.period, standing }, 200);
  });
  return routes;
}
