/** Steps with their times, commands that must succeed, and the tests under other versions of Node. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Runs a command and returns what it printed; throws with all it said when it fails. */
export function run(folder, command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === "win32",
    env: { ...process.env, NODE_ENV: "", NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1", PARCEL_WORKERS: "1" },
  });
  if (status !== 0)
    throw new Error(
      `${command} ${args.join(" ")}: ${error ?? `status ${status}`}\n${stdout ?? ""}${stderr ?? ""}`,
    );
  return stdout;
}

/** Runs a program of a project's own packages. */
export const bin = (folder, name, ...args) => run(folder, join(folder, "node_modules/.bin", name), args);

/** Throws unless a text is the wanted one. */
export function same(got, wanted) {
  if (got.trim() !== wanted) throw new Error(`wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`);
}

/** Prints what is done and how long it took; goes on after a failure and ends with status 1. */
export class Step {
  #failed = [];
  #began = Date.now();

  take(what, act) {
    const began = Date.now();
    process.stdout.write(`${what} …`);
    try {
      return act();
    } catch (error) {
      this.#failed.push(what);
      process.stdout.write(`\n  FAILED: ${error instanceof Error ? error.message : error}\n`);
      return undefined;
    } finally {
      process.stdout.write(` ${((Date.now() - began) / 1000).toFixed(1)} s\n`);
    }
  }

  note(text) {
    process.stdout.write(` ${text}`);
  }

  end() {
    const seconds = ((Date.now() - this.#began) / 1000).toFixed(0);
    process.stdout.write(
      this.#failed.length === 0
        ? `all well, ${seconds} s\n`
        : `${this.#failed.length} failed: ${this.#failed.join(", ")}\n`,
    );
    process.exit(this.#failed.length === 0 ? 0 : 1);
  }
}

const nodeVersions = ["22.23.3", "24.9.0"];

/** The Node tests of the checkout under each version, which npm has as a package for each platform. */
export function nodes(step, root, work) {
  for (const version of nodeVersions)
    step.take(`Node ${version}: tests`, () => {
      const folder = join(work, `node-${version}`);
      mkdirSync(folder);
      const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
      writeFileSync(
        join(folder, "package.json"),
        JSON.stringify({ private: true, dependencies: { [name]: version } }),
      );
      run(folder, "npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
      const node = join(folder, "node_modules", name, "bin/node");
      same(run(root, node, ["--version"]), `v${version}`);
      run(root, node, [
        "node_modules/vitest/vitest.mjs",
        ...["run", "--config", "test/vitest.config.ts", "--project", "node"],
      ]);
    });
}
