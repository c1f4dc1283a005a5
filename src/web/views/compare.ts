import type { App, View } from "../app.js";
import { el } from "../dom.js";

export function openCompare(_app: App): View {
  return { element: el("div", { class: "view" }, el("h1", {}, "Compare")), show: () => undefined };
}
