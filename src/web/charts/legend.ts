/** Legends, and the note that follows the pointer. */
import { el } from "../dom.js";

/** A legend: a swatch's class and what it stands for. */
export function legend(entries: readonly (readonly [swatch: string, text: string])[]): HTMLElement {
  return el(
    "ul",
    { class: "legend" },
    ...entries.map(([swatch, text]) =>
      el("li", {}, el("span", { class: `swatch ${swatch}`, "aria-hidden": "true" }), text),
    ),
  );
}

/** The note that follows the pointer or the keyboard over a chart. */
export function createTip(host: HTMLElement): { say(text: string, x: number): void; hide(): void } {
  const tip = el("div", { class: "tip", "aria-hidden": "true", hidden: true });
  host.append(tip);
  return {
    say(text, x) {
      tip.textContent = text;
      tip.hidden = false;
      const room = host.clientWidth - tip.offsetWidth;
      tip.style.transform = `translateX(${Math.max(0, Math.min(room, x + 14))}px)`;
    },
    hide() {
      tip.hidden = true;
    },
  };
}
