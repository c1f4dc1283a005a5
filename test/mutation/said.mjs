// @ts-check
// Says each mutant that no test found as soon as that is known, for a run takes hours; and which tests take longest.

/** What is read of a mutant of Stryker's, once it was tested.
 * @typedef {{
 *   fileName: string, location: { start: { line: number, column: number } },
 *   mutatorName: string, replacement?: string, status: string,
 * }} Mutant */

/** A mutant as one line. @param {Mutant} mutant */
export const said = ({ fileName, location: { start }, mutatorName, replacement = "", status }) => {
  const path = fileName.slice(fileName.lastIndexOf("/src/") + 1);
  const seen = status === "NoCoverage" ? "not reached" : "not seen";
  const text = replacement.replaceAll(/\s+/g, " ").slice(0, 100);
  return `${path}:${start.line}:${start.column} ${seen}: ${mutatorName} ${text}`;
};

/** @param {Pick<Mutant, "status">} mutant */
export const unseen = ({ status }) => status === "Survived" || status === "NoCoverage";

/** A reporter, as Stryker calls it. */
class Said {
  /** @param {{ result: { tests: { fileName?: string, timeSpentMs: number }[] } }} event */
  onDryRunCompleted({ result }) {
    /** @type {Map<string, number>} */
    const took = new Map();
    for (const { fileName = "", timeSpentMs } of result.tests)
      took.set(fileName, (took.get(fileName) ?? 0) + timeSpentMs);
    for (const [path, spent] of [...took].sort((a, b) => b[1] - a[1]).slice(0, 12))
      console.log(`${(spent / 1000).toFixed(1)} s ${path.slice(path.lastIndexOf("/test/") + 1)}`);
  }
  /** @param {Mutant} mutant */
  onMutantTested(mutant) {
    if (unseen(mutant)) console.log(said(mutant));
  }
}

export const strykerPlugins = [{ kind: "Reporter", name: "said", injectableClass: Said }];
