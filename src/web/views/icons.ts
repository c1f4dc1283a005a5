/** The drawings in buttons. */
import { svg } from "../dom.js";

/** An icon of a button, from the path that draws it in a square of 16. */
export const icon = (path: string): SVGSVGElement =>
  svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: path }));
