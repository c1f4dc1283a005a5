// @ts-check
// Plants each fault of plants.mjs and counts how many worlds it takes to be found: the median over several beginnings.
//
// npm run faults:planted -- [--only WORDS] [--tries TRIES] [--most SEEDS]
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { bundleWorld } from "./bundle.mjs";
import { liveWorlds } from "./crew.mjs";
import { plants } from "./plants.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    tries: { type: "string", default: "5" },
    most: { type: "string", default: "1000" },
    steps: { type: "string", default: "60" },
  },
});
const [tries, most, steps] = [Number(values.tries), Number(values.most), Number(values.steps)];
let missed = 0;
console.log("| planted | in | median of worlds until found | what broke |\n| --- | --- | --- | --- |");
for (const plant of plants.filter(({ name, file }) => `${name} ${file}`.includes(values.only))) {
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
console.log(`\n${plants.length} planted, ${missed} not found`);
process.exit(missed > 0 ? 1 : 0);
