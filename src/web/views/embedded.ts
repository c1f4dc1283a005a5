/** The walk alone, for a frame on another page: the settings stand in the address, as the page's own do. */
import type { App } from "../app.js";
import { openDays } from "../days.js";
import { el } from "../dom.js";
import { span, useCurrency } from "../format.js";
import { t } from "../say.js";
import { consistent, readHash, type Settings, writeHash } from "../settings/settings.js";
import { createTrouble } from "../trouble.js";
import { openClient } from "../worker/client.js";
import { askForOrders, waitingWords } from "./asking.js";
import { showOrder } from "./participant.js";
import { openWalk } from "./walk.js";

const read = (): Settings => ({ ...readHash(location.hash).settings, view: "period" });

/** Opens the walk in its place, and another one when the address changes. */
export function openEmbedded(host: HTMLElement): void {
  const client = openClient();
  const status = el("p", { class: "note", role: "status" });
  const lead = el("p", { class: "note" });
  let settings = read();
  /** What has no place here is shown by the page itself, beside whatever embeds this. */
  const update = (change: Partial<Settings>): void => {
    const next = writeHash(consistent({ ...settings, ...change }));
    if ((change.view ?? "period") === "period") location.hash = next;
    else open(`./${next}`, "_blank", "noopener");
  };
  const app: App = {
    client,
    days: openDays(client),
    settings: () => settings,
    update,
    announce: (text) => {
      status.textContent = text;
    },
    tell: (message) => {
      status.textContent = message?.text ?? "";
    },
    own: null,
    show: (_own, change = {}) => update(change),
    scenario: null,
    use: (_scenario, change = {}) => update(change),
  };
  const walk = openWalk(app, (side, index) => void showOrder(app, side, index));
  const trouble = createTrouble(() => void show());
  async function show(): Promise<void> {
    const now = read();
    settings = now;
    useCurrency(now.currency);
    lead.replaceChildren(
      `${span(now.time, now.minutes)} · `,
      el("a", { href: `./${writeHash(now)}`, target: "_blank", rel: "noopener" }, t`Open this in gridclear`),
    );
    try {
      const result = await askForOrders(app, "period", now, {
        onNews: (part) => {
          if (now === settings) status.textContent = waitingWords(now, part);
        },
      });
      if (now !== settings) return;
      status.textContent = "";
      trouble.hide();
      walk.show(result, now);
    } catch (error) {
      if (now === settings) trouble.show(t`This could not be cleared.`, error);
    }
  }
  document.title = `gridclear: ${t`the market of one period`}`;
  host.append(trouble.element, walk.element, lead, status);
  addEventListener("hashchange", () => void show());
  if (parent !== window)
    new ResizeObserver(() =>
      parent.postMessage({ gridclearHeight: document.documentElement.offsetHeight }, "*"),
    ).observe(document.documentElement);
  void show();
}
