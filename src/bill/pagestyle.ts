/** The style sheet of a bill: light and dark, wide and narrow, on paper. */

/** CSS; nothing in it is loaded from elsewhere. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: light-dark(#f6f7f7, #0e1316); --surface: light-dark(#fff, #151c20);
  --ink: light-dark(#14201f, #e7eded); --muted: light-dark(#52605f, #9fafb0); --line: light-dark(#d7dddd, #2b373c);
  --accent: light-dark(#0b5c66, #5fd0d8); --warn: light-dark(#b3261e, #ff8a80); --good: light-dark(#0a6b3d, #6fd79f); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 20px 64px; max-width: 860px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 6px; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 32px 0 10px; }
p { margin: 0 0 10px; max-width: 72ch; }
.lead { color: var(--muted); }
.warn, .bad { color: var(--warn); font-weight: 600; }
.good { color: var(--good); font-weight: 600; }
.total { font-size: 1.3rem; margin: 16px 0; font-variant-numeric: tabular-nums; }
#verdict { border: 1px solid var(--line); border-radius: 10px; background: var(--surface); padding: 12px 16px; }
#verdict p:last-child, #verdict ul { margin: 0; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--surface); }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 12px; text-align: right; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--muted); font-weight: 500; }
th[scope="row"], thead th:first-child { text-align: left; font-weight: 500; overflow-wrap: break-word; min-width: 6.5em; }
.amount { white-space: nowrap; }
.mark { width: 2.4em; text-align: center; }
tr.bad th, tr.bad td { background: light-dark(#fdecea, #3a1a18); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: 0.86em; }
details { margin-top: 10px; }
summary { cursor: pointer; padding: 6px 0; color: var(--accent); }
@media (max-width: 520px) { body { padding: 16px 12px 48px; } th, td { padding: 6px 7px; } table { font-size: 0.82rem; } }
tr.bad .mark { color: var(--warn); }
@page { margin: 15mm; }
@media print { :root { color-scheme: only light; } body { max-width: none; padding: 0; background: #fff; font-size: 10.5pt; }
  p { max-width: none; } h2 { margin-top: 20px; break-after: avoid; } .scroll { border: 0; overflow: visible; }
  table { font-size: 10pt; } th, td { padding: 4px 8px; } tr, h2, p, dl, #verdict { break-inside: avoid; }
  section:last-of-type { break-inside: avoid; } details:not([open]) { display: none; } }
`;
