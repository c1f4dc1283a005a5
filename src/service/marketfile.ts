/**
 * The market file: all that `gridclear serve` needs to know, as a table of its fields. And the settings of a gateway,
 * which are those of its fields that say how to listen.
 */
import {
  anything,
  boolean,
  type Check,
  hexText,
  identifier,
  integer,
  list,
  needMethods,
  object,
  oneOf,
  optional,
  orNull,
  record,
  text,
} from "../check.js";
import { fail } from "../errors.js";
import { parseJson } from "../files/jsonfile.js";
import { listedComponents, type PriceFiles, withPrices, zoneIn } from "../files/tarifffile.js";
import type { Contract, MarketContract } from "../market/contracts/contracts.js";
import { type Opening, openingContracts } from "../market/contracts/opening.js";
import { checkOf } from "../shape.js";
import { type PriceBasis, type PriceComponent, pricesOf } from "../tariff/prices.js";
import { amountTick, type Carrier, carriers, parsePrice, parseTick, parseTicks, ppm } from "../units.js";
import type { Member } from "./admissions.js";
import { checkMqtt, type MqttSettings } from "./mqtt/settings.js";
import { checkLimits, type ServiceLimits, thisMachine } from "./settings.js";

/** How a service listens, and what it allows. */
interface Listening {
  readonly host: string;
  readonly port: number;
  /** Addresses of proxies in front, which are believed for whom they ask. */
  readonly proxies: readonly string[];
  /** Addresses that are shown the metrics. */
  readonly monitors: readonly string[];
  readonly limits: ServiceLimits;
  readonly log: (typeof logLevels)[number];
}

/** How a gateway of a fleet listens, and what it allows. */
export interface GatewaySettings extends Listening {
  /** Most microgrids that are followed at once: whoever was not asked for longest makes room. */
  readonly microgrids: number;
}

/** A market file that was read; paths are as they stand in it. */
export interface MarketFile extends Listening {
  /** Directory of the ledger, and the file of the platform's key. */
  readonly ledger: string;
  readonly platformKey: string;
  readonly auditors: readonly string[];
  /** Who may join, by id; null: whoever signs for itself. */
  readonly members: ReadonlyMap<string, Member> | null;
  /** Public key of the operator; null: nobody administers it over the network. */
  readonly operator: string | null;
  readonly snapshotEvery: number;
  /** The broker that the market is put on as well; null: none. */
  readonly mqtt: MqttSettings | null;
  /** The contracts of genesis, for a platform of this public key, in hexadecimal. */
  contracts(platformKey: string, firstPeriod: number): readonly Contract[];
}

const logLevels = ["silent", "error", "info"] as const;
const key = hexText(32);
const path = text(/^[^\0]{1,4096}$/, 4096, "a path");

const byCarrier = <T>(check: Check<T>): Check<{ readonly [carrier in Carrier]?: T }> =>
  record(Object.fromEntries(carriers.map((carrier) => [carrier, optional(check)]))) as Check<{
    readonly [carrier in Carrier]?: T;
  }>;

const money = text(/^\d{1,18}(?:\.\d{1,18})?$/, 40, "money such as 50, or null");
const memberFields = record({
  key,
  creditLimit: optional(orNull(money)),
  areas: optional(byCarrier(identifier)),
  tariffs: optional(byCarrier(identifier)),
});

/** A member is its key alone where it is granted nothing. */
const memberCheck: Check<Member> = (value, field) =>
  typeof value === "object" ? (memberFields(value, field) as Member) : { key: key(value, field) };

const membersCheck: Check<ReadonlyMap<string, Member>> = (value, field) =>
  new Map(
    Object.entries(object(value, field)).map(([id, given]) => [
      identifier(id, `${field}.${JSON.stringify(id)}`),
      memberCheck(given, `${field}.${JSON.stringify(id)}`),
    ]),
  );

