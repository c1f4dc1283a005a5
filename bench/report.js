// @ts-check
// Results to Markdown tables and charts.
import { chart, short } from "./chart.js";

/** @typedef {import("./measure.js").Row} Row */

/** @param {number} ms @returns {string} three figures and a unit */
export const duration = (ms) =>
  ms >= 1000
    ? `${(ms / 1000).toPrecision(3)} s`
    : ms >= 1
      ? `${ms.toPrecision(3)} ms`
      : `${(ms * 1000).toPrecision(3)} µs`;

/**
 * A Markdown table with its columns aligned, as the formatter of the repository wants them.
 * @param {string[]} head
 * @param {string[][]} lines
 * @param {boolean} [figures] columns after the first stand to the right
 * @returns {string}
 */
export function markdown(head, lines, figures = true) {
  const widths = head.map((title, i) => Math.max(3, title.length, ...lines.map((cells) => cells[i].length)));
  const right = (/** @type {number} */ i) => figures && i > 0;
  const padded = (/** @type {string[]} */ cells) =>
    cells.map((cell, i) => (right(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i])));
  const rule = widths.map((width, i) => (right(i) ? `${"-".repeat(width - 1)}:` : "-".repeat(width)));
  return [padded(head), rule, ...lines.map(padded)].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Rows by work, in order of appearance. @param {Row[]} rows @returns {Map<string, Row[]>} */
export function byWork(rows) {
  /** @type {Map<string, Row[]>} */
  const works = new Map();
  for (const row of rows) {
    const known = works.get(row.work);
    if (known) known.push(row);
    else works.set(row.work, [row]);
  }
  return works;
}

/**
 * One table a work: contenders down, sizes across, best time with the median behind it.
 * @param {Row[]} rows @returns {string}
 */
export function tables(rows) {
  const out = [];
  for (const [work, all] of byWork(rows)) {
    const sizes = [...new Set(all.map(({ size }) => size))].sort((a, b) => a - b);
    const contenders = [...new Set(all.map(({ contender }) => contender))];
    const perSecond = sizes.length === 1;
    const lines = contenders.map((contender) => {
      const cells = sizes.map((size) => {
        const row = all.find((one) => one.contender === contender && one.size === size);
        return row ? `${duration(row.bestMs)} (${duration(row.medianMs)})` : "";
      });
      const row = all.find((one) => one.contender === contender);
      const more = Object.entries(row?.more ?? {}).map(([key, value]) => `${short(value)} ${key}`);
      return [
        contender,
        ...cells,
        ...(perSecond
          ? [row?.perSecond ? `${short(row.perSecond)} ${row.unit}/s` : "", more.join(", ")]
          : []),
      ];
    });
    const head = [work, ...sizes.map(short), ...(perSecond ? ["rate", "more"] : [])];
    out.push(markdown(head, lines));
  }
  return out.join("\n\n");
}

/**
 * Cost per unit against size, one line a contender.
 * @param {Row[]} rows of one work @param {{ title: string, subtitle: string, x: string, y: string }} words
 * @param {(row: Row) => number} cost @returns {string} SVG
 */
export function costChart(rows, words, cost) {
  const contenders = [...new Set(rows.map(({ contender }) => contender))];
  return chart({
    ...words,
    series: contenders.map((name) => ({
      name,
      weight: name === "gridclear" ? "ours" : name.startsWith("C") ? "limit" : "peer",
      points: rows
        .filter((row) => row.contender === name)
        .sort((a, b) => a.size - b.size)
        .map((row) => /** @type {[number, number]} */ ([row.size, cost(row)])),
    })),
  });
}
