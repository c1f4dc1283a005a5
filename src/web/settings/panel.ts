/** The settings panel: every control writes to the URL, and follows it. */
import { mechanismNames, mechanisms } from "../../core/mechanisms.js";
import { carriers } from "../../units.js";
import type { App } from "../app.js";
import { currencies } from "../currencies.js";
import { el, freshId } from "../dom.js";
import { clock, count, fixed, price } from "../format.js";
import { t } from "../say.js";
import { carrierWords, mechanismWords, mixWords, pricingWords, seasonWords, weatherWords } from "../words.js";
import { isOwn } from "./effects.js";
import { type Control, createFields, type Fields } from "./fields.js";
import { ownOrders } from "./ownorders.js";
import { scenarioFiles } from "./scenariofile.js";
import {
  applyPreset,
  mixes,
  periodLengths,
  presets,
  ranges,
  type Settings,
  seasons,
  type ViewName,
  weathers,
  writeHash,
} from "./settings.js";

/** "Start from": a market that is ready, or what it was changed to. */
function presetField(app: App): Control {
  const preset = el("select", {
    id: freshId("field"),
    onchange: () => {
      const chosen = presets[Number(preset.value)];
      if (chosen) app.update(applyPreset(chosen, app.settings()));
    },
  });
  preset.append(el("option", { value: "-1" }, t`Your own settings`));
  for (const [index, { name }] of presets.entries()) preset.append(el("option", { value: index }, name));
  const about = el("p", { class: "hint" });
  const label = el("label", { for: preset.id }, t`Start from`);
  return {
    element: el("div", { class: "field" }, label, preset, about),
    follow(settings) {
      const now = writeHash(settings);
      const index = presets.findIndex((each) => writeHash(applyPreset(each, settings)) === now);
      preset.value = String(index);
      const isFile = settings.scenario > 0;
      preset.disabled = isFile || isOwn(settings.view, app.own);
      // What a preset says of its orders is true of one period only.
      const said =
        settings.view === "period" || settings.view === "compare"
          ? presets[index]?.about
          : index < 0
            ? undefined
            : t`A community with these settings.`;
      about.textContent = isFile
        ? t`The market comes from ${app.scenario!.name}.`
        : preset.disabled
          ? t`The orders come from ${app.own!.name}.`
          : (said ?? t`Changed from every preset. The link in the address bar keeps it.`);
    },
  };
}

/** "New random orders": another seed. */
function reseedField(app: App): Control {
  const element = el(
    "button",
    {
      type: "button",
      class: "button",
      onclick: () => app.update({ seed: (app.settings().seed * 48_271 + 11) % 1_000_003 }),
    },
    t`New random orders`,
  );
  return {
    element,
    follow: ({ view, scenario }) => {
      element.disabled = view === "bench" || scenario > 0 || isOwn(view, app.own);
    },
  };
}

/** The number of members, on a scale of powers of ten. */
function membersField({ slider }: Fields): HTMLElement {
  const [least, most] = ranges.members;
  const steps = 200;
  const spread = Math.log(most / least);
  const rounded = (value: number): number => {
    const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
    return Math.min(most, Math.max(least, Math.round(value / unit) * unit));
  };
  return slider({
    name: "members",
    label: t`Members of the community`,
    least: 0,
    most: steps,
    read: ({ members }) => Math.round((Math.log(members / least) / spread) * steps),
    text: ({ members }) => count(members),
    write: (value) => ({ members: rounded(least * Math.exp((value / steps) * spread)) }),
  });
}

function communityFields(app: App, fields: Fields): HTMLElement {
  const { select, slider, add } = fields;
  return el(
    "fieldset",
    {},
    el("legend", {}, t`The community`),
    membersField(fields),
    select(
      "mix",
      t`Who lives there`,
      mixes.map((mix) => [mix, mixWords[mix]]),
      (mix) => ({ mix: mix as Settings["mix"] }),
    ),
    select(
      "carrier",
      t`Energy`,
      carriers.map((carrier) => [carrier, carrierWords[carrier]]),
      (carrier) => ({ carrier: carrier as Settings["carrier"] }),
    ),
    select(
      "season",
      t`Season`,
      seasons.map((season) => [season, seasonWords[season]]),
      (season) => ({ season: season as Settings["season"] }),
    ),
    select(
      "weather",
      t`Weather`,
      weathers.map((weather) => [weather, weatherWords[weather]]),
      (weather) => ({ weather: weather as Settings["weather"] }),
    ),
    slider({
      name: "time",
      label: t`Time of day`,
      least: 0,
      most: 1425,
      step: 15,
      read: ({ time }) => time,
      text: ({ time }) => clock(time),
      write: (time) => ({ time }),
    }),
    select(
      "minutes",
      t`Length of a period`,
      periodLengths.map((length) => [String(length), t`${length} minutes`]),
      (text) => ({ minutes: Number(text) }),
    ),
    select(
      "currency",
      t`Money`,
      Object.entries(currencies).map(([code, { name }]) => [code, name]),
      (currency) => ({ currency: currency as Settings["currency"] }),
    ),
    add(reseedField(app)),
  );
}

