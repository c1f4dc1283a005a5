/** Three homes on a street, one of them with the sun on its roof, and what flows between them. */
import { el, svg } from "../dom.js";

/** A home as it is drawn. */
export interface Home {
  readonly name: string;
  readonly sunny: boolean;
  /** What is written above it, a line each. */
  readonly says: readonly string[];
  /** What is written below it; empty: nothing. */
  readonly got: string;
}

/** Energy on its way from the home in the middle to one beside it. */
export interface Way {
  readonly to: "left" | "right";
  readonly text: string;
}

function house(sunny: boolean): SVGSVGElement {
  const parts = [
    svg("path", { class: "wall", d: "M30 66h100v64H30z" }),
    svg("path", { class: "roof", d: "M18 68 80 22l62 46z" }),
    svg("path", { class: "door", d: "M70 98h20v32H70z" }),
    svg("path", { class: "window", d: "M42 82h18v16H42zM100 82h18v16h-18z" }),
  ];
  const sun = sunny
    ? [
        svg("path", { class: "panel", d: "M88 34 126 62h-26L70 40z" }),
        svg("circle", { class: "sun", cx: 142, cy: 16, r: 12 }),
      ]
    : [];
  return svg("svg", { class: "house", viewBox: "0 0 160 132", "aria-hidden": "true" }, ...parts, ...sun);
}

/** A line in which no number is parted from its unit. */
const unbroken = (line: string): string => line.replaceAll(/(\d) (?=\p{L})/gu, "$1\u00a0");

/** Draws the homes from left to right, with what is on its way between them. */
export function streetOf(homes: readonly Home[], ways: readonly Way[]): HTMLElement {
  return el(
    "div",
    { class: "street" },
    ...homes.map(({ name, sunny, says, got }) =>
      el(
        "div",
        { class: "home" },
        el("div", { class: "says" }, ...says.map((line) => el("p", {}, unbroken(line)))),
        house(sunny),
        el("p", { class: "home-name" }, name),
        el("p", { class: "got" }, unbroken(got)),
      ),
    ),
    ...ways.map(({ to, text }) =>
      el(
        "div",
        { class: `way ${to}` },
        el("span", { class: "line", "aria-hidden": "true" }),
        el("p", {}, text),
      ),
    ),
  );
}
