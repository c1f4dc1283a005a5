// Five hundred worlds, and a fault planted in each of a few places: promises hold, and would be seen broken. More
// worlds (`npm run faults`) and all plants (`npm run faults:planted`) are runs of their own.
import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { bundleWorld, planted } from "./bundle.mjs";
import { plants } from "./plants.mjs";
import { survivors } from "./survivors.mjs";

const made: string[] = [];
afterAll(() => {
  for (const file of made) rmSync(file, { force: true });
});
async function worldOf(name: string, plant: (typeof plants)[number] | null = null) {
  const file = await bundleWorld(name, plant);
  made.push(file);
  return (await import(file)) as typeof import("./world.js");
}

describe("worlds from seeds", () => {
  it("keep every promise, five hundred of them", async () => {
    const { liveWorld } = await worldOf("worlds");
    const sums: Record<string, number> = {};
    for (let seed = 1; seed <= 500; seed += 1) {
      const counts = await liveWorld(seed, 60).catch((error) => {
        const { message, step, trail } = error;
        const again = `npm run faults -- --seed ${seed} --steps 60`;
        throw new Error(`seed ${seed}, step ${step}: ${message}\n  ${trail.join("\n  ")}\nagain: ${again}`);
      });
      for (const [name, value] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + value;
    }
    // They are worlds in which something happens.
    for (const name of [
      "blocks",
      "trades",
      "matchings",
      "acknowledged",
      "refused",
      "crashes",
      "failures",
      "flips",
      "pairs",
      "prices",
      "contracts",
    ])
      expect(sums[name], name).toBeGreaterThan(100);
    expect(sums.drops, "drops").toBeGreaterThan(5);
  }, 600_000);

  it("are the same each time", async () => {
    const { liveWorld } = await worldOf("again");
    for (const seed of [7, 8, 9]) expect(await liveWorld(seed, 60)).toEqual(await liveWorld(seed, 60));
  }, 60_000);

  it("have a place in the sources for each fault that can be planted", () => {
    for (const plant of [...plants, ...survivors]) expect(() => planted(plant), plant.name).not.toThrow();
  });

  it.each([
    "an order is acknowledged before it is in the log",
    "a block is acknowledged before its flush",
    "signatures are not checked",
    "sellers are paid their fee",
  ])(
    "are seen to break: %s",
    async (name) => {
      const { liveWorld } = await worldOf("planted", plants.find((plant) => plant.name === name)!);
      let seed = 0;
      for (let broken = false; !broken && seed < 200; seed += 1)
        broken = await liveWorld(seed + 1, 60).then(
          () => false,
          () => true,
        );
      expect(seed).toBeLessThan(200);
    },
    120_000,
  );
});
