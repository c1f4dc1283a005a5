import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findChromium, launchFlags } from "./support/find.mjs";

const browserTests = "test/**/*.browser.test.ts";
const dataTests = "test/data/**/*.test.ts";
const pageTests = "test/web/**/*.test.ts";

// `node`, `browser` and `page` are `npm test`; `data` reads the real data sets beside the checkout.
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
          exclude: [browserTests, dataTests, pageTests],
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
      // A page driven as a person would drive it, on a machine that is busy with the other tests: a late answer is tried
      // again, a fault shows every time.
      { test: { name: "page", include: [pageTests], environment: "node", testTimeout: 60_000, retry: 2 } },
      { test: { name: "data", include: [dataTests], environment: "node", testTimeout: 600_000 } },
    ],
  },
});
