// Compiles the core and inlines it, so that every bundler loads the package without configuration.
// The release build becomes src/core/inline/simd.ts, the build without SIMD src/core/inline/scalar.ts.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const inlineFolder = join("src", "core", "inline");
for (const folder of ["build", "dist", inlineFolder]) mkdirSync(folder, { recursive: true });

const builds = [
  { target: "release", wasm: "build/core.wasm", module: "simd" },
  { target: "scalar", wasm: "build/core.scalar.wasm", module: "scalar" },
];
for (const { target, wasm, module } of builds) {
  const { error, stderr } = await asc.main(["--config", "asconfig.json", "--target", target]);
  if (error) {
    process.stderr.write(stderr.toString());
    throw error;
  }
  const bytes = readFileSync(wasm);
  const text = `// Made by assembly/build.mjs from assembly/; not kept in git.\nexport const wasmBase64: string =\n  "${bytes.toString("base64")}";\n`;
  writeFileSync(join(inlineFolder, `${module}.ts`), text);
  process.stdout.write(`core: ${target} ${bytes.length} bytes\n`);
}
copyFileSync("build/core.wasm", "dist/core.wasm");
// What a bundler that knows WebAssembly modules makes of an import of it.
writeFileSync(
  "dist/core.wasm.d.ts",
  "/** The compiled core, for `openEngine({ wasm })`. */\ndeclare const core: WebAssembly.Module;\nexport default core;\n",
);
