/** The kinds of controls of the settings panel: each writes what it is set to into the settings, and follows them. */
import type { App } from "../app.js";
import { el, freshId } from "../dom.js";
import { caveat, type SettingName, whyIdle } from "./effects.js";
import type { Settings } from "./settings.js";

/** One control: its element and how it follows the settings. */
export interface Control {
  readonly element: HTMLElement;
  follow(settings: Settings): void;
}

/** What a slider between `least` and `most` shows and sets. */
export interface Slide {
  readonly name: SettingName;
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly step?: number;
  read(settings: Settings): number;
  text(settings: Settings): string;
  write(value: number): Partial<Settings>;
  hidden?(settings: Settings): boolean;
}

/** Controls in the order in which they were added. */
export interface Fields {
  select<K extends SettingName>(
    name: K,
    label: string,
    options: readonly (readonly [value: string, text: string])[],
    write: (text: string) => Partial<Settings>,
  ): HTMLElement;
  slider(slide: Slide): HTMLElement;
  choice<K extends SettingName>(
    name: K,
    label: string,
    options: readonly (readonly [value: Settings[K] & string, text: string])[],
    hidden?: (settings: Settings) => boolean,
  ): HTMLElement;
  check(
    name: SettingName,
    label: string,
    read: (settings: Settings) => boolean,
    write: (value: boolean) => Partial<Settings>,
  ): HTMLElement;
  /** Keeps a control made elsewhere up to date with the others. */
  add(control: Control): HTMLElement;
  /** Brings every control up to date. */
  follow(settings: Settings): void;
}

/**
 * Why a control does nothing in this view, or what to know of it, below it; and switches it off where it does nothing.
 */
function reason(
  app: App,
  name: SettingName,
  inputs: readonly (HTMLInputElement | HTMLSelectElement)[],
): Control {
  const element = el("p", { class: "why", id: freshId("why"), hidden: true });
  for (const input of inputs) input.setAttribute("aria-describedby", element.id);
  return {
    element,
    follow(settings) {
      const idle = whyIdle(name, settings, app.own);
      for (const input of inputs) input.disabled = idle !== null;
      const text = idle ?? caveat(name, settings);
      element.textContent = text;
      element.hidden = text === null;
    },
  };
}

function createSelect(
  app: App,
  name: SettingName,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  write: (text: string) => Partial<Settings>,
): Control {
  const id = freshId("field");
  const input = el("select", { id, name, onchange: () => app.update(write(input.value)) });
  for (const [value, text] of options) input.append(el("option", { value }, text));
  const why = reason(app, name, [input]);
  return {
    element: el("div", { class: "field" }, el("label", { for: id }, label), input, why.element),
    follow(settings) {
      input.value = String(settings[name]);
      why.follow(settings);
    },
  };
}

function createSlider(app: App, slide: Slide): Control {
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
  const why = reason(app, slide.name, [input]);
  const element = el(
    "div",
    { class: "field" },
    el("label", { for: id }, slide.label, output),
    input,
    why.element,
  );
  return {
    element,
    follow(settings) {
      input.value = String(slide.read(settings));
      output.textContent = slide.text(settings);
      input.setAttribute("aria-valuetext", slide.text(settings));
      element.hidden = slide.hidden?.(settings) ?? false;
      why.follow(settings);
    },
  };
}

function createChoice(
  app: App,
  name: SettingName,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
  hidden: ((settings: Settings) => boolean) | undefined,
): Control {
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
  const why = reason(app, name, inputs);
  const element = el(
    "div",
    { class: "field" },
    el("span", { class: "label", id }, label),
    el(
      "div",
      { class: "choice", role: "radiogroup", "aria-labelledby": id },
      ...options.map(([, text], index) => el("label", {}, inputs[index]!, text)),
    ),
    why.element,
  );
  return {
    element,
    follow(settings) {
      for (const input of inputs) input.checked = input.value === settings[name];
      element.hidden = hidden?.(settings) ?? false;
      why.follow(settings);
    },
  };
}

function createCheck(
  app: App,
  name: SettingName,
  label: string,
  read: (settings: Settings) => boolean,
  write: (value: boolean) => Partial<Settings>,
): Control {
  const input = el("input", { type: "checkbox", onchange: () => app.update(write(input.checked)) });
  const why = reason(app, name, [input]);
  return {
    element: el("div", { class: "field" }, el("label", { class: "check" }, input, label), why.element),
    follow(settings) {
      input.checked = read(settings);
      why.follow(settings);
    },
  };
}

export function createFields(app: App): Fields {
  const controls: Control[] = [];
  const add = (control: Control): HTMLElement => {
    controls.push(control);
    return control.element;
  };
  return {
    add,
    select: (name, label, options, write) => add(createSelect(app, name, label, options, write)),
    slider: (slide) => add(createSlider(app, slide)),
    choice: (name, label, options, hidden) => add(createChoice(app, name, label, options, hidden)),
    check: (name, label, read, write) => add(createCheck(app, name, label, read, write)),
    follow(settings) {
      for (const control of controls) control.follow(settings);
    },
  };
}
