import type { App } from "../app.js";
import { el, freshId } from "../dom.js";
import { count } from "../format.js";
import type { Target } from "../worker/forge.js";
import { checkList } from "./checks.js";
import { answer, busy, part } from "./parts.js";

const targets: readonly (readonly [Target, string])[] = [
  ["price", "the price of a trade"],
  ["quantity", "the energy of a trade"],
  ["order", "the quantity of an order"],
  ["posting", "an amount that was paid"],
  ["timestamp", "the time in the header"],
  ["random", "any byte at all"],
];

/** "Tamper with this block": changes a byte of a copy and shows what breaks. `onFound` hears before and after each attempt. */
export function tampering(app: App, height: number, onFound: (broken: boolean) => void): HTMLElement {
  const what = el(
    "select",
    { id: freshId("target") },
    ...targets.map(([value, name]) => el("option", { value }, name)),
  );
  const repair = el("input", { type: "checkbox" });
  const verdict = answer();
  const tamper: HTMLButtonElement = el(
    "button",
    {
      type: "button",
      class: "button bad",
      onclick: () =>
        void busy(tamper, verdict, async () => {
          onFound(false);
          const change = {
            height: height,
            target: what.value as Target,
            repair: repair.checked,
            random: Math.random(),
          };
          const found = await app.client.call("tamper", change);
          const broken = found.checks.filter((check) => !check.ok);
          onFound(broken.length > 0);
          const values =
            found.before === "" || found.before === found.after
              ? ""
              : ` It said ${found.before}${found.after === "" ? "" : ` and now says ${found.after}`}.`;
          return [
            el(
              "p",
              {},
              el("strong", {}, broken.length > 0 ? "Found out. " : "Not found out. "),
              `Byte ${count(found.offset)} changed from ${found.byteBefore} to ${found.byteAfter}: ${found.field}.${values} ${broken.length} of ${found.checks.length} checks fail.`,
            ),
            checkList(found.checks),
          ];
        }),
    },
    "Tamper with this block",
  );
  return part(
    "Try to cheat",
    "Changes a copy; the ledger itself stays as it is.",
    el("div", { class: "row" }, el("label", { for: what.id }, "Change"), what, tamper),
    el("label", { class: "check" }, repair, "and repair the roots, as a careful forger would"),
    verdict,
  );
}

/** "Paste one in": checks a block that came from elsewhere. */
export function pasting(app: App): HTMLElement {
  const area = el("textarea", { id: freshId("paste"), spellcheck: "false" });
  const verdict = answer();
  const check: HTMLButtonElement = el(
    "button",
    {
      type: "button",
      class: "button",
      onclick: () =>
        void busy(check, verdict, async () => {
          const found = await app.client.call("paste", area.value);
          const known = found.checks.length > 0;
          return [
            el(
              "p",
              {},
              `A block of ${count(found.bytes)} bytes that says it is number ${count(found.height)}, hash ${found.hash.slice(0, 16)}…. ${found.same ? "It is the same as the one in this ledger." : known ? "It differs from the one in this ledger." : "This ledger has no such block."}`,
            ),
            ...(known ? [checkList(found.checks)] : []),
          ];
        }),
    },
    "Check it",
  );
  return part(
    "Paste one in",
    "A block in base64, as “Copy it out” writes it.",
    el(
      "div",
      { class: "stack" },
      el("label", { class: "unseen", for: area.id }, "A block in base64"),
      area,
      el("div", { class: "row" }, check),
      verdict,
    ),
  );
}
