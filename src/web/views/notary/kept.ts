/** The ledgers that this browser keeps: to open again, also without a network, and to remove. */
import type { App } from "../../app.js";
import { el } from "../../dom.js";
import { count } from "../../format.js";
import { t } from "../../say.js";
import { words } from "../../trouble.js";
import type { KeptLedger } from "../../worker/notary/kept.js";
import { asking } from "../parts.js";

export interface KeptCard {
  readonly element: HTMLElement;
  /** Asks what is kept, and shows it. */
  refresh(): Promise<void>;
  show(kept: readonly KeptLedger[]): void;
}

/** Makes the card; `onOpen` is called with the market whose ledger a person wants to see. */
export function openKeptCard(app: App, onOpen: (marketId: string) => void): KeptCard {
  const list = el("div", { class: "stack" });
  const element = asking(t`Kept in this browser`, t`They stay here, and open without a network.`, list);
  async function ask(remove: string | null): Promise<void> {
    try {
      show(await app.client.call("kept", { remove }));
    } catch (error) {
      list.replaceChildren(
        el("p", { class: "note" }, t`This browser keeps nothing for this page: ${words(error)}`),
        el("p", { class: "note" }, t`Everything else works without that; a ledger can be saved as a file.`),
      );
    }
  }
  const row = ({ marketId, blocks }: KeptLedger): HTMLElement => {
    const short = `${marketId.slice(0, 16)}…`;
    return el(
      "div",
      { class: "row" },
      el("span", { class: "hash", title: marketId }, short),
      el("span", { class: "note" }, t`${count(blocks)} blocks`),
      el(
        "button",
        {
          type: "button",
          class: "button",
          "aria-label": t`Open the ledger ${short}`,
          onclick: () => onOpen(marketId),
        },
        t`Open`,
      ),
      el(
        "button",
        {
          type: "button",
          class: "button plain",
          "aria-label": t`Remove the ledger ${short}`,
          onclick: () => void ask(marketId),
        },
        t`Remove`,
      ),
    );
  };
  function show(kept: readonly KeptLedger[]): void {
    list.replaceChildren(
      ...(kept.length === 0
        ? [el("p", { class: "note" }, t`Nothing yet: a ledger that holds can be kept.`)]
        : kept.map(row)),
    );
  }
  return { element, refresh: () => ask(null), show };
}
