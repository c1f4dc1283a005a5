import type { App, View } from "../app.js";
import { createFigure } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createMap } from "../charts/map.js";
import { createTimeChart } from "../charts/time.js";
import { el, freshId, stillness } from "../dom.js";
import { clock, count, energy, money, moneyChange, price, share } from "../format.js";
import type { DayPeriod } from "../worker/day.js";
import { mapOf, mapRows } from "./layers.js";

type Totals = DayPeriod["carriers"]["heat"]["totals"];

const met = [
  { key: "traded", label: "bought from each other", colour: "supply", form: "up" },
  { key: "sold", label: "from pool and stores", colour: "pool", form: "up" },
  { key: "imported", label: "imported from the grid", colour: "grid", form: "up" },
  { key: "interrupted", label: "called off by contract", colour: "demand", form: "up" },
  { key: "unserved", label: "not served", colour: "lack", form: "up" },
  { key: "charged", label: "left over, stored", colour: "storage", form: "down" },
  { key: "exported", label: "left over, exported", colour: "muted", form: "down" },
] as const satisfies readonly { key: keyof Totals; label: string; colour: string; form: "up" | "down" }[];

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
  const flows = createFigure("How demand was met, and what became of the rest", "");
  const flowChart = createTimeChart(met, energy, pick);
  flows.body.append(flowChart.element, legend(met.map(({ colour, label }) => [colour, label])));
  const prices = createFigure("Prices", "");
  const priceChart = createTimeChart(
    [
      { label: "highest", colour: "supply", form: "faint" },
      { label: "lowest", colour: "supply", form: "faint" },
      { label: "mean", colour: "supply", form: "line" },
    ],
    (value) => (value / 1e6).toFixed(2),
    pick,
    [0, 1],
  );
  prices.body.append(
    priceChart.element,
    legend([
      ["supply", "mean price of a trade"],
      ["supply-soft", "from the lowest to the highest"],
    ]),
  );
  const stores = createFigure("In the stores", "");
  const storeChart = createTimeChart([{ label: "stored", colour: "storage", form: "up" }], energy, pick);
  stores.body.append(storeChart.element, legend([["storage", "batteries, cars and tanks together"]]));
  const income = createFigure("What the platform earned", "");
  const incomeChart = createTimeChart(
    [
      { label: "commission", colour: "supply", form: "line" },
      { label: "pool", colour: "pool", form: "line" },
      { label: "other", colour: "demand", form: "line" },
    ],
    money,
    pick,
  );
  income.body.append(
    incomeChart.element,
    legend([
      ["supply", "commission"],
      ["pool", "pool: bought, sold on, stored or exported"],
      ["demand", "imbalances, losses, interruptions"],
    ]),
  );
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
    flows.element,
    el("div", { class: "pair" }, prices.element, stores.element),
    income.element,
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

  const columnOf = (read: (period: DayPeriod) => number | null): (number | null)[] => periods.map(read);
  const minutesOf = (): number[] => periods.map((period) => period.minutes);
  const tile = (name: string, value: string, also: string): HTMLElement =>
    el("div", {}, el("dt", {}, name), el("dd", {}, value), el("dd", { class: "also" }, also));

  /** Draws the whole day as far as it has been traded. */
  function drawDay(): void {
    const { carrier } = settings;
    const own = (period: DayPeriod) => period.carriers[carrier];
    const sum = (key: keyof Totals): number =>
      periods.reduce((total, period) => total + own(period).totals[key], 0);
    const minutes = minutesOf();
    const used = sum("traded") + sum("sold") + sum("imported");
    const last = periods.at(-1);
    flowChart.show(
      minutes,
      met.map(({ key }) => columnOf((period) => own(period).totals[key])),
      `How demand for ${carrier} was met over the day: ${met.map(({ key, label }) => `${energy(sum(key))} ${label}`).join(", ")}.`,
    );
    flows.describe(
      `${energy(used)} used over the day.`,
      () => ({
        caption: `Energy by period: ${carrier}`,
        columns: ["Period", ...met.map(({ label }) => label)],
        rows: periods.map((period) => [
          clock(period.minutes),
          ...met.map(({ key }) => energy(own(period).totals[key])),
        ]),
      }),
      pick,
    );
    const bound = (index: 0 | 1 | 2) => columnOf((period) => own(period).prices?.[index] ?? null);
    priceChart.show(
      minutes,
      [bound(2), bound(0), bound(1)],
      "Prices over the day: lowest, mean and highest price of the trades in each period.",
    );
    prices.describe(
      "Price per kWh of the trades in a period.",
      () => ({
        caption: `Prices by period: ${carrier}`,
        columns: ["Period", "Lowest", "Mean", "Highest"],
        rows: periods.map((period) => {
          const band = own(period).prices;
          return [clock(period.minutes), ...(band === null ? ["none", "none", "none"] : band.map(price))];
        }),
      }),
      pick,
    );
    storeChart.show(
      minutes,
      [columnOf((period) => own(period).charge)],
      `Energy stored over the day, at the end ${energy(last ? own(last).charge : 0)}.`,
    );
    stores.describe(
      "At the end of each period.",
      () => ({
        caption: `Stored by period: ${carrier}`,
        columns: ["Period", "Stored", "Charged", "Discharged"],
        rows: periods.map((period) => [
          clock(period.minutes),
          energy(own(period).charge),
          energy(own(period).totals.charged),
          energy(own(period).totals.discharged),
        ]),
      }),
      pick,
    );
    incomeChart.show(
      minutes,
      [
        columnOf((period) => period.commission),
        columnOf((period) => period.pool),
        columnOf((period) => period.trading),
      ],
      `The platform’s accounts over the day: commission ${money(last?.commission ?? 0)}, pool ${money(last?.pool ?? 0)}.`,
    );
    income.describe(
      "Balances of the platform’s accounts since midnight, all carriers.",
      () => ({
        caption: "The platform’s accounts by period",
        columns: ["Period", "Commission", "Pool", "Other"],
        rows: periods.map((period) => [
          clock(period.minutes),
          money(period.commission),
          money(period.pool),
          money(period.trading),
        ]),
      }),
      pick,
    );
    const local = sum("traded") + sum("sold");
    const paid = periods.reduce((total, period) => {
      const { prices: band, totals } = own(period);
      return total + (band === null ? 0 : band[1] * (totals.traded + totals.sold));
    }, 0);
    tiles.replaceChildren(
      tile("Used", energy(used), `${count(periods.length)} periods`),
      tile("From the community", share(local, used), `${energy(sum("traded"))} directly`),
      tile("Imported", energy(sum("imported")), `${energy(sum("unserved"))} not served`),
      tile("Mean price", local === 0 ? "none" : price(paid / local), "per kWh, among themselves"),
      tile("Stored now", energy(last ? own(last).charge : 0), `${energy(sum("charged"))} charged`),
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
    for (const chart of [flowChart, priceChart, storeChart, incomeChart]) chart.mark(at);
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
