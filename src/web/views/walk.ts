/** "Walk through this period": the queues, a sentence a step, and play, step and back. */
import type { App } from "../app.js";
import type { Table } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createQueue } from "../charts/queue.js";
import { el } from "../dom.js";
import { energy } from "../format.js";
import { t } from "../say.js";
import { defaults, type Settings } from "../settings/settings.js";
import { mechanismWords } from "../words.js";
import { poolLimitOf, type Step, type Walk, walkPeriod } from "../worker/explain.js";
import type { OrderLine, PeriodResult } from "../worker/period.js";
import { hiddenTable, part } from "./parts.js";
import { openPlayer, type Player } from "./player.js";
import { type Cast, sentence } from "./sentences.js";

/** Whether the walk came to the same trades as the engine. */
function agrees(walk: Walk, result: PeriodResult): boolean {
  const mine = [
    ...walk.trades.map((trade) => ({ ...trade, pool: false })),
    ...walk.poolTrades.map((trade) => ({ ...trade, pool: true })),
  ];
  const theirs = result.tradeLines ?? [];
  return (
    mine.length === theirs.length &&
    walk.clearingPrice === result.clearingPrice &&
    mine.every((trade, index) => {
      const other = theirs[index]!;
      return (
        trade.pool === other.pool &&
        trade.offer === other.offer &&
        trade.bid === other.bid &&
        trade.quantity === other.quantity &&
        trade.price === other.price
      );
    })
  );
}

/** A walk, and who takes part in it. */
interface Told {
  readonly walk: Walk;
  readonly cast: Cast;
  readonly offers: readonly OrderLine[];
  readonly bids: readonly OrderLine[];
}

/** Makes the walk of a small period; null of one that is too large, or that the walk does not come to. */
function walkOf(result: PeriodResult): Told | null {
  if (result.walk !== "small" || result.orders === null) return null;
  const side = (name: OrderLine["side"]): OrderLine[] =>
    result.orders!.filter((order) => order.side === name);
  const [offers, bids] = [side("offer"), side("bid")];
  const { rules } = result;
  const walk = walkPeriod(offers, bids, rules); // stores' lots come behind the offers
  if (!agrees(walk, result)) return null;
  const cast: Cast = {
    offerNames: offers.map(({ name }) => name),
    sellers: result.offers,
    bidNames: bids.map(({ name }) => name),
    offerPrices: offers.map(({ price }) => price),
    bidPrices: bids.map(({ price }) => price),
    consents: offers.map(({ consent }) => consent),
    offerPoolLimits: offers.map(poolLimitOf),
    bidPoolLimits: bids.map(poolLimitOf),
    rules,
  };
  return { walk, cast, offers, bids };
}

/** The queues at a step as rows of a table, for those who can't see them. */
function queueRows({ cast }: Told, step: Step): string[][] {
  const rows = (queue: readonly number[], names: readonly string[], side: string, left: readonly number[]) =>
    queue.map((index, place) => [names[index]!, String(place + 1), side, energy(left[index]!)]);
  return [
    ...rows(step.offers, cast.offerNames, t`seller`, step.offerLeft),
    ...rows(step.bids, cast.bidNames, t`buyer`, step.bidLeft),
  ];
}

const queueTable = (told: Told, at: number): Table => ({
  caption: t`Step ${at + 1}: who stands where, and what they have left or still need`,
  columns: [t`Who`, t`Place`, t`Side`, t`Left`],
  rows: queueRows(told, told.walk.steps[at]!),
});

/** Shown instead of a walk: the market is too large for one, or the walk and the engine differ. */
function noWalk(app: App): { readonly element: HTMLElement; show(result: PeriodResult): void } {
  const text = el("p", {});
  const small = el(
    "button",
    { type: "button", class: "button", onclick: () => app.show(null, { members: defaults.members }) },
    t`Walk through a small one`,
  );
  return {
    element: el("div", { class: "notice", hidden: true }, text, el("p", {}, small)),
    show({ walk }) {
      const large = t`This market is too large to follow order by order; the curves below show all of it.`;
      text.textContent = {
        small: t`The walk came to other trades than the engine, so it is not shown. Please report this link.`,
        large,
        "large and cut": `${large} ${t`Plants that turn one energy into another, or lines that were full, had a say as well, so some orders are left unfilled among others that are filled.`}`,
        cut: t`In this period plants that turn one energy into another, or lines that were full, had a say as well. The walk knows neither, so it is not shown; the curves below show what was traded.`,
      }[walk];
    },
  };
}

const swatches = [
  ["supply-soft", t`a seller has this left`],
  ["demand-soft", t`a buyer still needs this`],
  ["storage-soft", t`battery, sells through the pool (not to scale)`],
  ["passed", t`passed over in this step`],
  ["ink", t`energy changing hands`],
] as const;

/** Where in the period a step lies. */
function createPhases(): {
  readonly element: HTMLElement;
  load(settings: Settings): void;
  mark(step: Step): void;
} {
  const element = el("ol", { class: "phases", "aria-label": t`Where in the period` });
  return {
    element,
    load({ mechanism, pool }) {
      element.replaceChildren(
        ...mechanismWords[mechanism].phases
          .filter(([phase]) => phase !== "pool" || pool)
          .map(([phase, name]) => el("li", { "data-phase": phase }, name)),
      );
    },
    mark(step) {
      for (const item of element.children)
        if ((item as HTMLElement).dataset.phase === step.phase) item.setAttribute("aria-current", "step");
        else item.removeAttribute("aria-current");
    },
  };
}

/** Makes the card. `onPick` is called with the order whose block was chosen. */
export function openWalk(
  app: App,
  onPick: (side: "offer" | "bid", index: number) => void,
): {
  readonly element: HTMLElement;
  show(result: PeriodResult, settings: Settings): void;
  stop(): void;
} {
  let told: Told | null = null;
  const say = el("p", { class: "walk-say", "aria-live": "polite" });
  const phases = createPhases();
  const queue = createQueue(onPick);
  const pace = (): number => app.settings().speed / 100;
  const player: Player = openPlayer({
    show,
    pace,
    wordsNow: () => say.textContent?.split(" ").length ?? 10,
  });
  const table = hiddenTable(t`Table: the queues at this step`, () =>
    told === null ? null : queueTable(told, player.at),
  );
  const stage = el(
    "div",
    {},
    say,
    player.element,
    phases.element,
    queue.element,
    legend(swatches),
    table.element,
  );
  const large = noWalk(app);
  const element = part(
    t`Walk through this period`,
    t`Width is quantity, height is price limit.`,
    stage,
    large.element,
  );
  element.addEventListener("keydown", player.onKey);

  /** Shows a step and returns its sentence. */
  function show(at: number): string {
    const step = told?.walk.steps[at];
    if (told === null || step === undefined) return "";
    const text = sentence(step, told.walk, told.cast);
    say.textContent = text;
    phases.mark(step);
    table.refresh();
    queue.show(step, `${t`The queues at step ${at + 1}.`} ${text}`, pace());
    return text;
  }

  return {
    element,
    stop: player.stop,
    show(result, settings) {
      told = walkOf(result);
      stage.hidden = told === null;
      large.element.hidden = told !== null;
      large.show(result);
      if (told !== null) {
        const { cast, offers, bids } = told;
        queue.load({ offers, bids, offerNames: cast.offerNames, bidNames: cast.bidNames });
        phases.load(settings);
      }
      player.load(told?.walk.steps.length ?? 0);
    },
  };
}
