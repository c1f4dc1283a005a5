import type { App, View } from "../app.js";
import { createFigure } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createLines } from "../charts/lines.js";
import { el } from "../dom.js";
import { count, duration } from "../format.js";
import type { Contender, Measured } from "../worker/bench.js";

const series: readonly { contender: Contender; name: string; colour: string; dashed: boolean }[] = [
  { contender: "engine value", name: "gridclear, quantity × price", colour: "supply", dashed: false },
  {
    contender: "plain value",
    name: "JavaScript, the same rules walked as written",
    colour: "supply",
    dashed: true,
  },
  { contender: "engine merit", name: "gridclear, merit order", colour: "demand", dashed: false },
  {
    contender: "plain merit",
    name: "JavaScript, merit order over typed arrays",
    colour: "demand",
    dashed: true,
  },
];

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

/** How fast this browser clears and seals, against hand-written JavaScript. */
export function openBench(app: App): View {
  let measured: Measured[] = [];
  let running = false;
  const chart = createLines();
  const figure = createFigure("Time to clear and seal one period", "");
  figure.body.append(
    chart.element,
    legend(series.map(({ colour, dashed, name }) => [`${colour}${dashed ? " dashed" : ""}`, name])),
  );
  const most = el(
    "select",
    { id: "bench-most" },
    ...[10_000, 100_000, 1_000_000].map((size) =>
      el("option", { value: size, selected: size === 1_000_000 }, count(size)),
    ),
  );
  const run = el(
    "button",
    { type: "button", class: "button main", onclick: () => void (running ? stop() : start()) },
    "Run the bench",
  );
  const progress = el(
    "p",
    { class: "note", role: "status" },
    "About half a minute for all sizes. The page stays usable meanwhile.",
  );
  const verdict = el("p", { class: "notice" }, "Not run yet.");
  const element = el(
    "div",
    { class: "view" },
    el(
      "div",
      {},
      el("h1", {}, "Speed in this browser"),
      el(
        "p",
        { class: "lead" },
        "Clears a period of random orders, writes the trades as ledger records and hashes them to their Merkle root, in the engine and in JavaScript written by hand for the same work. Both must come to the same root. The best of several runs counts.",
      ),
    ),
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

  const find = (contender: Contender, orders: number): Measured | undefined =>
    measured.find((each) => each.contender === contender && each.orders === orders);

  function summary(): string {
    const largest = measured.at(-1)?.orders ?? 0;
    const engine = find("engine value", largest);
    if (engine === undefined) return "Measuring…";
    const parts = [
      `${count(largest)} orders by quantity × price cleared and sealed in ${duration(engine.milliseconds)}: ${count(Math.round(largest / (engine.milliseconds / 1000)))} orders a second.`,
    ];
    const [fast, slow] = [find("engine merit", largest), find("plain merit", largest)];
    if (fast && slow)
      parts.push(
        `Merit order: ${duration(fast.milliseconds)} against ${duration(slow.milliseconds)} in JavaScript, ${(slow.milliseconds / fast.milliseconds).toFixed(1)} times as fast.`,
      );
    const walked = measured.filter(({ contender }) => contender === "plain value").at(-1);
    const same = walked && find("engine value", walked.orders);
    if (walked && same)
      parts.push(
        `Walking the rules as written takes ${duration(walked.milliseconds)} for ${count(walked.orders)} orders, ${Math.round(walked.milliseconds / same.milliseconds)} times as long.`,
      );
    return parts.join(" ");
  }

  /** Whether everyone who did the same work came to the same root. */
  const agree = (one: Contender, other: Contender): boolean =>
    measured
      .filter(({ contender }) => contender === other)
      .every((each) => find(one, each.orders)?.root === each.root);

  function draw(): void {
    const text = summary();
    verdict.textContent = text;
    chart.show(
      series.map((line) => ({
        ...line,
        points: measured
          .filter(({ contender }) => contender === line.contender)
          .map(({ orders, milliseconds }) => [orders, milliseconds] as const),
      })),
      `Time over number of orders, both in powers of ten. ${text}`,
    );
    const same = agree("engine value", "plain value") && agree("engine merit", "plain merit");
    figure.describe(
      same ? "Same roots from both, every time." : "The roots differ: one of them is wrong.",
      () => ({
        caption: "Best time to clear and seal",
        columns: ["Who", "Orders", "Time", "Orders a second", "Trades", "Runs", "Root"],
        rows: measured.map((each) => [
          series.find(({ contender }) => contender === each.contender)!.name,
          count(each.orders),
          duration(each.milliseconds),
          count(Math.round(each.orders / (each.milliseconds / 1000))),
          count(each.trades),
          String(each.runs),
          `${each.root.slice(0, 16)}…`,
        ]),
      }),
    );
  }

  chart.show([], "Nothing measured yet.");

  async function start(): Promise<void> {
    running = true;
    measured = [];
    run.textContent = "Stop";
    element.removeAttribute("data-ready");
    draw();
    try {
      const whole = await app.client.call("bench", { most: Number(most.value) }, (news) => {
        const next = news as Measured;
        measured.push(next);
        progress.textContent = `Measured ${series.find(({ contender }) => contender === next.contender)!.name} with ${count(next.orders)} orders.`;
        draw();
      });
      progress.textContent = whole ? "Done." : "Stopped.";
      if (whole) element.dataset.ready = "";
    } catch (error) {
      progress.textContent = `The bench failed: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      running = false;
      run.textContent = "Run the bench";
    }
  }
  function stop(): void {
    void app.client.call("stopBench", null);
  }

  return {
    element,
    show: () => undefined,
    hide: () => {
      if (running) stop();
    },
  };
}
