/** The whole day by both sets of rules, measured by the same indicators, side by side. */
import type { App } from "../app.js";
import { el } from "../dom.js";
import { t } from "../say.js";
import { isOwn, keyOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { words } from "../trouble.js";
import { indicatorsCard } from "./indicators.js";
import { bothRules, rulesInWords } from "./rulewords.js";

/** The card; the day is traded when somebody asks for it. */
export function openDayBoth(app: App): { readonly element: HTMLElement; show(settings: Settings): void } {
  const status = el("p", { class: "note", role: "status" });
  const button = el(
    "button",
    { type: "button", class: "button main", onclick: () => void start() },
    t`Trade the day by A and by B`,
  );
  const card = indicatorsCard(
    t`The day by both, in figures`,
    t`Trades this whole day by A and by B, in this browser, and measures both.`,
    el("div", { class: "row" }, button, status),
  );
  let running = new AbortController();
  let key = "";

  async function start(): Promise<void> {
    running.abort();
    const mine = new AbortController();
    running = mine;
    const settings = app.settings();
    button.disabled = true;
    status.textContent = t`Trading the day by A and by B…`;
    try {
      const { measures } = await app.client.call("seeds", { settings, count: 1 }, { signal: mine.signal });
      const found = measures.map(({ measure, pairs }) => ({ measure, values: pairs[0]! }));
      card.show(found, { names: ["A", "B"], rules: bothRules(settings).map(rulesInWords) }, settings);
      status.textContent = "";
    } catch (error) {
      if (!mine.signal.aborted) status.textContent = words(error);
    } finally {
      if (running === mine) button.disabled = false;
    }
  }

  return {
    element: card.element,
    show(settings) {
      const now = `${keyOf("day", settings, null)} ${settings.against}`;
      const why = isOwn("compare", app.own)
        ? t`Your own orders are of one period only: a day is traded by the community.`
        : null;
      if (why !== null) status.textContent = why;
      if (now !== key || why !== null) {
        key = now;
        running.abort();
        card.clear();
        if (why === null) status.textContent = "";
      }
      button.disabled = why !== null;
    },
  };
}
