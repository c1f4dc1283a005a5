/** Finds the word that a misspelt one was meant to be, for "did you mean". */

/**
 * How many letters must be put in, left out, changed or swapped with their neighbour to make one word of the other
 * (optimal string alignment: no letter is touched twice).
 */
function distance(a: string, b: string): number {
  const rows: number[][] = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  for (let j = 1; j <= b.length; j += 1) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i += 1)
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      rows[i]![j] = least;
    }
  return rows[a.length]![b.length]!;
}

/** Longest word that is compared: nobody means a command by a longer one. */
const longest = 40;

/** The known word closest to `given`, if a slip or two explain the difference; null when none is near. */
export function closest(given: string, known: readonly string[]): string | null {
  if (given.length > longest) return null;
  const near = known
    .map((word) => ({ word, slips: distance(given.toLowerCase(), word) }))
    .filter(({ word, slips }) => slips <= Math.min(2, Math.floor(word.length / 2)))
    .sort((a, b) => a.slips - b.slips);
  return near[0]?.word ?? null;
}
