import type { App, View } from "../app.js";
import { dataTable } from "../charts/figure.js";
import { el, freshId } from "../dom.js";
import { clock, count, duration } from "../format.js";
import type { Settings } from "../settings/settings.js";
import type { DayPeriod } from "../worker/day.js";
import { openBlockCard } from "./block.js";

/** The ledger: every block of the day as it was sealed, and what anyone can do with one. */
export function openLedger(app: App): View {
  let periods: DayPeriod[] = [];
  let lastKey = "";
  let asked = 0;
  let settings = app.settings();

  const lead = el(
    "p",
    { class: "lead" },
    "Every period ends in a block: its orders, trades and payments, sealed under one hash that also covers the block before. Open one, check it, or try to cheat.",
  );
  const chain = el("div", {
    class: "chain",
    role: "listbox",
    tabindex: 0,
    "aria-label": "Blocks, oldest first",
  });
  const note = el("p", { class: "note" });
  const trouble = el("p", { class: "notice bad", role: "alert", hidden: true });
  const block = openBlockCard(app, (height, broken) =>
    options.get(height)?.classList.toggle("broken", broken),
  );
  const options = new Map<number, HTMLElement>();
  const heading = freshId("chain");
  const element = el(
    "div",
    { class: "view" },
    el("div", {}, el("h1", {}, "The ledger"), lead),
    trouble,
    el(
      "section",
      { class: "card", "aria-labelledby": heading },
      el("div", { class: "head" }, el("h2", { id: heading }, "The chain"), note),
      chain,
      list(),
    ),
    block.element,
  );

  function list(): HTMLElement {
    const details = el("details", { class: "behind" }, el("summary", {}, "Table: all blocks"));
    details.addEventListener("toggle", () => {
      if (!details.open) return;
      const table = dataTable(
        {
          caption: "Blocks of the day",
          columns: ["Block", "Period", "Orders", "Trades", "Hash"],
          rows: periods.map((period) => [
            String(period.height),
            clock(period.minutes),
            count(period.orders),
            count(period.trades),
            `${period.hash.slice(0, 16)}…`,
          ]),
        },
        (index) => choose(periods[index]!.height),
      );
      details.replaceChildren(details.firstElementChild!, table);
    });
    return details;
  }

  const choose = (height: number): void => app.update({ block: height }, true);

  function option(height: number, title: string, lines: readonly string[]): HTMLElement {
    const item = el(
      "div",
      { role: "option", id: `block-${height}`, "aria-selected": "false", onclick: () => choose(height) },
      el("strong", {}, title),
      ...lines.map((line) => el("div", {}, line)),
    );
    options.set(height, item);
    return item;
  }

  chain.addEventListener("keydown", (event) => {
    const most = periods.at(-1)?.height ?? 0;
    const now = Math.max(0, settings.block);
    const to = {
      ArrowRight: now + 1,
      ArrowDown: now + 1,
      ArrowLeft: now - 1,
      ArrowUp: now - 1,
      PageDown: now + 10,
      PageUp: now - 10,
      Home: 0,
      End: most,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(most, to)));
  });

  function select(): void {
    for (const [height, item] of options)
      item.setAttribute("aria-selected", String(height === settings.block));
    const chosen = options.get(settings.block);
    if (chosen === undefined) return;
    chain.setAttribute("aria-activedescendant", chosen.id);
    const [from, to] = [
      chosen.offsetLeft - chain.offsetLeft,
      chosen.offsetLeft - chain.offsetLeft + chosen.offsetWidth,
    ];
    if (from < chain.scrollLeft || to > chain.scrollLeft + chain.clientWidth)
      chain.scrollLeft = from - chain.clientWidth / 2;
    void block.show(settings.block);
  }

  function run(): void {
    const mine = ++asked;
    periods = [];
    options.clear();
    element.removeAttribute("data-ready");
    chain.replaceChildren(option(0, "0", ["contracts", "genesis"]));
    note.textContent = "Sealing…";
    app.client
      .call("day", settings, (news) => {
        if (mine !== asked) return;
        for (const period of news as DayPeriod[]) {
          periods.push(period);
          chain.append(
            option(period.height, String(period.height), [
              clock(period.minutes),
              `${period.hash.slice(0, 8)}…`,
            ]),
          );
        }
        note.textContent = `${count(periods.length + 1)} blocks sealed`;
      })
      .then((done) => {
        if (done === null || mine !== asked) return;
        note.textContent = `${count(periods.length + 1)} blocks, head ${periods.at(-1)!.hash.slice(0, 16)}…${done.took > 0 ? `, traded and sealed in ${duration(done.took)}` : ""}`;
        if (settings.block > periods.length || settings.block < 0)
          app.update(
            { block: Math.min(periods.length, 1 + Math.floor(settings.time / settings.minutes)) },
            true,
          );
        select();
        element.dataset.ready = "";
      })
      .catch((error: Error) => {
        if (mine !== asked) return;
        trouble.textContent = `The ledger could not be made: ${error.message}`;
        trouble.hidden = false;
      });
  }

  return {
    element,
    show(next: Settings) {
      settings = next;
      const { view: _, time: __, speed: ___, block: ____, ...rest } = next;
      const key = JSON.stringify(rest);
      if (key === lastKey) {
        if (element.dataset.ready !== undefined) select();
        return;
      }
      lastKey = key;
      run();
    },
  };
}
