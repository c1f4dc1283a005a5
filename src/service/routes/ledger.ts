/** The ledger as light clients and witnesses ask for it: `httpAsk` takes `…/v1/ledger` as its address. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Ask } from "../../ledger/service/server.js";
import type { Asker } from "../access.js";
import { answerProblem, problem } from "../problems.js";
import { type Env, openRoutes, type RouteParts } from "../routes.js";
import { json, problemAnswer, problems, whole } from "../schemas.js";

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
    404: problemAnswer("nothing there"),
    ...problems,
  },
});

/** Most entries of a listing. */
const mostListed = 100;
const number = z.coerce.number().int().nonnegative();
const listed = {
  query: z.object({
    below: number
      .optional()
      .openapi({ type: "integer", description: "only what is below this; `next` of the page before" }),
    count: z.coerce.number().int().min(1).max(mostListed).default(20),
  }),
};
const next = whole.nullable().openapi({ description: "`below` of the next page; null on the last" });

const snapshotsRoute = createRoute({
  method: "get",
  operationId: "listSnapshots",
  path: "/ledger/snapshots",
  tags: ["Ledger"],
  summary: "Heights whose snapshots are kept, the newest first",
  description: "A snapshot is all that a period hands to the next: `gridclear verify --from` begins at one.",
  request: listed,
  responses: {
    200: json("the heights", z.object({ snapshots: z.array(whole), next }).openapi("Snapshots")),
    ...problems,
  },
});

const snapshotRoute = createRoute({
  method: "get",
  operationId: "getSnapshot",
  path: "/ledger/snapshots/{height}",
  tags: ["Ledger"],
  summary: "A snapshot, as docs/ledger-format.md has it",
  description: "In a private market for auditors alone: it has everybody's balance.",
  request: {
    params: z.object({ height: number.openapi({ param: { name: "height", in: "path", required: true } }) }),
  },
  responses: {
    200: { description: "the snapshot", content: { "application/octet-stream": { schema: binary } } },
    404: problemAnswer("none is kept of this height"),
    ...problems,
  },
});

const checkpointsRoute = createRoute({
  method: "get",
  operationId: "listCheckpoints",
  path: "/ledger/checkpoints",
  tags: ["Ledger"],
  summary: "Heads of the ledger as the platform signs them, the newest first",
  description: "One for each number of blocks that the ledger has had. `next` is the size to go on below.",
  request: listed,
  responses: {
    200: json(
      "the heads",
      z
        .object({
          checkpoints: z.array(
            z.object({ size: whole, note: z.string().openapi({ description: "a note" }) }),
          ),
          next,
        })
        .openapi("Checkpoints"),
    ),
    ...problems,
  },
});

/** Routes of the ledger. */
export function ledgerRoutes({ platform, access, turns }: RouteParts): OpenAPIHono<Env> {
  const { store, contract } = platform.market;
  const askFor = (asker: Asker): Ask => {
    if (asker.kind === "auditor") return platform.disclose;
    return asker.kind === "member" ? platform.answerFor(asker.participant) : platform.answer;
  };
  const routes = openRoutes();
  routes.openapi(snapshotsRoute, async (context) => {
    const { below = store.size, count } = context.req.valid("query");
    const heights = (await store.snapshots()).filter((height) => height < below);
    const snapshots = heights.slice(0, count);
    return context.json({ snapshots, next: heights.length > count ? snapshots.at(-1)! : null }, 200);
  });
  routes.openapi(snapshotRoute, async (context) => {
    if (contract.privacy === "private") access.needAuditor(context.get("asker"));
    const { height } = context.req.valid("param");
    const { address } = context.env;
    return turns.take(address, async () => {
      const isKept = (await store.snapshots()).includes(height);
      const bytes = isKept ? await store.getSnapshot(height) : null;
      if (bytes === null) return nothingThere("height", "one of /v1/ledger/snapshots", `${height}`);
      return context.body(bytes as Uint8Array<ArrayBuffer>, 200, {
        "content-type": "application/octet-stream",
      });
    });
  });
  routes.openapi(checkpointsRoute, async (context) => {
    const { below = platform.size + 1, count } = context.req.valid("query");
    const newest = Math.min(below - 1, platform.size);
    const sizes = Array.from({ length: Math.max(0, Math.min(count, newest)) }, (_, at) => newest - at);
    const checkpoints = await turns.take(context.env.address, () =>
      Promise.all(sizes.map(async (size) => ({ size, note: await platform.noteOf(size) }))),
    );
    const last = sizes.at(-1) ?? 1;
    return context.json({ checkpoints, next: last > 1 ? last : null }, 200);
  });
  routes.openAPIRegistry.registerPath(askRoute);
  routes.get("/ledger/*", async (context) => {
    const { pathname } = new URL(context.req.url);
    const path = pathname.slice(pathname.indexOf("/ledger/") + "/ledger/".length);
    const ask = askFor(context.get("asker"));
    const isCostly = path.startsWith("proof/");
    const bytes = isCostly ? await turns.take(context.env.address, () => ask(path)) : await ask(path);
    if (bytes === null) return nothingThere("path", "what this ledger has and shows whoever asks", path);
    return context.body(bytes as Uint8Array<ArrayBuffer>, 200, { "content-type": typeOf(path) });
  });
  return routes;
}

const nothingThere = (field: string, wanted: string, got: string): Response =>
  answerProblem(problem(404, "invalid", field, wanted, got));

const typeOf = (path: string): string =>
  /^(?:proof|consistency|contract)\b/.test(path)
    ? "application/json"
    : path === "checkpoint"
      ? "text/plain; charset=utf-8"
      : "application/octet-stream";
