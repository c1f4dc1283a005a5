/**
 * What kind of failure an error is. Programs branch on this; people read the message.
 *
 * - `invalid`: a value from outside has the wrong type, form or range
 * - `limit`: a declared maximum would be passed
 * - `refused`: a well-formed request that the market's rules or contracts do not allow
 * - `conflict`: somebody else holds or already did it (second writer, duplicate id)
 * - `state`: called at a moment when it can't be done (closed market, stale view)
 * - `corrupt`: stored or received bytes contradict themselves or their hashes
 * - `storage`: the disk or database failed
 * - `signature`: a signature is missing or wrong
 * - `unsupported`: this build or platform can't do it
 */
export type ErrorCode =
  | "invalid"
  | "limit"
  | "refused"
  | "conflict"
  | "state"
  | "corrupt"
  | "storage"
  | "signature"
  | "unsupported";

/** What an error says beside its code: which field, what was wanted there and what came. */
export interface ErrorDetail {
  /** Path of the offending field, as the caller wrote it: `offers.price[3]`, `pool.electricity.lots`. */
  readonly field: string;
  /** What would have been accepted. */
  readonly wanted: string;
  /** What came, shortened to 80 characters. */
  readonly got: unknown;
}

/** The one error this package throws on purpose. Its message is `field: wanted …, got …`. */
export class GridclearError extends Error {
  override readonly name = "GridclearError";
  readonly code: ErrorCode;
  readonly field: string;
  readonly wanted: string;
  /** What came, as the message shows it. */
  readonly got: string;
  /** What came, as it came. */
  readonly value: unknown;

  constructor(code: ErrorCode, detail: ErrorDetail, options?: ErrorOptions) {
    const got = show(detail.got);
    super(`${detail.field}: wanted ${detail.wanted}, got ${got}`, options);
    this.code = code;
    this.field = detail.field;
    this.wanted = detail.wanted;
    this.got = got;
    this.value = detail.got;
  }
}

/** Throws a {@link GridclearError}; an expression, so that it can stand after `??` or `||`. */
export function fail(code: ErrorCode, field: string, wanted: string, got: unknown): never {
  throw new GridclearError(code, { field, wanted, got });
}

const shownLength = 80;

/** A value as an error message shows it: typed enough to tell `"5"` from `5`, short whatever comes. */
function show(value: unknown): string {
  const text =
    typeof value === "string"
      ? JSON.stringify(value.slice(0, shownLength))
      : typeof value === "bigint"
        ? `${value}n`
        : typeof value === "number"
          ? Object.is(value, -0)
            ? "-0"
            : `${value}`
          : value === null || typeof value === "undefined" || typeof value === "boolean"
            ? `${value}`
            : Array.isArray(value)
              ? `an array of ${value.length}`
              : typeof value === "object"
                ? `an object (${Object.prototype.toString.call(value).slice(8, -1)})`
                : `a ${typeof value}`;
  return text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text;
}
