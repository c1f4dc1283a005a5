/** My home in a running market: who one is, what one traded in the newest blocks, and an order of one's own. */

import { fail } from "../../errors.js";
import { type Carrier, carriers } from "../../units.js";
import { dataTable } from "../charts/figure.js";
import { el, freshId } from "../dom.js";
import { fixed } from "../format.js";
import { type Following, keyOfFile, type Watched, wantedFile } from "../live/follow.js";
import { counted, t } from "../say.js";
import { carrierWords } from "../words.js";
import { ownShared } from "./liveshared.js";
import { answer, busy, part } from "./parts.js";

const waitingWords = (pending: number): string =>
  counted(pending, t`1 receipt waits for the block.`, t`${pending} receipts wait for the block.`);
const said = (text: string): HTMLElement[] => [el("p", { class: "notice" }, text)];

/** The trades of whoever is watched, the newest first. */
function tradesOf({ community, facts, sees }: Following): HTMLElement {
  const tellsWhom = sees === "everything";
  const what = {
    sold: tellsWhom ? t`sold to` : t`sold`,
    bought: tellsWhom ? t`bought from` : t`bought`,
  } as const;
  const rows = community.blocks
    .toReversed()
    .flatMap(({ height, own }) =>
      own.map(({ carrier, side, whom, kwh, price }) => [
        String(height),
        carrierWords[carrier],
        what[side],
        ...(tellsWhom ? [whom ?? ""] : []),
        `${fixed(kwh, 2)} kWh`,
        fixed(price, 3),
      ]),
    )
    .slice(0, 12);
  if (rows.length === 0)
    return el("p", { class: "note" }, t`No trade of yours in the blocks that are shown.`);
  return dataTable({
    caption: t`Newest trades`,
    columns: [
      t`Block`,
      t`Energy`,
      t`What`,
      ...(tellsWhom ? [t`Whom`] : []),
      t`How much`,
      t`${facts.currency} per kWh`,
    ],
    rows,
  });
}

/** A labelled field of a form. */
function field(label: string, input: HTMLElement): HTMLElement {
  input.id = freshId("home");
  return el("div", { class: "field" }, el("label", { for: input.id }, label), input);
}

/** The form of an order. */
function orderForm(send: (order: Parameters<Following["client"]["order"]>[0]) => Promise<HTMLElement[]>) {
  const carrier = el(
    "select",
    {},
    ...carriers.map((each) => el("option", { value: each }, carrierWords[each])),
  );
  const side = el(
    "select",
    {},
    el("option", { value: "bid" }, t`buy`),
    el("option", { value: "offer" }, t`sell`),
  );
  const decimal = (): HTMLInputElement =>
    el("input", {
      inputmode: "decimal",
      required: true,
      pattern: "-?[0-9]+([.][0-9]+)?",
      autocomplete: "off",
    });
  const [quantity, price] = [decimal(), decimal()];
  const button = el("button", { class: "button" }, t`Sign and send`);
  const said = answer();
  return el(
    "form",
    {
      class: "order-form",
      onsubmit: (event: Event) => {
        event.preventDefault();
        void busy(button, said, () =>
          send({
            carrier: carrier.value as Carrier,
            side: side.value as "offer" | "bid",
            quantity: quantity.value,
            price: price.value,
          }),
        );
      },
    },
    el("h3", {}, t`An order for the open period`),
    field(t`Energy`, carrier),
    field(t`I`, side),
    field(t`How much, kWh`, quantity),
    field(t`Limit per kWh`, price),
    button,
    said,
  );
}

/** Leaves out of an order's form the carriers that are shared: of those no orders are taken. */
function leaveOut(form: HTMLFormElement, shared: readonly Carrier[]): void {
  const carrier = form.querySelector("select")!;
  for (const option of carrier.options) option.disabled = shared.some((each) => each === option.value);
  if (carrier.selectedOptions[0]?.disabled !== false)
    carrier.value = [...carrier.options].find(({ disabled }) => !disabled)?.value ?? "";
}

/** What a name and a key are good for in a market. */
const homeWords = (isPrivate: boolean): string =>
  isPrivate
    ? t`With your key the page signs: orders, and the question for what is yours, which this market shows to nobody without it. A name alone shows nothing.`
    : t`Your member’s name shows your trades. With your key the page signs: orders, and the question for your balance.`;

/** Makes the card; `watch` is called with who is watched from now on, null for nobody. */
export function openHome(watch: (watched: Watched | null) => Promise<void>): {
  readonly element: HTMLElement;
  draw(following: Following): void;
} {
  let watched: Watched | null = null;
  let now: Following | null = null;
  const name = el("input", { autocomplete: "off", maxlength: 64, required: true });
  const file = el("input", { type: "file", accept: ".key,application/json" });
  const button = el("button", { class: "button" }, t`Show`);
  const told = answer();
  const note = el("p", { class: "note" }, homeWords(false));
  const balance = el("p", { class: "note" });
  const trades = el("div", {});
  const order = orderForm(async (given) => {
    const receipt = await now!.client.order(given);
    return said(
      t`Taken: order ${receipt.number} of period ${receipt.period}. Its receipt is signed by the platform, and is held against the block when that falls.`,
    );
  });
  order.hidden = true;
  const form = el(
    "form",
    {
      class: "home-form",
      onsubmit: (event: Event) => {
        event.preventDefault();
        void busy(button, told, async () => {
          const chosen = file.files?.[0];
          const next = {
            participant: name.value.trim(),
            key: chosen === undefined ? null : await keyOfFile(chosen),
          };
          if (file.required && next.key === null) fail("invalid", "key", wantedFile(), t`none`);
          await watch(next);
          watched = next;
          order.hidden = next.key === null;
          if (next.key !== null)
            balance.textContent = t`Balance: ${await now!.client.balance()} ${now!.facts.currency}, as the service says.`;
          return [];
        });
      },
    },
    field(t`Member`, name),
    field(t`Key file, to sign: it stays here`, file),
    button,
  );
  const element = part(t`My home`, note, form, told, el("div", { class: "live" }, balance, trades, order));
  return {
    element,
    draw(following) {
      now = following;
      file.required = following.facts.isPrivate;
      leaveOut(order, following.facts.shared);
      note.textContent = homeWords(following.facts.isPrivate);
      if (watched === null) return;
      const pending = following.client.pending.length;
      const shares = ownShared(following);
      trades.replaceChildren(
        ...(shares === null ? [] : [shares]),
        ...(shares === null || following.community.blocks.some(({ own }) => own.length > 0)
          ? [tradesOf(following)]
          : []),
        ...(pending > 0 ? [el("p", { class: "note" }, waitingWords(pending))] : []),
      );
    },
  };
}
