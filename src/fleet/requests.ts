/**
 * What is asked of a microgrid, and what it comes to. Everybody who may publish to a subject can put anything there;
 * what is no request is refused alike by everybody who reads it.
 */
import { fromHex, hex, publicKeyBytes, signatureBytes, toUtf8 } from "../bytes.js";
import {
  hexText,
  identifier,
  integer,
  list,
  object,
  oneOf,
  optional,
  orNull,
  record,
  text,
} from "../check.js";
import { errorCodes, fail, GridclearError } from "../errors.js";
import type { Contract } from "../market/contracts/contracts.js";
import type { Reading, SignedOrders } from "../market/intake/request.js";
import { carriers } from "../units.js";
import { maxJsonBytes, readJson } from "./readjson.js";

const whole = integer(0, Number.MAX_SAFE_INTEGER);
const signatureCheck = hexText(signatureBytes);

// --- Requests -----------------------------------------------------------------------------------------------------

/**
 * The receipts of orders that were taken already, given once more: nobody signs it, since a receipt says no more than
 * the block does.
 */
export interface ReceiptsRequest {
  readonly kind: "receipts";
  readonly period: number;
  /** The records of the orders, end to end, as they were taken together. */
  readonly records: Uint8Array;
}

/** What a member, or its gateway, asks of a microgrid. */
export type GridRequest =
  | ReceiptsRequest
  | { readonly kind: "orders"; readonly orders: SignedOrders }
  | { readonly kind: "reading"; readonly reading: Reading; readonly signature: Uint8Array }
  | { readonly kind: "contract"; readonly contract: Contract; readonly signature: Uint8Array };

/** A request, and the subject on which its sender waits for the answer; null: nobody waits. */
export interface SentRequest {
  readonly request: GridRequest;
  readonly reply: string | null;
}

const requestCheck = record({
  kind: oneOf("orders", "reading", "contract", "receipts"),
  period: optional(whole),
  records: optional(text(/^(?:[0-9a-f]{2})+$/, 2 * maxJsonBytes, "records in hexadecimal")),
  gateway: optional(orNull(hexText(publicKeyBytes))),
  reading: optional(
    record({
      participant: identifier,
      carrier: oneOf(...carriers),
      period: whole,
      in: text(/^[0-9.]+$/, 40, "a decimal"),
      out: text(/^[0-9.]+$/, 40, "a decimal"),
      version: optional(integer(1, 0xffff)),
    }),
  ),
  contract: optional(object),
  signature: optional(signatureCheck),
  reply: optional(text(/^[!-~]{1,200}$/, 200, "a subject")),
});

export function encodeRequest({ request, reply }: SentRequest): Uint8Array {
  return toUtf8(
    JSON.stringify({ ...said(request), kind: request.kind, ...(reply === null ? {} : { reply }) }),
  );
}

function said(request: GridRequest): object {
  switch (request.kind) {
    case "orders": {
      const { records, gateway, signature } = request.orders;
      return { records: hex(records), gateway: gateway && hex(gateway), signature: hex(signature) };
    }
    case "receipts":
      return { period: request.period, records: hex(request.records) };
    default:
      return { ...request, signature: hex(request.signature) };
  }
}

/** Throws `invalid` naming the field for what is no request. */
export function decodeRequest(bytes: Uint8Array): SentRequest {
  const given = readJson(bytes, "request", requestCheck);
  const reply = given.reply ?? null;
  const missing = (field: string): never => fail("invalid", `request.${field}`, "to be there", "nothing");
  const recordsOf = (): Uint8Array => fromHex(given.records ?? missing("records"), "request.records");
  if (given.kind === "receipts") {
    const period = given.period ?? missing("period");
    return { request: { kind: "receipts", period, records: recordsOf() }, reply };
  }
  const signature = fromHex(given.signature ?? missing("signature"), "request.signature");
  switch (given.kind) {
    case "orders": {
      const records = recordsOf();
      const gateway = given.gateway == null ? null : fromHex(given.gateway, "request.gateway");
      return { request: { kind: "orders", orders: { records, signature, gateway } }, reply };
    }
    case "reading":
      return {
        request: { kind: "reading", reading: (given.reading ?? missing("reading")) as Reading, signature },
        reply,
      };
    default:
      return {
        request: {
          kind: "contract",
          contract: (given.contract ?? missing("contract")) as unknown as Contract,
          signature,
        },
        reply,
      };
  }
}

// --- Answers ------------------------------------------------------------------------------------------------------

/** What became of a request. */
export type Answer =
  | {
      readonly status: "accepted";
      readonly period: number;
      /** Of orders: the number of the first in the block of the period, and the platform's receipts, one an order. */
      readonly first?: number;
      readonly receipts?: readonly Uint8Array[];
    }
  | { readonly status: "refused"; readonly error: GridclearError };

/** An answer, and the sequence of the request that it answers. */
export interface SentAnswer {
  readonly sequence: number;
  readonly answer: Answer;
}

const answerCheck = record({
  sequence: whole,
  status: oneOf("accepted", "refused"),
  period: optional(whole),
  first: optional(whole),
  receipts: optional(list(signatureCheck, 0, 100_000)),
  code: optional(oneOf(...errorCodes)),
  field: optional(text(/^.{0,200}$/s, 200, "a field")),
  wanted: optional(text(/^.{0,1000}$/s, 1000, "what was wanted")),
  got: optional(text(/^.{0,200}$/s, 200, "what came")),
});

export function encodeAnswer({ sequence, answer }: SentAnswer): Uint8Array {
  const { status } = answer;
  if (answer.status === "accepted") {
    const { receipts, ...rest } = answer;
    return toUtf8(
      JSON.stringify({ sequence, ...rest, ...(receipts && { receipts: receipts.map((each) => hex(each)) }) }),
    );
  }
  const { code, field, wanted, got } = answer.error;
  const short = { field: field.slice(0, 200), wanted: wanted.slice(0, 1000), got: got.slice(0, 200) };
  return toUtf8(JSON.stringify({ sequence, status, code, ...short }));
}

/** Throws `invalid` naming the field for what is no answer. */
export function decodeAnswer(bytes: Uint8Array): SentAnswer {
  const given = readJson(bytes, "answer", answerCheck);
  const { sequence, status, period, first, receipts } = given;
  if (status === "refused") {
    const { code = "refused", field = "request", wanted = "another", got = "this" } = given;
    return { sequence, answer: { status, error: new GridclearError(code, { field, wanted, got }) } };
  }
  return {
    sequence,
    answer: {
      status,
      period: period ?? fail("invalid", "answer.period", "to be there", "nothing"),
      ...(first === undefined ? {} : { first }),
      ...(receipts === undefined ? {} : { receipts: receipts.map((each) => fromHex(each, "receipt")) }),
    },
  };
}
