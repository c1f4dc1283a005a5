import type { App, View } from "../app.js";
import { el } from "../dom.js";

export function openBench(_app: App): View {
  return { element: el("div", { class: "view" }, el("h1", {}, "Bench")), show: () => undefined };
}
