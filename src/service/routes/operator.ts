/** What the operator does with a market that runs: admits and removes members, pays money in, and closes it. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { fail } from "../../errors.js";
import type { DepositContract } from "../../market/contracts/contracts.js";
import { contractKey } from "../../market/contracts/kinds.js";
import { notOpen } from "../../market/intake/answers.js";
import { formatTicks, parseTicks } from "../../units.js";
import { type Env, openRoutes, type RouteParts } from "../routes.js";
import { carrier, decimal, hexOf, json, jsonBody, participant, problems, whole } from "../schemas.js";

const signed =
  "Signed by the operator: `Authorization` over `METHOD PATH`, and for a POST a space and the SHA-256 of the body in hexadecimal behind it (docs/service.md).";

const admissionSchema = z
  .strictObject({ participant, key: hexOf(32, "the public key that it must join with") })
  .openapi("Admission");

const depositSchema = z
  .strictObject({
    participant,
    amount: decimal.openapi({ description: "money in the market's currency, above 0" }),
    number: whole.openapi({
      description: "tells deposits of one member apart; each is carried out once, however often it is sent",
    }),
  })
  .openapi("Deposit");

const depositedSchema = z
  .object({
    status: z.literal("accepted"),
    period: whole.openapi({ description: "the period at whose beginning it is carried out" }),
  })
  .openapi("Deposited");

const memberSchema = z
  .object({
    participant: z.string(),
    key: z.string().nullable(),
    number: whole.nullable().openapi({ description: "null: admitted, and has not joined" }),
    balance: decimal.nullable(),
    removed: z.boolean().openapi({ description: "its admission was taken back" }),
  })
  .openapi("MemberEntry");

const membersRoute = createRoute({
  method: "get",
  operationId: "listMembers",
  path: "/operator/members",
  tags: ["Operator"],
  summary: "All members, and those admitted who have not joined",
  description: signed,
  responses: { 200: json("the members", z.object({ members: z.array(memberSchema) })), ...problems },
});

const admitRoute = createRoute({
  method: "post",
  operationId: "admitMember",
  path: "/operator/members",
  tags: ["Operator"],
  summary: "Admit a member, who then joins with its key",
  description: `${signed} Again it changes nothing; with another key, before the member has joined, that key counts. One that was removed is admitted again with the key that it joined with.`,
  request: jsonBody(admissionSchema),
  responses: { 200: json("admitted", admissionSchema), ...problems },
});

const removeRoute = createRoute({
  method: "post",
  operationId: "removeMember",
  path: "/operator/removals",
  tags: ["Operator"],
  summary: "Take the admission of a member back",
  description: `${signed} From then on nothing is taken from it but what ends its contracts and pays its balance out; it may read what is its own. Its standing orders end with the period: the platform ends the contracts that carry them.`,
  request: jsonBody(z.strictObject({ participant }).openapi("Removal")),
  responses: { 200: json("removed", z.object({ participant: z.string() })), ...problems },
});

const depositRoute = createRoute({
  method: "post",
  operationId: "deposit",
  path: "/operator/deposits",
  tags: ["Operator"],
  summary: "Pay money in for a member",
  description: `${signed} It enters the ledger as a contract that the platform signs. A number that was used is 409, so sending again does no harm. Money is paid out by a withdrawal contract, which its member signs (\`POST /v1/contracts\`).`,
  request: jsonBody(depositSchema),
  responses: { 200: json("under way", depositedSchema), ...problems },
});

const seriesSchema = z
  .object({
    series: z.string(),
    contract: z.string().openapi({ description: "key of the contract: `payment`, or `tariff/NAME`" }),
    carrier,
    price: z
      .enum(["retail", "feedIn"])
      .nullable()
      .openapi({ description: "the price of a payment contract that it is a part of; null in a tariff" }),
    minutes: whole.openapi({ description: "how long each rate holds" }),
    start: z.string().openapi({ description: "the instant from which on it has rates" }),
    until: z.string().openapi({ description: "the instant up to which it has rates" }),
  })
  .openapi("Series");

const changedSchema = seriesSchema
  .extend({
    added: whole.openapi({ description: "rates behind those that it had" }),
    changed: whole.openapi({ description: "rates in the place of others" }),
    period: whole.nullable().openapi({
      description: "the first period in which the amended contract holds; null: nothing changes",
    }),
  })
  .openapi("ChangedSeries");

const pricesSchema = z
  .strictObject({
    series: z.string().openapi({ description: "name of the series, wherever it stands", example: "spot" }),
    prices: z
      .array(z.strictObject({ start: z.string(), rate: z.string() }))
      .min(1)
      .openapi({
        description: "rates, each with the instant at which it begins to hold, one after the other",
      }),
    replace: z
      .boolean()
      .optional()
      .openapi({ description: "whether rates that stand may be replaced; default: only new ones are taken" }),
  })
  .openapi("Prices");

const seriesRoute = createRoute({
  method: "get",
  operationId: "listSeries",
  path: "/operator/prices",
  tags: ["Operator"],
  summary: "The series of prices of the market's contracts, and up to when they have rates",
  description: signed,
  responses: { 200: json("the series", z.object({ series: z.array(seriesSchema) })), ...problems },
});

const pricesRoute = createRoute({
  method: "post",
  operationId: "followPrices",
  path: "/operator/prices",
  tags: ["Operator"],
  summary: "Put the rates to come behind those of a series",
  description: `${signed} Each contract that has a series of that name is amended from the next period on, and the platform signs it. Rates follow on without a gap; those that stand already change nothing, and others than stand are 409 unless \`replace\` is true.`,
  request: jsonBody(pricesSchema),
  responses: { 200: json("taken", z.object({ series: z.array(changedSchema) })), ...problems },
});

const closeRoute = createRoute({
  method: "post",
  operationId: "closeMarket",
  path: "/operator/close",
  tags: ["Operator"],
  summary: "Close the market for maintenance",
  description: `${signed} The gate closes, the open period is cleared and sealed, and the service ends. \`period\` must be the open one, so that the request is good once.`,
  request: jsonBody(z.strictObject({ period: whole })),
  responses: { 200: json("closing", z.object({ status: z.literal("closing") })), ...problems },
});

/** All who have joined. */
async function joinedMembers(
  { market }: RouteParts["platform"],
  admissions: RouteParts["admissions"],
): Promise<z.infer<typeof memberSchema>[]> {
  const { participants } = market.state;
  const removed = new Set(await admissions.removedOf(participants));
  return participants.map((participant, number) => {
    const key = market.state.contractOf(participant)?.key ?? null;
    const balance = formatTicks(market.balance(participant), market.ticks.amount);
    return { participant, key, number, balance, removed: removed.has(participant) };
  });
}

