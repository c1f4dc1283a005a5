/** The page itself: reads the settings out of the address, shows the view they name, and keeps both in step. */
import { showAbout } from "./about.js";
import type { App, Message, View } from "./app.js";
import { openDays } from "./days.js";
import { el } from "./dom.js";
import { useCurrency } from "./format.js";
import { openLanguage } from "./languages.js";
import { t } from "./say.js";
import type { OwnFile } from "./settings/effects.js";
import { openSettings } from "./settings/panel.js";
import { type ScenarioFile, within } from "./settings/scenario.js";
import { consistent, readHash, type Settings, type ViewName, writeHash } from "./settings/settings.js";
import { openTheme } from "./theme.js";
import { createTrouble } from "./trouble.js";
import { openStory } from "./views/story.js";
import { openClient } from "./worker/client.js";

const content = document.querySelector<HTMLElement>("#content")!;
const place = document.querySelector<HTMLElement>("#view")!;
const told = document.querySelector<HTMLElement>("#told")!;
const announcer = document.querySelector<HTMLElement>("#announce")!;
const links = document.querySelectorAll<HTMLAnchorElement>("#views a");

const titles: Record<ViewName, string> = {
  story: t`who gets the sun?`,
  period: t`the market of one period`,
  day: t`a community over the day`,
  home: t`my home`,
  compare: t`two sets of rules, the same orders`,
  ledger: t`the ledger`,
  bench: t`speed in this browser`,
  live: t`a market as it runs`,
  notary: t`the notary`,
};
// The first view comes with the page; the others are fetched when they are first looked at.
const openers: Record<ViewName, (app: App) => View | Promise<View>> = {
  story: openStory,
  period: async (app) => (await import("./views/period.js")).openPeriod(app),
  day: async (app) => (await import("./views/day.js")).openDay(app),
  home: async (app) => (await import("./views/home.js")).openHome(app),
  compare: async (app) => (await import("./views/compare.js")).openCompare(app),
  ledger: async (app) => (await import("./views/ledger.js")).openLedger(app),
  bench: async (app) => (await import("./views/bench.js")).openBench(app),
  live: async (app) => (await import("./views/live.js")).openLive(app),
  notary: async (app) => (await import("./views/notary.js")).openNotary(app),
};
const opened = new Map<ViewName, View>();

/** What the page begins with where the address says nothing: the market beside it, if there is one. */
const firstHash = document.querySelector('meta[name="gridclear-market"]') === null ? "" : "#/live";

/** What the address says, and the same as the views get it: a scenario file goes before it. */
let set: Settings = consistent(readHash("").settings);
let settings: Settings = set;
let scenario: ScenarioFile | null = null;
let shown: { name: ViewName; view: View } | null = null;
let own: OwnFile | null = null;
/** How far down each view was when it was left. */
const scrolled = new Map<ViewName, number>();
const client = openClient();

const app: App = {
  client,
  days: openDays(client),
  settings: () => settings,
  update(change, quiet = false) {
    // Another period is another block.
    const moved = change.time !== undefined && change.block === undefined ? { block: -1 } : {};
    settle(consistent({ ...set, ...moved, ...change }));
    const hash = writeHash(set);
    if (hash !== location.hash) history[quiet ? "replaceState" : "pushState"](null, "", hash);
    void render(false);
  },
  announce(text) {
    announcer.textContent = text;
  },
  tell,
  get own() {
    return own;
  },
  show(next, change = {}) {
    own = next;
    app.update(change);
  },
  get scenario() {
    return scenario;
  },
  use(next, change = {}) {
    scenario = next;
    app.update(change);
  },
};
function settle(next: Settings): void {
  set = next;
  settings = within(set, scenario, own);
}
const panel = openSettings(document.querySelector<HTMLElement>("#settings")!, app);
openLanguage(document.querySelector<HTMLElement>("#language")!);
openTheme(document.querySelector<HTMLElement>("#theme")!);
showAbout(document.querySelector<HTMLElement>("#about")!, () => {
  import("./views/along.js").then(
    ({ openAlong }) => openAlong(app),
    () =>
      tell({ text: [t`This view could not be loaded.`, t`The network may be away.`].join(" "), bad: true }),
  );
});
const trouble = createTrouble(() => void render(false));

