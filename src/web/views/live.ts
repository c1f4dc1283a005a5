/** Live: the market that is served beside the page, as it runs, checked here. */
import { type Carrier, carriers } from "../../units.js";
import type { App, View } from "../app.js";
import { createFigure, dataTable, type Figure, type Table } from "../charts/figure.js";
import { createPrices } from "../charts/prices.js";
import { el, freshId } from "../dom.js";
import { count, fixed } from "../format.js";
import { type LiveBlock, type LiveCommunity, type LivePrices, ownPrices } from "../live/community.js";
import {
  type Following,
  follow,
  type MarketFacts,
  marketBeside,
  secondsTo,
  type Watched,
} from "../live/follow.js";
import { counted, locale, t } from "../say.js";
import type { Settings } from "../settings/settings.js";
import { createTrouble, words } from "../trouble.js";
import { carrierWords } from "../words.js";
import { openHome } from "./livehome.js";
import { createShared, isShared, sharedTiles } from "./liveshared.js";
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
/** The prices in a block that are shown: everybody's, or in a private market one's own. */
const pricesIn = (block: LiveBlock, carrier: Carrier, sees: Following["sees"]): LivePrices | null =>
  sees === "everything" ? (block.carriers[carrier]?.prices ?? null) : ownPrices(block, carrier);
const priceRange = (block: LiveBlock | undefined, carrier: Carrier, sees: Following["sees"]): string => {
  const prices = block === undefined ? null : pricesIn(block, carrier, sees);
  if (prices === null) return t`none`;
  const { lowest, highest } = prices;
  return lowest === highest ? fixed(lowest, 3) : t`${fixed(lowest, 3)} to ${fixed(highest, 3)}`;
};

/** A sum of a block; where none was told it is nothing, unless the market keeps sums of few members to itself. */
const sumOf = (energy: number | undefined, { leastMembers }: MarketFacts): string =>
  energy === undefined && leastMembers > 0 ? "–" : kwh(energy ?? 0);

/** Whether there are prices of a carrier, and they are shown. */
const hasPrices = ({ facts, sees }: Pick<Following, "facts" | "sees">, carrier: Carrier): boolean =>
  sees !== "nothing" && !facts.shared.includes(carrier);

/** Blocks in a table, the newest first. */
const blocksTable = (
  { community: { blocks, verified }, facts, sees }: Following,
  carrier: Carrier,
): Table => ({
  caption: t`Newest blocks`,
  columns: [
    t`Block`,
    t`Sealed`,
    t`Orders`,
    t`Trades`,
    ...(facts.shared.includes(carrier) ? [] : [t`Local`, t`From the grid`, t`To the grid`]),
    ...(hasPrices({ facts, sees }, carrier) ? [sees === "own" ? t`My price` : t`Price`] : []),
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
        ...(facts.shared.includes(carrier)
          ? []
          : [energy?.traded, energy?.imported, energy?.exported].map((sum) => sumOf(sum, facts))),
        ...(hasPrices({ facts, sees }, carrier) ? [priceRange(block, carrier, sees)] : []),
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

/** The orders that stand in the open period, as far as they are shown. */
function ordersTile({ community, sees }: Following, carrier: Carrier): HTMLElement {
  if (sees === "nothing") return tile(t`Orders now`, "–", t`shown to whom they belong`);
  const open = community.open(carrier);
  return tile(
    sees === "own" ? t`My orders now` : t`Orders now`,
    count(open.offers.orders + open.bids.orders),
    sidesWords(open),
  );
}

/** The price in the newest block, as far as it is shown. */
function priceTile({ community, facts, sees }: Following, carrier: Carrier): HTMLElement {
  if (sees === "nothing") return tile(t`Last price`, "–", t`shown to whoever traded`);
  return tile(
    sees === "own" ? t`My last price` : t`Last price`,
    priceRange(community.blocks.at(-1), carrier, sees),
    t`${facts.currency} per kWh`,
  );
}

/** What a private market shows, and to whom. */
const privacyWords = ({ facts: { leastMembers }, sees }: Following): string =>
  leastMembers > 0
    ? `${shownWords(sees)} ${t`Sums of fewer than ${leastMembers} members are shown to nobody.`}`
    : shownWords(sees);
const shownWords = (sees: Following["sees"]): string =>
  sees === "own"
    ? t`A private market: beside the sums of each block you see your own orders, trades and prices, and nobody else’s. Nobody else sees yours but the platform, its operator and auditors.`
    : t`A private market: everybody is shown what each block came to in sums, and can check that the chain holds. Orders, trades and prices are shown to the member that they belong to; with your key, below, you see yours.`;

/** Draws the prices that are shown, and their table. */
function drawPrices(
  { community, facts, sees }: Following,
  carrier: Carrier,
  chart: ReturnType<typeof createPrices>,
  figure: Figure,
): void {
  const points = community.blocks.map((block) => ({
    height: block.height,
    prices: pricesIn(block, carrier, sees),
  }));
  const text =
    sees === "own"
      ? t`${carrierWords[carrier]}: lowest to highest price of your own trades per kWh in ${facts.currency}, by block.`
      : t`${carrierWords[carrier]}: lowest to highest price paid per kWh in ${facts.currency}, by block.`;
  chart.show(points, text, sees === "own" ? t`No prices of yours yet.` : t`No prices yet.`);
  figure.describe(text, () => ({
    caption: t`Prices by block`,
    columns: [t`Block`, t`Lowest`, t`Highest`],
    rows: points.map(({ height, prices }) => [
      String(height),
      prices === null ? t`none` : fixed(prices.lowest, 3),
      prices === null ? t`none` : fixed(prices.highest, 3),
    ]),
  }));
}

/** What there is of the market when it is followed. */
function createMarket(app: App) {
  const tiles = tileRow();
  const lie = el("div", { class: "notice bad", role: "alert", hidden: true });
  const privacy = el("p", { class: "note", hidden: true });
  const chart = createPrices();
  const figure = createFigure(t`Prices`, "");
  figure.body.append(chart.element);
  const shared = createShared();
  const blocks = el("div", {});
  const element = el(
    "div",
    { class: "live" },
    lie,
    privacy,
    tiles,
    figure.element,
    shared.element,
    part(t`Blocks`, "", blocks),
  );

  const tilesOf = (following: Following, carrier: Carrier): HTMLElement[] => {
    const { community, facts } = following;
    const { gate, verified } = community;
    const last = community.blocks.at(-1);
    const closes = gate?.closesMs ?? null;
    return [
      tile(t`Open period`, gate === null ? "–" : count(gate.period), t`market ${facts.id.slice(0, 12)}…`),
      tile(t`Gate closes in`, closes === null ? "–" : `${secondsTo(closes, Date.now())} s`, ""),
      ...(isShared(following, carrier)
        ? sharedTiles(following, carrier)
        : [
            ordersTile(following, carrier),
            priceTile(following, carrier),
            tile(t`Traded here last`, sumOf(last?.carriers[carrier]?.traded, facts), carrierWords[carrier]),
          ]),
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
      privacy.hidden = !facts.isPrivate;
      if (facts.isPrivate) privacy.textContent = privacyWords(following);
      figure.element.hidden = !hasPrices(following, carrier);
      shared.draw(following, carrier);
      this.tick(following);
      lie.hidden = community.lie === null;
      if (community.lie !== null)
        lie.textContent = t`The service told what is not so, and is followed no further: ${community.lie}`;
      drawPrices(following, carrier, chart, figure);
      const scrolled = blocks.firstElementChild?.scrollLeft ?? 0;
      blocks.replaceChildren(dataTable(blocksTable(following, carrier)));
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