/** How a trade is priced: a choice for every mechanism, of which the one that fits is shown. */
const pricingFields = ({ choice }: Fields): HTMLElement[] =>
  mechanismNames.map((mechanism) =>
    choice(
      "pricing",
      t`Price of a trade`,
      mechanisms[mechanism].pricings.map((pricing) => [pricing, pricingWords[pricing].choice] as const),
      (settings) => settings.mechanism !== mechanism,
    ),
  );

/** The controls of how a carrier is cleared; `more` stands below them. */
export function rulesFields(fields: Fields, legend: string, ...more: HTMLElement[]): HTMLElement {
  const { slider, choice, check } = fields;
  return el(
    "fieldset",
    {},
    el("legend", {}, legend),
    choice(
      "mechanism",
      t`Matching rule`,
      mechanismNames.map((name) => [name, mechanismWords[name].name] as const),
    ),
    ...pricingFields(fields),
    slider({
      name: "blend",
      label: t`From seller’s to buyer’s price`,
      least: ranges.blend[0],
      most: ranges.blend[1],
      step: 5,
      read: ({ blend }) => blend,
      text: ({ blend }) => `${blend} %`,
      write: (blend) => ({ blend }),
      hidden: ({ pricing }) => pricing === "counterparty",
    }),
    check(
      "pool",
      t`Sell what is left through a pool`,
      ({ pool }) => pool,
      (pool) => ({ pool }),
    ),
    slider({
      name: "poolPrice",
      label: t`Pool price per kWh`,
      least: ranges.poolPrice[0],
      most: ranges.poolPrice[1],
      step: 10,
      read: ({ poolPrice }) => poolPrice,
      text: ({ poolPrice }) => price(poolPrice * 1000),
      write: (poolPrice) => ({ poolPrice }),
      hidden: ({ pool }) => !pool,
    }),
    choice(
      "lots",
      t`Pool lots`,
      [
        ["whole", t`Only whole`],
        ["divisible", t`Divisible`],
      ],
      ({ pool }) => !pool,
    ),
    ...more,
  );
}

const commissionField = ({ slider }: Fields): HTMLElement =>
  slider({
    name: "commission",
    label: t`Commission of each side`,
    least: ranges.commission[0],
    most: ranges.commission[1],
    read: ({ commission }) => commission,
    text: ({ commission }) => `${fixed(commission / 10, 1)} %`,
    write: (commission) => ({ commission }),
  });

const playbackFields = ({ slider }: Fields): HTMLElement =>
  el(
    "fieldset",
    {},
    el("legend", {}, t`Playback`),
    slider({
      name: "speed",
      label: t`Speed`,
      least: ranges.speed[0],
      most: ranges.speed[1],
      step: 25,
      read: ({ speed }) => speed,
      text: ({ speed }) => `${fixed(speed / 100, speed % 100 === 0 ? 0 : speed % 50 === 0 ? 1 : 2)}×`,
      write: (speed) => ({ speed }),
    }),
  );

/** Why no setting changes anything in a view. */
const hints: Partial<Record<ViewName, string>> = {
  bench: t`The bench draws orders of its own: no setting changes it.`,
  live: t`A running market has rules of its own: no setting changes it.`,
  notary: t`The notary looks at what you hand over: no setting changes it.`,
};

/** Makes the panel. */
export function openSettings(host: HTMLElement, app: App): { show(settings: Settings): void } {
  const fields = createFields(app);
  const files = scenarioFiles(app);
  const idle = el("p", { class: "hint", hidden: true });
  const market = el(
    "form",
    { onsubmit: (event: Event) => event.preventDefault() },
    fields.add(presetField(app)),
    communityFields(app, fields),
    rulesFields(fields, t`The rules`, commissionField(fields)),
    playbackFields(fields),
    fields.add(files),
    fields.add(ownOrders(app, files.take)),
  );
  // On a phone the panel would push the market off the screen: there it starts closed.
  // On paper, which is as narrow, it stays open: what was set belongs to what is shown.
  const wide = matchMedia("print, (min-width: 901px)");
  const fold = el(
    "details",
    { class: "fold", open: wide.matches },
    el("summary", {}, t`Settings`),
    idle,
    market,
  );
  wide.addEventListener("change", () => {
    fold.open = wide.matches;
  });
  host.append(fold);
  return {
    show(settings) {
      fields.follow(settings);
      const why = hints[settings.view];
      idle.textContent = why ?? null;
      idle.hidden = why === undefined;
      market.hidden = why !== undefined;
    },
  };
}
