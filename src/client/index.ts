/**
 * `gridclear/client`: a member's side of a market that somebody else serves, in Node and in a page. What the service
 * says is checked: receipts when they come and against the block, heads against all that were seen.
 *
 * @module gridclear/client
 */

export { MarketClient } from "./client.js";
export type { SentEvent } from "./events.js";
export type { ClientEvent, ClientOptions } from "./options.js";
export type { ClientOrder } from "./order.js";
export type { RequestOptions } from "./requests.js";
