/** The buttons that give the period back as files, with how far they have come and a way to end it. */
import type { App } from "../app.js";
import { download, el } from "../dom.js";
import { share } from "../format.js";
import { t } from "../say.js";
import { words } from "../trouble.js";

export function openDownloads(app: App): HTMLElement {
  const status = el("span", { class: "note", role: "status" });
  const make = (text: string, type: "csv" | "json", name: string): HTMLButtonElement => {
    let running: AbortController | null = null;
    const run = async (): Promise<void> => {
      const mine = new AbortController();
      running = mine;
      button.textContent = t`Cancel`;
      try {
        const file = await app.client.call(
          "file",
          { type, settings: app.settings() },
          {
            signal: mine.signal,
            onNews: (part) => {
              status.textContent = t`Writing ${name}: ${share(Math.floor(part * 100) / 100, 1)}`;
            },
          },
        );
        download(name, file);
        status.textContent = "";
      } catch (error) {
        status.textContent = mine.signal.aborted ? t`${name} was not written.` : words(error);
      } finally {
        button.textContent = text;
        running = null;
      }
    };
    const button: HTMLButtonElement = el(
      "button",
      { type: "button", class: "button", onclick: () => (running === null ? void run() : running.abort()) },
      text,
    );
    return button;
  };
  return el(
    "div",
    { class: "row downloads" },
    make(t`Download trades (CSV)`, "csv", "trades.csv"),
    make(t`Download everything (JSON)`, "json", "period.json"),
    status,
  );
}
