/** What a service allows: every limit with its default, checked where it is given. */
import { type Check, integer, optional, record } from "../check.js";
import { fail } from "../errors.js";

/** Limits of a service; each may be given in the market file (docs/operations.md). */
export interface ServiceLimits {
  /** Longest body of a request in JSON, in bytes. */
  readonly jsonBytes: number;
  /** Longest body of orders in columns, in bytes. */
  readonly columnBytes: number;
  /** Requests that one address may make at once, and how many more each second. */
  readonly burst: number;
  readonly perSecond: number;
  /** Addresses whose requests are counted; beyond, whoever has been quiet for longest is forgotten. */
  readonly addresses: number;
  /** Connections of one address; what serves the requests counts them. */
  readonly connections: number;
  /** Streams of events that are open at once. */
  readonly streams: number;
  /** How many sealed periods back a stream may begin, and how many blocks a statement may be about. */
  readonly history: number;
  /** How many periods the month of a bill may have. */
  readonly month: number;
  /** Costly answers that are made at once: statements, bundles, bills, proofs, snapshots. */
  readonly answers: number;
  /** How many more of them wait for their turn, and how many one address may have that are made or wait. */
  readonly answersWaiting: number;
  readonly answersEach: number;
  /** How far ahead the expiry of a signed request may lie, in milliseconds. */
  readonly readMs: number;
  /** What serves the requests keeps to these. Longest headers of a request, in bytes. */
  readonly headerBytes: number;
  /** How long the headers of a request may take to come, and all of it, in milliseconds. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How long an answer may wait to be taken, in milliseconds. */
  readonly answerMs: number;
  /** How long a connection without a request is kept, in seconds. */
  readonly keptSeconds: number;
}

/** The addresses of this machine to itself: who sees the metrics where nothing is said. */
export const thisMachine: readonly string[] = ["127.0.0.1", "::1"];

/** What holds where nothing is said. */
export const defaultLimits: ServiceLimits = {
  jsonBytes: 65_536,
  columnBytes: 4_194_304,
  burst: 200,
  perSecond: 50,
  addresses: 100_000,
  connections: 64,
  streams: 1_000,
  history: 2_880,
  month: 9_000,
  answers: 4,
  answersWaiting: 1_000,
  answersEach: 8,
  readMs: 300_000,
  headerBytes: 8_192,
  headersMs: 10_000,
  requestMs: 10_000,
  answerMs: 60_000,
  keptSeconds: 5,
};

const most = 2 ** 31;
/** Least and most of those that may not be any number: with less nobody could ask, and timers know no more. */
const ranges: { readonly [name in keyof ServiceLimits]?: readonly [number, number] } = {
  headerBytes: [1_024, 1_048_576],
  headersMs: [100, 3_600_000],
  requestMs: [100, 3_600_000],
  answerMs: [100, 3_600_000],
  keptSeconds: [1, 3_600],
};

/** Limits in part; the rest is {@link defaultLimits}. Throws `invalid` naming the field. */
export const checkLimits: Check<ServiceLimits> = (value, field) => {
  const fields = Object.fromEntries(
    Object.keys(defaultLimits).map((name) => [
      name,
      optional(integer(...(ranges[name as keyof ServiceLimits] ?? ([1, most] as const)))),
    ]),
  );
  const given = { ...defaultLimits, ...record(fields)(value, field) };
  // Headers are a part of the request: who allows less for all of it allows less for them.
  const { headersMs, requestMs } = given;
  return headersMs <= requestMs
    ? given
    : fail("invalid", `${field}.headersMs`, `at most requestMs, ${requestMs}`, headersMs);
};
