// Stryker notes which test reaches a mutant, but what a hook of a file reaches (`beforeAll` that runs a month, say) it
// files under no test, and then runs none of those whose answers come from there. Here such a hook counts for each
// test of its file.
import { afterAll, beforeAll, beforeEach, inject } from "vitest";

/** Hits by number of mutant. */
type Hits = Record<string, number>;

/** What Stryker keeps of a run, as far as it is used here. */
interface Kept {
  readonly currentTestId?: string;
  readonly mutantCoverage?: { readonly static: Hits; readonly perTest: Record<string, Hits> };
}

declare module "vitest" {
  export interface ProvidedContext {
    readonly globalNamespace: string;
  }
}

const kept = (): Kept => (globalThis as unknown as Record<string, Kept>)[inject("globalNamespace")] ?? {};

const tests = new Set<string>();
let loading: Hits = {};

beforeAll(() => {
  loading = { ...kept().mutantCoverage?.static };
});

beforeEach(() => {
  const { currentTestId } = kept();
  if (currentTestId !== undefined) tests.add(currentTestId);
});

afterAll(() => {
  const { mutantCoverage } = kept();
  if (!mutantCoverage) return;
  for (const [mutant, hits] of Object.entries(mutantCoverage.static)) {
    const within = hits - (loading[mutant] ?? 0);
    if (within === 0) continue;
    for (const test of tests) {
      mutantCoverage.perTest[test] ??= {};
      const reached = mutantCoverage.perTest[test];
      reached[mutant] = (reached[mutant] ?? 0) + within;
    }
  }
});
