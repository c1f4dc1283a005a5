/**
 * gridclear: clears, settles, seals and verifies local energy markets.
 *
 * @packageDocumentation
 */
export * from "./core/engine.js";
export { type ErrorCode, type ErrorDetail, GridclearError } from "./errors.js";
export * from "./units.js";