/** A price as people write it; it becomes ticks once the market's are known. */
const price = text(/^-?\d{1,9}(?:\.\d{1,18})?$/, 40, "a price such as 0.43");
const share = integer(0, ppm);
const commissionCheck = list(record({ share, supply: share, use: share }), 1, 16);
/** A price, or components of it as a tariff file has them. */
const priceOrList = (basis: PriceBasis): Check<string | readonly PriceComponent[]> => {
  const list = checkOf(pricesOf(listedComponents, basis));
  return (value, field) => (Array.isArray(value) ? list : price)(value, field);
};
const tariffCheck = record({
  retail: optional(priceOrList("fromGrid")),
  feedIn: optional(priceOrList("toGrid")),
  shortagePrice: optional(price),
  surplusPrice: optional(price),
  commission: optional(commissionCheck),
});
const ordersCheck = record({
  mechanism: optional(oneOf("value", "merit", "share")),
  pricing: optional(text(/^[a-z]{1,20}$/, 20, "a pricing of docs/market-rules.md")),
  k: optional(share),
  maxCycles: optional(integer(0, 2 ** 31)),
  ties: optional(oneOf("arrival", "lottery", "prorata")),
  pool: optional(
    orNull(record({ price, purchasePrice: optional(price), lots: optional(oneOf("whole", "divisible")) })),
  ),
  ...Object.fromEntries(
    ["discharge", "charge", "export", "interrupt", "import"].map((name) => [name, optional(boolean)]),
  ),
});
const sharedCheck = record({ mechanism: oneOf("share") });
/** How a carrier clears; one that is shared takes no orders, so that nothing else is said of it. */
const clearingCheck: typeof ordersCheck = (value, field) =>
  object(value, field).mechanism === "share"
    ? (sharedCheck(value, field) as ReturnType<typeof ordersCheck>)
    : ordersCheck(value, field);

const address = text(/^[0-9a-f.:]{2,45}$/, 45, "an IP address");
const listenFields = {
  host: optional(text(/^[^\s/]{1,255}$/, 255, "an address to listen on")),
  port: optional(integer(0, 65_535)),
  proxies: optional(list(address, 0, 100)),
  monitors: optional(list(address, 0, 100)),
  limits: optional(checkLimits),
  log: optional(oneOf(...logLevels)),
};
const marketCheck = record({
  id: optional(identifier),
  currency: optional(text(/^[A-Za-z]{1,8}$/, 8, "a currency such as EUR")),
  quantityTick: optional(anything),
  priceTick: optional(anything),
  periodMs: optional(integer(1_000, 86_400_000)),
  privacy: optional(oneOf("open", "private")),
  leastMembers: optional(anything),
});

const fileCheck = record({
  ledger: path,
  platformKey: path,
  ...listenFields,
  market: optional(marketCheck),
  clearing: optional(byCarrier(clearingCheck)),
  tariffs: optional(byCarrier(tariffCheck)),
  zone: optional(text(/^[A-Za-z0-9_+/-]{1,64}$/, 64, "a time zone such as Europe/Vienna")),
  metering: optional(
    orNull(
      record({
        window: integer(1, 1_000_000),
        corrections: integer(0, 1_000_000),
        missing: oneOf("traded", "zero", "last"),
        delivered: optional(oneOf("fifo", "proportional")),
      }),
    ),
  ),
  creditLimit: orNull(money),
  contracts: optional(list(object, 0, 10_000)),
  members: optional(membersCheck),
  auditors: optional(list(key, 0, 1_000)),
  operator: optional(key),
  snapshotEvery: optional(integer(1, 1_000_000)),
  mqtt: optional(orNull(checkMqtt)),
});

const most = 64 * 1024 * 1024;

/**
 * Reads the text of a market file; `prices` gives the text of a file of prices that it names. Throws `invalid` with
 * line and field, or `limit`.
 */
export function parseMarketFile(source: string, prices: PriceFiles = noPrices): MarketFile {
  needMethods({ prices }, "prices", "a function", ["prices"]);
  return parseJson(source, { root: "market file", most }, (value) => {
    const given = fileCheck(withPrices(object(value, "market file"), prices), "");
    const { auditors = [], members = null, operator = null, mqtt = null, snapshotEvery = 1_000 } = given;
    const opening = openingOf(given);
    checkShared(given);
    const { ledger, platformKey } = given;
    const contracts = (publicKey: string, from: number): readonly Contract[] =>
      contractsOf(opening, {
        publicKey,
        from,
        creditLimit: given.creditLimit,
        more: (given.contracts ?? []) as unknown as readonly Contract[],
      });
    const settings = { auditors, members, operator, snapshotEvery, mqtt };
    return { ledger, platformKey, ...listeningOf(given), ...settings, contracts };
  });
}

