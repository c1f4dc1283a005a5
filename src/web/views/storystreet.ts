/** The story's screens on the street: the sun to spare, the bet, the two trades; and where to go in the end. */
import type { App } from "../app.js";
import { type Home, streetOf, type Way } from "../charts/street.js";
import { el } from "../dom.js";
import { clock, energy, price } from "../format.js";
import { t } from "../say.js";
import { defaults, type Settings } from "../settings/settings.js";
import { tariffs } from "../tariffs.js";
import type { OrderLine } from "../worker/period.js";
import type { Screen, Tale } from "./tale.js";

/** Names the trade at a place: who buys, how much, at which price. */
const tradeAt = ({ period, buyers }: Tale, place: number) => {
  const { bid, quantity, price: paid } = period.tradeLines![place]!;
  return { buyer: buyers.find(({ index }) => index === bid)!, quantity, paid };
};

/** What a buyer still lacks after all trades. */
const lacks = ({ quantity, direct, pooled }: OrderLine): number => quantity - direct - pooled;

/** The street after so many trades; the seller stands in the middle. */
function street(tale: Tale, trades: number, wishes: boolean): HTMLElement {
  const { seller, buyers } = tale;
  const done = Array.from({ length: trades }, (_, place) => tradeAt(tale, place));
  const homeOf = (buyer: OrderLine): Home => {
    const mine = done.filter((trade) => trade.buyer === buyer);
    return {
      name: buyer.name,
      sunny: false,
      says: wishes ? [t`wants ${energy(buyer.quantity)}`, t`pays at most ${price(buyer.price)}`] : [],
      got: mine.map(({ quantity }) => t`gets ${energy(quantity)}`).join(", "),
    };
  };
  const given = done.reduce((sum, { quantity }) => sum + quantity, 0);
  const sun: Home = {
    name: seller.name,
    sunny: true,
    says: [
      t`${energy(seller.quantity - given)} to spare`,
      ...(wishes ? [t`asks at least ${price(seller.price)}`] : []),
    ],
    got: "",
  };
  const now = done.at(-1);
  const ways: Way[] =
    now === undefined
      ? []
      : [
          {
            to: now.buyer === buyers[0] ? "left" : "right",
            text: t`${energy(now.quantity)} at ${price(now.paid)}`,
          },
        ];
  return streetOf([homeOf(buyers[0]), sun, homeOf(buyers[1])], ways);
}

export function introScreen(tale: Tale): Screen {
  const { seller, settings } = tale;
  return {
    title: t`Three homes, and sun to spare`,
    tale: t`It is ${clock(settings.time)} on a summer afternoon. The panels on ${seller.name} make more than the people below them use: ${energy(seller.quantity)} will be to spare in the next quarter of an hour. The grid would pay ${price(tariffs.electricity.feedIn)} for a kWh of it, and asks ${price(tariffs.electricity.retail)} of the neighbours for theirs. Could they not do better among themselves?`,
    stage: [street(tale, 0, false)],
    on: t`They can. How?`,
  };
}

export function betScreen(tale: Tale, bet: (name: string) => void): Screen {
  const { seller, buyers } = tale;
  return {
    title: t`Who will be served first?`,
    tale: t`Both neighbours want it. ${buyers[0].name} wants ${energy(buyers[0].quantity)} and would pay more; ${buyers[1].name} wants ${energy(buyers[1].quantity)}. ${seller.name} has ${energy(seller.quantity)}: not enough for both. Place your bet.`,
    stage: [
      street(tale, 0, true),
      el(
        "div",
        { class: "bets" },
        ...buyers.map(({ name }) =>
          el("button", { type: "button", class: "button main", onclick: () => bet(name) }, name),
        ),
      ),
    ],
    on: null,
  };
}

export function firstScreen(tale: Tale, bet: string | null): Screen {
  const { buyer, quantity, paid } = tradeAt(tale, 0);
  const other = tale.buyers.find((each) => each !== buyer)!;
  const verdict =
    bet === null
      ? ""
      : bet === buyer.name
        ? t`You said ${bet}: right. `
        : t`You said ${bet}: not this time. `;
  return {
    title: t`${buyer.name} is first`,
    tale:
      verdict +
      t`By the rule of this market a seller picks a buyer that it can supply completely. ${other.name} wants more than there is; ${buyer.name} can have all it wants: ${energy(quantity)} at ${price(paid)}, the price that it offered.`,
    stage: [street(tale, 1, true)],
    on: t`And the rest?`,
  };
}

export function restScreen(tale: Tale): Screen {
  const { buyer, quantity, paid } = tradeAt(tale, 1);
  return {
    title: t`Nothing is left over`,
    tale: t`Now the buyers choose, and a buyer picks a seller whose rest it can use up. ${buyer.name} takes all that is left: ${energy(quantity)} at ${price(paid)}, the least that ${tale.seller.name} asked. The ${energy(lacks(buyer))} that it still needs come from the grid, at ${price(tariffs.electricity.retail)}.`,
    stage: [street(tale, 2, true)],
    on: t`And over the whole day?`,
  };
}

export function endScreen(app: App, { settings }: Tale): Screen {
  const go = (text: string, change: Partial<Settings>, main = false): HTMLElement =>
    el(
      "button",
      { type: "button", class: main ? "button main" : "button", onclick: () => app.update(change) },
      text,
    );
  const street = { ...settings, block: -1 };
  return {
    title: t`Now it is yours`,
    tale: t`That was a market of three. The same rules serve a street, a town, or a million homes, over electricity, heat, cooling and gas; and everything you saw was computed in this browser, by the engine that runs a real one.`,
    stage: [
      el(
        "div",
        { class: "bets" },
        go(t`Walk through this period step by step`, { ...street, view: "period" }, true),
        go(t`A street of fourteen`, { ...defaults, currency: settings.currency, view: "period" }),
        go(t`The day of these three`, { ...street, view: "day" }),
        go(t`What other rules would have done`, { ...street, view: "compare" }),
      ),
    ],
    on: null,
  };
}
