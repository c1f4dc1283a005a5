/** Both sets of rules over many seeds: a day of each by every seed, and how far the results lie apart. */
import type { App } from "../app.js";
import { createFigure, type Table } from "../charts/figure.js";
import { legend } from "../charts/legend.js";
import { createStrips } from "../charts/strips.js";
import { el, freshId } from "../dom.js";
import { count, share } from "../format.js";
import { t } from "../say.js";
import { isOwn, keyOf } from "../settings/effects.js";
import type { Settings } from "../settings/settings.js";
import { words } from "../trouble.js";
import type { SeedMeasure, SeedsShown } from "../worker/seeds.js";
import { measureWords, valueWords } from "./measurewords.js";
import { asking } from "./parts.js";

/** A measure with its words. */
interface Row {
  readonly found: SeedMeasure;
  readonly name: string;
  readonly better: 1 | -1 | 0;
}

/** The measures of the community and of the carrier that is shown. */
const rowsOf = ({ measures }: SeedsShown, { carrier }: Settings): Row[] =>
  measures.flatMap((found) => {
    const said = measureWords(found.measure, carrier);
    return said === undefined ? [] : [{ found, name: said[0], better: said[1] }];
  });

/** In which part of the seeds B is better; where neither way is, in which it is higher. */
function aheadWords({ found: { pairs, higher, lower }, better }: Row): string {
  const part = share(better < 0 ? lower : higher, pairs.length);
  return better === 0 ? t`higher in ${part}` : t`better in ${part}`;
}

const tableOf = (rows: readonly Row[], done: number): Table => ({
  caption: t`Days of ${count(done)} seeds by both sets of rules`,
  columns: [t`Measure`, t`A: 5 %`, t`A: median`, t`A: 95 %`, t`B: 5 %`, t`B: median`, t`B: 95 %`, t`B is`],
  rows: rows.map((row) => {
    const { measure, a, b } = row.found;
    const say = (value: number): string => valueWords(measure, value);
    return [row.name, ...[a.low, a.median, a.high, b.low, b.median, b.high].map(say), aheadWords(row)];
  }),
});

function resultFigure() {
  const figure = createFigure(t`A day by both, over many seeds`, "");
  const strips = createStrips();
  figure.body.append(
    strips.element,
    legend([
      ["solid", t`A: 5 % to 95 % of the seeds, the point is the median, each tick a seed`],
      ["dashed pool", t`B: the same`],
    ]),
  );
  figure.element.hidden = true;
  return {
    element: figure.element,
    draw(shown: SeedsShown, settings: Settings): void {
      figure.element.hidden = false;
      const rows = rowsOf(shown, settings);
      const same = t`${count(shown.done)} seeds. Both sets of rules have the same seeds: the same homes, weather and wishes.`;
      const none = t`Neither has a network here, because one price for all with a pool has none.`;
      const text = shown.network ? same : `${same} ${none}`;
      const column = ({ pairs }: SeedMeasure, side: 0 | 1): number[] => pairs.map((pair) => pair[side]);
      strips.show(
        rows.map((row) => ({
          name: t`${row.name}: B is ${aheadWords(row)} of the seeds`,
          sides: [
            { ...row.found.a, values: column(row.found, 0) },
            { ...row.found.b, values: column(row.found, 1) },
          ],
          label: (value) => valueWords(row.found.measure, value),
        })),
        text,
      );
      figure.describe(text, () => tableOf(rows, shown.done));
    },
  };
}

/** How many seeds, and the button that begins and stops; `label` brings the button up to date. */
function controls(isRunning: () => boolean, press: () => void) {
  const many = el(
    "select",
    { id: freshId("seeds") },
    ...[10, 30, 100].map((each) => el("option", { value: each, selected: each === 100 }, count(each))),
  );
  const button = el("button", { type: "button", class: "button main", onclick: press });
  const label = (): void => {
    button.textContent = isRunning() ? t`Stop` : t`Try ${count(Number(many.value))} seeds`;
  };
  many.addEventListener("change", label);
  label();
  return { many, button, label };
}

/** The card and the figure below it. */
export function openSeeds(app: App): {
  readonly elements: readonly HTMLElement[];
  show(settings: Settings): void;
} {
  const result = resultFigure();
  const status = el("p", { class: "note", role: "status" });
  let running: AbortController | null = null;
  let key = "";
  const { many, button, label } = controls(
    () => running !== null,
    () => (running === null ? void start() : running.abort()),
  );

  async function start(): Promise<void> {
    const mine = new AbortController();
    const settings = app.settings();
    running = mine;
    label();
    let done = 0;
    status.textContent = t`Trading the first day…`;
    const draw = (shown: SeedsShown): void => {
      if (mine.signal.aborted) return;
      done = shown.done;
      status.textContent = t`${count(done)} of ${count(shown.count)} seeds`;
      result.draw(shown, settings);
    };
    try {
      const input = { settings, count: Number(many.value) };
      draw(await app.client.call("seeds", input, { signal: mine.signal, onNews: draw }));
      result.element.dataset.answered = "";
    } catch (error) {
      status.textContent = mine.signal.aborted ? t`Stopped after ${count(done)} seeds.` : words(error);
    } finally {
      running = null;
      label();
    }
  }

  return {
    elements: [
      asking(
        t`Is it the rules, or this day?`,
        t`Trades a whole day by A and by B with each seed, in this browser.`,
        el("div", { class: "row" }, button, el("label", { for: many.id }, t`Seeds`), many, status),
      ),
      result.element,
    ],
    show(settings) {
      const now = `${keyOf("day", settings, null)} ${settings.against}`;
      const own = isOwn("compare", app.own);
      button.disabled = own;
      if (own) status.textContent = t`Your own orders have no seeds: these are days of the community.`;
      if (now === key) return;
      key = now;
      running?.abort();
      result.element.hidden = true;
      result.element.removeAttribute("data-answered");
      if (!own) status.textContent = "";
    },
  };
}
