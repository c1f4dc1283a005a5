/** The one line in which a long command shows how far it is. */
import type { Io } from "../command.js";

const betweenLinesMs = 100;

/** Shows a text in place of the one before; `last` ends the line. The text is made only when it is shown. */
export type Progress = (text: () => string, last?: boolean) => void;

/**
 * A line on standard error that is written over while it changes, at most ten times a second. Where standard error is
 * no terminal nothing is written.
 */
export function progressLine(io: Io): Progress {
  if (!io.isTTY) return () => {};
  let shownMs = Number.NEGATIVE_INFINITY;
  let length = 0;
  return (text, last = false) => {
    const nowMs = performance.now();
    if (!last && nowMs - shownMs < betweenLinesMs) return;
    shownMs = nowMs;
    const line = text().slice(0, Math.max(io.columns - 1, 1));
    // Blanks wipe out what a longer line left behind.
    io.err(`\r${line.padEnd(length)}${last ? "\n" : ""}`);
    length = line.length;
  };
}