/** The routes of prices. */
function priceRoutes(routes: OpenAPIHono<Env>, prices: RouteParts["prices"]): void {
  routes.openapi(seriesRoute, (context) => context.json({ series: prices.list() }, 200));
  routes.openapi(pricesRoute, async (context) => {
    const { replace: mayReplace = false, ...asked } = context.req.valid("json");
    return context.json({ series: await prices.follow({ ...asked, mayReplace }) }, 200);
  });
}

/** Routes of the operator. */
export function operatorRoutes({
  platform,
  access,
  admissions,
  removals,
  prices,
  operator,
}: RouteParts): OpenAPIHono<Env> {
  const { market } = platform;
  const routes = openRoutes();
  routes.use("/operator/*", async (context, next) => {
    access.needOperator(context.get("asker"));
    await next();
  });
  routes.openapi(membersRoute, async (context) => {
    const joined = await joinedMembers(platform, admissions);
    const names = new Set(joined.map(({ participant }) => participant));
    const waiting = [...((await admissions.all()) ?? [])]
      .filter(([name]) => !names.has(name))
      .map(([name, key]) => ({ participant: name, key, number: null, balance: null, removed: false }));
    return context.json({ members: [...joined, ...waiting] }, 200);
  });
  routes.openapi(admitRoute, async (context) => {
    const { participant, key } = context.req.valid("json");
    const joined = market.state.contractOf(participant);
    if (joined !== null && !(await admissions.isRemoved(participant)))
      fail("conflict", "participant", "one who has not joined", participant);
    if (joined !== null && joined.key !== key) fail("conflict", "key", "the key that it joined with", key);
    await admissions.admit(participant, key);
    return context.json({ participant, key }, 200);
  });
  routes.openapi(removeRoute, async (context) => {
    const { participant } = context.req.valid("json");
    const isKnown = market.participantNumber(participant) !== undefined;
    if (!isKnown && (await admissions.all())?.has(participant) !== true)
      fail("refused", "participant", "one who has joined or may", participant);
    await admissions.remove(participant);
    await removals.endStanding();
    return context.json({ participant }, 200);
  });
  routes.openapi(depositRoute, async (context) => {
    const { participant, amount, number } = context.req.valid("json");
    if (market.participantNumber(participant) === undefined)
      fail("refused", "participant", "a registered participant", participant);
    const contract: DepositContract = {
      kind: "deposit",
      version: 1,
      from: market.period + 1,
      participant,
      amount: `${parseTicks(amount, market.ticks.amount, "amount")}`,
      number,
    };
    if (market.nextVersion(contractKey(contract)) > 1)
      fail("conflict", "number", `one of which there was no deposit for ${participant}`, number);
    const taken = await market.propose(contract, await operator!.sign(contract));
    if (taken.status === "refused") throw taken.error;
    return context.json(taken, 200);
  });
  priceRoutes(routes, prices);
  routes.openapi(closeRoute, async (context) => {
    const { period } = context.req.valid("json");
    if (period !== market.period) throw notOpen(market.period, period);
    operator!.close();
    return context.json({ status: "closing" as const }, 200);
  });
  return routes;
}
