/** What comes into the market: orders, readings and contracts, each acknowledged once it is on the disk. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { fromHex, hex } from "../../bytes.js";
import { GridclearError } from "../../errors.js";
import { orderStatement } from "../../ledger/keys/message.js";
import { type Receipt, receiptToJson } from "../../ledger/proof/receipt.js";
import { plainHasher } from "../../ledger/tree/plain.js";
import type { Contract } from "../../market/contracts/contracts.js";
import { parseContract } from "../../market/contracts/kinds.js";
import { notOpen } from "../../market/intake/answers.js";
import type { Order } from "../../market/intake/request.js";
import { removedMember } from "../admissions.js";
import { type ColumnOrders, decodeColumns, encodeTaken } from "../columns.js";
import { type Env, openRoutes, type RouteParts, type ServedPlatform } from "../routes.js";
import {
  carrier,
  decimal,
  hexOf,
  json,
  jsonBody,
  participant,
  problems,
  signature,
  whole,
} from "../schemas.js";
import { asStranger, needReporter, proposeAsStranger } from "../strangers.js";
import { Remembered, UnderWay } from "../underway.js";
import { needMoney } from "../withdrawals.js";

/** An order with its signature. */
const orderSchema = z
  .strictObject({
    participant,
    carrier,
    side: z.enum(["offer", "bid"]),
    quantity: decimal.openapi({
      description: 'energy; "0" with price "0" takes back the order of this side',
    }),
    price: decimal.openapi({ description: "limit per unit of energy; may be negative", example: "0.43" }),
    revision: whole
      .max(254)
      .openapi({ description: "its place among this participant's orders of the carrier in the period" }),
    period: whole.openapi({ description: "the open period, which the signature covers" }),
    signature: signature,
  })
  .openapi("Order");

/** A receipt, as `encodeReceipt` writes it. */
const receiptSchema = z
  .object({
    format: z.literal("gridclear receipt v2"),
    market: hexOf(32, "id of the market"),
    period: whole,
    number: whole.openapi({ description: "the order's number in the block of the period" }),
    order: hexOf(16, "the order's record"),
    signature: signature,
  })
  .openapi("Receipt");

/** What an order was answered. */
const acceptedSchema = z
  .object({ status: z.literal("accepted"), receipt: receiptSchema })
  .openapi("AcceptedOrder");

/** A reading with its signature. */
const readingSchema = z
  .strictObject({
    participant,
    carrier,
    period: whole.openapi({ description: "the period that was metered" }),
    in: decimal.openapi({ description: "energy drawn from the network" }),
    out: decimal.openapi({ description: "energy fed into it" }),
    version: whole
      .min(1)
      .max(65_535)
      .optional()
      .openapi({ description: "1, or one more for each correction" }),
    signature: signature,
  })
  .openapi("Reading");

/** A contract proposed, with the signature of whom it binds. */
const proposalSchema = z
  .strictObject({
    contract: z
      .record(z.string(), z.unknown())
      .openapi({ description: "a contract as docs/market.md has it; the market says what does not fit" }),
    signature: signature,
  })
  .openapi("Proposal");

/** What a reading or a contract was answered. */
const takenSchema = z
  .object({
    status: z.literal("accepted"),
    period: whole.openapi({ description: "the period that it is for" }),
  })
  .openapi("Taken");

const orderRoute = createRoute({
  method: "post",
  operationId: "sendOrder",
  path: "/orders",
  tags: ["Orders"],
  summary: "Send an order",
  description:
    "Takes a signed order for the open period, or takes one back (quantity and price 0). The answer, a receipt, comes once the order is on the disk. The same order sent again gets the same receipt, also after its period has closed.",
  request: jsonBody(orderSchema),
  responses: { 200: json("taken", acceptedSchema), ...problems },
});

