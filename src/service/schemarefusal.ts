/** What a schema refuses, in the words of this package: field, wanted and got, not the library's sentence. */
import { GridclearError } from "../errors.js";

/** What the library says that did not fit. */
export interface SchemaIssue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly [more: string]: unknown;
}

const kinds: { readonly [kind: string]: string } = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
  null: "null",
};

/** The refusal of an issue with a value; `place` stands in front of the field, and is it where the whole is wrong. */
export function schemaRefusal(issue: SchemaIssue, whole: unknown, place: string): GridclearError {
  const keys = issue.code === "unrecognized_keys" ? (issue.keys as string[]) : [];
  const path = [...issue.path, ...keys.slice(0, 1)];
  const got = path.reduce<unknown>(
    (of, key) => (of as Record<PropertyKey, unknown> | undefined)?.[key],
    whole,
  );
  const field = [...(place === "" ? [] : [place]), ...path].map(String).join(".");
  return new GridclearError("invalid", {
    field: field === "" ? "body" : field,
    wanted: wantedOf(issue),
    got,
  });
}

function wantedOf(issue: SchemaIssue): string {
  const { code, origin, message } = issue;
  if (code === "invalid_type") return kinds[String(issue.expected)] ?? `${issue.expected}`;
  if (code === "invalid_value") return (issue.values as unknown[]).map(String).join(" or ");
  if (code === "unrecognized_keys") return "no such key";
  const unit = origin === "string" ? " characters" : origin === "array" ? " entries" : "";
  if (code === "too_small") return `at least ${issue.minimum}${unit}`;
  if (code === "too_big") return `at most ${issue.maximum}${unit}`;
  // A schema that says in words what it wants is quoted; otherwise the library names only its own rule.
  return message.startsWith("Invalid") ? "another form" : message;
}
