import type { App, View } from "../app.js";
import { createFigure } from "../charts/figure.js";
import { createMap } from "../charts/map.js";
import { el, freshId, stillness } from "../dom.js";
import { clock, count, energy, moneyChange, price, share } from "../format.js";
import type { DayPeriod } from "../worker/day.js";
import { openDayCharts, sumOf } from "./daycharts.js";
import { mapOf, mapRows } from "./layers.js";

/** A community over the day: where its energy came from and went, what it cost, what was stored, what the platform earned. */
export function openDay(app: App): View {
  let periods: DayPeriod[] = [];
  let at = 0;
  let lastKey = "";
  let asked = 0;
  let timer = 0;
  let settings = app.settings();

  const lead = el("p", { class: "lead" });
  const tiles = el("dl", { class: "tiles" }, ...Array.from({ length: 6 }, () => el("div")));
  const trouble = el("p", { class: "notice bad", role: "alert", hidden: true });
  const progress = el("progress", { max: 1, value: 0, "aria-label": "Periods traded so far" });

  const pick = (index: number): void => {
    const period = periods[index];
    if (period) app.update({ time: period.minutes }, true);
  };
  const charts = openDayCharts(pick);
  const layers = createFigure("Who supplied whom", "");
  const map = createMap();
  layers.body.append(map.element);

  const when = el("output", { class: "when" });
  const scrubId = freshId("scrub");
  const scrub = el("input", {
    id: scrubId,
    type: "range",
    min: 0,
    max: 0,
    value: 0,
    oninput: () => {
      stop();
      pick(Number(scrub.value));
    },
  });
  const play = el(
    "button",
    { type: "button", class: "button main", onclick: () => (timer === 0 ? start() : stop()) },
    "Play",
  );
  const open = el(
    "button",
    {
      type: "button",
      class: "button",
      onclick: () => app.update({ view: "ledger", block: periods[at]?.height ?? -1 }),
    },
    "Open its block",
  );
  const scrubber = el(
    "div",
    { class: "card scrub" },
    el(
      "div",
      { class: "row" },
      play,
      el("label", { class: "unseen", for: scrubId }, "Period of the day"),
      scrub,
      when,
      open,
    ),
    progress,
  );

  const element = el(
    "div",
    { class: "view" },
    el("div", {}, el("h1", {}, "A community over the day"), lead),
    trouble,
    tiles,
    scrubber,
    layers.element,
    ...charts.elements,
  );

  function stop(): void {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  }
  function start(): void {
    if (at >= periods.length - 1) pick(0);
    play.textContent = "Pause";
    timer = window.setInterval(
      () => {
        if (at >= periods.length - 1) stop();
        else pick(at + 1);
      },
      (stillness() ? 900 : 350) / (settings.speed / 100),
    );
  }

  const tile = (name: string, value: string, also: string): HTMLElement =>
    el("div", {}, el("dt", {}, name), el("dd", {}, value), el("dd", { class: "also" }, also));

  /** Draws the whole day as far as it has been traded. */
  function drawDay(): void {
    const { carrier } = settings;
    charts.draw(periods, carrier);
    const sum = (key: Parameters<typeof sumOf>[2]): number => sumOf(periods, carrier, key);
    const used = sum("traded") + sum("sold") + sum("imported");
    const last = periods.at(-1);
    const local = sum("traded") + sum("sold");
    const paid = periods.reduce((total, period) => {
      const { prices: band, totals } = period.carriers[carrier];
      return total + (band === null ? 0 : band[1] * (totals.traded + totals.sold));
    }, 0);
    tiles.replaceChildren(
      tile("Used", energy(used), `${count(periods.length)} periods`),
      tile("From the community", share(local, used), `${energy(sum("traded"))} directly`),
      tile("Imported", energy(sum("imported")), `${energy(sum("unserved"))} not served`),
      tile("Mean price", local === 0 ? "none" : price(paid / local), "per kWh, among themselves"),
      tile("Stored now", energy(last?.carriers[carrier].charge ?? 0), `${energy(sum("charged"))} charged`),
      tile(
        "Platform",
        moneyChange((last?.commission ?? 0) + (last?.pool ?? 0) + (last?.trading ?? 0)),
        "over the day, all carriers",
      ),
    );
  }

  /** Shows the period that the settings name. */
  function drawPeriod(): void {
    at = Math.max(0, Math.min(periods.length - 1, Math.floor(settings.time / settings.minutes)));
    const period = periods[at];
    scrub.max = String(Math.max(0, periods.length - 1));
    scrub.value = String(at);
    if (period === undefined) return;
    const name = `${clock(period.minutes)} to ${clock((period.minutes + settings.minutes) % 1440)}`;
    when.textContent = name;
    scrub.setAttribute("aria-valuetext", name);
    charts.mark(at);
    const { nodes, flows: bands } = mapOf(period.carriers[settings.carrier]);
    const rows = mapRows(nodes, bands);
    map.show(
      nodes,
      bands,
      `Energy flows from ${name}: ${rows.map((row) => `${row[0]} to ${row[1]} ${row[2]}`).join("; ") || "none"}.`,
    );
    layers.describe(name, () => ({ caption: `Flows from ${name}`, columns: ["From", "To", "Energy"], rows }));
  }

  function trade(): void {
    const mine = ++asked;
    stop();
    periods = [];
    element.removeAttribute("data-ready");
    progress.value = 0;
    progress.hidden = false;
    const whole = 1440 / settings.minutes;
    app.client
      .call("day", settings, (news) => {
        if (mine !== asked) return;
        periods = periods.concat(news as DayPeriod[]);
        progress.value = periods.length / whole;
        drawDay();
        drawPeriod();
      })
      .then((done) => {
        if (done === null || mine !== asked) return;
        progress.value = 1;
        element.dataset.ready = "";
        lead.textContent = `${count(done.participants)} participants, ${count(periods.length)} periods of ${settings.minutes} minutes, four carriers; here ${settings.carrier}. Every period was cleared, settled and sealed in this browser.`;
        app.announce(`The day has been traded: ${count(periods.length)} periods.`);
      })
      .catch((error: Error) => {
        if (mine !== asked) return;
        trouble.textContent = `The day could not be traded: ${error.message}`;
        trouble.hidden = false;
      });
  }

  return {
    element,
    hide: stop,
    show(next) {
      const carrierOnly = { ...next };
      settings = next;
      const { view: _, time: __, speed: ___, block: ____, ...rest } = carrierOnly;
      const key = JSON.stringify(rest);
      if (key === lastKey) return drawPeriod();
      lastKey = key;
      trouble.hidden = true;
      lead.textContent = "Trading the day…";
      trade();
    },
  };
}
