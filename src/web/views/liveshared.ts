/** Shared energy in a running market: what members shared in each period as it is settled, and one's own part. */
import { type Carrier, carriers } from "../../units.js";
import { dataTable } from "../charts/figure.js";
import { el } from "../dom.js";
import { count, fixed } from "../format.js";
import type { Following, MarketFacts } from "../live/follow.js";
import { t } from "../say.js";
import { carrierWords } from "../words.js";
import { part, tile } from "./parts.js";

/** Periods in a table. */
const mostRows = 12;

const kwh = (quantity: bigint, { tick }: MarketFacts): string =>
  `${fixed(Number(quantity) * tick.quantity, 2)} kWh`;
/** Money in the market's currency, which stands beside it. */
const money = (amount: bigint, { tick }: MarketFacts): string => fixed(Number(amount) * tick.amount + 0, 4);

/** Whether a market takes no orders of a carrier, because what is metered of it is shared. */
export const isShared = ({ facts }: Following, carrier: Carrier): boolean => facts.shared.includes(carrier);

/** What was shared last, in place of what was ordered and traded. */
export function sharedTiles({ shared, facts, sees }: Following, carrier: Carrier): HTMLElement[] {
  if (sees === "own") {
    const [last] = shared.ownOf(carrier);
    const period = last === undefined ? t`nothing yet` : t`period ${count(last.period)}`;
    return [
      tile(t`I received last`, last === undefined ? "–" : kwh(last.received, facts), period),
      tile(t`I supplied last`, last === undefined ? "–" : kwh(last.supplied, facts), period),
      tile(t`Got for it, less paid`, last === undefined ? "–" : money(last.amount, facts), facts.currency),
    ];
  }
  const [last] = sees === "nothing" ? [] : shared.of(carrier);
  const nothing = sees === "nothing" ? t`shown to whom it belongs` : t`nothing yet`;
  const says = last === undefined ? nothing : carrierWords[carrier];
  return [
    tile(t`Shared last`, last === undefined ? "–" : kwh(last.quantity, facts), says),
    tile(t`Paid for it`, last === undefined ? "–" : money(last.amount, facts), facts.currency),
    tile(t`Settled up to period`, last === undefined ? "–" : count(last.period), says),
  ];
}

const sharedWords = ({ sees }: Following): string => {
  if (sees === "everything")
    return t`What members drew and gave in the same period, as the community’s key divides it: added up here from the records of each block, which are under the head that was checked. A correction settles a period again.`;
  return sees === "own"
    ? t`A private market does not disclose what was shared altogether. Your own part stands below, out of your records with their proofs.`
    : t`A private market does not disclose what was shared altogether. With your key, below, you see your own part.`;
};

/** The part of the view about what is shared of the carrier that is shown; hidden where that is traded. */
export function createShared(): {
  readonly element: HTMLElement;
  draw(following: Following, carrier: Carrier): void;
} {
  const note = el("p", { class: "note" });
  const table = el("div", {});
  const element = part(t`Shared energy`, "", note, table);
  element.hidden = true;
  return {
    element,
    draw(following, carrier) {
      const { shared, facts, sees } = following;
      element.hidden = !isShared(following, carrier);
      if (element.hidden) return;
      note.textContent = sharedWords(following);
      const periods = sees === "everything" ? shared.of(carrier).slice(0, mostRows) : [];
      table.replaceChildren(
        ...(periods.length === 0
          ? []
          : [
              dataTable({
                caption: t`Shared, by metered period`,
                columns: [t`Period`, t`Shared`, t`Paid, ${facts.currency}`, t`Settled in block`],
                rows: periods.map(({ period, quantity, amount, height }) => [
                  String(period),
                  kwh(quantity, facts),
                  money(amount, facts),
                  String(height),
                ]),
              }),
            ]),
      );
    },
  };
}

/** What whoever is watched received and supplied, the newest first; null in a market that shares nothing. */
export function ownShared({ shared, facts }: Following): HTMLElement | null {
  if (facts.shared.length === 0) return null;
  const rows = carriers
    .flatMap((carrier) => shared.ownOf(carrier))
    .sort((a, b) => b.period - a.period)
    .slice(0, mostRows);
  if (rows.length === 0)
    return el("p", { class: "note" }, t`Nothing of yours was shared in the blocks that are shown.`);
  const ofGrid = (quantity: bigint | null): string => (quantity === null ? "–" : kwh(quantity, facts));
  return dataTable({
    caption: t`Shared with neighbours; what you paid stands below zero`,
    columns: [
      t`Period`,
      t`Energy`,
      t`Received`,
      t`Supplied`,
      t`From the grid`,
      t`To the grid`,
      t`Amount, ${facts.currency}`,
      t`Settled in block`,
    ],
    rows: rows.map(({ carrier, period, received, supplied, fromGrid, toGrid, amount, height }) => [
      String(period),
      carrierWords[carrier],
      kwh(received, facts),
      kwh(supplied, facts),
      ofGrid(fromGrid),
      ofGrid(toGrid),
      money(amount, facts),
      String(height),
    ]),
  });
}
