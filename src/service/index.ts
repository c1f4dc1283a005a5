/**
 * `gridclear/service`: a market on a network, as a function from a request to an answer. Needs hono, @hono/zod-openapi,
 * zod and prom-client beside gridclear, which embedding a market does not.
 *
 * @module gridclear/service
 */

export type { PriceFiles } from "../files/tarifffile.js";
export type { Member } from "./admissions.js";
export type { PeriodDocument, TradeDocument } from "./documents.js";
export type { FeedEvent } from "./events.js";
export { type MarketFile, parseMarketFile } from "./marketfile.js";
export type { MqttSettings } from "./mqtt/settings.js";
export type { OperatorOptions } from "./routes.js";
export {
  type Following,
  openService,
  type Service,
  type ServiceLog,
  type ServiceOptions,
} from "./service.js";
export { defaultLimits, type ServiceLimits } from "./settings.js";
