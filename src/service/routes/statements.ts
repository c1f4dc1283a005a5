/** What a member bought, sold and paid: as a statement, and as a bundle with the proofs of every line. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { fail } from "../../errors.js";
import type { Snapshot } from "../../ledger/format/snapshot.js";
import { plainHasher } from "../../ledger/tree/plain.js";
import { newestSnapshot } from "../../market/snapshots.js";
import { writeBundle } from "../../report/bundle/write.js";
import { statement, statementDocument } from "../../report/statement.js";
import { type Env, openRoutes, type RouteParts } from "../routes.js";
import { decimal, json, participantParam, problems } from "../schemas.js";

const statementSchema = z
  .object({
    participant: z.string(),
    from: z.number().int(),
    to: z.number().int(),
    balance: decimal.nullable().openapi({ description: "after the last block" }),
    entries: z
      .array(z.record(z.string(), z.union([z.string(), z.number()]).nullable()))
      .openapi({ description: "the columns of docs/exports.md, decimals as text" }),
  })
  .openapi("Statement");

const height = z.coerce.number().int().nonnegative().optional();
const request = {
  params: participantParam,
  query: z.object({
    from: height.openapi({ type: "integer", description: "first block; default: as far back as is allowed" }),
    to: height.openapi({ type: "integer", description: "block behind the last; default: the newest" }),
  }),
};

const statementRoute = createRoute({
  method: "get",
  operationId: "getStatement",
  path: "/statements/{participant}",
  tags: ["Results"],
  summary: "A member's statement over some blocks",
  description: "In a private market for that member and for auditors alone.",
  request,
  responses: { 200: json("the statement", statementSchema), ...problems },
});

const bundleRoute = createRoute({
  method: "get",
  operationId: "getBundle",
  path: "/bundles/{participant}",
  tags: ["Results"],
  summary: "The same with proofs",
  description:
    "Lines of canonical JSON that `gridclear verify --proof` and `openBundle` check without this service, up to the head in the last line.",
  request,
  responses: {
    200: { description: "the bundle", content: { "text/plain": { schema: z.string() } } },
    ...problems,
  },
});

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Routes of statements. */
export function statementRoutes({ platform, access, limits, turns }: RouteParts): OpenAPIHono<Env> {
  const { store } = platform.market;
  /** Reads blocks, when its turn comes. */
  const reading = <T>(
    address: string,
    given: { readonly from?: number | undefined; readonly to?: number | undefined },
    read: (stretch: Stretch, snapshot: Snapshot | null) => Promise<T>,
  ): Promise<T> => {
    const to = given.to ?? store.size;
    const from = given.from ?? Math.max(0, to - limits.history);
    if (from >= to || to > store.size) fail("invalid", "to", `${from + 1} to ${store.size}`, to);
    if (to - from > limits.history)
      fail("limit", "from", `at most ${limits.history} blocks at a time`, to - from);
    return turns.take(address, async () => {
      const snapshot = from === 0 ? null : await newestSnapshot(store, plainHasher, () => {}, from - 1);
      return read({ from, to }, snapshot);
    });
  };
  const routes = openRoutes();
  routes.openapi(statementRoute, async (context) => {
    const { participant } = context.req.valid("param");
    access.needOf(context.get("asker"), participant);
    const { address } = context.env;
    const document = await reading(address, context.req.valid("query"), async (stretch, snapshot) => ({
      ...statementDocument(await statement(store.blocks(), participant, { ...stretch, snapshot })),
      ...stretch,
    }));
    return context.json(document as unknown as z.infer<typeof statementSchema>, 200);
  });
  routes.openapi(bundleRoute, async (context) => {
    const { participant } = context.req.valid("param");
    access.needOf(context.get("asker"), participant);
    const { address } = context.env;
    const text = await reading(address, context.req.valid("query"), async (stretch, snapshot) => {
      let lines = "";
      // The head that is signed may be a block behind.
      const note = platform.note;
      for await (const piece of writeBundle(store.blocks(), participant, { ...stretch, snapshot, note }))
        lines += piece;
      return lines;
    });
    return context.text(text, 200);
  });
  return routes;
}
