/** The buttons that take the day's ledger from the page: to the notary, and as a file for somebody else. */
import type { App } from "../app.js";
import { download, el } from "../dom.js";
import { handOver } from "../handed.js";
import { t } from "../say.js";
import { words } from "../trouble.js";

/** Makes the buttons; `key` names the day that is shown. */
export function forNotary(app: App, key: () => string): HTMLElement {
  const status = el("span", { class: "note", role: "status" });
  const save = async (): Promise<void> => {
    try {
      download("ledger.gclf", await app.client.call("saved", { ledger: key() }));
      status.textContent = t`Saved as ledger.gclf: send it to somebody, or drop it on the notary.`;
    } catch (error) {
      status.textContent = words(error);
    }
  };
  const button = (text: string, onclick: () => void): HTMLElement =>
    el("button", { type: "button", class: "button", onclick }, text);
  return el(
    "div",
    { class: "row downloads", hidden: true },
    button(t`Have all of it checked by the notary`, () => {
      handOver({ from: "day", ledger: key() });
      app.update({ view: "notary" });
    }),
    button(t`Save it as a ledger file`, () => void save()),
    status,
  );
}
