/** Live: the market that is served beside the page, as it runs, checked here. */
import { type Carrier, carriers } from "../../units.js";
import type { App, View } from "../app.js";
import { createFigure, dataTable, type Table } from "../charts/figure.js";
import { createPrices } from "../charts/prices.js";
import { el, freshId } from "../dom.js";
import { count, fixed } from "../format.js";
import type { LiveBlock, LiveCommunity } from "../live/community.js";
import { type Following, follow, marketBeside, secondsTo, type Watched } from "../live/follow.js";
import { counted, locale, t } from "../say.js";
import type { Settings } from "../settings/settings.js";
import { createTrouble, words } from "../trouble.js";
import { carrierWords } from "../words.js";
import { openHome } from "./livehome.js";
import { head, part, tile, tileRow } from "./parts.js";

const leadText = t`A market as it runs: orders as they come, blocks as they fall. Every head is checked in this browser: signed by the platform, and grown out of all that were seen before.`;

/** What stands here where the page is served without a market. */
const without = (): HTMLElement =>
  part(
    t`No market here`,
    t`This page is served without a market. A community’s own runs on one machine:`,
    el("pre", {}, el("code", {}, "npx gridclear serve MARKET.json")),
    el(
      "p",
      {},
      t`prints its address; the page stands below it, at /page/, and this view follows the market.`,
    ),
  );

const blocksWords = (value: number): string =>
  counted(value, t`1 block`, t`${count(value)} blocks`, t`no blocks`);
const kwh = (value: number): string => `${fixed(value, 2)} kWh`;
const priceRange = (block: LiveBlock | undefined, carrier: Carrier): string => {
  const prices = block?.carriers[carrier]?.prices ?? null;
  if (prices === null) return t`none`;
  const { lowest, highest } = prices;
  return lowest === highest ? fixed(lowest, 3) : t`${fixed(lowest, 3)} to ${fixed(highest, 3)}`;
};

/** Blocks in a table, the newest first. */
const blocksTable = ({ blocks, verified }: LiveCommunity, carrier: Carrier): Table => ({
  caption: t`Newest blocks`,
  columns: [
    t`Block`,
    t`Sealed`,
    t`Orders`,
    t`Trades`,
    t`Local`,
    t`From the grid`,
    t`Price`,
    t`Hash`,
    t`Checked`,
  ],
  rows: blocks
    .slice(-12)
    .reverse()
    .map((block) => {
      const energy = block.carriers[carrier];
      return [
        String(block.height),
        new Date(block.timestampMs).toLocaleTimeString(locale()),
        count(block.orders),
        count(block.trades),
        kwh(energy?.traded ?? 0),
        kwh(energy?.imported ?? 0),
        priceRange(block, carrier),
        `${block.hash.slice(0, 12)}…`,
        verified !== null && block.height < verified ? t`yes` : t`not yet`,
      ];
    }),
});

/** The orders of the open period by side. */
const sidesWords = ({ offers, bids }: ReturnType<LiveCommunity["open"]>): string =>
  [
    counted(
      offers.orders,
      t`1 offer of ${kwh(offers.kwh)}`,
      t`${count(offers.orders)} offers of ${kwh(offers.kwh)}`,
      t`no offers`,
    ),
    counted(
      bids.orders,
      t`1 bid for ${kwh(bids.kwh)}`,
      t`${count(bids.orders)} bids for ${kwh(bids.kwh)}`,
      t`no bids`,
    ),
  ].join(", ");

