/**
 * The story: three homes on a street, one with sun to spare. Who will be served? A bet, the period, the street's day,
 * and the block that proves it; a screen each, and the same market that the other views show.
 */
import type { App, View } from "../app.js";
import { el } from "../dom.js";
import { latest } from "../latest.js";
import { t } from "../say.js";
import { keyOf } from "../settings/effects.js";
import { type Settings, streetOfStory } from "../settings/settings.js";
import { createTrouble } from "../trouble.js";
import type { OrderLine } from "../worker/period.js";
import type { StreetDay } from "../worker/story.js";
import { head } from "./parts.js";
import { dayScreen } from "./storyday.js";
import { proofScreen } from "./storyproof.js";
import { betScreen, endScreen, firstScreen, introScreen, restScreen } from "./storystreet.js";
import type { Screen, Tale } from "./tale.js";

/** The street of the story, in the currency that was chosen. */
const streetIn = ({ currency }: Settings): Settings => ({ ...streetOfStory, currency });

/** The screens in order; null of one whose day is not traded yet. `bet` is what was bet on, `place` takes a bet. */
const screens: readonly ((
  app: App,
  tale: Tale,
  bet: string | null,
  place: (bet: string) => void,
) => Screen | null)[] = [
  (_, tale) => introScreen(tale),
  (_, tale, _bet, place) => betScreen(tale, place),
  (_, tale, bet) => firstScreen(tale, bet),
  (_, tale) => restScreen(tale),
  (_, tale) => tale.day && dayScreen(tale, tale.day),
  (app, tale) => tale.day && proofScreen(app, tale, tale.day),
  (app, tale) => endScreen(app, tale),
];

/** Asks for what the story begins with. */
async function taleOf(app: App, settings: Settings, signal: AbortSignal): Promise<Tale> {
  app.days.keep(settings);
  const asked = { settings: { ...settings, view: "period" as const }, own: null };
  const period = await app.client.call("period", asked, { signal });
  const side = (name: OrderLine["side"]) => period.orders!.filter((order) => order.side === name);
  const [first, second] = side("bid").sort((a, b) => b.price - a.price);
  return { settings, period, day: null, seller: side("offer")[0]!, buyers: [first!, second!] };
}

/** Said where a screen tells of what is still being worked out. */
const waitingWords = t`One moment: the day of three homes is being traded…`;

/** The card that a screen is shown on. `to` goes to a screen. */
function createCard(app: App, to: (step: number) => void) {
  let at = 0;
  const title = el("h2", { tabindex: -1 });
  const text = el("p", { class: "tale", "aria-live": "polite" }, waitingWords);
  const stage = el("div", { class: "stage stack" });
  const on = el("button", { type: "button", class: "button main", hidden: true, onclick: () => to(at + 1) });
  const back = el(
    "button",
    { type: "button", class: "button", hidden: true, onclick: () => to(at - 1) },
    t`Back`,
  );
  const leave = el(
    "button",
    {
      type: "button",
      class: "button plain",
      onclick: () => app.update({ ...streetIn(app.settings()), view: "period" }),
    },
    t`Leave for the market itself`,
  );
  const progress = el("progress", {
    max: screens.length,
    value: 0,
    "aria-label": t`How far the story has come`,
  });
  const element = el(
    "section",
    { class: "card stack" },
    title,
    text,
    stage,
    el("div", { class: "steps" }, el("div", { class: "row" }, back, on), leave),
    progress,
  );
  element.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowRight" && !on.hidden) to(at + 1);
    else if (event.key === "ArrowLeft" && at > 0) to(at - 1);
    else return;
    event.preventDefault();
  });
  return {
    element,
    /** Shows a screen, null while it is awaited; `moved`: from another one, so that the focus follows. */
    show(step: number, screen: Screen | null, moved: boolean): void {
      at = step;
      title.textContent = screen?.title ?? "";
      text.textContent = screen?.tale ?? waitingWords;
      stage.replaceChildren(...(screen?.stage ?? []));
      on.hidden = typeof screen?.on !== "string";
      on.textContent = screen?.on ?? "";
      back.hidden = at === 0;
      progress.value = at + 1;
      if (moved) title.focus({ preventScroll: true });
    },
  };
}

/** Has the day of a tale traded, once, and tells of it. */
function openTrading(
  app: App,
  done: (of: Tale, day: StreetDay) => void,
  failed: (error: unknown) => void,
): (tale: Tale) => void {
  let asked: Tale | null = null;
  return (tale) => {
    if (tale.day !== null || tale === asked) return;
    asked = tale;
    app.days.keep(tale.settings);
    app.client.call("story", tale.settings).then(
      (day) => done(tale, day),
      (error: unknown) => {
        if (tale !== asked) return;
        asked = null;
        failed(error);
      },
    );
  };
}

export function openStory(app: App): View {
  let tale: Tale | null = null;
  let key = "";
  let at = 0;
  let bet: string | null = null;
  const trouble = createTrouble(() => tell(app.settings()));
  const to = (step: number): void => app.update({ step });
  const card = createCard(app, to);
  const element = el(
    "div",
    { class: "view story" },
    head(t`Who gets the sun?`, el("p", { class: "lead" }, t`A local energy market in ninety seconds.`)),
    trouble.element,
    card.element,
  );
  const place = (name: string): void => {
    bet = name;
    to(at + 1);
  };
  /** Shows the screen that the settings name. */
  function draw(moved: boolean): void {
    if (tale === null) return;
    const screen = screens[at]!(app, tale, bet, place);
    card.show(at, screen, moved);
    element.toggleAttribute("data-ready", screen !== null);
    if (at > 0) trade(tale);
  }
  const failed = (error: unknown): void => trouble.show(t`The story could not be told.`, error);
  const tell = latest(async (settings: Settings, signal) => {
    try {
      tale = await taleOf(app, streetIn(settings), signal);
      trouble.hide();
      draw(false);
    } catch (error) {
      if (!signal.aborted) failed(error);
    }
  });
  const trade = openTrading(
    app,
    (of, day) => {
      if (tale !== of) return;
      tale = { ...of, day };
      if (!element.hasAttribute("data-ready")) draw(true);
    },
    failed,
  );
  return {
    element,
    show(settings) {
      const moved = at !== settings.step;
      at = settings.step;
      const wanted = keyOf("story", settings, null);
      if (wanted === key) {
        if (moved) draw(true);
        return;
      }
      key = wanted;
      tell(settings);
    },
  };
}
