/**
 * uPlot asks the browser for its language when it is loaded, and throws where that is no language tag (as on systems
 * set to the locale "C"). Has to be called before it is loaded.
 */
export function mendLanguage(): void {
  try {
    new Intl.NumberFormat(navigator.language);
  } catch {
    Object.defineProperty(navigator, "language", { value: "en-GB", configurable: true });
  }
}