/** What there is of the market when it is followed. */
function createMarket(app: App) {
  const tiles = tileRow();
  const lie = el("div", { class: "notice bad", role: "alert", hidden: true });
  const chart = createPrices();
  const figure = createFigure(t`Prices`, "");
  figure.body.append(chart.element);
  const blocks = el("div", {});
  const element = el("div", { class: "live" }, lie, tiles, figure.element, part(t`Blocks`, "", blocks));

  const tilesOf = ({ community, facts }: Following, carrier: Carrier): HTMLElement[] => {
    const { gate, verified } = community;
    const open = community.open(carrier);
    const last = community.blocks.at(-1);
    const closes = gate?.closesMs ?? null;
    const sides = facts.isPrivate ? t`private: nobody sees another’s` : sidesWords(open);
    return [
      tile(t`Open period`, gate === null ? "–" : count(gate.period), t`market ${facts.id.slice(0, 12)}…`),
      tile(t`Gate closes in`, closes === null ? "–" : `${secondsTo(closes, Date.now())} s`, ""),
      tile(t`Orders now`, facts.isPrivate ? "–" : count(open.offers.orders + open.bids.orders), sides),
      tile(t`Last price`, priceRange(last, carrier), t`${facts.currency} per kWh`),
      tile(t`Traded here last`, kwh(last?.carriers[carrier]?.traded ?? 0), carrierWords[carrier]),
      tile(t`Checked here`, verified === null ? "–" : blocksWords(verified), t`up to the newest head`),
    ];
  };

  return {
    element,
    tick(following: Following): void {
      tiles.replaceChildren(...tilesOf(following, app.settings().carrier));
    },
    draw(following: Following): void {
      const { community, facts } = following;
      const { carrier } = app.settings();
      this.tick(following);
      lie.hidden = community.lie === null;
      if (community.lie !== null)
        lie.textContent = t`The service told what is not so, and is followed no further: ${community.lie}`;
      const points = community.blocks.map((block) => ({
        height: block.height,
        prices: block.carriers[carrier]?.prices ?? null,
      }));
      const text = t`${carrierWords[carrier]}: lowest to highest price paid per kWh in ${facts.currency}, by block.`;
      chart.show(points, text);
      figure.describe(text, () => ({
        caption: t`Prices by block`,
        columns: [t`Block`, t`Lowest`, t`Highest`],
        rows: points.map(({ height, prices }) => [
          String(height),
          prices === null ? t`none` : fixed(prices.lowest, 3),
          prices === null ? t`none` : fixed(prices.highest, 3),
        ]),
      }));
      const scrolled = blocks.firstElementChild?.scrollLeft ?? 0;
      blocks.replaceChildren(dataTable(blocksTable(community, carrier)));
      blocks.firstElementChild!.scrollLeft = scrolled;
    },
  };
}

/** What follows the market at an address while it is wanted, as one person or nobody; the last one wanted alone. */
function createFollower(url: string, drawn: (following: Following) => void) {
  let following: Following | null = null;
  let watched: Watched | null = null;
  let asked = 0;
  const trouble = createTrouble(() => void follower.begin().catch(() => {}));
  const follower = {
    element: trouble.element,
    get following() {
      return following;
    },
    /** Follows from now on, as whoever is watched. Throws what went wrong, once it is shown. */
    async begin(as: Watched | null = watched): Promise<void> {
      this.end();
      watched = as;
      const own = asked;
      trouble.hide();
      try {
        const next = await follow(url, as, (error) => {
          if (own !== asked || following === null) return;
          if (error !== undefined) trouble.show(t`The market can be followed no further.`, words(error));
          else drawn(following);
        });
        if (own !== asked) return next.close();
        following = next;
        drawn(next);
      } catch (error) {
        if (own !== asked) return;
        trouble.show(t`The market could not be followed.`, words(error));
        throw error;
      }
    },
    end(): void {
      asked += 1;
      following?.close();
      following = null;
    },
  };
  return follower;
}

/** Opens the view; the market is followed while it is shown. */
export function openLive(app: App): View {
  const url = marketBeside();
  const lead = el("p", { class: "lead" }, leadText);
  if (url === null)
    return { element: el("div", { class: "view" }, head(t`Live`, lead), without()), show: () => {} };

  let isShown = false;
  const market = createMarket(app);
  const follower = createFollower(url, draw);
  const home = openHome((watched) => follower.begin(watched));
  const carrier = el(
    "select",
    {
      id: freshId("live"),
      onchange: () => app.update({ carrier: carriers.find((each) => each === carrier.value)! }),
    },
    ...carriers.map((each) => el("option", { value: each }, carrierWords[each])),
  );
  const element = el(
    "div",
    { class: "view" },
    head(t`Live`, lead),
    el("p", { class: "field short" }, el("label", { for: carrier.id }, t`Energy`), carrier),
    follower.element,
    market.element,
    home.element,
  );
  function draw(following: Following): void {
    market.draw(following);
    home.draw(following);
    if (following.community.verified !== null) element.dataset.ready = "";
  }
  setInterval(() => {
    if (follower.following !== null) market.tick(follower.following);
  }, 1000);
  return {
    element,
    show(settings: Settings) {
      carrier.value = settings.carrier;
      if (isShown && follower.following !== null) return draw(follower.following);
      if (isShown) return;
      isShown = true;
      follower.begin().catch(() => {});
    },
    hide() {
      isShown = false;
      follower.end();
    },
  };
}
