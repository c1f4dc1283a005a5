// `slice` copies a Uint8Array but not a Node Buffer, which is one too: whoever takes bytes from outside and slices them
// holds the caller's memory. So nothing in src may call it on bytes; `copyOf` copies whatever comes. The compiler knows
// what is bytes and what is text or an array.
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const source = join(root, "src");

function programOf(files: string[]): ts.Program {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  return ts.createProgram(files, { ...options, noEmit: true, types: ["node"] });
}

/** Whether a value of this type can be a Uint8Array, or a Buffer. */
function mayBeBytes(type: ts.Type): boolean {
  if (type.isUnionOrIntersection()) return type.types.some(mayBeBytes);
  const name = type.getSymbol()?.name;
  return name === "Uint8Array" || name === "Buffer";
}

/** Places where `slice` is taken of what may be bytes, called or not. */
function slices(program: ts.Program, file: ts.SourceFile): string[] {
  const checker = program.getTypeChecker();
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.name.text === "slice") {
      const type = checker.getTypeAtLocation(node.expression);
      const bound = type.isTypeParameter() ? checker.getBaseConstraintOfType(type) : type;
      if (bound !== undefined && mayBeBytes(checker.getNonNullableType(bound))) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
        found.push(`${relative(root, file.fileName)}:${line + 1}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe("bytes are copied in one place", () => {
  test("the check sees slices of bytes, and of nothing else", () => {
    const name = join(root, "probe.ts");
    const text = `
      export const bad = [
        new Uint8Array(1).slice(),
        Buffer.alloc(1).slice(0, 1),
        (null as unknown as { bytes?: Uint8Array }).bytes?.slice(),
        (null as unknown as Uint8Array | string).slice(1),
      ];
      export function generic<B extends Uint8Array>(bytes: B): unknown { return bytes.slice(); }
      export const good = ["a".slice(1), [1].slice(), new Float64Array(1).slice(), new ArrayBuffer(1).slice(0)];
    `;
    const options: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, types: ["node"], strict: true };
    const host = ts.createCompilerHost(options);
    const { getSourceFile } = host;
    host.getSourceFile = (file, ...rest) =>
      file === name ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) : getSourceFile(file, ...rest);
    const program = ts.createProgram([name], options, host);
    const lines = slices(program, program.getSourceFile(name)!).map((place) => Number(place.split(":")[1]));
    expect(lines).toEqual([3, 4, 5, 6, 8]);
  });

  test("nothing in src calls slice on bytes", { timeout: 120_000 }, () => {
    const files = readdirSync(source, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.includes("inline"))
      .map((name) => join(source, name));
    const program = programOf(files);
    const looked = files.map((name) => program.getSourceFile(name)!);
    expect(looked.length).toBeGreaterThan(100);
    expect(looked.flatMap((file) => slices(program, file))).toEqual([]);
  });
});
