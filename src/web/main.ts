import type { App, View } from "./app.js";
import { el } from "./dom.js";
import { openSettings } from "./settings/panel.js";
import { consistent, readHash, type ViewName, writeHash } from "./settings/settings.js";
import { openTheme } from "./theme.js";
import { openPeriod } from "./views/period.js";
import { openClient } from "./worker/client.js";

const content = document.querySelector<HTMLElement>("#content")!;
const announcer = document.querySelector<HTMLElement>("#announce")!;
const links = document.querySelectorAll<HTMLAnchorElement>("#views a");

const titles: Record<ViewName, string> = {
  period: "the market of one period",
  day: "a community over the day",
  compare: "two mechanisms, the same orders",
  ledger: "the ledger",
  bench: "speed in this browser",
};
// The first view comes with the page; the others are fetched when they are first looked at.
const openers: Record<ViewName, (app: App) => View | Promise<View>> = {
  period: openPeriod,
  day: async (app) => (await import("./views/day.js")).openDay(app),
  compare: async (app) => (await import("./views/compare.js")).openCompare(app),
  ledger: async (app) => (await import("./views/ledger.js")).openLedger(app),
  bench: async (app) => (await import("./views/bench.js")).openBench(app),
};
const opened = new Map<ViewName, View | Promise<View>>();

let settings = readHash(location.hash);
let shown: { name: ViewName; view: View } | null = null;
let ownOrders: App["ownOrders"] = null;
let brought = 0;

const app: App = {
  client: openClient(),
  settings: () => settings,
  update(change, quiet = false) {
    settings = consistent({ ...settings, ...change });
    const hash = writeHash(settings);
    if (hash !== location.hash) history[quiet ? "replaceState" : "pushState"](null, "", hash);
    render();
  },
  announce(text) {
    announcer.textContent = text;
  },
  get ownOrders() {
    return ownOrders;
  },
  bringOrders(file) {
    brought++;
    ownOrders = file === null ? null : { number: brought, name: file.name };
    // The text goes to the worker once; from then on its number is enough.
    if (file !== null) void app.client.call("bring", { number: brought, text: file.text });
    app.update({ view: "period" });
  },
};
const panel = openSettings(document.querySelector<HTMLElement>("#settings")!, app);
openTheme(document.querySelector<HTMLElement>("#theme")!);

/** Shows the view the settings name, with those settings. */
async function render(): Promise<void> {
  const name = settings.view;
  document.title = `gridclear: ${titles[name]}`;
  for (const link of links) {
    const view = readHash(new URL(link.href).hash).view;
    link.href = writeHash({ ...settings, view });
    if (view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  panel.show(settings);
  let view = opened.get(name);
  if (view === undefined) {
    view = openers[name](app);
    opened.set(name, view);
  }
  if (view instanceof Promise) {
    if (shown !== null && shown.name !== name)
      content.replaceChildren(el("p", { class: "notice" }, "Loading…"));
    try {
      view = await view;
    } catch {
      opened.delete(name);
      content.replaceChildren(el("p", { class: "notice bad" }, "This view could not be loaded. Try again."));
      return;
    }
    opened.set(name, view);
    if (settings.view !== name) return;
  }
  if (shown?.view !== view) {
    shown?.view.hide?.();
    content.replaceChildren(view.element);
    if (shown !== null) content.focus({ preventScroll: true });
    shown = { name, view };
  }
  view.show(settings);
}

// Not a change of the address: that says what the page shows.
document.querySelector(".skip")!.addEventListener("click", (event) => {
  event.preventDefault();
  content.focus();
});
addEventListener("popstate", () => {
  settings = readHash(location.hash);
  void render();
});
void render();

if (import.meta.env.PROD && "serviceWorker" in navigator)
  addEventListener(
    "load",
    () => void navigator.serviceWorker.register("./offline.js").catch(() => undefined),
  );
