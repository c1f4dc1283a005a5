/** The thread through the views: the same period walked through, in the day, from a door, as a block of the ledger. */
import type { App } from "../app.js";
import { el } from "../dom.js";
import { t } from "../say.js";
import type { ViewName } from "../settings/settings.js";

const words = {
  period: t`Walk through this period`,
  day: t`See it in the day`,
  ledger: t`Open its block`,
  home: t`My home`,
} as const satisfies Partial<Record<ViewName, string>>;

/** A button that shows the same period in another view. */
export const threadTo = (app: App, view: keyof typeof words): HTMLButtonElement =>
  el(
    "button",
    { type: "button", class: "button", onclick: () => app.update({ view, block: -1 }) },
    words[view],
  );
