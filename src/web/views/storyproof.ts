/** The story's screen of the block: the period is checked here, and a lie in it is found. */
import type { App } from "../app.js";
import { el } from "../dom.js";
import { clock, count } from "../format.js";
import { t } from "../say.js";
import type { StreetDay } from "../worker/story.js";
import { checkList } from "./checks.js";
import { answer, busy } from "./parts.js";
import type { Screen, Tale } from "./tale.js";

export function proofScreen(app: App, { settings }: Tale, day: StreetDay): Screen {
  const height = 1 + settings.time / settings.minutes;
  const at = { ledger: day.ledger, height };
  const verdict = answer();
  const check: HTMLButtonElement = el(
    "button",
    {
      type: "button",
      class: "button main",
      onclick: () =>
        void busy(check, verdict, async () => {
          const checks = await app.client.call("verify", at);
          const said = checks.every(({ ok }) => ok)
            ? t`It holds: everything was worked out again from the orders, and came out the same.`
            : t`It does not hold.`;
          return [el("p", {}, el("strong", {}, said)), checkList(checks)];
        }),
    },
    t`Check it here`,
  );
  const cheat: HTMLButtonElement = el(
    "button",
    {
      type: "button",
      class: "button bad",
      onclick: () =>
        void busy(cheat, verdict, async () => {
          const { checks } = await app.client.call("tamper", {
            ...at,
            target: "price",
            repair: true,
            random: 0,
          });
          const broken = checks.filter(({ ok }) => !ok).length;
          const said =
            broken > 0
              ? t`Found out: one price was changed in a copy, and ${count(broken)} of ${count(checks.length)} checks fail.`
              : t`Not found out.`;
          return [el("p", {}, el("strong", {}, said)), checkList(checks)];
        }),
    },
    t`Change a price in it`,
  );
  return {
    title: t`Nobody has to be trusted`,
    tale: t`At ${clock(settings.time + settings.minutes)} the period was sealed as block ${count(height)} of a chain: its orders, its trades, what each paid. The next block names its fingerprint, and so on. Whoever changes a number afterwards, even the one who runs the market, is found out by anybody who has a browser.`,
    stage: [el("div", { class: "row" }, check, cheat), verdict],
    on: t`And now?`,
  };
}