/** Puts a message above the view, or away. */
function tell(message: Message | null): void {
  if (message === null) {
    told.replaceChildren();
    return;
  }
  const close = el(
    "button",
    {
      type: "button",
      class: "button plain",
      "aria-label": t`Put this message away`,
      onclick: () => tell(null),
    },
    "×",
  );
  told.replaceChildren(
    el(
      "div",
      { class: message.bad ? "notice bad" : "notice", role: message.bad ? "alert" : "status" },
      el("div", { class: "said" }, el("p", {}, message.text), ...(message.parts ?? [])),
      close,
    ),
  );
}

/** Makes the view of that name, or says why it can't be loaded. */
async function viewOf(name: ViewName): Promise<View | null> {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const made = openers[name](app);
  if (made instanceof Promise && shown !== null)
    place.replaceChildren(el("p", { class: "notice" }, t`Loading…`));
  try {
    const view = await made;
    // Whoever asked for it twice gets one.
    const first = opened.get(name) ?? view;
    opened.set(name, first);
    return first;
  } catch {
    if (settings.view !== name) return null;
    shown = null;
    trouble.show(t`This view could not be loaded.`, t`The network may be away.`);
    place.replaceChildren(trouble.element);
    return null;
  }
}

/** Moves the row of views, which goes on at the side of a phone, so that one of its links is in sight. */
function showLink(link: HTMLElement): void {
  const row = link.parentElement!;
  const [start, end] = [
    link.offsetLeft - row.offsetLeft,
    link.offsetLeft - row.offsetLeft + link.offsetWidth,
  ];
  if (start < row.scrollLeft) row.scrollLeft = start;
  else if (end > row.scrollLeft + row.clientWidth) row.scrollLeft = end - row.clientWidth;
}

/** Shows the view the settings name, with those settings. `back`: where it was left, else from its beginning. */
async function render(back: boolean): Promise<void> {
  const name = settings.view;
  if (shown !== null && shown.name !== name) scrolled.set(shown.name, scrollY);
  document.body.dataset.view = name;
  document.title = `gridclear: ${titles[name]}`;
  for (const link of links) {
    const view = readHash(new URL(link.href).hash).settings.view;
    link.href = writeHash({ ...set, view });
    if (view === name) {
      link.setAttribute("aria-current", "page");
      showLink(link);
    } else link.removeAttribute("aria-current");
  }
  useCurrency(settings.currency);
  panel.show(settings);
  const view = await viewOf(name);
  if (view === null || settings.view !== name) return;
  if (place.firstElementChild !== view.element) {
    shown?.view.hide?.();
    const first = shown === null && place.childElementCount === 0;
    place.replaceChildren(view.element);
    shown = { name, view };
    if (!first) {
      content.focus({ preventScroll: true });
      scrollTo(0, back ? (scrolled.get(name) ?? 0) : 0);
    }
  }
  view.show(settings);
}

/** Takes the settings out of the address, mends it where it says what can't be, and tells. */
function follow(back: boolean): void {
  const { settings: read, corrected } = readHash(location.hash || firstHash);
  settle(read);
  if (corrected.length > 0) {
    history.replaceState(null, "", writeHash(set));
    tell({ text: [t`The address was corrected.`, ...corrected].join(" ") });
  }
  void render(back);
}

/** Shows what the address asks for and follows it from then on. */
export function start(): void {
  document.querySelector("#views")!.setAttribute("aria-label", t`Views`);
  document.querySelector("#settings")!.setAttribute("aria-label", t`Settings`);
  // Not a change of the address: that says what the page shows.
  document.querySelector(".skip")!.addEventListener("click", (event) => {
    event.preventDefault();
    content.focus();
  });
  // The browser's own memory of positions knows nothing of views.
  history.scrollRestoration = "manual";
  for (const link of links)
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      app.update({ view: readHash(new URL(link.href).hash).settings.view });
    });
  addEventListener("popstate", () => follow(true));
  follow(false);

  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const register = (): void => void navigator.serviceWorker.register("./offline.js").catch(() => undefined);
  // The language may have come after all else.
  if (document.readyState === "complete") register();
  else addEventListener("load", register);
}
