import type { App } from "../app.js";
import { el, freshId } from "../dom.js";
import type { Settings } from "./settings.js";

/** One control: its element and how it follows the settings. */
export interface Control {
  readonly element: HTMLElement;
  follow(settings: Settings): void;
}

/** What a slider between `least` and `most` shows and sets. */
export interface Slide {
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

/** Makes controls that write what they are set to into the settings, and follow them. */
export interface Fields {
  select<K extends keyof Settings>(
    name: K,
    label: string,
    options: readonly (readonly [value: string, text: string])[],
    write: (text: string) => Partial<Settings>,
  ): HTMLElement;
  slider(slide: Slide): HTMLElement;
  choice<K extends keyof Settings>(
    name: K,
    label: string,
    options: readonly (readonly [value: Settings[K] & string, text: string])[],
    hidden?: (settings: Settings) => boolean,
  ): HTMLElement;
  check(
    label: string,
    read: (settings: Settings) => boolean,
    write: (value: boolean) => Partial<Settings>,
  ): HTMLElement;
  /** Keeps a control made elsewhere up to date with the others. */
  add(control: Control): HTMLElement;
  /** Brings every control up to date. */
  follow(settings: Settings): void;
}

export function createFields(app: App): Fields {
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

  const check: Fields["check"] = (label, read, write) => {
    const input = el("input", { type: "checkbox", onchange: () => app.update(write(input.checked)) });
    return add({
      element: el("label", { class: "check" }, input, label),
      follow: (settings) => {
        input.checked = read(settings);
      },
    });
  };

  return {
    select,
    slider,
    choice,
    check,
    add,
    follow(settings) {
      for (const control of controls) control.follow(settings);
    },
  };
}
