/** Live events by server-sent events: each has an id from which a client goes on without a gap. */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { FeedEvent } from "../events.js";
import { type Env, openRoutes, type RouteParts } from "../routes.js";
import { problems } from "../schemas.js";

/** A stream without events says so often that it is still there. */
const heartbeatMs = 15_000;

const eventsRoute = createRoute({
  method: "get",
  operationId: "followEvents",
  path: "/events",
  tags: ["Events"],
  summary: "Follow the market live",
  description:
    "A stream of server-sent events: `order` (paper §4.2(3)), `cleared`, `trades`, `block`, and in passing `gate`. Each but `gate` has an id, PERIOD.NUMBER, a function of the ledger: with `Last-Event-ID`, or `after`, the stream goes on behind it without a gap, also after a restart of the service. In a private market a signed request is told its member's own orders, and its own trades as `traded`, an auditor's everything, others neither orders nor trades; all in the same places, so that the ids of one are good for the other.",
  request: {
    query: z.object({
      after: z
        .string()
        .max(40)
        .optional()
        .openapi({ description: "id of the last event seen", example: "7.120" }),
    }),
    headers: z.object({ "last-event-id": z.string().max(40).optional() }),
  },
  responses: {
    200: { description: "events", content: { "text/event-stream": { schema: z.string() } } },
    ...problems,
  },
});

/** The route of events. */
export function eventRoutes({ feed, access }: RouteParts): OpenAPIHono<Env> {
  const routes = openRoutes();
  routes.openapi(eventsRoute, async (context) => {
    const { after } = context.req.valid("query");
    const headers = {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
    };
    // Whoever asks for the head alone is sent no stream, and so would never end one.
    if (context.req.raw.method === "HEAD") return new Response(null, { headers });
    const ended = new AbortController();
    context.req.raw.signal.addEventListener("abort", () => ended.abort());
    const seen = context.req.valid("header")["last-event-id"] ?? after;
    const events = feed.open(seen, access.viewOf(context.get("asker")), ended.signal);
    return new Response(
      eventStream(events, () => ended.abort()),
      { headers },
    );
  });
  return routes;
}

const encoder = new TextEncoder();
/** Events as they are sent: the text of each is made once for all streams. */
const written = new WeakMap<FeedEvent, string>();

function writtenOf(event: FeedEvent): string {
  const known = written.get(event);
  if (known !== undefined) return known;
  const { id, event: name, data } = event;
  const text = `${id === null ? "" : `id: ${id}\n`}event: ${name}\ndata: ${data}\n\n`;
  written.set(event, text);
  return text;
}

/** Events as bytes, made when they are asked for: a client that reads slowly holds nothing up but itself. */
export function eventStream(
  events: AsyncGenerator<readonly FeedEvent[]>,
  end: () => void,
): ReadableStream<Uint8Array> {
  let next: Promise<IteratorResult<readonly FeedEvent[]>> | null = null;
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode("retry: 2000\n\n")),
    async pull(controller) {
      next ??= events.next();
      let timer: ReturnType<typeof setTimeout> | undefined;
      const quiet = new Promise<null>((resolve) => {
        timer = setTimeout(() => resolve(null), heartbeatMs);
      });
      const found = await Promise.race([next, quiet]).catch((error: unknown) => {
        end();
        throw error;
      });
      clearTimeout(timer);
      if (found === null) return controller.enqueue(encoder.encode(": still here\n\n"));
      next = null;
      if (!found.done) return controller.enqueue(encoder.encode(found.value.map(writtenOf).join("")));
      end();
      controller.close();
    },
    cancel: end,
  });
}
