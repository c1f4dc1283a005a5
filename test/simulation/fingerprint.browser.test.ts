import { expect, it } from "vitest";
import { fingerprints } from "./fingerprint.js";
import expected from "./fingerprints.json" with { type: "json" };

it("simulates in a browser what it simulates in Node", async () => {
  expect(await fingerprints()).toEqual(expected);
});
