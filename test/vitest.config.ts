import { availableParallelism } from "node:os";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findChromium, launchFlags } from "./support/find.mjs";

const browserTests = "test/**/*.browser.test.ts";
const dataTests = "test/data/**/*.test.ts";
/** What drives the page in a browser; what lies in the folders beside needs none. */
const pageTests = "test/web/*.test.ts";
const firefoxTests = "test/web/firefox/*.test.ts";

// Seed of all property tests: fixed, unless PROPERTY_SEED is a number or `fresh`.
const asked = process.env.PROPERTY_SEED ?? "20261127";
const propertySeed = asked === "fresh" ? Math.floor(Math.random() * 0x7fff_ffff) : Number(asked);
if (!Number.isInteger(propertySeed))
  throw new Error(`PROPERTY_SEED: wanted a whole number or fresh, got ${asked}`);
if (asked === "fresh")
  process.stderr.write(`property tests: repeat this run with PROPERTY_SEED=${propertySeed}\n`);
/** On a machine that is busy with other tests an answer may take its time. */
const expectations = { poll: { timeout: 30_000 } };
const properties = { setupFiles: ["test/setup.ts"], provide: { propertySeed } };

declare module "vitest" {
  export interface ProvidedContext {
    readonly propertySeed: number;
  }
}

// `node`, `browser`, `page` and `firefox` are `npm test`; `data` reads the real data sets beside the checkout.
export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One file a core: Vitest by itself leaves a core to itself, which on two cores is half of the machine.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          ...properties,
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: [browserTests, dataTests, pageTests, firefoxTests],
          environment: "node",
          testTimeout: 60_000,
          expect: expectations,
        },
      },
      {
        // Named here, because a package found in the middle of a run makes Vite reload the page under the tests.
        optimizeDeps: { include: ["hash-wasm", "idb", "fast-check", "@assemblyscript/loader"] },
        test: {
          ...properties,
          name: "browser",
          include: [browserTests],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: findChromium(), args: launchFlags },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
      // A page driven as a person would drive it, in a browser that takes a core for itself: after all others, a file
      // at a time. On a busy machine a late answer is tried again, a fault shows every time.
      {
        test: {
          ...properties,
          name: "page",
          include: [pageTests],
          environment: "node",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: expectations,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          retry: 2,
        },
      },
      {
        test: {
          ...properties,
          name: "firefox",
          include: [firefoxTests],
          environment: "node",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          expect: expectations,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
          retry: 2,
        },
      },
      {
        test: {
          ...properties,
          name: "data",
          include: [dataTests],
          environment: "node",
          testTimeout: 600_000,
        },
      },
    ],
  },
});