const columnsRoute = createRoute({
  method: "post",
  operationId: "sendOrderColumns",
  path: "/orders/columns",
  tags: ["Orders"],
  summary: "Send many orders as columns",
  description:
    "Takes a gateway's orders, all of them or none, as bytes (docs/service.md). Sent again they get the same receipts, also after their period has closed.",
  request: {
    body: {
      required: true,
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
  },
  responses: {
    200: {
      description: "taken: the signatures of all receipts",
      content: { "application/octet-stream": { schema: z.string().openapi({ format: "binary" }) } },
    },
    ...problems,
  },
});

const readingRoute = createRoute({
  method: "post",
  operationId: "sendReading",
  path: "/readings",
  tags: ["Readings"],
  summary: "Send a meter reading",
  request: jsonBody(readingSchema),
  responses: { 200: json("taken", takenSchema), ...problems },
});

const contractRoute = createRoute({
  method: "post",
  operationId: "proposeContract",
  path: "/contracts",
  tags: ["Contracts"],
  summary: "Propose a contract",
  description: "Takes a contract that begins to hold in a period not yet begun.",
  request: jsonBody(proposalSchema),
  responses: { 200: json("taken", takenSchema), ...problems },
});

type Accepted = z.infer<typeof acceptedSchema>;
const accepted = (receipt: Receipt): Accepted => ({
  status: "accepted",
  receipt: receiptToJson(receipt) as z.infer<typeof receiptSchema>,
});

/** Routes of what comes in. */
export function intakeRoutes(parts: RouteParts): OpenAPIHono<Env> {
  const { platform } = parts;
  const { market } = platform;
  const isPrivate = market.contract.privacy === "private";
  const underWay = new UnderWay();
  const routes = openRoutes();
  routes.openapi(orderRoute, async (context) => {
    const { period, signature, ...order } = context.req.valid("json");
    const own = fromHex(signature, "signature");
    const receipt = await underWay.once(JSON.stringify({ period, signature, order }), () =>
      asStranger(parts, order.participant, { signature: own, field: "order" }, () =>
        takeOrder(parts, { period, order, signature: own }),
      ),
    );
    return context.json(accepted(receipt), 200);
  });
  routes.openapi(columnsRoute, async (context) => {
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    const orders = decodeColumns(bytes);
    const sent = hex(plainHasher.sha256(bytes));
    const answer = await underWay.once(sent, () => takeColumns(parts, orders));
    return context.body(answer as Uint8Array<ArrayBuffer>, 200, {
      "content-type": "application/octet-stream",
    });
  });
  const taken = new Remembered(underWay);
  routes.openapi(readingRoute, async (context) => {
    const { signature, version, ...reading } = context.req.valid("json");
    const given = version === undefined ? reading : { ...reading, version };
    const own = fromHex(signature, "signature");
    const answer = await asStranger(
      parts,
      reading.participant,
      { signature: own, field: "reading" },
      async () => {
        await needReporter(parts, given, own);
        return taken.once({ given, signature }, () => platform.report(given, own));
      },
    );
    return context.json(answer, 200);
  });
  routes.openapi(contractRoute, async (context) => {
    const { contract, signature } = context.req.valid("json");
    const own = fromHex(signature, "signature");
    const judge = async (): Promise<void> => {
      await parts.admissions.needContract(contract);
      await needMoney(parts, contract, own);
    };
    const propose = () =>
      taken.once({ given: contract, signature }, () =>
        platform.propose(contract as unknown as Contract, own),
      );
    if (isPrivate) {
      const answer = await proposeAsStranger(parts, parseContract(contract), own, { judge, propose });
      return context.json(answer, 200);
    }
    await judge();
    return context.json(await propose(), 200);
  });
  return routes;
}

interface SignedOrder {
  readonly period: number;
  readonly order: Order;
  readonly signature: Uint8Array;
}

/**
 * The receipt for an order: a new one, or that which it has already. What was taken before is looked for last, and only
 * for whoever signed it: an answer tells nobody else what a member ordered.
 */
async function takeOrder(
  { platform, access, admissions }: RouteParts,
  { period, order, signature }: SignedOrder,
): Promise<Receipt> {
  const { market } = platform;
  if (period > market.period) throw notOpen(market.period, period);
  const isRemoved = await admissions.isRemoved(order.participant);
  const refusal = isRemoved
    ? removedMember("order.participant", order.participant)
    : await refusalOf(platform, period, async () => {
        const result = await platform.submit(order, signature);
        return result.status === "refused" ? result.error : result;
      });
  if (!(refusal instanceof GridclearError)) return refusal.receipt;
  // That somebody was removed is told to whoever signs as that member alone.
  if (!isRemoved && refusal.code === "signature") throw refusal;
  const record = market.record(order);
  await access.needSigned(order.participant, orderStatement(market.id, period, record), signature);
  const known = await platform.receiptOf(period, record);
  if (known === null) throw refusal;
  return known;
}

async function takeColumns(
  { platform, access, admissions }: RouteParts,
  { period, batch, proof }: ColumnOrders,
): Promise<Uint8Array> {
  const { market } = platform;
  if (period > market.period) throw notOpen(market.period, period);
  const whose = [...new Set(batch.participant)].map((number) => market.state.participant(number) ?? "");
  const [gone] = await admissions.removedOf(whose);
  const refusal =
    gone === undefined
      ? await refusalOf(platform, period, async () => {
          const result = await platform.submitColumns(batch, proof);
          if ("status" in result) return result.error;
          const [first] = result.refused;
          return first === undefined ? result : first.error.at(`orders[${first.index}]`);
        })
      : removedMember("orders", gone);
  if (!(refusal instanceof GridclearError)) return encodeTaken(refusal);
  if (gone === undefined && refusal.code === "signature") throw refusal;
  const records = market.records(batch);
  await access.needGateway(period, records, proof);
  const known = await platform.receiptsOf(period, records);
  if (known === null) throw refusal;
  return encodeTaken(known);
}

/** What an act in the open period comes to, or why it is refused; so also where the period is another. */
async function refusalOf<T>(
  { market }: ServedPlatform,
  period: number,
  act: () => Promise<T | GridclearError>,
): Promise<T | GridclearError> {
  if (period === market.period) {
    const result = await act();
    // It closed while the signature was checked: that is said in the words of a period that has closed.
    if (!(result instanceof GridclearError) || period === market.period) return result;
  }
  return notOpen(market.period, period);
}
