/**
 * A member's bill of a month: what `gridclear bill` says, from the service's own ledger, as a document or as a page
 * that checks itself (docs/bills.md).
 */
import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { type Bill, bill, billOf } from "../../bill/bill.js";
import { MonthReader } from "../../bill/month.js";
import { utc } from "../../bill/months.js";
import { billPage } from "../../bill/page.js";
import { fail } from "../../errors.js";
import { Chain } from "../../ledger/format/chain.js";
import { decodeHeader } from "../../ledger/format/header.js";
import { decodeBundle, openBundle } from "../../ledger/proof/bundle.js";
import type { Store } from "../../ledger/store/store.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { newestSnapshot } from "../../market/snapshots.js";
import { checkedBlocks } from "../../report/blocks.js";
import { writeBundle } from "../../report/bundle/write.js";
import { monthOf } from "../../tariff/zone.js";
import { type Env, openRoutes, type RouteParts } from "../routes.js";
import { carrier, decimal, participantParam, problems, whole } from "../schemas.js";

const line = z.object({
  group: z.enum(["community", "tariff", "earlier"]).openapi({
    description:
      "community: what the ledger moved; tariff: what the tariff adds; earlier: corrections of earlier months",
  }),
  carrier,
  label: z.string(),
  quantity: decimal.nullable(),
  unit: z.enum(["kWh", "kW month", "month", "percent"]).nullable(),
  price: z.string().nullable(),
  amount: decimal,
});

const billSchema = z
  .object({
    participant: z.string(),
    month: z.string(),
    currency: z.string(),
    unit: decimal.openapi({ description: "the smallest amount" }),
    zone: z.string().openapi({ description: "the time zone whose month it is" }),
    periods: whole,
    from: z.string(),
    until: z.string(),
    isClosed: z.boolean().openapi({ description: "false while readings of the month may still come" }),
    tariffs: z.array(z.object({ name: z.string(), carrier, isInLedger: z.boolean() })),
    lines: z.array(line),
    total: decimal.openapi({ description: "below zero the member is paid" }),
    without: z
      .object({ lines: z.array(line), total: decimal })
      .nullable()
      .openapi({ description: "the same energy without the community; null without a tariff" }),
  })
  .openapi("Bill");

const billRoute = createRoute({
  method: "get",
  operationId: "getBill",
  path: "/members/{participant}/bill",
  tags: ["Results"],
  summary: "A member's bill of a month",
  description:
    "What `gridclear bill --json` says of it; as `html` the page of `gridclear bill --html`, with the records that it follows from and their proofs: a browser checks them by it, offline. In a private market for that member and for auditors alone.",
  request: {
    params: participantParam,
    query: z.object({
      month: z.string().max(16).openapi({
        example: "2026-07",
        description: "by the clocks of the member's tariff, else the market's",
      }),
      format: z.enum(["json", "html"]).optional().openapi({ description: "default: json" }),
    }),
  },
  responses: {
    200: {
      description: "the bill",
      content: { "application/json": { schema: billSchema }, "text/html": { schema: z.string() } },
    },
    ...problems,
  },
});

/** The route of bills. */
export function billRoutes({ platform, access, limits, turns, billCheck }: RouteParts): OpenAPIHono<Env> {
  const { market } = platform;
  const routes = openRoutes();
  routes.openapi(billRoute, async (context) => {
    const { participant } = context.req.valid("param");
    const { month, format = "json" } = context.req.valid("query");
    access.needOf(context.get("asker"), participant);
    if (market.participantNumber(participant) === undefined)
      fail("refused", "participant", "a registered participant", participant);
    const check = format === "json" ? null : (billCheck ?? noCheck());
    const said = await turns.take(context.env.address, async () => {
      const first = await firstIn(market.store, month, limits.month);
      const found = await billFrom(market.store, first, { participant, month, outside: null });
      checkCount(found.bill.periods, limits.month);
      const { note } = platform;
      return check === null
        ? found.bill
        : pageFrom(market.store, { participant, month, from: found.from, to: found.to, note }, check);
    });
    if (typeof said !== "string") return context.json(said as unknown as z.infer<typeof billSchema>, 200);
    context.set("policy", pagePolicy(check!));
    return context.html(said, 200);
  });
  return routes;
}

