// The tests that mutants are held against: those of the rooms that decide, in one process.
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  test: {
    setupFiles: ["test/setup.ts"],
    provide: { propertySeed: 20261127 },
    include: ["test/{core,ledger,market,report,sharing,tariff,bill}/**/*.test.ts"],
    // Mutants stand in the sources all at once, so that what is bundled is longer than it may be.
    exclude: ["test/**/*.browser.test.ts", "test/ledger/bundle.test.ts"],
    environment: "node",
    // Stryker says itself when one takes too long.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
