/**
 * A scenario as a file that people go on with: every key with a comment that says what it means, and those that hold
 * anyway behind comment marks, ready to be changed.
 */
import type { Schema } from "../shape.js";
import type { Scenario } from "./scenario.js";
import { scenarioShape } from "./scenariokeys.js";

const lineWidth = 100;

/** The parts of a schema that are read here. */
interface Part {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: { readonly [key: string]: Part };
  readonly anyOf?: readonly Part[];
}

/** The text of a scenario file; `parseScenario` reads the same scenario from it. */
export function scenarioText(scenario: Scenario): string {
  const { properties = {} } = scenarioShape.schema as Schema & Part;
  const written = scenarioShape.write(scenario) as { readonly [key: string]: unknown };
  const paragraphs = Object.entries(properties).flatMap(([key, part]) => {
    if (key === "$schema") return [];
    const own = written[key];
    const value = own === undefined ? held(part) : own;
    const lines = `${JSON.stringify(key)}: ${shown(value, key.length + 4, "")},`.split("\n");
    const mark = own === undefined ? "// " : "";
    return [[`// ${part.description}`, ...lines.map((line) => mark + line)]];
  });
  return [
    `// ${scenario.name}: a community and the time it trades.`,
    "// `gridclear scenario check` says whether this file is good and what it comes to, `gridclear run` runs it.",
    "// What stands behind comment marks holds anyway.",
    "{",
    paragraphs.map((lines) => lines.map((line) => `  ${line}`).join("\n")).join("\n\n"),
    "}",
    "",
  ].join("\n");
}

/** What holds where a key is left out, its own keys and theirs included. */
function held({ default: otherwise, properties, anyOf }: Part): unknown {
  const keys = properties ?? anyOf?.[0]?.properties;
  if (keys === undefined || otherwise === null) return otherwise;
  const given = (otherwise ?? {}) as { readonly [key: string]: unknown };
  return Object.fromEntries(
    Object.entries(keys).flatMap(([key, part]) => {
      const value = given[key] ?? held(part);
      return value === undefined || isEmpty(value) ? [] : [[key, value]];
    }),
  );
}

const isEmpty = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

/** JSON on one line where it fits, else a line for each member. `taken` is what stands before it on its line. */
function shown(value: unknown, taken: number, indent: string): string {
  const line = inLine(value);
  if (taken + indent.length + line.length <= lineWidth || typeof value !== "object" || value === null)
    return line;
  const inner = `${indent}  `;
  const [open, members, close] = Array.isArray(value)
    ? ["[", value.map((item) => shown(item, 4, inner)), "]"]
    : [
        "{",
        Object.entries(value).map(
          ([key, item]) => `${JSON.stringify(key)}: ${shown(item, key.length + 8, inner)}`,
        ),
        "}",
      ];
  return `${open}\n${members.map((member) => inner + member).join(",\n")}\n${indent}${close}`;
}

function inLine(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(inLine).join(", ")}]`;
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${inLine(item)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}
