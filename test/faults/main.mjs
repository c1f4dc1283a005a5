// @ts-check
// Lives through worlds, each made by its seed, and says how to see again what broke.
//
// npm run faults -- [--seed FIRST] [--seeds COUNT] [--steps STEPS]
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { bundleWorld } from "./bundle.mjs";
import { liveWorlds } from "./crew.mjs";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    seeds: { type: "string" },
    steps: { type: "string", default: "60" },
  },
});
/** @param {string} text @param {string} name */
const whole = (text, name) => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name}: wanted a whole number, got ${text}`);
  process.exit(2);
};
const first = whole(values.seed, "seed");
const count = whole(values.seeds ?? (process.argv.includes("--seed") ? "1" : "500"), "seeds");
const steps = whole(values.steps, "steps");

const world = await bundleWorld("world");
/** @type {Record<string, number>} */
const sums = {};
let lived = 0;
let broken = 0;
const show = () => {
  if (process.stderr.isTTY) process.stderr.write(`\r${lived} of ${count} worlds, ${broken} broken `);
};
const began = performance.now();
const seeds = Array.from({ length: count }, (_, index) => first + index);
await liveWorlds(world, seeds, steps, ({ seed, counts, broken: fault }) => {
  lived += 1;
  for (const [name, value] of Object.entries(counts ?? {})) sums[name] = (sums[name] ?? 0) + value;
  if (fault !== null) {
    broken += 1;
    console.error(`\nBROKEN seed ${seed}, step ${fault.step}: ${fault.message}`);
    for (const line of fault.trail) console.error(`  ${line}`);
    console.error(`again: npm run faults -- --seed ${seed} --steps ${steps}`);
  }
  show();
  return broken >= 10;
});
rmSync(world);
if (process.stderr.isTTY) process.stderr.write("\n");
const seconds = ((performance.now() - began) / 1000).toFixed(0);
console.log(`${lived} worlds in ${seconds} s, ${broken} broken`);
console.log(
  Object.entries(sums)
    .map(([name, value]) => `${name} ${value}`)
    .join(", "),
);
process.exit(broken > 0 ? 1 : 0);
