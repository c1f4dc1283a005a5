// @ts-check
// Plants each fault of plants.mjs and counts how many worlds it takes to be found: the median over several beginnings.
// With `--named` those of survivors.mjs, each of which has a test that has to fail.
//
// npm run faults:planted -- [--named] [--only WORDS] [--tries TRIES] [--most SEEDS]
//   --only WORDS: faults whose name or file has one of these words, commas between.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { bundleWorld, planted, plantedCore } from "./bundle.mjs";
import { liveWorlds } from "./crew.mjs";
import { plants } from "./plants.mjs";
import { survivors } from "./survivors.mjs";

const { values } = parseArgs({
  options: {
    named: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    tries: { type: "string", default: "5" },
    most: { type: "string", default: "1000" },
    steps: { type: "string", default: "60" },
  },
});
const [tries, most, steps] = [Number(values.tries), Number(values.most), Number(values.steps)];
const asked = values.only.split(",");
const chosen = (/** @type {{ name: string, file: string }} */ { name, file }) =>
  asked.some((words) => `${name} ${file}`.includes(words));
let missed = 0;

if (values.named) {
  console.log("| planted | in | the test that fails |\n| --- | --- | --- |");
  for (const plant of survivors.filter(chosen)) {
    const inCore = plant.file.startsWith("assembly/");
    const planting = inCore
      ? { file: "src/core/inline/simd.ts", text: await plantedCore(plant) }
      : { file: plant.file, text: planted(plant) };
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["node_modules/vitest/vitest.mjs", "run", "--config", "test/faults/vitest.config.ts", plant.test],
      { encoding: "utf8", env: { ...process.env, PLANTED: JSON.stringify(planting), NO_COLOR: "1" } },
    );
    const failed = / FAIL +(.*)/.exec(stdout + stderr)?.[1];
    if (status === 0 || failed === undefined) missed += 1;
    console.log(`| ${plant.name} | ${plant.file} | ${status === 0 ? "none" : (failed ?? "no test ran")} |`);
  }
  console.log(`\n${survivors.filter(chosen).length} planted, ${missed} not found`);
  process.exit(missed > 0 ? 1 : 0);
}

console.log("| planted | in | median of worlds until found | what broke |\n| --- | --- | --- | --- |");
for (const plant of plants.filter(chosen)) {
  const world = await bundleWorld("planted", plant);
  /** @type {number[]} */
  const found = [];
  let said = "";
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const first = 1 + attempt * 10_000;
    let at = Number.POSITIVE_INFINITY;
    const seeds = Array.from({ length: most }, (_, index) => first + index);
    await liveWorlds(world, seeds, steps, ({ seed, broken }) => {
      if (broken === null) return false;
      // Of two threads the one with the later seed may be done first.
      if (seed - first + 1 < at) {
        at = seed - first + 1;
        said = broken.message;
      }
      return true;
    });
    found.push(at);
    // What is not found at once would take as long each time.
    if (at === Number.POSITIVE_INFINITY) break;
  }
  rmSync(world);
  const median = found.sort((a, b) => a - b)[found.length >> 1];
  if (median === undefined || median === Number.POSITIVE_INFINITY) missed += 1;
  const words = said.split("\n")[0]?.replaceAll("|", "/").slice(0, 120);
  console.log(
    `| ${plant.name} | ${plant.file} | ${Number.isFinite(median) ? median : "not found"} | ${words} |`,
  );
}
console.log(`\n${plants.filter(chosen).length} planted, ${missed} not found`);
process.exit(missed > 0 ? 1 : 0);
