import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const source = fileURLToPath(new URL("../../src", import.meta.url));

interface Import {
  readonly file: string;
  readonly target: string;
}

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".ts") && !name.includes("inline/") && !/\.(d|config)\.ts$/.test(name));

const importPattern = /(?:from\s+|import\s*\(\s*|import\s+)["']([^"']+)["']/g;
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

const imports: Import[] = files.flatMap((file) =>
  [...withoutComments(readFileSync(join(source, file), "utf8")).matchAll(importPattern)].map((match) => {
    const target = match[1] as string;
    return {
      file,
      target: target.startsWith(".")
        ? relative(source, resolve(source, dirname(file), target)).replaceAll("\\", "/")
        : target,
    };
  }),
);

/** What each room may import besides itself and the files at the top of src (bytes, check, shape, units, errors…). */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ledger: [],
  sharing: [],
  tariff: [],
  market: ["core", "ledger", "sharing", "tariff"],
  files: ["core", "ledger", "market", "sharing", "tariff"],
  report: ["core", "ledger", "market", "tariff"],
  bill: ["core", "ledger", "market", "files", "report", "tariff"],
  simulation: ["core", "ledger", "market", "sharing", "tariff", "files", "report"],
  service: ["core", "ledger", "market", "files", "report", "bill", "tariff"],
  client: ["ledger"],
  fleet: ["core", "ledger", "market"],
  study: ["core", "ledger", "market", "files", "report", "simulation"],
  cli: [
    "core",
    "ledger",
    "market",
    "files",
    "report",
    "bill",
    "tariff",
    "simulation",
    "service",
    "study",
    "fleet",
  ],
  web: ["core", "ledger", "market", "files", "report", "bill", "tariff", "simulation", "study", "client"],
};
const room = (path: string): string => (path.includes("/") ? (path.split("/")[0] as string) : "");

describe("the house", () => {
  test("has files and imports to look at", () => {
    expect(files.length).toBeGreaterThan(20);
    expect(imports.length).toBeGreaterThan(40);
  });

  test("dependencies point one way", () => {
    const wrong = imports.filter(({ file, target }) => {
      const from = room(file);
      const to = room(target);
      const isOwn =
        /^[a-z]+\/.|^(bytes|check|html|shape|units|errors|index|zones)\.js$/.test(target) &&
        (to in mayImport || to === "");
      if (!isOwn || target.startsWith("node:")) return false;
      if (from === "") return file !== "index.ts" && to !== "";
      return to !== "" && to !== from && !(mayImport[from] ?? []).includes(to);
    });
    expect(wrong).toEqual([]);
  });

  test("nothing but the commands and the disk store knows Node", () => {
    const wrong = imports.filter(
      ({ file, target }) =>
        target.startsWith("node:") &&
        room(file) !== "cli" &&
        !/^ledger\/store\/(?:node|files|erase|valuefiles|segments|logfile|disk|lock|journal)\.ts$/.test(file),
    );
    expect(wrong).toEqual([]);
  });

  test("clocks and chance come from outside", () => {
    const wrong = files
      .filter((file) =>
        [
          ...["core", "ledger", "market", "sharing", "tariff", "files", "report", "simulation"],
          ...["bill", "study", "fleet"],
        ].includes(room(file)),
      )
      .filter((file) =>
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|toLocale/.test(
          withoutComments(readFileSync(join(source, file), "utf8")),
        ),
      );
    expect(wrong).toEqual([]);
  });

  test("files stay short enough to read", () => {
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(source, file), "utf8").split("\n").length }))
      .filter(({ lines }) => lines > 330);
    expect(long).toEqual([]);
  });

  test("no files import each other in a circle", () => {
    expect(circles()).toEqual([]);
  });

  test("functions are short enough to hold in the head", () => {
    const long = files.flatMap((file) => functionsOf(file)).filter(({ lines }) => lines > 70);
    expect(long).toEqual([]);
  });

  test("each file begins by saying what it is for", () => {
    const root = dirname(source);
    const silent = ["src", "assembly"].flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.ts$/.test(name) && !/(?:^|[\\/])inline[\\/]/.test(name))
        .filter(
          (name) => !/^(?:#![^\n]*\n)?\s*(?:\/\*\*|\/\/)/.test(readFileSync(join(root, top, name), "utf8")),
        )
        .map((name) => `${top}/${name}`),
    );
    expect(silent).toEqual([]);
  });

  test("comments are no wider than a window", () => {
    const root = dirname(source);
    const wide = ["src", "assembly", "test", "bench", "scripts"].flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, encoding: "utf8" })
        .filter(
          (name) =>
            /\.(?:ts|mts|js|mjs|c|h)$/.test(name) && !/(?:^|[\\/])(?:inline|node_modules)[\\/]/.test(name),
        )
        .flatMap((name) =>
          readFileSync(join(root, top, name), "utf8")
            .split("\n")
            .map((line, index) => ({ line, place: `${top}/${name}:${index + 1}` }))
            .filter(({ line }) => line.length > 120 && /^\s*(?:\/\/|\/?\*)|[;,{})] \/\/ /.test(line))
            .map(({ place }) => place),
        ),
    );
    expect(wide).toEqual([]);
  });

  test("offsets of records are known by name outside the format", () => {
    // A number read or written at `something + literal` would be a layout known by heart.
    const literal = /\.[gs]et(?:Uint|Int|BigUint|BigInt)(?:8|16|32|64)\(\s*[\w.[\]]+\s*\+\s*\d+\s*[,)]/;
    const wrong = files
      .filter((file) => !file.startsWith("ledger/format/"))
      .filter((file) => literal.test(withoutComments(readFileSync(join(source, file), "utf8"))));
    expect(wrong).toEqual([]);
  });
});

/** Each circle of imports as the files on it; types count too, since a reader follows them as well. */
function circles(): string[][] {
  const next = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const { file, target } of imports) {
    const imported = target.replace(/\.js$/, ".ts");
    if (next.has(imported)) next.get(file)?.push(imported);
  }
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file]);
    if (start >= 0 || done.has(file)) return;
    for (const imported of next.get(file) as string[]) visit(imported, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

/** Every function with a body and the lines from its name to its end. */
function functionsOf(file: string): { name: string; lines: number }[] {
  const text = readFileSync(join(source, file), "utf8");
  const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: { name: string; lines: number }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && "body" in node && node.body !== undefined) {
      const first = parsed.getLineAndCharacterOfPosition(node.getStart()).line;
      const last = parsed.getLineAndCharacterOfPosition(node.end).line;
      found.push({ name: `${file}:${first + 1}`, lines: last - first + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return found;
}
