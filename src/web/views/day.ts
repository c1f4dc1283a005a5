/**
 * A community over the day: where its energy came from and went, what it cost, what was stored, what the platform
 * earned.
 */
import type { App, View } from "../app.js";
import { createFigure } from "../charts/figure.js";
import { createMap } from "../charts/map.js";
import type { Day } from "../days.js";
import { el, freshId, stillness } from "../dom.js";
import { count, energy, moneyRound, price, share, span } from "../format.js";
import { counted, t } from "../say.js";
import type { Settings } from "../settings/settings.js";
import { createTrouble } from "../trouble.js";
import { carrierNames } from "../words.js";
import type { DayPeriod } from "../worker/day.js";
import { congestionCard } from "./congestion.js";
import { openDayCharts, sumOf } from "./daycharts.js";
import { indicatorsCard } from "./indicators.js";
import { mapOf, mapRows } from "./layers.js";
import { networkCard } from "./network.js";
import { head, tile, tileRow } from "./parts.js";
import { rulesInWords } from "./rulewords.js";
import { threadTo } from "./thread.js";

/** The place of the period that the settings name, among those there are. */
const placeOf = ({ time, minutes }: Settings, size: number): number =>
  Math.max(0, Math.min(size - 1, Math.floor(time / minutes)));

/** What the platform earned or lost, rounded to what money is. */
const platformTile = (total: number): HTMLElement =>
  tile(
    total < 0 ? t`Platform lost` : t`Platform earned`,
    moneyRound(Math.abs(total)),
    t`over the day, all carriers`,
  );

function tilesOf(periods: readonly DayPeriod[], { carrier }: Settings): HTMLElement[] {
  const sum = (key: Parameters<typeof sumOf>[2]): number => sumOf(periods, carrier, key);
  const local = sum("traded") + sum("sold");
  const used = local + sum("imported");
  const last = periods.at(-1);
  const paid = periods.reduce((total, period) => {
    const { prices, totals } = period.carriers[carrier];
    return total + (prices === null ? 0 : prices[1] * (totals.traded + totals.sold));
  }, 0);
  return [
    tile(
      t`Used`,
      energy(used),
      counted(
        periods.length,
        t`1 period, what was stored included`,
        t`${count(periods.length)} periods, what was stored included`,
      ),
    ),
    tile(t`From the community`, share(local, used), t`${energy(sum("traded"))} directly`),
    tile(t`Imported`, energy(sum("imported")), t`${energy(sum("unserved"))} not served`),
    local === 0
      ? tile(t`Mean price`, t`No trades`, "")
      : tile(t`Mean price`, price(paid / local), t`per kWh, among themselves`),
    tile(t`Stored now`, energy(last?.carriers[carrier].charge ?? 0), t`${energy(sum("charged"))} charged`),
    platformTile((last?.commission ?? 0) + (last?.pool ?? 0) + (last?.trading ?? 0)),
  ];
}

/** The map of one period. */
function mapCard(): {
  readonly element: HTMLElement;
  draw(period: DayPeriod, settings: Settings, name: string): void;
} {
  const figure = createFigure(t`Who supplied whom`, "");
  const map = createMap();
  figure.body.append(map.element);
  return {
    element: figure.element,
    draw(period, { carrier }, name) {
      const { nodes, flows } = mapOf(period.carriers[carrier]);
      const rows = mapRows(nodes, flows);
      const said = rows.map((row) => t`${row[0]!} to ${row[1]!} ${row[2]!}`).join("; ") || t`none`;
      map.show(nodes, flows, t`Energy flows from ${name}: ${said}.`);
      figure.describe(name, () => ({
        caption: t`Flows from ${name}`,
        columns: [t`Out of`, t`Into`, t`Energy`],
        rows: mapRows(nodes, flows),
      }));
    },
  };
}

/** The pictures of the day: those of one period, and those over all of them. `onPick` is called with a period. */
function openPictures(onPick: (index: number) => void) {
  const map = mapCard();
  const network = networkCard();
  const congestion = congestionCard(onPick);
  const charts = openDayCharts(onPick);
  return {
    elements: [map.element, network.element, congestion.element, ...charts.elements],
    draw(periods: readonly DayPeriod[], settings: Settings): void {
      charts.draw(periods, settings.carrier);
      congestion.draw(periods, settings);
    },
    drawPeriod(periods: readonly DayPeriod[], at: number, settings: Settings, name: string): void {
      charts.mark(at);
      congestion.mark(at);
      map.draw(periods[at]!, settings, name);
      network.draw(periods, at, settings, name);
    },
  };
}

