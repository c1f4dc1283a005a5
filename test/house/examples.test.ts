// Runs every example of the docstrings, the README and docs/market.md, and holds the values behind `//` against what they give.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Code of the fenced blocks of a language. */
const fenced = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(
    (match) => match[1] as string,
  );

interface Example {
  readonly name: string;
  readonly code: string;
}

const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !name.startsWith("web"),
);
const docstrings: Example[] = sources.flatMap((name) => {
  const text = readFileSync(join(root, "src", name), "utf8").replace(/^ *\* ?/gm, "");
  return fenced(text, "ts").map((code) => ({ name: `src/${name}`, code }));
});
/** Examples of a page: whole programs, with their imports. */
const ofPage = (page: string): Example[] =>
  fenced(readFileSync(join(root, page), "utf8"), "js").map((code, index) => ({
    name: `${page}, example ${index + 1}`,
    code,
  }));
const pages: Example[] = [...ofPage("README.md"), ...ofPage("docs/market.md")];

// A docstring need not repeat what its reader has: the package's names and an engine.
const preamble = `
import * as gridclear from "gridclear";
import * as verify from "gridclear/verify";
import { openNodeStore } from "gridclear/store/node";
import { community, orderColumns } from "gridclear/simulation";
const { openEngine, openMarket, openReplay, copyClearing, openHasher } = gridclear;
`;
const asserting = `
const show = (value) => ArrayBuffer.isView(value) || Array.isArray(value) ? [...value].join(", ") : String(value);
const check = (value, wanted) => { if (show(value) !== wanted) throw new Error(\`wanted \${wanted}, got \${show(value)}\`); };
`;
/** \`expression; // value\` becomes a check; a comment after anything else stays a comment. */
const withChecks = (code: string): string =>
  code.replace(
    /^(?!\s*(?:const|let|import|for|await|\/\/))(\s*)(.+); \/\/ ([^:\n]+)(?::.*)?$/gm,
    (_, space, expression, wanted) => `${space}check(${expression}, ${JSON.stringify(wanted)});`,
  );

function run({ name, code }: Example, before: string): string {
  mkdirSync(join(root, "build"), { recursive: true });
  // Inside the checkout, so that "gridclear" is this package.
  const folder = mkdtempSync(join(root, "build", "example-"));
  const file = join(folder, "example.mjs");
  writeFileSync(file, `${before}${asserting}{\n${withChecks(code)}\n}`);
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], {
    encoding: "utf8",
    cwd: folder,
    timeout: 30_000,
  });
  expect(status, `${name}\n${stderr}`).toBe(0);
  return stdout;
}

describe("examples", () => {
  test("are there", () => expect(docstrings.length + pages.length).toBeGreaterThan(5));
  test.each(docstrings)("$name", (example) => {
    const usesOwnEngine = /const engine\b/.test(example.code);
    run(example, `${preamble}${usesOwnEngine ? "" : "const engine = await openEngine();\n"}`);
  });
  test.each(pages)("$name", ({ name, code }) => {
    const imports = code.match(/^import .*$/gm) ?? [];
    run({ name, code: code.replace(/^import .*$/gm, "") }, imports.join("\n"));
  });
});
