/** How fast this browser clears and seals, against JavaScript written for the same work. */
import type { App, View } from "../app.js";
import { createFigure } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createLines } from "../charts/lines.js";
import { el } from "../dom.js";
import { count, duration, fixed } from "../format.js";
import { words } from "../trouble.js";
import type { Contender, Measured } from "../worker/bench.js";
import { head } from "./parts.js";

const series: readonly { contender: Contender; name: string; colour: string; dashed: boolean }[] = [
  { contender: "engine value", name: "gridclear, quantity × price", colour: "supply", dashed: false },
  { contender: "plain value", name: "JavaScript, quantity × price", colour: "supply", dashed: true },
  { contender: "engine merit", name: "gridclear, merit order", colour: "demand", dashed: false },
  { contender: "plain merit", name: "JavaScript, merit order", colour: "demand", dashed: true },
];
const nameOf = (contender: Contender): string => series.find((each) => each.contender === contender)!.name;
const whole = ({ clear, seal }: Measured): number => clear + seal;

/** What this browser says of the machine. */
function machine(): string {
  const agent = navigator as Navigator & {
    userAgentData?: { brands: readonly { brand: string; version: string }[]; platform: string };
    deviceMemory?: number;
  };
  const brand = agent.userAgentData?.brands.find(({ brand }) => !/not.?a.?brand/i.test(brand));
  const browser = brand
    ? `${brand.brand} ${brand.version} on ${agent.userAgentData!.platform}`
    : navigator.userAgent;
  const memory = agent.deviceMemory ? `, ${agent.deviceMemory} GiB of memory or more` : "";
  return `${browser}, ${navigator.hardwareConcurrency} logical processors${memory}`;
}

/** Both contenders of a mechanism at one size, if both were measured. */
function pairOf(measured: readonly Measured[], mechanism: "value" | "merit", orders: number) {
  const find = (contender: Contender) =>
    measured.find((each) => each.contender === contender && each.orders === orders);
  const [engine, plain] = [find(`engine ${mechanism}`), find(`plain ${mechanism}`)];
  return engine && plain ? { engine, plain } : null;
}

/** How much faster, clearing and sealing apart: they are different work. */
const against = (engine: Measured, plain: Measured): string =>
  `cleared in ${duration(engine.clear)} against ${duration(plain.clear)} in JavaScript (${fixed(plain.clear / engine.clear, 1)} times as fast), sealed in ${duration(engine.seal)} against ${duration(plain.seal)} (${fixed(plain.seal / engine.seal, 1)} times)`;

/** What was measured at the largest size, in sentences. */
export function summary(measured: readonly Measured[]): string {
  const sizes = [...new Set(measured.map(({ orders }) => orders))].sort((a, b) => b - a);
  const largest = sizes.find((orders) => pairOf(measured, "value", orders) !== null);
  if (largest === undefined) return "Measuring…";
  const { engine, plain } = pairOf(measured, "value", largest)!;
  const rate = count(Math.round(largest / (whole(engine) / 1000)));
  const parts = [
    `${count(largest)} orders by quantity × price ${against(engine, plain)}: ${rate} orders a second, sealed.`,
  ];
  const merit = pairOf(measured, "merit", largest);
  if (merit !== null) parts.push(`Merit order: ${against(merit.engine, merit.plain)}.`);
  return parts.join(" ");
}

/** Whether everyone who did the same work came to the same root. */
const agree = (measured: readonly Measured[]): boolean =>
  (["value", "merit"] as const).every((mechanism) =>
    measured.every(({ orders }) => {
      const pair = pairOf(measured, mechanism, orders);
      return pair === null || pair.engine.root === pair.plain.root;
    }),
  );

function benchFigure(): {
  readonly element: HTMLElement;
  draw(measured: readonly Measured[], text: string): void;
} {
  const chart = createLines();
  const figure = createFigure("Time to clear and seal one period", "");
  figure.body.append(
    chart.element,
    legend(series.map(({ colour, dashed, name }) => [`${colour}${dashed ? " dashed" : ""}`, name])),
  );
  chart.show([], "Nothing measured yet.");
  const pointsOf = (measured: readonly Measured[], contender: Contender) =>
    measured
      .filter((each) => each.contender === contender)
      .map((each) => [each.orders, whole(each)] as const);
  return {
    element: figure.element,
    draw(measured, text) {
      chart.show(
        series.map((line) => ({ ...line, points: pointsOf(measured, line.contender) })),
        `Time over number of orders, both in powers of ten. ${text}`,
      );
      figure.describe(
        agree(measured) ? "Same roots from both, every time." : "The roots differ: one of them is wrong.",
        () => ({
          caption: "Best time of the runs",
          columns: ["Who", "Orders", "Clear", "Seal", "Orders a second", "Trades", "Runs", "Root"],
          rows: measured.map((each) => [
            nameOf(each.contender),
            count(each.orders),
            duration(each.clear),
            duration(each.seal),
            count(Math.round(each.orders / (whole(each) / 1000))),
            count(each.trades),
            String(each.runs),
            `${each.root.slice(0, 16)}…`,
          ]),
        }),
      );
    },
  };
}

const leadText =
  "Clears a period of random orders, writes the trades as ledger records and hashes them to their Merkle root: in the engine, and in JavaScript that is written for speed (typed arrays, a search tree, SHA-256 by @noble/hashes). Both must come to the same root. The best of at least three runs counts.";

/** Up to how many orders are measured. */
const sizeField = (): HTMLSelectElement =>
  el(
    "select",
    { id: "bench-most" },
    ...[10_000, 100_000, 1_000_000].map((size) =>
      el("option", { value: size, selected: size === 1_000_000 }, count(size)),
    ),
  );

export function openBench(app: App): View {
  let running: AbortController | null = null;
  const figure = benchFigure();
  const most = sizeField();
  const progress = el(
    "p",
    { class: "note", role: "status" },
    "About a minute for all sizes. The page stays usable meanwhile.",
  );
  const verdict = el("p", { class: "notice" }, "Not run yet.");
  const run = el(
    "button",
    {
      type: "button",
      class: "button main",
      onclick: () => (running === null ? void start() : running.abort()),
    },
    "Run the bench",
  );
  const element = el(
    "div",
    { class: "view" },
    head("Speed in this browser", el("p", { class: "lead" }, leadText)),
    el(
      "div",
      { class: "card" },
      el(
        "div",
        { class: "row" },
        run,
        el("label", { for: most.id }, "up to"),
        most,
        el("span", {}, "orders"),
      ),
      progress,
      el("p", { class: "note bench-machine" }, `This machine: ${machine()}.`),
    ),
    verdict,
    figure.element,
  );

  async function start(): Promise<void> {
    const mine = new AbortController();
    running = mine;
    const measured: Measured[] = [];
    run.textContent = "Stop";
    element.removeAttribute("data-ready");
    const onNews = (next: Measured): void => {
      measured.push(next);
      progress.textContent = `Measured ${nameOf(next.contender)} with ${count(next.orders)} orders.`;
      const text = summary(measured);
      verdict.textContent = text;
      figure.draw(measured, text);
    };
    try {
      await app.client.call("bench", { most: Number(most.value) }, { onNews, signal: mine.signal });
      progress.textContent = "Done.";
      element.dataset.ready = "";
    } catch (error) {
      progress.textContent = mine.signal.aborted ? "Stopped." : `The bench failed. ${words(error)}`;
    } finally {
      running = null;
      run.textContent = "Run the bench";
    }
  }
  return { element, show: () => undefined, hide: () => running?.abort() };
}