/** The slider over the day with its play button. `onPick` is called with the period it came to. */
function openScrubber(app: App, onPick: (index: number) => void) {
  let [at, size, timer] = [0, 0, 0];
  const stop = (): void => {
    clearInterval(timer);
    timer = 0;
    play.textContent = t`Play`;
  };
  const start = (): void => {
    if (at >= size - 1) onPick(0);
    play.textContent = t`Pause`;
    const next = (): void => (at >= size - 1 ? stop() : onPick(at + 1));
    timer = window.setInterval(next, (stillness() ? 900 : 350) / (app.settings().speed / 100));
  };
  const play: HTMLButtonElement = el(
    "button",
    { type: "button", class: "button main", onclick: () => (timer === 0 ? start() : stop()) },
    t`Play`,
  );
  const id = freshId("scrub");
  const slider = el("input", {
    id,
    type: "range",
    min: 0,
    max: 0,
    value: 0,
    oninput: () => {
      stop();
      onPick(Number(slider.value));
    },
  });
  const when = el("output", { class: "when", for: id });
  const progress = el("progress", { max: 1, value: 0, "aria-label": t`Periods traded so far` });
  const walk = threadTo(app, "period");
  const open = threadTo(app, "ledger");
  const home = threadTo(app, "home");
  const label = el("label", { class: "unseen", for: id }, t`Period of the day`);
  return {
    element: el(
      "div",
      { class: "card scrub" },
      el("div", { class: "row" }, play, label, slider, when, walk, open, home),
      progress,
    ),
    stop,
    /** Shows the period at a place of so many, of so many in the whole day. */
    show(place: number, known: number, whole: number, name: string): void {
      [at, size] = [place, known];
      slider.max = String(Math.max(0, known - 1));
      slider.value = String(place);
      slider.setAttribute("aria-valuetext", name);
      when.textContent = name;
      progress.value = known / whole;
      open.disabled = known === 0;
      walk.disabled = known === 0;
    },
  };
}

/** What the day came to by the indicators, once all of it is traded. */
function openFigures(app: App): { readonly element: HTMLElement; show(day: Day, settings: Settings): void } {
  const card = indicatorsCard(
    t`What the day came to`,
    t`For the whole community, and for the kind of energy that is shown.`,
  );
  let asked = "";
  return {
    element: card.element,
    async show({ key, done }, settings) {
      card.element.hidden = done === null;
      if (done === null || asked === key) return;
      asked = key;
      card.clear();
      try {
        const found = await app.client.call("indicators", { ledger: key });
        if (asked !== key) return;
        card.show(found, { names: [], rules: [rulesInWords(settings)] }, settings);
      } catch {
        // Another day has taken its place; that one is asked about once it is traded.
        asked = "";
      }
    },
  };
}

const leadOf = ({ done, periods }: Day, { minutes, carrier }: Settings): string =>
  done === null
    ? t`Trading the day…`
    : t`${count(done.participants)} participants, ${count(periods.length)} periods of ${minutes} minutes, four carriers; here ${carrierNames[carrier]}. Every period was cleared, settled and sealed in this browser.`;

export function openDay(app: App): View {
  let day: Day | null = null;
  let settings = app.settings();
  const lead = el("p", { class: "lead" });
  const tiles = tileRow();
  const trouble = createTrouble(() => app.days.retry());
  const pick = (index: number): void => {
    const period = day?.periods[index];
    if (period) app.update({ time: period.minutes }, true);
  };
  const scrubber = openScrubber(app, pick);
  const pictures = openPictures(pick);
  const figures = openFigures(app);
  const element = el(
    "div",
    { class: "view" },
    head(t`A community over the day`, lead),
    trouble.element,
    tiles,
    scrubber.element,
    ...pictures.elements,
    figures.element,
  );

  /** Shows the period that the settings name. */
  function drawPeriod({ periods }: Day): void {
    const at = placeOf(settings, periods.length);
    const period = periods[at];
    const name = period === undefined ? "" : span(period.minutes, settings.minutes);
    scrubber.show(at, periods.length, 1440 / settings.minutes, name);
    if (period !== undefined) pictures.drawPeriod(periods, at, settings, name);
  }
  /** Shows the day as far as it has been traded. */
  function draw(now: Day): void {
    day = now;
    lead.textContent = leadOf(now, settings);
    if (now.error === null) trouble.hide();
    else trouble.show(t`The day could not be traded.`, now.error);
    element.toggleAttribute("data-ready", now.done !== null);
    pictures.draw(now.periods, settings);
    figures.show(now, settings);
    tiles.replaceChildren(...tilesOf(now.periods, settings));
    drawPeriod(now);
  }
  app.days.watch((now, before) => {
    if (app.settings().view !== "day") return;
    draw(now);
    if (now.done !== null && before === now.periods.length)
      app.announce(t`The day has been traded: ${count(now.periods.length)} periods.`);
  });

  return {
    element,
    hide: scrubber.stop,
    show(next) {
      settings = next;
      const now = app.days.open(next);
      if (now === day) drawPeriod(now);
      else {
        scrubber.stop();
        draw(now);
      }
    },
  };
}
