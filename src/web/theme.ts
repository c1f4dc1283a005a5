/** Light or dark, as the system has it or as the person chose. */
import { el } from "./dom.js";

const themes = ["auto", "light", "dark"] as const;
type Theme = (typeof themes)[number];
const names: Record<Theme, string> = { auto: "system", light: "light", dark: "dark" };
const storageKey = "gridclear-theme";

/** The theme kept from an earlier visit; storage may be forbidden. */
function kept(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(storageKey)) ?? "auto";
  } catch {
    return "auto";
  }
}

/** Puts the button that goes through the themes in place; `theme` events on the window tell charts to redraw. */
export function openTheme(host: HTMLElement): void {
  let theme = kept();
  const button = el("button", { type: "button", class: "button plain" });
  const apply = (): void => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${names[theme]}`;
    button.setAttribute("aria-label", `Theme: ${names[theme]}. Change`);
    dispatchEvent(new Event("theme"));
  };
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length]!;
    try {
      localStorage.setItem(storageKey, theme);
    } catch {
      // The choice then holds until the page is closed.
    }
    apply();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
  apply();
  host.append(button);
}
