/** The style sheet of a report: light and dark, wide and narrow, on paper too. */

/** CSS; nothing in it is loaded from elsewhere. */
export const style = `
:root { color-scheme: light dark; --ground: light-dark(#f6f7f7, #0e1316); --surface: light-dark(#fff, #151c20);
  --ink: light-dark(#14201f, #e7eded); --muted: light-dark(#52605f, #9fafb0); --line: light-dark(#d7dddd, #2b373c);
  --accent: light-dark(#0b5c66, #5fd0d8); --warn: light-dark(#b3261e, #ff8a80); }
.v0 { --own: light-dark(#0d7a6f, #2fcbb6); } .v1 { --own: light-dark(#b4520a, #f0a63c); }
.v2 { --own: light-dark(#6a3fc4, #b295ff); } .v3 { --own: light-dark(#1c68b5, #6cb0f5); }
.v4 { --own: light-dark(#a8326e, #f58fc0); } .v5 { --own: light-dark(#5d6b12, #c3d34a); }
.v6 { --own: light-dark(#5b6b78, #98a9b6); } .v7 { --own: light-dark(#7b4a2d, #d6a27e); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 24px 20px 64px; max-width: 1180px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 6px; text-wrap: balance; }
h2 { font-size: 1.25rem; margin: 44px 0 12px; }
main h2::first-letter { text-transform: uppercase; }
h3, .card h2 { font-size: 0.95rem; margin: 0 0 8px; font-weight: 600; }
h3 .unit { color: var(--muted); font-weight: 400; }
p { margin: 0 0 10px; max-width: 72ch; }
a { color: var(--accent); }
.lead, .note { color: var(--muted); }
.warn { color: var(--warn); font-weight: 600; }
nav ul, .legend, .strips, dl { list-style: none; margin: 0; padding: 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 16px 0; }
nav a { display: inline-block; padding: 4px 0; }
nav li a::first-letter { text-transform: uppercase; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
dd code, .note code { font: 0.86em ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.top { margin: 14px 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 14px; }
.legend li { display: flex; gap: 8px; align-items: baseline; margin: 2px 0; }
.legend li::before { content: ""; flex: none; width: 11px; height: 11px; border-radius: 50%; background: var(--own); }
.legend .note { font-size: 0.86em; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 350px), 1fr)); gap: 14px; }
.strips { display: grid; grid-template-columns: fit-content(34%) 1fr max-content; gap: 0 12px; }
.strips li { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; align-items: center; min-height: 26px; padding: 2px 0; }
.strips .name { overflow-wrap: anywhere; line-height: 1.2; font-size: 0.86rem; }
.strips .value, td, .ends { font-variant-numeric: tabular-nums; }
.strips .value { text-align: right; font-size: 0.86rem; line-height: 1.35; white-space: nowrap; }
.strips .value .more { font-size: 0.8rem; }
.strips svg { width: 100%; height: 22px; overflow: visible; background:
  linear-gradient(var(--line), var(--line)) center / 100% 1px no-repeat; }
.strips .ends { color: var(--muted); font-size: 0.78rem; min-height: 0; }
.strips .ends > span { grid-column: 2; display: flex; justify-content: space-between; gap: 0.75em; }
.seed { fill: var(--own); opacity: 0.55; }
.mean { fill: var(--own); }
.interval { stroke: var(--own); stroke-width: 3; stroke-linecap: round; }
.zero { stroke: var(--muted); stroke-dasharray: 2 3; }
.curves { width: 100%; height: auto; display: block; }
.curves text { font-size: 11px; fill: var(--muted); }
.grid { stroke: var(--line); }
.band { fill: var(--own); opacity: 0.16; }
.curve { fill: none; stroke: var(--own); stroke-width: 2; stroke-linejoin: round; }
.scroll { overflow-x: auto; margin-top: 14px; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
.scroll:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.86rem; }
caption { text-align: left; padding: 10px 14px; color: var(--muted); }
th, td { padding: 7px 14px; text-align: right; white-space: nowrap; border-top: 1px solid var(--line); vertical-align: top; }
th[scope="row"] { text-align: left; font-weight: 500; white-space: normal; min-width: 150px; position: sticky; left: 0;
  background: var(--surface); }
thead th { vertical-align: bottom; white-space: normal; }
thead th:first-child { text-align: left; position: sticky; left: 0; background: var(--surface); }
.more { display: block; color: var(--muted); }
.clear { color: var(--ink); font-weight: 650; }
details { margin-top: 14px; }
summary { cursor: pointer; padding: 4px 0; color: var(--accent); }
@media (max-width: 520px) { body { padding: 16px 12px 48px; } th, td { padding: 6px 10px; }
  .strips { grid-template-columns: 1fr max-content; } .strips li { padding: 4px 0; }
  .strips svg, .strips .ends > span { grid-column: 1 / -1; }
  .strips svg { grid-row: 2; }
  th[scope="row"] { min-width: 120px; } }
@media print { body { max-width: none; background: #fff; } .card { break-inside: avoid; } nav { display: none; } }
`;
