import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findChromium, launchFlags } from "./browser/find.mjs";

const browserTests = "test/**/*.browser.test.ts";
const dataTests = "test/data/**/*.test.ts";

// Three runs: `node` and `browser` are `npm test`; `data` reads the real data sets beside the checkout.
export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: [browserTests, dataTests],
          environment: "node",
          testTimeout: 60_000,
        },
      },
      {
        // Named here, because a package found in the middle of a run makes Vite reload the page under the tests.
        optimizeDeps: { include: ["hash-wasm", "idb", "fast-check", "@assemblyscript/loader"] },
        test: {
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
      { test: { name: "data", include: [dataTests], environment: "node", testTimeout: 600_000 } },
    ],
  },
});