const hourMs = 3_600_000;

/**
 * A height at or before that of a month's first period, whatever clocks it goes by: they are at most 14 hours ahead of
 * UTC and 12 behind. Throws `invalid` for a month of which the store has none, `limit` for one of more periods than a
 * bill may have.
 */
async function firstIn(store: Store, month: string, most: number): Promise<number> {
  const { fromMs, toMs } = monthOf(utc, month);
  const sealed = (ms: number): Promise<number> => sealedFrom(store, ms);
  // A period begins when the block before it was sealed, and none is sealed before the one before.
  const [first, end] = [await sealed(fromMs - 14 * hourMs), await sealed(toMs + 12 * hourMs)];
  if (Math.min(end, store.size - 1) <= first)
    return fail("invalid", "month", "a month of which the ledger has a period", month);
  // By other clocks a month has about as many: what is far too long is not read at all.
  checkCount(Math.min(await sealed(toMs), store.size - 1) - (await sealed(fromMs)), 2 * most);
  return first + 1;
}

function checkCount(periods: number, most: number): void {
  if (periods > most) fail("limit", "month", `one of at most ${most} periods`, periods);
}

/** The first height whose block was sealed at an instant or later. */
async function sealedFrom(store: Store, ms: number): Promise<number> {
  let [low, high] = [0, store.size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const block = await store.get(middle);
    if (block !== null && decodeHeader(block).timestampMs < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whoever opens a service says by what its pages check themselves. */
const noCheck = (): never =>
  fail("unsupported", "query.format", "json, as this service has no program that checks a page", "html");

/** What the page of a bill may do: run its own program, and nothing else. */
const pagePolicy = ({ scriptHash }: BillCheck): string =>
  `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${scriptHash}'; base-uri 'none'; form-action 'none'`;

/** The program by which a bill's page checks itself, and its hash. */
type BillCheck = NonNullable<RouteParts["billCheck"]>;

/** Of whom and when, and the heights of the blocks that say something of it, half-open. */
interface Paged {
  readonly participant: string;
  readonly month: string;
  readonly from: number;
  readonly to: number;
  /** The newest signed head. */
  readonly note: string | null;
}

/** The page of a bill: billed from the proofs that are in it. */
async function pageFrom(
  store: Store,
  { participant, month, from, to, note }: Paged,
  check: BillCheck,
): Promise<string> {
  const hasher = await openHasher();
  const snapshot = await newestSnapshot(store, hasher, () => {}, from - 1);
  let bundle = "";
  for await (const lines of writeBundle(store.blocks(), participant, { from, to, note, snapshot, hasher }))
    bundle += lines;
  const found = bill(openBundle(decodeBundle(bundle), hasher), { month });
  return billPage(found, { bundle, tariff: null, ...check });
}

/** Reads the ledger from the newest snapshot below a height on, until the month is over: the bill, and where it was. */
async function billFrom(
  store: Store,
  below: number,
  of: Parameters<typeof billOf>[2],
): Promise<{ readonly bill: Bill; readonly from: number; readonly to: number }> {
  const hasher = await openHasher();
  const { participant, month } = of;
  const snapshot = await newestSnapshot(store, hasher, () => {}, below - 1);
  const reader = new MonthReader([{ participant, month: { name: month, zone: null } }], snapshot);
  const chain =
    snapshot === null ? new Chain(hasher) : Chain.after(snapshot.header, snapshot.subtrees, hasher);
  let before = 0;
  for await (const { block } of checkedBlocks(store.blocks(chain.size), hasher, chain)) {
    reader.add(block);
    before = block.header.period - block.header.height;
    if (reader.isOver) break;
  }
  const usage =
    reader.usages().get(participant) ??
    fail("invalid", "month", "one in which the participant was registered", month);
  const bill = billOf(reader.market!, usage, of);
  return { bill, from: usage.periods[0]!.period - before, to: chain.size };
}
