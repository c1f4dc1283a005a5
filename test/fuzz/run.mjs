// @ts-check
// A fuzzer led by coverage, over every parser: inputs that reach a branch, or reach it more often, than any before are
// kept and changed further. What neither is read nor refused with a typed error, and what takes seconds, is a finding.
//
// npm run fuzz -- [--only WORDS] [--seconds EACH] [--seed SEED] [--keep]
//   --keep: writes what was worth keeping into test/fuzz/corpus/.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { build } from "esbuild";
import { createInstrumenter } from "istanbul-lib-instrument";
import { fuzz } from "./fuzzer.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
/** No input may take longer. */
const mostMs = 5_000;
/** The longest input of which all can be shown: an example may be longer than what is made of it. */
const mostExample = 1 << 20;

/** Makes one program of the parsers, with a counter in each of their branches. */
async function instrumented() {
  mkdirSync(`${root}build`, { recursive: true });
  const { outputFiles } = await build({
    entryPoints: [`${here}target.ts`],
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    write: false,
    logLevel: "error",
  });
  const instrumenter = createInstrumenter({ esModules: true, compact: true, coverageVariable: "__fuzz__" });
  const path = `${root}build/fuzz-${process.pid}.mjs`;
  writeFileSync(path, instrumenter.instrumentSync(outputFiles[0]?.text ?? "", path));
  return path;
}

/** @typedef {{ name: string, seconds: number, seed: number }} Job */

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: "" },
      seconds: { type: "string", default: "5" },
      seed: { type: "string", default: "1" },
      keep: { type: "boolean", default: false },
    },
  });
  const program = await instrumented();
  const { parsers: all, corpusName } = await import(pathToFileURL(program).href);
  const left = Object.keys(all).filter((name) => name.includes(values.only));
  let findings = 0;
  console.log(
    "| parser | inputs | a second | branches | kept | slowest, ms |\n| --- | --- | --- | --- | --- | --- |",
  );
  const one = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const job = { name, seconds: Number(values.seconds), seed: Number(values.seed) };
      // Where the worker writes what it tries: how many inputs, the length of this one, and its bytes.
      const counts = new Int32Array(new SharedArrayBuffer(8));
      const input = new Uint8Array(new SharedArrayBuffer(mostExample));
      let end = () => {};
      const said = await new Promise((resolve) => {
        const worker = new Worker(new URL(import.meta.url), {
          workerData: { ...job, program, counts, input },
          resourceLimits: { maxOldGenerationSizeMb: 1024 },
        });
        let before = -1;
        const gone = (/** @type {unknown} */ why) => {
          const bytes = Buffer.from(input.subarray(0, counts[1]));
          resolve({ finding: { why: `${why}`, input: bytes.toString("base64") } });
        };
        const timer = setInterval(() => {
          // Before the first input the program is still being loaded.
          if (counts[0] !== 0 && counts[0] === before) gone(`it takes longer than ${mostMs} ms`);
          before = counts[0] ?? 0;
        }, mostMs);
        worker.on("error", gone);
        worker.on("message", resolve);
        worker.on("exit", () => gone("the thread ended"));
        end = () => {
          clearInterval(timer);
          worker.removeAllListeners();
          void worker.terminate();
        };
      });
      end();
      if (said.finding) {
        findings += 1;
        console.log(`\nFOUND in ${name}: ${said.finding.why}\ninput (base64): ${said.finding.input}\n`);
        continue;
      }
      const { inputs, branches, kept, slowestMs, corpus } = said;
      console.log(
        `| ${name} | ${inputs} | ${Math.round(inputs / job.seconds)} | ${branches} | ${kept} | ${slowestMs.toFixed(1)} |`,
      );
      if (values.keep && corpus.length > 0) {
        mkdirSync(new URL("./corpus/", import.meta.url), { recursive: true });
        writeFileSync(new URL(`./corpus/${corpusName(name)}`, import.meta.url), `${corpus.join("\n")}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, one));
  rmSync(program);
  console.log(findings === 0 ? "nothing found" : `${findings} found`);
  process.exit(findings > 0 ? 1 : 0);
} else {
  const { program, name, seconds, seed, counts, input } = workerData;
  const { parsers, given, corpusOf } = await import(pathToFileURL(program).href);
  const parser = parsers[name];
  const result = await fuzz({
    take: (bytes) => given(parser, bytes),
    first: [...parser.examples, ...corpusOf(name)],
    counters: /** @type {any} */ (globalThis).__fuzz__,
    seconds,
    seed,
    trying: (bytes) => {
      input.set(bytes.subarray(0, input.length));
      counts[1] = bytes.length;
      counts[0] += 1;
    },
  });
  parentPort?.postMessage(result);
}
