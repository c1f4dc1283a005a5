/** What is answered when a request is not granted: a status and a document (RFC 9457) with field, wanted and got. */
import { type ErrorCode, GridclearError } from "../errors.js";

/** A problem as it is answered. */
export interface Problem {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  /** Kind of the fault, such as `refused`. */
  readonly code: string;
  /** What of the request it is about. */
  readonly field: string;
  readonly wanted: string;
  readonly got: string;
}

/** Status of each kind of fault. */
const statusOf: Readonly<Record<ErrorCode, 400 | 403 | 409 | 413 | 422 | 500 | 501 | 503>> = {
  invalid: 400,
  signature: 403,
  conflict: 409,
  limit: 413,
  refused: 422,
  state: 503,
  storage: 503,
  corrupt: 500,
  unsupported: 501,
};

/**
 * The document of an error. Of one that is none of ours it says only that there was one: whoever runs the service
 * finds it in the log.
 */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof GridclearError))
    return problem(500, "internal", "request", "a service without faults", "one");
  const { code, field, wanted, value } = error;
  // How a program writes that a number is a large one says nothing to whoever asked.
  const got = typeof value === "bigint" ? `${value}` : error.got;
  return problem(statusOf[code], code, field, wanted, got);
}

/** A problem document of its parts. */
export function problem(status: number, code: string, field: string, wanted: string, got: string): Problem {
  const title = `${field}: wanted ${wanted}, got ${got}`;
  return { type: "about:blank", title, status, code, field, wanted, got };
}

/** The media type of a problem document. */
export const problemType = "application/problem+json";

/** A problem as an answer. */
export const answerProblem = (said: Problem, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(said), {
    status: said.status,
    headers: { "content-type": problemType, ...headers },
  });
