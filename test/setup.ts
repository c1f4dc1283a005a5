// Every property test of a run draws from one seed, so that what passed passes again. The seed is fixed in what must
// pass; `npm run test:fresh` takes a new one and prints how to repeat it.
import fc from "fast-check";
import { inject } from "vitest";

fc.configureGlobal({ seed: inject("propertySeed") });
