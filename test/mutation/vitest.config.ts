// The tests that mutants are held against: those of the rooms that decide, in one process.
import { relative } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Milliseconds that each file of tests took when no mutant was awake. */
const took = new Map<string, number>();

/** Quick files first: most mutants fail in one of those, and the first failure ends their run. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const times = files.map((file) => {
      const key = `${file.project.name}:${relative(this.ctx.config.root, file.moduleId)}`;
      const time = took.get(file.moduleId) ?? this.ctx.cache.getFileTestResults(key)?.duration;
      if (time !== undefined) took.set(file.moduleId, time);
      return { file, time: time ?? 0 };
    });
    return times.sort((a, b) => a.time - b.time).map(({ file }) => file);
  }
}

export default defineConfig({
  root: new URL("../..", import.meta.url).pathname,
  test: {
    setupFiles: ["test/setup.ts", "test/mutation/setup.ts"],
    provide: { propertySeed: 20261127 },
    include: ["test/{core,ledger,market,oracle,report,service,sharing,tariff,bill}/**/*.test.ts"],
    exclude: [
      "test/**/*.browser.test.ts",
      // Mutants stand in the sources all at once, so that what is bundled is longer than it may be.
      "test/ledger/bundle.test.ts",
      // Long, and about what is made of a market afterwards, by other programs.
      "test/bill/python.test.ts",
      "test/report/{optimum,whatif}/**",
      "test/report/export/{accounts,file}.test.ts",
      "test/report/{savings,trading}.test.ts",
      "test/service/columnexamples.test.ts",
    ],
    environment: "node",
    sequence: { sequencer: QuickFirst },
    // Stryker says itself when one takes too long.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
