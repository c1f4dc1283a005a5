// Scripts of the tests in processes of their own, which can be killed.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bundles a script for a process of its own, but for the packages that it needs; its path, to be removed. */
export async function bundled(script: URL, name: string): Promise<string> {
  const outfile = fileURLToPath(new URL(`../build/${name}-${process.pid}.mjs`, import.meta.url));
  await build({
    entryPoints: [fileURLToPath(script)],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    outfile,
    logLevel: "error",
  });
  return outfile;
}

/** Runs a program until it ends or has written `kill` lines, and kills it then: all that it wrote. */
export const writtenBy = (program: string, args: readonly string[], kill: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args);
    let text = "";
    let errors = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (text.split("\n").length > kill) child.kill("SIGKILL");
    });
    child.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    child.on("error", reject);
    child.on("close", () => (errors === "" ? resolve(text) : reject(new Error(errors))));
  });
