/**
 * What a command is: a table of its arguments and options, from which the words of `--help` and the reading of the
 * command line both come, and a function. The one reader of arguments stands here, so that every command refuses alike
 * what is misspelt, missing, doubled or too much.
 */
import { parseArgs } from "node:util";
import { fail } from "../errors.js";
import { closest } from "./parts/closest.js";

/** Where a command writes: results on `out`, progress and errors on `err`. */
export interface Io {
  /** Writes to standard output, as it stands (no newline is added). */
  out(text: string): void;
  /** Writes to standard error, as it stands. */
  err(text: string): void;
  /** Width of the terminal in characters; 80 when unknown. */
  readonly columns: number;
  /** True when standard error is a terminal, so that a progress line may be overwritten. */
  readonly isTTY: boolean;
}

/** One word of the command line: `gridclear NAME …`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `gridclear NAME --help` prints, newline at the end. */
  readonly usage: string;
  /**
   * Runs with the arguments after the name and resolves to the exit code: 0 done, 1 what was asked about does not hold,
   * where the command itself puts that into words, 130 or 143 interrupted. Throws for everything else; `problemOf` says
   * what is then printed and exited with, 1 too for a ledger that does not hold.
   */
  run(args: readonly string[], io: Io): Promise<number>;
}

/** A word of the command line without dashes, such as the directory of a ledger. */
export interface Argument {
  /** In capitals, as `--help` shows it. */
  readonly name: string;
  readonly help: string;
  readonly optional?: true;
  /** Whether several may be given; the last argument alone. */
  readonly many?: true;
}

/** `--name VALUE`, or a switch `--name`. */
export interface Option {
  readonly help: string;
  /** What stands for the value in `--help`, such as `FILE`; a switch has none. */
  readonly value?: string;
  /** Whether it may be given several times; its value is then a list. */
  readonly many?: true;
  /** The value when it is not given. */
  readonly default?: string;
}

/** What the options of a table come to: text, a list of texts, or whether a switch was given. */
export type Values<O extends { readonly [name: string]: Option }> = {
  readonly [N in keyof O]: O[N] extends { value: string }
    ? O[N] extends { many: true }
      ? readonly string[]
      : O[N] extends { default: string }
        ? string
        : string | undefined
    : boolean;
};

/** A command as its file describes it. */
export interface Definition<O extends { readonly [name: string]: Option }> {
  readonly name: string;
  readonly summary: string;
  /** The ways to call it, without `gridclear NAME`; a long one may have line breaks of its own. */
  readonly forms: readonly string[];
  /** What it does, in a paragraph or more. */
  readonly about: string;
  readonly arguments?: readonly Argument[];
  readonly options: O;
  /** What exit codes 0 and 1 mean here; 1 is left out where a command has no verdict. */
  readonly exits: { readonly 0: string; readonly 1?: string };
  run(given: { readonly arguments: readonly string[]; readonly options: Values<O> }, io: Io): Promise<number>;
}

/** Makes a command of its table. */
export function defineCommand<const O extends { readonly [name: string]: Option }>(
  definition: Definition<O>,
): Command {
  const { name, summary } = definition;
  return {
    name,
    summary,
    usage: usageOf(definition),
    run: async (args, io) => definition.run(read(definition, args), io),
  };
}

// --- Reading ------------------------------------------------------------------------------------------------------

type AnyDefinition = Omit<Definition<{ readonly [name: string]: Option }>, "run">;

function read<O extends { readonly [name: string]: Option }>(
  definition: Omit<Definition<O>, "run">,
  args: readonly string[],
): { readonly arguments: readonly string[]; readonly options: Values<O> } {
  const table: { readonly [name: string]: Option } = definition.options;
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(table).map(([name, { value }]) => [
        name,
        { type: value === undefined ? ("boolean" as const) : ("string" as const) },
      ]),
    ),
  });
  const positionals: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
    if (option === undefined)
      return fail("invalid", "arguments", unknownOption(definition, token.name), token.rawName);
    const found = values.get(token.name) ?? [];
    if (found.length > 0 && option.many === undefined)
      return fail("invalid", token.rawName, "to be given once", "it twice");
    values.set(token.name, [...found, optionValue(option, token)]);
  }
  checkCount(definition.arguments ?? [], positionals);
  return {
    arguments: positionals,
    options: Object.fromEntries(
      Object.entries(table).map(([name, { value, many, default: preset }]) => {
        const found = values.get(name);
        if (value === undefined) return [name, found !== undefined];
        return [name, many === undefined ? (found?.[0] ?? preset) : (found ?? [])];
      }),
    ) as Values<O>,
  };
}

