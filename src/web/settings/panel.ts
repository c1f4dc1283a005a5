import { mechanismNames, mechanisms } from "../../core/mechanisms.js";
import type { App } from "../app.js";
import { el, freshId } from "../dom.js";
import { clock, count } from "../format.js";
import { createFields } from "./fields.js";
import { ownOrders } from "./ownorders.js";
import {
  applyPreset,
  leastOrders,
  mixes,
  mostOrders,
  periodLengths,
  presets,
  type Settings,
  seasons,
  weathers,
  writeHash,
} from "./settings.js";
import { mechanismWords, pricingWords } from "./words.js";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The settings panel: every control writes to the URL, and follows it. */
export function openSettings(host: HTMLElement, app: App): { show(settings: Settings): void } {
  const { select, slider, choice, check, add, follow } = createFields(app);
  const preset = el("select", {
    id: freshId("field"),
    onchange: () => {
      const chosen = presets[Number(preset.value)];
      if (chosen) app.update(applyPreset(chosen, app.settings()));
    },
  });
  preset.append(el("option", { value: "-1" }, "Your own settings"));
  for (const [index, { name }] of presets.entries()) preset.append(el("option", { value: index }, name));
  const about = el("p", { class: "hint" });
  add({
    element: preset,
    follow: (settings) => {
      const now = writeHash(settings);
      const index = presets.findIndex((each) => writeHash(applyPreset(each, settings)) === now);
      preset.value = String(index);
      about.textContent =
        presets[index]?.about ?? "Changed from every preset. The link in the address bar keeps it.";
    },
  });

  const reseed = el(
    "button",
    {
      type: "button",
      class: "button",
      onclick: () => app.update({ seed: (app.settings().seed * 48_271 + 11) % 1_000_003 }),
    },
    "Draw other orders",
  );

  const steps = 200;
  const span = Math.log(mostOrders / leastOrders);
  const rounded = (value: number): number => {
    const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
    return Math.min(mostOrders, Math.max(leastOrders, Math.round(value / unit) * unit));
  };

  const form = el(
    "form",
    { onsubmit: (event: Event) => event.preventDefault() },
    el("div", { class: "field" }, el("label", { for: preset.id }, "Start from"), preset, about),
    el(
      "fieldset",
      {},
      el("legend", {}, "The community"),
      slider({
        name: "orders",
        label: "Orders in a period",
        least: 0,
        most: steps,
        read: ({ orders }) => Math.round((Math.log(orders / leastOrders) / span) * steps),
        text: ({ orders }) => count(orders),
        write: (value) => ({ orders: rounded(leastOrders * Math.exp((value / steps) * span)) }),
      }),
      select(
        "mix",
        "Who lives there",
        [
          [mixes[0], "A street of homes"],
          [mixes[1], "A village full of solar roofs"],
          [mixes[2], "A town with shops"],
          [mixes[3], "An industrial park"],
        ],
        (mix) => ({ mix: mix as Settings["mix"] }),
      ),
      select(
        "carrier",
        "Energy",
        [
          ["electricity", "Electricity"],
          ["heat", "Heat"],
          ["cold", "Cold"],
          ["gas", "Gas"],
        ],
        (carrier) => ({ carrier: carrier as Settings["carrier"] }),
      ),
      select(
        "season",
        "Season",
        seasons.map((season) => [season, capital(season)]),
        (season) => ({ season: season as Settings["season"] }),
      ),
      select(
        "weather",
        "Weather",
        weathers.map((weather) => [weather, capital(weather)]),
        (weather) => ({ weather: weather as Settings["weather"] }),
      ),
      slider({
        name: "time",
        label: "Time of day",
        least: 0,
        most: 1425,
        step: 15,
        read: ({ time }) => time,
        text: ({ time }) => clock(time),
        write: (time) => ({ time }),
      }),
      select(
        "minutes",
        "Length of a period",
        periodLengths.map((length) => [String(length), `${length} minutes`]),
        (text) => ({ minutes: Number(text) }),
      ),
      reseed,
    ),
    el(
      "fieldset",
      {},
      el("legend", {}, "The rules"),
      choice(
        "mechanism",
        "Who meets whom",
        mechanismNames.map((name) => [name, mechanismWords[name].name]),
      ),
      ...mechanismNames.map((name) =>
        choice(
          "pricing",
          "Price of a trade",
          mechanisms[name].pricings.map((pricing) => [pricing, pricingWords[pricing].name]),
          ({ mechanism }) => mechanism !== name,
        ),
      ),
      slider({
        name: "blend",
        label: "From seller’s to buyer’s price",
        least: 0,
        most: 100,
        step: 5,
        read: ({ blend }) => blend,
        text: ({ blend }) => `${blend} %`,
        write: (blend) => ({ blend }),
        hidden: ({ pricing }) => pricing === "counterparty",
      }),
      check(
        "Sell what is left through a pool",
        ({ pool }) => pool,
        (pool) => ({ pool }),
      ),
      slider({
        name: "poolPrice",
        label: "Pool price per kWh",
        least: 0,
        most: 1000,
        step: 10,
        read: ({ poolPrice }) => poolPrice,
        text: ({ poolPrice }) => (poolPrice / 1000).toFixed(2),
        write: (poolPrice) => ({ poolPrice }),
        hidden: ({ pool }) => !pool,
      }),
      choice(
        "lots",
        "Pool lots",
        [
          ["whole", "Only whole"],
          ["divisible", "Divisible"],
        ],
        ({ pool }) => !pool,
      ),
      slider({
        name: "commission",
        label: "Commission of each side",
        least: 0,
        most: 100,
        read: ({ commission }) => commission,
        text: ({ commission }) => `${(commission / 10).toFixed(1)} %`,
        write: (commission) => ({ commission }),
      }),
    ),
    el(
      "fieldset",
      {},
      el("legend", {}, "Playback"),
      slider({
        name: "speed",
        label: "Speed",
        least: 25,
        most: 400,
        step: 25,
        read: ({ speed }) => speed,
        text: ({ speed }) => `${speed / 100}×`,
        write: (speed) => ({ speed }),
      }),
    ),
    add(ownOrders(app)),
  );

  // On a phone the panel would push the market off the screen: there it starts closed.
  const wide = matchMedia("(min-width: 901px)");
  const fold = el("details", { class: "fold", open: wide.matches }, el("summary", {}, "Settings"), form);
  wide.addEventListener("change", () => {
    fold.open = wide.matches;
  });
  host.append(fold);
  return {
    show(settings) {
      follow(settings);
    },
  };
}
