/** Light or dark, as the system has it or as the person chose. */
import { el } from "./dom.js";
import { t } from "./say.js";

const themes = ["auto", "light", "dark"] as const;
type Theme = (typeof themes)[number];
/** What the button says of a theme, and what it says to those who can't see that it is one. */
const names: Record<Theme, readonly [shown: string, label: string]> = {
  auto: [t`Theme: system`, t`Theme: system. Change`],
  light: [t`Theme: light`, t`Theme: light. Change`],
  dark: [t`Theme: dark`, t`Theme: dark. Change`],
};
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
    const [shown, label] = names[theme];
    button.textContent = shown;
    button.setAttribute("aria-label", label);
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
