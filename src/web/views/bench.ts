/** How fast this browser clears and seals, against JavaScript written for the same work. */
import type { App, View } from "../app.js";
import { createFigure } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createLines } from "../charts/lines.js";
import { el } from "../dom.js";
import { count, duration, fixed } from "../format.js";
import { t } from "../say.js";
import {
  type BenchResult,
  type Contender,
  type Machine,
  type Measured,
  readResult,
  writeResult,
} from "../settings/benchlink.js";
import { words } from "../trouble.js";
import { head } from "./parts.js";

const series: readonly { contender: Contender; name: string; colour: string; dashed: boolean }[] = [
  { contender: "engine value", name: t`gridclear, quantity × price`, colour: "supply", dashed: false },
  { contender: "plain value", name: t`JavaScript, quantity × price`, colour: "supply", dashed: true },
  { contender: "engine merit", name: t`gridclear, merit order`, colour: "demand", dashed: false },
  { contender: "plain merit", name: t`JavaScript, merit order`, colour: "demand", dashed: true },
];
const nameOf = (contender: Contender): string => series.find((each) => each.contender === contender)!.name;
const whole = ({ clear, seal }: Measured): number => clear + seal;

/** What this browser says of the machine. */
function thisMachine(): Machine {
  const agent = navigator as Navigator & {
    userAgentData?: { brands: readonly { brand: string; version: string }[]; platform: string };
    deviceMemory?: number;
  };
  const brand = agent.userAgentData?.brands.find(({ brand }) => !/not.?a.?brand/i.test(brand));
  return {
    browser: brand ? `${brand.brand} ${brand.version}` : navigator.userAgent,
    platform: brand ? agent.userAgentData!.platform : "",
    processors: navigator.hardwareConcurrency,
    memory: agent.deviceMemory ?? 0,
  };
}

/** A machine, in words. */
function machineWords({ browser, platform, processors, memory }: Machine): string {
  const program = platform === "" ? browser : t`${browser} on ${platform}`;
  return memory === 0
    ? t`${program}, ${String(processors)} logical processors.`
    : t`${program}, ${String(processors)} logical processors, ${String(memory)} GiB of memory or more.`;
}

/** Both contenders of a mechanism at one size, if both were measured. */
function pairOf(measured: readonly Measured[], mechanism: "value" | "merit", orders: number) {
  const find = (contender: Contender) =>
    measured.find((each) => each.contender === contender && each.orders === orders);
  const [engine, plain] = [find(`engine ${mechanism}`), find(`plain ${mechanism}`)];
  return engine && plain ? { engine, plain } : null;
}

/** How much faster a part of the work was. */
const times = (engine: number, plain: number): string => fixed(plain / engine, 1);

/** What was measured at the largest size, in sentences. */
export function summary(measured: readonly Measured[]): string {
  const sizes = [...new Set(measured.map(({ orders }) => orders))].sort((a, b) => b - a);
  const largest = sizes.find((orders) => pairOf(measured, "value", orders) !== null);
  if (largest === undefined) return t`Measuring…`;
  const { engine, plain } = pairOf(measured, "value", largest)!;
  const rate = count(Math.round(largest / (whole(engine) / 1000)));
  // Clearing and sealing apart: they are different work.
  const parts = [
    t`${count(largest)} orders by quantity × price, cleared and sealed: ${rate} orders a second.`,
    t`Cleared in ${duration(engine.clear)} against ${duration(plain.clear)} in JavaScript, ${times(engine.clear, plain.clear)} times as fast; sealed in ${duration(engine.seal)} against ${duration(plain.seal)}, ${times(engine.seal, plain.seal)} times as fast.`,
  ];
  const merit = pairOf(measured, "merit", largest);
  if (merit !== null) {
    const { engine: own, plain: other } = merit;
    parts.push(
      t`Merit order: cleared in ${duration(own.clear)} against ${duration(other.clear)}, ${times(own.clear, other.clear)} times as fast; sealed in ${duration(own.seal)} against ${duration(other.seal)}, ${times(own.seal, other.seal)} times as fast.`,
    );
  }
  const smallest = pairOf(measured, "value", sizes.at(-1)!);
  if (smallest !== null)
    parts.push(
      t`All that is warm, the best of the runs. The first run of each with ${count(sizes.at(-1)!)} orders, when a browser may not have compiled it yet, took ${duration(smallest.engine.first)} against ${duration(smallest.plain.first)}.`,
    );
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
  const figure = createFigure(t`Time to clear and seal one period`, "");
  figure.body.append(
    chart.element,
    legend(series.map(({ colour, dashed, name }) => [`${colour}${dashed ? " dashed" : ""}`, name])),
  );
  chart.show([], t`Nothing measured yet.`);
  const pointsOf = (measured: readonly Measured[], contender: Contender) =>
    measured
      .filter((each) => each.contender === contender)
      .map((each) => [each.orders, whole(each)] as const);
  return {
    element: figure.element,
    draw(measured, text) {
      chart.show(
        series.map((line) => ({ ...line, points: pointsOf(measured, line.contender) })),
        [t`Time over number of orders, both in powers of ten.`, text].join(" "),
      );
      figure.describe(
        agree(measured) ? t`Same roots from both, every time.` : t`The roots differ: one of them is wrong.`,
        () => ({
          caption: t`Best time of the runs, and the first run`,
          columns: [
            t`Who`,
            t`Orders`,
            t`Clearing`,
            t`Sealing`,
            t`First run`,
            t`Orders a second`,
            t`Trades`,
            t`Runs`,
            t`Root`,
          ],
          rows: measured.map((each) => [
            nameOf(each.contender),
            count(each.orders),
            duration(each.clear),
            duration(each.seal),
            duration(each.first),
            count(Math.round(each.orders / (whole(each) / 1000))),
            count(each.trades),
            String(each.runs),
            `${each.root.slice(0, 8)}…`,
          ]),
        }),
      );
    },
  };
}

