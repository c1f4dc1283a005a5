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

/** All of them, for whoever reads one that comes from elsewhere. */
export const errorCodes: readonly ErrorCode[] = [
  "invalid",
  "limit",
  "refused",
  "conflict",
  "state",
  "corrupt",
  "storage",
  "signature",
  "unsupported",
];

/** What an error says beside its code: which field, what was wanted there and what came. */
export interface ErrorDetail {
  /** Path of the offending field, as the caller wrote it: `offers.price[3]`, `pool.electricity.lots`. */
  readonly field: string;
  /** What would have been accepted. */
  readonly wanted: string;
  /** What came, shortened to 80 characters. */
  readonly got: unknown;
}

/**
 * The one error this package throws on purpose. Its message is `field: wanted …, got …`.
 *
 * Whoever catches one and knows better where it happened throws `error.at("orders.csv")` or `error.atBlock(7)`: a new
 * error with the place in front of the field, the same code and value, and the first error as its cause.
 */
export class GridclearError extends Error {
  override readonly name = "GridclearError";
  declare readonly code: ErrorCode;
  declare readonly field: string;
  declare readonly wanted: string;
  /** What came, as the message shows it. */
  declare readonly got: string;
  /** What came, as it came. */
  declare readonly value: unknown;
  /** Height of the block that is at fault; null where no single block is. */
  declare readonly height: number | null;

  constructor(
    code: ErrorCode,
    detail: ErrorDetail,
    options?: { readonly cause?: unknown; readonly height?: number | null },
  ) {
    const got = show(detail.got);
    super(`${detail.field}: wanted ${detail.wanted}, got ${got}`, options);
    this.code = code;
    this.field = detail.field;
    this.wanted = detail.wanted;
    this.got = got;
    this.value = detail.got;
    this.height = options?.height ?? null;
  }

  /** The same error with the place where it happened in front of its field. */
  at(place: string): GridclearError {
    return this.#placed(place, this.height);
  }

  /** The same error with its block in front of its field; unchanged when it names that block already. */
  atBlock(height: number): GridclearError {
    return this.height === height ? this : this.#placed(`block ${height}`, height);
  }

  #placed(place: string, height: number | null): GridclearError {
    const { code, field, wanted, value } = this;
    return new GridclearError(
      code,
      { field: `${place}: ${field}`, wanted, got: value },
      { cause: this, height },
    );
  }
}

/**
 * What was caught, with its place in front if it is a {@link GridclearError}; anything else as it is. A number is the
 * height of a block. For `catch (error) { throw placed(error, path); }`.
 */
export function placed(error: unknown, place: string | number): unknown {
  if (!(error instanceof GridclearError)) return error;
  return typeof place === "number" ? error.atBlock(place) : error.at(place);
}

/** Calls `act`; a {@link GridclearError} that it throws comes out with its place in front, as {@link placed} says. */
export function within<T>(place: string | number, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw placed(error, place);
  }
}

/** Throws a {@link GridclearError}; an expression, so that it can stand after `??` or `||`. */
export function fail(code: ErrorCode, field: string, wanted: string, got: unknown): never {
  throw new GridclearError(code, { field, wanted, got });
}

/** What came, of the text that the message of an error elsewhere shows of it: its quotes are not quoted again. */
export function cameAs(shown: string): unknown {
  try {
    const value: unknown = JSON.parse(shown);
    return typeof value === "object" ? shown : value;
  } catch {
    return shown;
  }
}

/** What a disk or a database threw, as this package's own error `storage`; a {@link GridclearError} as it is. */
export function asStorage(error: unknown, field: string, wanted: string): GridclearError {
  if (error instanceof GridclearError) return error;
  const got = error instanceof Error ? `${error.name}: ${error.message}` : error;
  return new GridclearError("storage", { field, wanted, got }, { cause: error });
}

/**
 * What an error is given in place of a secret: `fail("invalid", "seed", "32 bytes", notShown)`. Neither message nor
 * `got` nor `value` then holds anything of what came. For whatever was read from a key, a seed or a password.
 */
export const notShown: unique symbol = Symbol("not shown");

const shownLength = 80;

/** A value as an error message shows it: typed enough to tell `"5"` from `5`, short whatever comes. */
function show(value: unknown): string {
  const kind = typeof value;
  const text =
    value === notShown
      ? "something else (not shown: it may be secret)"
      : kind === "string"
        ? JSON.stringify((value as string).slice(0, shownLength))
        : kind === "function" || kind === "symbol"
          ? `a ${kind}`
          : Array.isArray(value)
            ? `an array of ${value.length}`
            : kind === "object" && value !== null
              ? `an object (${Object.prototype.toString.call(value).slice(8, -1)})`
              : Object.is(value, -0)
                ? "-0"
                : `${value}${kind === "bigint" ? "n" : ""}`;
  return text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text;
}
