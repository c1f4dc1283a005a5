// @ts-check
// The page: runs on a click, or when bench/web/run.js calls `measure`.
import { openEngine } from "gridclear";
import { disagreements } from "../measure.js";
import { byWork, duration } from "../report.js";
import { measureAll } from "./works.js";

const button = /** @type {HTMLButtonElement} */ (document.getElementById("run"));
const state = /** @type {HTMLElement} */ (document.getElementById("state"));
const results = /** @type {HTMLElement} */ (document.getElementById("results"));

/** @param {string} tag @param {string} text @param {Node[]} children */
function element(tag, text, ...children) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.append(...children);
  return made;
}

/** @param {import("../measure.js").Row[]} rows */
function show(rows) {
  const tables = [...byWork(rows)].map(([work, all]) => {
    const lines = all.map((row) =>
      element(
        "tr",
        "",
        element("td", row.contender),
        element("td", row.size.toLocaleString("en")),
        element("td", `${duration(row.bestMs)} (${duration(row.medianMs)})`),
      ),
    );
    const head = element("tr", "", ...["contender", "size", "time"].map((text) => element("th", text)));
    return element(
      "table",
      "",
      element("caption", work),
      element("thead", "", head),
      element("tbody", "", ...lines),
    );
  });
  results.replaceChildren(...tables);
}

/** @param {{ sizes: number[], budgetMs: number }} options */
async function measure(options) {
  button.disabled = true;
  state.textContent = "running";
  // Lets the page paint before the work begins.
  await new Promise((resolve) => setTimeout(resolve, 50));
  try {
    const rows = await measureAll(openEngine, { ...options, threads: crossOriginIsolated });
    const wrong = disagreements(rows);
    state.textContent = wrong.length ? `results differ: ${wrong.join("; ")}` : "done; all results agree";
    show(rows);
    return rows;
  } catch (error) {
    state.textContent = `${error}`;
    throw error;
  } finally {
    button.disabled = false;
  }
}

button.addEventListener("click", () =>
  measure({ sizes: [1_000, 10_000, 100_000, 1_000_000], budgetMs: 1_000 }),
);
/** Milliseconds from the first call of `openEngine` in this page until there is an engine. */
async function openCold() {
  const start = performance.now();
  await openEngine();
  return performance.now() - start;
}

Object.assign(globalThis, { measure, openCold });