const leadText = t`Clears a period of random orders, writes the trades as ledger records and hashes them to their Merkle root: in the engine, and in JavaScript that is written for speed (typed arrays, a search tree, SHA-256 by @noble/hashes). Both must come to the same root. The best of at least three runs counts.`;

/** Up to how many orders are measured. */
const sizeField = (): HTMLSelectElement =>
  el(
    "select",
    { id: "bench-most" },
    ...[10_000, 100_000, 1_000_000].map((size) =>
      el("option", { value: size, selected: size === 1_000_000 }, count(size)),
    ),
  );

/** How it is measured, a click away. */
const method = (): HTMLElement =>
  el(
    "details",
    { class: "behind" },
    el("summary", {}, t`How it is measured`),
    el(
      "ul",
      { class: "method" },
      ...[
        t`Offers and bids with quantities and prices drawn evenly, from one seed: the same for all, and on every machine.`,
        t`A run clears the orders, then writes the trades as records of a block and hashes them to their root. Both parts are timed apart.`,
        t`At each size each has 0.6 seconds, at least 3 runs and at most 9. The best of them is what is warm; the first stands beside it.`,
        t`The JavaScript has typed arrays, the browser’s own sort over packed numbers, two pointers for the merit order, for quantity × price a tree that finds the next order that fits, and SHA-256 by @noble/hashes. Tests hold its trades to those of the engine, on every change.`,
        t`All of it runs in one thread. Whatever else the machine does meanwhile counts as well.`,
      ].map((text) => el("li", {}, text)),
    ),
  );

/** The button that copies the address, in which the result stands. */
function copyButton(app: App): HTMLButtonElement {
  const button: HTMLButtonElement = el(
    "button",
    {
      type: "button",
      class: "button",
      hidden: true,
      onclick: () =>
        void navigator.clipboard.writeText(location.href).then(
          () => app.announce(t`The link was copied.`),
          () => app.tell({ text: t`The link is in the address bar: this browser copies nothing.` }),
        ),
    },
    t`Copy a link to this result`,
  );
  return button;
}

const foreignWords = (machine: BenchResult["machine"]): string =>
  t`Somebody else’s result, out of a link. It was not measured here, and nothing proves it. Their machine: ${machineWords(machine)}`;

const progressNote = (): HTMLElement =>
  el(
    "p",
    { class: "note", role: "status" },
    t`About a minute for all sizes. The page stays usable meanwhile.`,
  );

const runButton = (onclick: () => void): HTMLElement =>
  el("button", { type: "button", class: "button main", onclick }, t`Run the bench`);

/** The view around what it is made of. */
function frameOf(
  of: Readonly<Record<"run" | "most" | "copy" | "progress" | "verdict" | "figure", HTMLElement>>,
) {
  return el(
    "div",
    { class: "view" },
    head(t`Speed in this browser`, el("p", { class: "lead" }, leadText)),
    el(
      "div",
      { class: "card stack" },
      el(
        "div",
        { class: "row" },
        of.run,
        el("label", { for: of.most.id }, t`Orders, at most`),
        of.most,
        of.copy,
      ),
      of.progress,
      el("p", { class: "note bench-machine" }, t`This machine: ${machineWords(thisMachine())}`),
      method(),
    ),
    of.verdict,
    of.figure,
  );
}

export function openBench(app: App): View {
  let running: AbortController | null = null;
  /** The result that was measured here, as a link has it. */
  let own = "";
  const figure = benchFigure();
  const most = sizeField();
  const progress = progressNote();
  const foreign = el("p", { class: "notice bad foreign" });
  const verdict = el("p", { class: "notice" }, t`Not run yet.`);
  const copy = copyButton(app);
  const run = runButton(() => (running === null ? void start() : running.abort()));
  const element = frameOf({ run, most, copy, progress, verdict, figure: figure.element });

  function draw(measured: readonly Measured[]): void {
    const text = summary(measured);
    verdict.textContent = text;
    figure.draw(measured, text);
  }
  /** Shows a result that a link brought: of somebody else, for all that this page knows. */
  function drawForeign({ machine, measured }: BenchResult): void {
    foreign.textContent = foreignWords(machine);
    verdict.before(foreign);
    copy.hidden = true;
    draw(measured);
  }

  async function start(): Promise<void> {
    const mine = new AbortController();
    running = mine;
    const measured: Measured[] = [];
    run.textContent = t`Stop`;
    own = "";
    foreign.remove();
    copy.hidden = true;
    app.update({ result: "" }, true);
    element.removeAttribute("data-ready");
    const onNews = (next: Measured): void => {
      measured.push(next);
      progress.textContent = t`Measured ${nameOf(next.contender)} with ${count(next.orders)} orders.`;
      draw(measured);
    };
    try {
      await app.client.call("bench", { most: Number(most.value) }, { onNews, signal: mine.signal });
      progress.textContent = t`Done.`;
      own = writeResult({ machine: thisMachine(), measured });
      copy.hidden = false;
      app.update({ result: own }, true);
      element.dataset.ready = "";
    } catch (error) {
      progress.textContent = mine.signal.aborted
        ? t`Stopped.`
        : [t`The bench failed.`, words(error)].join(" ");
    } finally {
      running = null;
      run.textContent = t`Run the bench`;
    }
  }
  return {
    element,
    show({ result }) {
      if (result === "" || result === own || running !== null) return;
      const found = readResult(result);
      if (found !== null) drawForeign(found);
    },
    hide: () => running?.abort(),
  };
}
