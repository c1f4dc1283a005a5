/** The choice of the page's language. */
import { el } from "./dom.js";
import { type Language, language, languages, prefer, t } from "./say.js";

/** Puts the choice in place; another language opens the page again, where it was. */
export function openLanguage(host: HTMLElement): void {
  const select = el(
    "select",
    { "aria-label": t`Language`, onchange: () => prefer(select.value as Language) },
    ...Object.entries(languages).map(([code, name]) => el("option", { value: code, lang: code }, name)),
  );
  select.value = language();
  host.append(select);
}
