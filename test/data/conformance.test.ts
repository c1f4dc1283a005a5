import { describe, expect, it } from "vitest";
import { openEngine } from "../../src/core/engine.js";
import { conformanceDocument, outcomes, volumeAgrees, volumeReason } from "./conformance.js";
import { hasData } from "./folder.js";

describe.skipIf(!hasData("lem_vectors"))("the tests of eight other market systems", () => {
  it("state volumes that the merit order trades, or there is a reason why not", async () => {
    const all = outcomes(await openEngine());
    expect(all).toHaveLength(164);
    const unexplained = all.filter(
      (each) => volumeAgrees(each) === false && volumeReason(each) === undefined,
    );
    expect(unexplained.map(({ file, name }) => `${file}/${name}`)).toEqual([]);
    expect(all.filter((each) => volumeAgrees(each) === true).length).toBeGreaterThanOrEqual(124);
  });

  it("are where docs/conformance.md says they are", async () => {
    const document = conformanceDocument(outcomes(await openEngine()));
    await expect(document).toMatchFileSnapshot("../../docs/conformance.md");
  });
});
