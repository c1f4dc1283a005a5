/** What is to be read: the market, its members, periods and trades, and the ledger as light clients ask for it. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import { decodeBlock, isPrivate, isWithheld } from "../../ledger/format/block.js";
import { decodeHeader } from "../../ledger/format/header.js";
import { isShare } from "../../market/contracts/sharedcontracts.js";
import { carriers, formatTicks } from "../../units.js";
import { periodDocument, tradeDocuments } from "../documents.js";
import { type Env, heightOf, names, openRoutes, type RouteParts } from "../routes.js";
import { carrier, decimal, hexOf, json, participantParam, problems, whole } from "../schemas.js";

/** What anybody may know of the market. */
const marketSchema = z
  .object({
    id: hexOf(32, "id of the market, the hash of its contract"),
    contract: z.record(z.string(), z.unknown()).openapi({ description: "the market contract" }),
    period: whole.openapi({ description: "the open period" }),
    closesMs: z
      .number()
      .nullable()
      .openapi({ description: "gate closure, milliseconds since 1970; null while the market is stopped" }),
    shared: z
      .array(carrier)
      .openapi({ description: "carriers that take no orders: what is metered of them is shared" }),
    blocks: whole,
    head: z.string().nullable().openapi({ description: "the newest head that the platform signed, a note" }),
  })
  .openapi("Market");

const energy = z.record(z.string(), decimal);

/** What a period came to. */
const periodSchema = z
  .object({
    period: whole,
    height: whole,
    hash: hexOf(32, "hash of the block"),
    parent: hexOf(32, "hash of the block before"),
    timestampMs: whole,
    orders: whole,
    trades: whole,
    carriers: z.record(
      z.string(),
      z.object({ energy, prices: z.object({ lowest: decimal, highest: decimal }).nullable() }),
    ),
  })
  .openapi("Period");

/** A trade. */
const tradeSchema = z
  .object({
    kind: z.enum(["peer", "pool", "storage", "area", "grid"]),
    carrier,
    seller: z.string(),
    buyer: z.string(),
    quantity: decimal,
    supplyPrice: decimal.openapi({ description: "what the seller gets per unit" }),
    usePrice: decimal.openapi({ description: "what the buyer pays per unit" }),
    supplyFee: decimal,
    useFee: decimal,
  })
  .openapi("Trade");

/** A participant's place in the open period and its money. */
const memberSchema = z
  .object({
    participant: z.string(),
    number: whole.openapi({ description: "its number in records" }),
    balance: decimal,
    revisions: z
      .record(z.string(), whole)
      .openapi({ description: "by carrier: the revision that its next order must have" }),
  })
  .openapi("Member");

const marketRoute = createRoute({
  method: "get",
  operationId: "getMarket",
  path: "/market",
  tags: ["Market"],
  summary: "The market, its open period and its newest head",
  responses: { 200: json("the market", marketSchema), ...problems },
});

const memberRoute = createRoute({
  method: "get",
  operationId: "getMember",
  path: "/members/{participant}",
  tags: ["Market"],
  summary: "A member's number, balance and next revisions",
  description: "In a private market for that member and for auditors alone.",
  request: { params: participantParam },
  responses: { 200: json("the member", memberSchema), ...problems },
});

const periodParam = z.object({
  period: z.coerce
    .number()
    .int()
    .nonnegative()
    .openapi({ param: { name: "period", in: "path", required: true } }),
});
const periodRoute = createRoute({
  method: "get",
  operationId: "getPeriod",
  path: "/periods/{period}",
  tags: ["Results"],
  summary: "What a sealed period came to",
  request: { params: periodParam },
  responses: { 200: json("the period", periodSchema), ...problems },
});

const tradesRoute = createRoute({
  method: "get",
  operationId: "getTrades",
  path: "/periods/{period}/trades",
  tags: ["Results"],
  summary: "The trades of a sealed period, in order of execution",
  description: "In a private market for auditors alone.",
  request: {
    params: periodParam,
    query: z.object({
      first: z.coerce.number().int().nonnegative().default(0),
      count: z.coerce.number().int().min(1).max(10_000).default(1_000),
    }),
  },
  responses: {
    200: json(
      "the trades",
      z.object({ period: z.number(), first: z.number(), trades: z.array(tradeSchema) }),
    ),
    ...problems,
  },
});

/** Routes of what is read. */
export function marketRoutes({ platform, access }: RouteParts): OpenAPIHono<Env> {
  const { market } = platform;
  const routes = openRoutes();
  routes.openapi(marketRoute, (context) =>
    context.json(
      {
        id: hex(market.id),
        contract: market.contract as unknown as Record<string, unknown>,
        period: market.period,
        closesMs: platform.closesMs,
        shared: carriers.filter((each) => isShare(market.state.contract(`clearing/${each}`))),
        blocks: market.store.size,
        head: platform.note,
      },
      200,
    ),
  );
  routes.openapi(memberRoute, (context) => {
    const { participant } = context.req.valid("param");
    access.needOf(context.get("asker"), participant);
    const number =
      market.participantNumber(participant) ??
      fail("refused", "participant", "a registered participant", participant);
    const revisions = carriers.map((carrier) => [
      carrier,
      market.openOrders.nextRevision(participant, carrier),
    ]);
    const balance = formatTicks(market.balance(participant), market.ticks.amount);
    return context.json({ participant, number, balance, revisions: Object.fromEntries(revisions) }, 200);
  });
  routes.openapi(periodRoute, async (context) => {
    const { period } = context.req.valid("param");
    const bytes = await blockOf(period);
    const header = decodeHeader(bytes);
    const block = isPrivate(header) || isWithheld(header, bytes) ? null : decodeBlock(bytes);
    return context.json(periodDocument(bytes, block, names(platform)), 200);
  });
  routes.openapi(tradesRoute, async (context) => {
    const { period } = context.req.valid("param");
    const { first, count } = context.req.valid("query");
    const bytes = await blockOf(period);
    const header = decodeHeader(bytes);
    if (isPrivate(header)) access.needAuditor(context.get("asker"));
    if (isWithheld(header, bytes)) fail("state", `block ${header.height}`, "its records", "the header alone");
    const trades = tradeDocuments(decodeBlock(bytes), names(platform), first, first + count);
    return context.json({ period, first, trades }, 200);
  });

  const blockOf = async (period: number): Promise<Uint8Array> => {
    const height = heightOf(platform, period);
    return (await market.store.get(height)) ?? fail("state", `block ${height}`, "a block", "none");
  };
  return routes;
}
