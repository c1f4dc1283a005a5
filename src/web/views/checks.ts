/** The checks of a block as a list of questions, each with its answer. */
import { el } from "../dom.js";
import { duration } from "../format.js";
import { t } from "../say.js";
import type { Check } from "../worker/checks.js";

/** What each check asks, in plain words. */
const questions = {
  form: t`Is it a well-formed block?`,
  roots: t`Do its records hash to the roots in its header?`,
  link: t`Does it follow the block before it?`,
  hash: t`Does the next block name this hash?`,
  execution: t`Does executing its orders again give its trades, flows and balances?`,
} as const satisfies Record<Check["name"], string>;

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
            questions[check.name],
            el("span", { class: "verdict" }, ` ${check.ok ? t`Yes.` : t`No.`}`),
          ),
          el("p", { class: "note" }, check.detail),
        ),
        el("span", { class: "number" }, duration(check.took)),
      ),
    ),
  );
}
