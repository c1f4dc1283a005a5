// @ts-check
// A line chart of cost against size on logarithmic axes, as an SVG that brings its own background and reads in light
// and dark.

/** @typedef {{ name: string, points: [number, number][], weight?: "ours" | "limit" | "peer" }} Series */

const width = 860;
const height = 480;
const plot = { left: 72, right: 560, top: 64, bottom: 420 };
const colours = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#8a6d00",
  "#56b4e9",
  "#7f4fc9",
  "#8a8f98",
  "#b5222f",
];

const entities = (/** @type {string} */ text) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c] ?? c);

/** @param {number} n @returns {string} 1000 -> "1 k" */
export const short = (n) =>
  n >= 1e6
    ? `${+(n / 1e6).toPrecision(3)} M`
    : n >= 1e3
      ? `${+(n / 1e3).toPrecision(3)} k`
      : `${+n.toPrecision(3)}`;

/** @param {number} low @param {number} high @returns {number[]} powers of ten that cover the range */
function decades(low, high) {
  const from = Math.floor(Math.log10(low) + 1e-9);
  const to = Math.max(from + 1, Math.ceil(Math.log10(high) - 1e-9));
  return Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
}

/**
 * Places of labels as near to where they are wanted as a line's height between them allows.
 * @param {number[]} wanted
 */
function spread(wanted) {
  const gap = 17;
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  for (let round = 0; round < 60; round++)
    for (let i = 1; i < order.length; i++) {
      const lack = gap - (order[i].y - order[i - 1].y);
      if (lack > 0) {
        order[i].y += lack / 2;
        order[i - 1].y -= lack / 2;
      }
    }
  const placed = new Array(wanted.length);
  for (const { y, i } of order) placed[i] = y;
  return placed;
}

/**
 * @param {{ title: string, subtitle: string, x: string, y: string, series: Series[] }} chart
 * @returns {string}
 */
export function chart({ title, subtitle, x, y, series }) {
  const shown = series.filter(({ points }) => points.length > 0);
  const xs = shown.flatMap(({ points }) => points.map(([at]) => at));
  const ys = shown.flatMap(({ points }) => points.map(([, cost]) => cost));
  const xTicks = decades(Math.min(...xs), Math.max(...xs));
  const yTicks = decades(Math.min(...ys), Math.max(...ys));
  const scale = (/** @type {number[]} */ ticks, /** @type {number} */ from, /** @type {number} */ to) => {
    const low = Math.log10(ticks[0]);
    const high = Math.log10(ticks.at(-1) ?? 10);
    return (/** @type {number} */ v) => from + ((Math.log10(v) - low) / (high - low)) * (to - from);
  };
  const atX = scale(xTicks, plot.left, plot.right);
  const atY = scale(yTicks, plot.bottom, plot.top);
  const f = (/** @type {number} */ n) => n.toFixed(1);
  const grid = [
    ...xTicks.map(
      (t) =>
        `<line class="grid" x1="${f(atX(t))}" y1="${plot.top}" x2="${f(atX(t))}" y2="${plot.bottom}"/><text class="tick" x="${f(atX(t))}" y="${plot.bottom + 20}" text-anchor="middle">${short(t)}</text>`,
    ),
    ...yTicks.map(
      (t) =>
        `<line class="grid" x1="${plot.left}" y1="${f(atY(t))}" x2="${plot.right}" y2="${f(atY(t))}"/><text class="tick" x="${plot.left - 8}" y="${f(atY(t) + 4)}" text-anchor="end">${short(t)}</text>`,
    ),
  ];
  const ends = shown.map(({ points }) => points.at(-1) ?? [1, 1]);
  const labels = spread(ends.map(([, cost]) => atY(cost)));
  const lines = shown.map(({ name, points, weight = "peer" }, i) => {
    const colour = colours[i % colours.length];
    const path = points.map(([at, cost], n) => `${n ? "L" : "M"}${f(atX(at))} ${f(atY(cost))}`).join("");
    const dots = points
      .map(
        ([at, cost]) =>
          `<circle cx="${f(atX(at))}" cy="${f(atY(cost))}" r="${weight === "ours" ? 4 : 3}" fill="${colour}"/>`,
      )
      .join("");
    const [endX, endY] = ends[i];
    const leader = `<path d="M${f(atX(endX) + 6)} ${f(atY(endY))}L${plot.right + 14} ${f(labels[i])}" stroke="${colour}" stroke-width="0.8" fill="none" opacity="0.6"/>`;
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${weight === "ours" ? 3.5 : 1.8}"${weight === "limit" ? ' stroke-dasharray="7 4"' : ""}/>${dots}${leader}<rect x="${plot.right + 18}" y="${f(labels[i] - 4)}" width="8" height="8" fill="${colour}"/><text class="label${weight === "ours" ? " ours" : ""}" x="${plot.right + 32}" y="${f(labels[i] + 4)}">${entities(name)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${entities(`${title}. ${subtitle}`)}">
<style>
.card{fill:#fff;stroke:#d0d4da}.grid{stroke:#e3e6ea}.tick,.axis,.sub{fill:#4a5160}.title,.label{fill:#14181f}
text{font:13px system-ui,-apple-system,"Segoe UI",sans-serif}.title{font-size:18px;font-weight:600}.ours{font-weight:700}
@media (prefers-color-scheme:dark){.card{fill:#14181f;stroke:#3a4150}.grid{stroke:#2b313c}.tick,.axis,.sub{fill:#b4bcc8}.title,.label{fill:#f2f4f7}}
</style>
<rect class="card" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
<text class="title" x="24" y="32">${entities(title)}</text><text class="sub" x="24" y="52">${entities(subtitle)}</text>
${grid.join("\n")}
<text class="axis" x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 44}" text-anchor="middle">${entities(x)}</text>
<text class="axis" x="20" y="${(plot.top + plot.bottom) / 2}" text-anchor="middle" transform="rotate(-90 20 ${(plot.top + plot.bottom) / 2})">${entities(y)}</text>
${lines.join("\n")}
</svg>
`;
}