/** The value of an option as it was given; empty for a switch. */
function optionValue(
  option: Option,
  token: {
    readonly rawName: string;
    readonly value?: string | undefined;
    readonly inlineValue?: boolean | undefined;
  },
): string {
  const { rawName, value, inlineValue } = token;
  if (option.value === undefined)
    return value === undefined
      ? ""
      : fail("invalid", rawName, "a switch, without a value", `${rawName}=${value}`);
  if (value === undefined || value === "") return fail("invalid", rawName, option.value, "nothing");
  // `--rules --json` is more likely a value forgotten than a file named `--json`.
  if (inlineValue !== true && value.startsWith("-") && value.length > 1)
    return fail(
      "invalid",
      rawName,
      `${option.value} (or ${rawName}=VALUE, if it begins with a dash)`,
      "an option",
    );
  return value;
}

function unknownOption({ name, options }: AnyDefinition, given: string): string {
  const near = closest(given, Object.keys(options));
  const hint = near === null ? `gridclear ${name} --help lists them` : `did you mean --${near}?`;
  return `an option of gridclear ${name} (${hint})`;
}

function checkCount(wanted: readonly Argument[], given: readonly string[]): void {
  const least = wanted.filter(({ optional }) => optional === undefined).length;
  const count = given.length;
  const empty = given.indexOf("");
  const isMany = wanted.at(-1)?.many !== undefined;
  if (count >= least && (isMany || count <= wanted.length)) {
    // A variable of the shell that was never set: "" would be taken for a path, and mean the folder one stands in.
    if (empty >= 0) fail("invalid", (wanted[empty] ?? wanted.at(-1)!).name, "a word", "");
    return;
  }
  const [only] = wanted;
  if (isMany) fail("invalid", wanted.map(({ name }) => name).join(" and "), "one or more", count);
  if (only === undefined) fail("invalid", "arguments", "options alone", given.join(" "));
  else if (wanted.length > 1)
    fail("invalid", "arguments", wanted.map(({ name }) => name).join(" and "), count);
  else fail("invalid", only.name, least === 1 ? "exactly one" : "at most one", count);
}

// --- Help ---------------------------------------------------------------------------------------------------------

const lineWidth = 80;

/** Exit codes that mean the same for every command. */
const commonExits: readonly (readonly [code: string, meaning: string])[] = [
  ["2", "something given is not acceptable, or a file can't be read or written"],
  ["3", "a fault of gridclear itself"],
  ["130", "interrupted by Ctrl-C (143: by SIGTERM)"],
];

function usageOf(definition: AnyDefinition): string {
  const { name, forms, about, options, exits } = definition;
  const start = `gridclear ${name} `;
  const calls = forms.map((form, index) => {
    const lead = `${index === 0 ? "Usage: " : "       "}${start}`;
    return form
      .replaceAll("\n", `\n${" ".repeat(lead.length)}`)
      .replace(/^/, lead)
      .trimEnd();
  });
  const words: [string, string][] = [
    ...(definition.arguments ?? []).map(({ name: word, help }): [string, string] => [word, help]),
    ...Object.entries(options).map(([word, { value, help, default: preset }]): [string, string] => [
      value === undefined ? `--${word}` : `--${word} ${value}`,
      preset === undefined ? help : `${help} (default: ${preset})`,
    ]),
  ];
  const codes: [string, string][] = [
    ["0", exits[0]],
    ...(exits[1] === undefined ? [] : [["1", exits[1]] as [string, string]]),
    ...commonExits.map(([code, meaning]): [string, string] => [code, meaning]),
  ];
  return [
    calls.join("\n"),
    ...about.split("\n\n").map((paragraph) => wrap(paragraph, 0)),
    ...(words.length === 0 ? [] : [definitionList(words)]),
    `Exit codes:\n${definitionList(codes)}`,
    "",
  ]
    .join("\n\n")
    .replace(/\n\n$/, "\n");
}

/** Words to the left, what they mean to the right of the longest. */
function definitionList(rows: readonly (readonly [word: string, meaning: string])[]): string {
  const indent = rows.reduce((most, [word]) => Math.max(most, word.length), 0) + 2;
  return rows.map(([word, meaning]) => word.padEnd(indent) + wrap(meaning, indent)).join("\n");
}

/** Breaks a text into lines; all but the first begin with `indent` blanks, and the first has as much less room. */
function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && indent + line.length + 1 + word.length > lineWidth) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join(`\n${" ".repeat(indent)}`);
}
