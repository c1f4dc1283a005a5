import { el } from "../dom.js";
import { duration } from "../format.js";
import type { Check } from "../worker/checks.js";

/** What each check asks, in plain words. */
const questions: Record<string, string> = {
  Form: "Is it a well-formed block?",
  Roots: "Do its records hash to the roots in its header?",
  "Link back": "Does it follow the block before it?",
  Hash: "Does the chain know its hash?",
  Execution: "Does executing its orders again give its trades, flows and balances?",
};

/** A list of checks, each with its answer and the time it took. */
export function checkList(checks: readonly Check[]): HTMLElement {
  return el(
    "ol",
    { class: "checks" },
    ...checks.map((check) =>
      el(
        "li",
        { class: check.ok ? "held" : "broke" },
        el("span", { class: "sign", "aria-hidden": "true" }, check.ok ? "✓" : "✗"),
        el(
          "div",
          {},
          el(
            "p",
            { class: "question" },
            questions[check.name] ?? check.name,
            el("span", { class: "verdict" }, check.ok ? " Yes." : " No."),
          ),
          el("p", { class: "note" }, check.detail),
        ),
        el("span", { class: "number" }, duration(check.took)),
      ),
    ),
  );
}
