// Runs every example of the docstrings, the README and docs/market.md, and holds the values behind `//` against what
// they give.
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
const pages: Example[] = [...ofPage("README.md"), ...ofPage("docs/market.md"), ...ofPage("docs/areas.md")];
// Each piece of the tutorial goes on where the one before stopped.
const tutorial: Example = {
  name: "docs/tutorial.md",
  code: fenced(readFileSync(join(root, "docs/tutorial.md"), "utf8"), "js").join("\n"),
};
/** Programs of `examples/` and what each prints, among other lines. */
const programs: readonly (readonly [name: string, prints: RegExp])[] = [
  ["clear.js", /^value: 3 trades$[\s\S]*^merit: 3 trades$/m],
  ["market.js", /^1 kWh at 0.3 EUR$[\s\S]*^period 2 is open$/m],
  ["community.js", /^head of 33 blocks: [0-9a-f]{64}$/m],
  ["verify.js", /^2 blocks executed again$[\s\S]*^block 1: trades root: wanted/m],
];

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
  test("docs/tutorial.md", () => {
    const imports = tutorial.code.match(/^import .*$/gm) ?? [];
    const printed = run(
      { ...tutorial, code: tutorial.code.replace(/^import .*$/gm, "") },
      imports.join("\n"),
    );
    for (const line of [
      "1 trade",
      'refused order.quantity: wanted at most 10 kWh by contract, got "500 kWh"',
      "settled: 1",
      "balance -0.4275",
      "3 blocks executed again, all as they say",
    ])
      expect(printed.split("\n")).toContain(line);
  });
  test.each(programs)("examples/%s", (name, prints) => {
    const code = readFileSync(join(root, "examples", name), "utf8");
    expect(code.split("\n").length).toBeLessThanOrEqual(40);
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, "examples", name)], {
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(prints);
  });
  test("are all run", () => {
    // These need a market that is served: test/cli/commands/serve.test.ts runs the members,
    // test/service/columnexamples.test.ts the gateways.
    const members = ["member.js", "member.py", "columns.js", "columns.py", "columns.pl"];
    const run = [...programs.map(([name]) => name), ...members];
    // A folder holds files of other programs, such as those of a fleet for Docker.
    const files = readdirSync(join(root, "examples"), { withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.map(({ name }) => name).sort()).toEqual(run.sort());
  });
});
