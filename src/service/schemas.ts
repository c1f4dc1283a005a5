/** Pieces of the shapes of requests and answers, from which both the checks and the OpenAPI document come. */
import { z } from "@hono/zod-openapi";
import { carriers } from "../units.js";
import type { Problem } from "./problems.js";

/** An exact decimal in the market's unit. */
export const decimal: z.ZodString = z
  .string()
  .max(40)
  .openapi({ description: "exact decimal in the market's unit", example: "1.25" });
/** Bytes as lower-case hexadecimal text. */
export const hexOf = (bytes: number, what: string): z.ZodString =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), `${2 * bytes} lower-case hexadecimal digits`)
    .openapi({ description: `${what}, ${bytes} bytes in lower-case hexadecimal` });
/** A carrier by its name. */
export const carrier: z.ZodEnum<{ electricity: "electricity"; heat: "heat"; cold: "cold"; gas: "gas" }> =
  z.enum(carriers);
/** A whole number from 0 on. */
export const whole: z.ZodNumber = z.number().int().nonnegative();
/** The id of a participant. */
export const participant: z.ZodString = z.string().min(1).max(128).openapi({ example: "ann" });
/** The participant that a path names. */
export const participantParam: z.ZodObject<{ participant: z.ZodString }> = z.object({
  participant: z.string().openapi({ example: "ann" }),
});
/** A signature, 64 bytes. */
export const signature: z.ZodString = hexOf(64, "Ed25519 signature");

/** An answer in JSON. */
export interface JsonAnswer<Schema extends z.ZodType> {
  readonly description: string;
  readonly content: { readonly "application/json": { readonly schema: Schema } };
}
/** An answer in JSON. */
export const json = <Schema extends z.ZodType>(description: string, schema: Schema): JsonAnswer<Schema> => ({
  description,
  content: { "application/json": { schema } },
});

/** A body in JSON that has to be there. */
export interface JsonBody<Schema extends z.ZodType> {
  readonly body: {
    readonly required: true;
    readonly content: { readonly "application/json": { readonly schema: Schema } };
  };
}
/** A body in JSON that has to be there. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema): JsonBody<Schema> => ({
  body: { required: true, content: { "application/json": { schema } } },
});

const problemSchema: z.ZodType<Problem> = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.number().int(),
    code: z.string().openapi({ description: "kind of the fault", example: "refused" }),
    field: z.string().openapi({ description: "what of the request it is about", example: "order.quantity" }),
    wanted: z.string().openapi({ example: "at most 5 kWh by contract" }),
    got: z.string().openapi({ example: "7000" }),
  })
  .openapi("Problem");
interface ProblemAnswer {
  readonly description: string;
  readonly content: { readonly "application/problem+json": { readonly schema: z.ZodType<Problem> } };
}
/** An answer of what is refused or not there. */
export const problemAnswer = (description: string): ProblemAnswer => ({
  description,
  content: { "application/problem+json": { schema: problemSchema } },
});
/** Answers of whatever is refused. */
export const problems: Readonly<Record<400 | 403 | 409 | 413 | 415 | 422 | 429 | 503, ProblemAnswer>> = {
  400: problemAnswer("not well-formed: the field says what"),
  403: problemAnswer("not signed by whom it must be"),
  409: problemAnswer("somebody did it already, or the period has closed"),
  413: problemAnswer("more than a limit allows"),
  415: problemAnswer("a body of another type than the one that is named"),
  422: problemAnswer("well-formed, and not allowed by the market's rules or contracts"),
  429: problemAnswer("too many requests: `Retry-After` says when there is room again"),
  503: problemAnswer("the market has stopped, or there is no room"),
};
