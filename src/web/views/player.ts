/** The buttons and the slider that go through the steps of a walk, by hand or by themselves. */
import { el } from "../dom.js";
import { t } from "../say.js";
import { icon } from "./icons.js";

const playPath = "M4 2.5v11l9-5.5z";
const pausePath = "M4 3h3v10H4zM9 3h3v10H9z";

/** What a player drives. */
export interface Played {
  /** Shows a step and returns it in words. */
  show(at: number): string;
  /** Speed, 1 for normal. */
  pace(): number;
  /** Number of words that stand there now: they take time to read. */
  wordsNow(): number;
}

export interface Player {
  readonly element: HTMLElement;
  /** The step that is shown. */
  readonly at: number;
  /** Begins a walk of so many steps; 0: there is none. */
  load(steps: number): void;
  stop(): void;
  /** Left and right step, unless somebody else has use for the key. */
  onKey(event: KeyboardEvent): void;
}

const iconButton = (label: string, path: string, act: () => void): HTMLButtonElement =>
  el(
    "button",
    { type: "button", class: "button", "aria-label": label, title: label, onclick: act },
    icon(path),
  );

/** The button that plays and pauses. */
function playButton(onClick: () => void): { readonly element: HTMLElement; show(playing: boolean): void } {
  const label = el("span", {}, t`Play`);
  const sign = icon(playPath);
  return {
    element: el("button", { type: "button", class: "button main", onclick: onClick }, sign, label),
    show(playing) {
      label.textContent = playing ? t`Pause` : t`Play`;
      sign.firstElementChild!.setAttribute("d", playing ? pausePath : playPath);
    },
  };
}

/** The buttons of single steps; `go` is called with how far, or to which end. */
const stepButtons = (go: (to: number | "start" | "end") => void): HTMLButtonElement[] => [
  iconButton(t`First step`, "M3 3h2v10H3zM13 3v10L6 8z", () => go("start")),
  iconButton(t`Step back`, "M11.5 3v10L4.5 8z", () => go(-1)),
  iconButton(t`Next step`, "M4.5 3v10l7-5z", () => go(1)),
  iconButton(t`Last step`, "M11 3h2v10h-2zM3 3v10l7-5z", () => go("end")),
];

/** There is nothing to step through before the first result; a click that came too early would be lost. */
function allow(bar: HTMLElement, steps: boolean): void {
  for (const control of bar.querySelectorAll<HTMLButtonElement | HTMLInputElement>("button, input"))
    control.disabled = !steps;
}

export function openPlayer(played: Played): Player {
  let [at, steps, timer] = [0, 0, 0];
  const place = el("input", { type: "range", min: 0, max: 0, "aria-label": t`Step of the walk` });
  const number = el("span", { class: "number" });
  const play = playButton(() => (timer === 0 ? start() : stop()));
  const element = el(
    "div",
    { class: "walk-bar" },
    play.element,
    ...stepButtons((to) => byHand(to === "end" ? steps - 1 : to === "start" ? 0 : at + to)),
    place,
    number,
  );
  place.addEventListener("input", () => byHand(Number(place.value)));

  const stop = (): void => {
    clearTimeout(timer);
    timer = 0;
    play.show(false);
  };
  function start(): void {
    if (steps === 0) return;
    play.show(true);
    tick(at >= steps - 1 ? 0 : at);
  }
  function next(): void {
    if (at >= steps - 1) stop();
    else tick(at + 1);
  }
  function tick(to: number): void {
    go(to);
    timer = window.setTimeout(next, (900 + played.wordsNow() * 85) / played.pace());
  }
  function go(to: number): void {
    if (steps === 0) return;
    at = Math.max(0, Math.min(steps - 1, to));
    const text = played.show(at);
    place.value = String(at);
    place.setAttribute("aria-valuetext", t`Step ${at + 1} of ${steps}: ${text}`);
    number.textContent = `${at + 1} / ${steps}`;
  }
  /** A step taken by hand stops the play. */
  function byHand(to: number): void {
    stop();
    go(to);
  }
  allow(element, false);
  return {
    element,
    get at() {
      return at;
    },
    load(count) {
      stop();
      steps = count;
      at = 0;
      place.max = String(Math.max(0, count - 1));
      allow(element, count > 0);
      go(0);
    },
    stop,
    onKey(event) {
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (move === undefined || steps === 0 || event.target === place) return;
      event.preventDefault();
      byHand(at + move);
    },
  };
}
