import type { App } from "../app.js";
import { dataTable } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createQueue } from "../charts/queue.js";
import { el, freshId, svg } from "../dom.js";
import { energy } from "../format.js";
import type { Settings } from "../settings/settings.js";
import { type Phase, type Walk, walkPeriod } from "../worker/explain.js";
import type { OrderLine, PeriodResult } from "../worker/period.js";
import { type Cast, sentence } from "./sentences.js";

const phaseNames: Record<Settings["mechanism"], readonly (readonly [Phase, string])[]> = {
  value: [
    ["start", "Orders"],
    ["A", "Phase A: sellers lead"],
    ["B", "Phase B: buyers lead"],
    ["pool", "Pool"],
    ["end", "Result"],
  ],
  merit: [
    ["start", "Orders"],
    ["merit", "Merit order"],
    ["pool", "Pool"],
    ["end", "Result"],
  ],
};

const icon = (path: string): SVGSVGElement =>
  svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: path }));
const playPath = "M4 2.5v11l9-5.5z";
const pausePath = "M4 3h3v10H4zM9 3h3v10H9z";

/** Whether the walk came to the same trades as the engine. */
export function agrees(walk: Walk, result: PeriodResult): boolean {
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

/** "Walk through this period": the queues, a sentence a step, and play, step and back. */
export function openWalk(
  app: App,
  onPick: (side: "offer" | "bid", index: number) => void,
): {
  readonly element: HTMLElement;
  show(result: PeriodResult, settings: Settings): void;
  stop(): void;
} {
  let walk: Walk | null = null;
  let cast: Cast | null = null;
  let at = 0;
  let timer = 0;
  const pace = (): number => app.settings().speed / 100;

  const title = freshId("walk");
  const say = el("p", { class: "walk-say", "aria-live": "polite" });
  const phases = el("ol", { class: "phases", "aria-label": "Where in the period" });
  const queue = createQueue(onPick);
  const place = el("input", { type: "range", min: 0, max: 0, "aria-label": "Step of the walk" });
  const number = el("span", { class: "number" });
  const button = (label: string, path: string, act: () => void, extra = ""): HTMLButtonElement =>
    el(
      "button",
      { type: "button", class: `button ${extra}`, "aria-label": label, title: label, onclick: act },
      icon(path),
    );
  const playLabel = el("span", {}, "Play");
  const playIcon = icon(playPath);
  const play = el(
    "button",
    { type: "button", class: "button main", onclick: () => (timer === 0 ? start() : stop()) },
    playIcon,
    playLabel,
  );
  const controls = el(
    "div",
    { class: "walk-bar" },
    play,
    button("First step", "M3 3h2v10H3zM13 3v10L6 8z", () => go(0)),
    button("Step back", "M11.5 3v10L4.5 8z", () => go(at - 1)),
    button("Next step", "M4.5 3v10l7-5z", () => go(at + 1)),
    button("Last step", "M11 3h2v10h-2zM3 3v10l7-5z", () => go(Number.POSITIVE_INFINITY)),
    place,
    number,
  );
  /** There is nothing to step through before the first result; a click that came too early would be lost. */
  const allow = (): void => {
    for (const control of controls.querySelectorAll<HTMLButtonElement | HTMLInputElement>("button, input"))
      control.disabled = walk === null;
  };
  allow();
  const behind = el("details", { class: "behind" }, el("summary", {}, "Table: the queues at this step"));
  behind.addEventListener("toggle", tabulate);
  const stage = el(
    "div",
    {},
    say,
    controls,
    phases,
    queue.element,
    legend([
      ["supply-soft", "a seller has this left"],
      ["demand-soft", "a buyer still needs this"],
      ["storage-soft", "a store, for the pool (cut short)"],
      ["ink", "a lot on its way"],
    ]),
    behind,
  );
  /** The queues as a table, for those who can't see them; made when it is opened and at every step after. */
  function tabulate(): void {
    const step = walk?.steps[at];
    if (!behind.open || step === undefined || cast === null) return;
    const { offerNames, bidNames } = cast;
    const table = dataTable({
      caption: `Step ${at + 1}: who stands where, and what they have left or still need`,
      columns: ["Who", "Place", "Side", "Left"],
      rows: [
        ...step.offers.map((index, place) => [
          offerNames[index]!,
          String(place + 1),
          "seller",
          energy(step.offerLeft[index]!),
        ]),
        ...step.bids.map((index, place) => [
          bidNames[index]!,
          String(place + 1),
          "buyer",
          energy(step.bidLeft[index]!),
        ]),
      ],
    });
    behind.replaceChildren(behind.firstElementChild!, table);
  }

  const large = el(
    "div",
    { class: "notice", hidden: true },
    el("p", {}, "This market is too large to follow order by order; the curves below show all of it."),
    el(
      "p",
      {},
      el(
        "button",
        { type: "button", class: "button", onclick: () => app.update({ orders: 14 }) },
        "Walk through a small one",
      ),
    ),
  );
  const element = el(
    "section",
    { class: "card", "aria-labelledby": title },
    el(
      "div",
      { class: "head" },
      el("h2", { id: title }, "Walk through this period"),
      el("p", { class: "note" }, "Width is quantity, height is price limit."),
    ),
    stage,
    large,
  );

  place.addEventListener("input", () => {
    stop();
    go(Number(place.value), false);
  });
  element.addEventListener("keydown", (event) => {
    if (walk === null || event.target === place) return;
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    go(at + move);
  });

  function stop(): void {
    clearTimeout(timer);
    timer = 0;
    playLabel.textContent = "Play";
    playIcon.firstElementChild!.setAttribute("d", playPath);
    say.setAttribute("aria-live", "polite");
  }
  function start(): void {
    if (walk === null) return;
    if (at >= walk.steps.length - 1) go(0, false);
    playLabel.textContent = "Pause";
    playIcon.firstElementChild!.setAttribute("d", pausePath);
    tick();
  }
  function tick(): void {
    const words = say.textContent?.split(" ").length ?? 10;
    timer = window.setTimeout(
      () => {
        if (walk === null || at >= walk.steps.length - 1) return stop();
        go(at + 1, false);
        tick();
      },
      (900 + words * 85) / pace(),
    );
  }
  /** Shows a step; a step taken by hand stops the play. */
  function go(to: number, byHand = true): void {
    if (walk === null || cast === null) return;
    if (byHand) stop();
    at = Math.max(0, Math.min(walk.steps.length - 1, to));
    const step = walk.steps[at]!;
    const text = sentence(step, walk, cast);
    say.textContent = text;
    place.value = String(at);
    place.setAttribute("aria-valuetext", `Step ${at + 1} of ${walk.steps.length}: ${text}`);
    number.textContent = `${at + 1} / ${walk.steps.length}`;
    for (const item of phases.children)
      if ((item as HTMLElement).dataset.phase === step.phase) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    tabulate();
    queue.show(step, `The queues at step ${at + 1}. ${text}`, pace());
  }

  return {
    element,
    stop,
    show(result, settings) {
      stop();
      const orders = result.walkable ? result.orders : null;
      stage.hidden = orders === null;
      large.hidden = orders !== null;
      walk = null;
      if (orders === null) return;
      const side = (name: OrderLine["side"]): OrderLine[] => orders.filter((order) => order.side === name);
      const [offers, bids] = [side("offer"), side("bid")];
      const rules: Cast["rules"] = {
        mechanism: settings.mechanism,
        pricing: settings.pricing,
        k: settings.blend * 10_000,
        pool: settings.pool ? { price: settings.poolPrice * 1000, lots: settings.lots } : null,
      };
      walk = walkPeriod(offers, bids, rules); // stores' lots come behind the offers
      if (!agrees(walk, result)) throw new Error("the walk and the engine came to different trades");
      cast = {
        offerNames: offers.map(({ name }) => name),
        sellers: result.offers,
        bidNames: bids.map(({ name }) => name),
        rules,
      };
      queue.load({ offers, bids, offerNames: cast.offerNames, bidNames: cast.bidNames });
      place.max = String(walk.steps.length - 1);
      phases.replaceChildren(
        ...phaseNames[settings.mechanism]
          .filter(([phase]) => phase !== "pool" || settings.pool)
          .map(([phase, name]) => el("li", { "data-phase": phase }, name)),
      );
      allow();
      go(0, false);
    },
  };
}