/** A carrier is shared by what meters say: without any it would be shared never, and nobody would be told. */
function checkShared({ clearing = {}, metering = null, contracts = [] }: ReturnType<typeof fileCheck>): void {
  const held = contracts as readonly Partial<Record<"kind" | "mechanism", unknown>>[];
  const isShared =
    Object.values(clearing).some((each) => (each?.mechanism as string | undefined) === "share") ||
    held.some(({ kind, mechanism }) => kind === "clearing" && mechanism === "share");
  if (isShared && metering === null && !held.some(({ kind }) => kind === "payment"))
    fail("invalid", "metering", "how meters settle, by which a carrier is shared", "none");
}

const noPrices: PriceFiles = (name) =>
  fail("invalid", name, "a file beside the market file", "no files at all");

const gatewayCheck = record({ ...listenFields, microgrids: optional(integer(1, 1_000_000)) });

/** Reads the settings of a gateway, each of which may be left out. Throws `invalid` with line and field. */
export function parseGatewaySettings(source: string): GatewaySettings {
  return parseJson(source, { root: "settings", most }, (value) => {
    const { microgrids = 1_000, ...listening } = gatewayCheck(value, "");
    return { ...listeningOf(listening), microgrids };
  });
}

/** How a service listens where not all of it is said. */
function listeningOf({
  host = "127.0.0.1",
  port = 8320,
  proxies = [],
  monitors = thisMachine,
  limits = checkLimits({}, "limits"),
  log = "info",
}: { readonly [key in keyof Listening]?: Listening[key] | undefined }): Listening {
  return { host, port, proxies, monitors, limits, log };
}

/** What the file says of the market's rules, prices in the market's ticks. */
function openingOf({
  market = {},
  clearing = {},
  tariffs = {},
  zone,
  metering = null,
}: ReturnType<typeof fileCheck>): Opening {
  const tick = parseTick(market.priceTick ?? "0.000001", "market.priceTick");
  const inTicks = <T extends object>(of: T, names: readonly string[], field: string): T =>
    Object.fromEntries(
      Object.entries(of)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [
          name,
          names.includes(name) && !Array.isArray(value) ? parsePrice(value, tick, `${field}.${name}`) : value,
        ]),
    ) as T;
  const each = <T extends object>(
    all: { readonly [carrier in Carrier]?: T },
    make: (of: T, name: string) => object,
  ) => Object.fromEntries(Object.entries(all).map(([carrier, of]) => [carrier, make(of as T, carrier)]));
  const pool = (of: object, carrier: string): object => {
    const given = inTicks(of as { price: number }, ["price", "purchasePrice"], `clearing.${carrier}.pool`);
    return { purchasePrice: given.price, lots: "divisible", ...given };
  };
  return {
    ...inTicks(market, [], "market"),
    metering,
    ...(zone === undefined ? {} : { zone: zoneIn(zone) }),
    tariffs: each(tariffs, (of, carrier) =>
      inTicks(of, ["retail", "feedIn", "shortagePrice", "surplusPrice"], `tariffs.${carrier}`),
    ),
    clearing: each(clearing, (of, carrier) => ({
      ...inTicks(of, [], ""),
      ...(of.pool === undefined || of.pool === null ? {} : { pool: pool(of.pool, carrier) }),
    })),
  } as Opening;
}

interface Beginning {
  readonly publicKey: string;
  readonly from: number;
  readonly creditLimit: string | null;
  readonly more: readonly Contract[];
}

/** The contracts of genesis: the market's, and all that the platform signs; members sign their own later. */
function contractsOf(
  opening: Opening,
  { publicKey, from, creditLimit, more }: Beginning,
): readonly Contract[] {
  for (const [index, contract] of more.entries())
    if (contract.kind === "market" || contract.kind === "participant")
      fail(
        "invalid",
        `contracts[${index}].kind`,
        "a contract that the platform signs at the beginning",
        contract.kind,
      );
  const [market, ...rest] = openingContracts({ ...opening, startPeriod: from, participants: [] }, more);
  const signed = { ...(market as MarketContract), signed: true, platformKey: publicKey };
  const tick = amountTick(
    parseTick(signed.quantityTick, "market.quantityTick"),
    parseTick(signed.priceTick, "market.priceTick"),
  );
  const limit = creditLimit === null ? null : `${parseTicks(creditLimit, tick, "creditLimit")}`;
  return [
    signed,
    ...rest.map((contract) => (contract.kind === "payment" ? { ...contract, creditLimit: limit } : contract)),
  ];
}
