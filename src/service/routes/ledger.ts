/** The ledger as light clients and witnesses ask for it: `httpAsk` takes `…/v1/ledger` as its address. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Ask } from "../../ledger/service/server.js";
import type { Asker } from "../access.js";
import { type Env, openRoutes, type RouteParts } from "../routes.js";
import { problems } from "../schemas.js";

const binary = z.string().openapi({ format: "binary" });
const askRoute = createRoute({
  method: "get",
  operationId: "askLedger",
  path: "/ledger/{path}",
  tags: ["Ledger"],
  summary: "Heads, blocks, headers and proofs",
  description:
    "What a light client asks for: `checkpoint`, `contract`, `block/H`, `header/H`, `consistency/A/B`, `proof/N/H`, `proof/N/H/SECTION/I`. Of a private market blocks are headers alone, and there are proofs of one's own orders; auditors see everything.",
  request: { params: z.object({ path: z.string().max(128).openapi({ example: "checkpoint" }) }) },
  responses: {
    200: { description: "the answer", content: { "application/octet-stream": { schema: binary } } },
    404: { description: "nothing there" },
    ...problems,
  },
});

/** Routes of the ledger. */
export function ledgerRoutes({ platform }: RouteParts): OpenAPIHono<Env> {
  const askFor = (asker: Asker): Ask => {
    if (asker.kind === "auditor") return platform.disclose;
    return asker.kind === "member" ? platform.answerFor(asker.participant) : platform.answer;
  };
  const routes = openRoutes();
  routes.openAPIRegistry.registerPath(askRoute);
  routes.get("/ledger/*", async (context) => {
    const { pathname } = new URL(context.req.url);
    const path = pathname.slice(pathname.indexOf("/ledger/") + "/ledger/".length);
    const bytes = await askFor(context.get("asker"))(path);
    if (bytes === null) return context.text("nothing there\n", 404);
    return context.body(bytes as Uint8Array<ArrayBuffer>, 200, { "content-type": typeOf(path) });
  });
  return routes;
}

const typeOf = (path: string): string =>
  /^(?:proof|consistency|contract)\b/.test(path)
    ? "application/json"
    : path === "checkpoint"
      ? "text/plain; charset=utf-8"
      : "application/octet-stream";
