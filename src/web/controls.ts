import type { App } from "./app.js";
import { el, freshId } from "./dom.js";
import { clock, count } from "./format.js";
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

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One control: its element and how it follows the settings. */
interface Control {
  readonly element: HTMLElement;
  follow(settings: Settings): void;
}

/** What a slider between `least` and `most` shows and sets. */
interface Slide {
  readonly name: string;
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly step?: number;
  read(settings: Settings): number;
  text(settings: Settings): string;
  write(value: number): Partial<Settings>;
  hidden?(settings: Settings): boolean;
}

/** The settings panel: every control writes to the URL, and follows it. */
export function openSettings(host: HTMLElement, app: App): { show(settings: Settings): void } {
  const controls: Control[] = [];
  const add = (control: Control): HTMLElement => {
    controls.push(control);
    return control.element;
  };

  const select = <K extends keyof Settings>(
    name: K,
    label: string,
    options: readonly (readonly [value: string, text: string])[],
    write: (text: string) => Partial<Settings>,
  ): HTMLElement => {
    const id = freshId("field");
    const input = el("select", { id, name, onchange: () => app.update(write(input.value)) });
    for (const [value, text] of options) input.append(el("option", { value }, text));
    return add({
      element: el("div", { class: "field" }, el("label", { for: id }, label), input),
      follow: (settings) => {
        input.value = String(settings[name]);
      },
    });
  };

  const slider = (slide: Slide): HTMLElement => {
    const id = freshId("field");
    const output = el("output", { for: id });
    const change = (quiet: boolean) => () => app.update(slide.write(Number(input.value)), quiet);
    const input = el("input", {
      id,
      type: "range",
      name: slide.name,
      min: slide.least,
      max: slide.most,
      step: slide.step ?? 1,
      oninput: change(true),
      onchange: change(false),
    });
    const element = el("div", { class: "field" }, el("label", { for: id }, slide.label, output), input);
    return add({
      element,
      follow: (settings) => {
        input.value = String(slide.read(settings));
        output.textContent = slide.text(settings);
        input.setAttribute("aria-valuetext", slide.text(settings));
        element.hidden = slide.hidden?.(settings) ?? false;
      },
    });
  };

  const choice = <K extends keyof Settings>(
    name: K,
    label: string,
    options: readonly (readonly [value: Settings[K] & string, text: string])[],
    hidden?: (settings: Settings) => boolean,
  ): HTMLElement => {
    const id = freshId("label");
    const group = freshId(name);
    const inputs = options.map(([value]) =>
      el("input", {
        type: "radio",
        name: group,
        value,
        onchange: () => app.update({ [name]: value } as Partial<Settings>),
      }),
    );
    const element = el(
      "div",
      { class: "field" },
      el("span", { class: "label", id }, label),
      el(
        "div",
        { class: "choice", role: "radiogroup", "aria-labelledby": id },
        ...options.map(([, text], index) => el("label", {}, inputs[index]!, text)),
      ),
    );
    return add({
      element,
      follow: (settings) => {
        for (const input of inputs) input.checked = input.value === settings[name];
        element.hidden = hidden?.(settings) ?? false;
      },
    });
  };

  const preset = el("select", {
    id: freshId("field"),
    onchange: () => {
      const chosen = presets[Number(preset.value)];
      if (chosen) app.update(applyPreset(chosen, app.settings()));
    },
  });
  preset.append(el("option", { value: "-1" }, "Your own settings"));
  presets.forEach(({ name }, index) => preset.append(el("option", { value: index }, name)));
  const about = el("p", { class: "hint" });
  controls.push({
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
          [mixes[2], "A town with shops and offices"],
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
      choice("mechanism", "Who meets whom", [
        ["value", "Quantity × price"],
        ["merit", "Merit order"],
      ]),
      choice(
        "pricing",
        "Price of a trade",
        [
          ["counterparty", "The other’s price"],
          ["blend", "In between"],
        ],
        ({ mechanism }) => mechanism !== "value",
      ),
      choice(
        "pricing",
        "Price of a trade",
        [
          ["uniform", "One for all"],
          ["blend", "In between"],
        ],
        ({ mechanism }) => mechanism !== "merit",
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
      poolSwitch(),
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
    ownFile(app, controls),
  );

  function poolSwitch(): HTMLElement {
    const input = el("input", { type: "checkbox", onchange: () => app.update({ pool: input.checked }) });
    return add({
      element: el("label", { class: "check" }, input, "Sell what is left through a pool"),
      follow: ({ pool }) => {
        input.checked = pool;
      },
    });
  }

  // On a phone the panel would push the market off the screen: there it starts closed.
  const wide = matchMedia("(min-width: 901px)");
  const fold = el("details", { open: wide.matches }, el("summary", {}, "Settings"), form);
  wide.addEventListener("change", () => {
    fold.open = wide.matches;
  });
  host.append(fold);
  return {
    show(settings) {
      for (const control of controls) control.follow(settings);
    },
  };
}

/** Takes the person's own orders: a file chosen, or dropped anywhere on the page. */
function ownFile(app: App, controls: Control[]): HTMLElement {
  const says = el("p", {});
  const mostBytes = 64 * 1024 * 1024;
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (file.size > mostBytes) {
      says.textContent = "That file is larger than 64 MiB.";
      return;
    }
    app.bringOrders({ name: file.name, text: await file.text() });
  };
  const input = el("input", {
    type: "file",
    accept: ".csv,text/csv",
    class: "unseen",
    id: freshId("file"),
    onchange: () =>
      void take(input.files?.[0]).then(() => {
        input.value = "";
      }),
  });
  const choose = el(
    "button",
    { type: "button", class: "button", onclick: () => input.click() },
    "Choose a CSV",
  );
  const back = el(
    "button",
    { type: "button", class: "button plain", onclick: () => app.bringOrders(null) },
    "Back to the community",
  );
  input.tabIndex = -1;
  const element = el(
    "fieldset",
    {},
    el("legend", {}, "Your own orders"),
    el(
      "div",
      { class: "drop" },
      says,
      el("label", { class: "unseen", for: input.id }, "Order file"),
      input,
      el("div", { class: "row" }, choose, back),
    ),
  );
  const zone = element.querySelector(".drop")!;
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", () => zone.classList.remove("over"));
  document.addEventListener("drop", (event: DragEvent) => {
    event.preventDefault();
    zone.classList.remove("over");
    void take(event.dataTransfer?.files[0]);
  });
  controls.push({
    element,
    follow: () => {
      says.textContent = app.ownOrders
        ? `Showing ${app.ownOrders.name}.`
        : "Drop a CSV with side, id, quantity and price anywhere on the page. It stays in this browser.";
      back.hidden = app.ownOrders === null;
    },
  });
  return element;
}
