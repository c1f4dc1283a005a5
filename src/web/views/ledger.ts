/** The ledger: every block of the day as it was sealed, and what anyone can do with one. */
import type { App, View } from "../app.js";
import type { Table } from "../charts/figure.js";
import type { Day } from "../days.js";
import { el } from "../dom.js";
import { clock, count, duration } from "../format.js";
import { t } from "../say.js";
import type { Settings } from "../settings/settings.js";
import { createTrouble } from "../trouble.js";
import type { DayPeriod } from "../worker/day.js";
import { openBlockCard } from "./block.js";
import { type ChainBlock, openChain } from "./chain.js";
import { forNotary } from "./fornotary.js";
import { head, hiddenTable, part } from "./parts.js";
import { openWhatIf } from "./whatif.js";

const noteOf = ({ done, periods, error }: Day): string => {
  if (error !== null) return "";
  const blocks = count(periods.length + 1);
  if (done === null) return periods.length === 0 ? t`Sealing…` : t`${blocks} blocks sealed`;
  const head = `${periods.at(-1)!.hash.slice(0, 16)}…`;
  return done.took > 0
    ? t`${blocks} blocks, head ${head}, traded and sealed in ${duration(done.took)}`
    : t`${blocks} blocks, head ${head}`;
};

const leadText = t`Every period ends in a block: its orders, trades and payments, sealed under one hash that also covers the block before. Open one, check it, try to cheat, or ask what other rules would have made of the day.`;

/** The block to open where the settings name none that there is: that of the period they name. */
const usualBlock = ({ time, minutes }: Settings, periods: number): number =>
  Math.min(periods, 1 + Math.floor(time / minutes));

/** What a block that was chosen sets: it is that period of the day in the other views too; the first has none. */
const chosen = ({ minutes, time }: Settings, height: number): Partial<Settings> => ({
  block: height,
  time: height === 0 ? time : (height - 1) * minutes,
});

const blocksTable = (periods: readonly DayPeriod[]): Table => ({
  caption: t`Blocks of the day`,
  columns: [t`Block`, t`Period`, t`Orders`, t`Trades`, t`Hash`],
  rows: periods.map((period) => [
    String(period.height),
    clock(period.minutes),
    count(period.orders),
    count(period.trades),
    `${period.hash.slice(0, 16)}…`,
  ]),
});

/** The blocks of a day behind the first `before` periods; the first one, which holds the contracts, before all. */
const blocksOf = ({ periods }: Day, before: number): ChainBlock[] => [
  ...(before === 0 ? [{ height: 0, lines: [t`contracts`, t`genesis`] }] : []),
  ...periods
    .slice(before)
    .map(({ height, minutes, hash }) => ({ height, lines: [clock(minutes), `${hash.slice(0, 8)}…`] })),
];

export function openLedger(app: App): View {
  let day: Day | null = null;
  let settings = app.settings();
  const note = el("p", { class: "note" });
  const trouble = createTrouble(() => app.days.retry());
  const choose = (height: number): void => app.update(chosen(app.settings(), height), true);
  const chain = openChain(choose);
  const block = openBlockCard(app, chain.mark);
  const whatIf = openWhatIf(app);
  const table = hiddenTable(
    t`Table: all blocks`,
    () => blocksTable(day?.periods ?? []),
    (index) => choose(index + 1),
  );
  const notary = forNotary(app, () => day?.key ?? "");
  const element = el(
    "div",
    { class: "view" },
    head(t`The ledger`, el("p", { class: "lead" }, leadText)),
    trouble.element,
    part(t`The chain`, note, chain.element, table.element, notary),
    block.element,
    whatIf.element,
  );

  /**
   * Shows the block that the settings name, once the whole day is sealed, and the day under the other rules that they
   * name; another block where there is none of that height.
   */
  function select({ key, done, periods }: Day): void {
    whatIf.show(done === null ? null : key, settings);
    if (done === null) return;
    if (settings.block > periods.length || settings.block < 0) {
      // The address may name a block by now that this view has yet to be shown.
      if (app.settings().block === settings.block) choose(usualBlock(settings, periods.length));
      return;
    }
    chain.select(settings.block);
    block.show({ ledger: key, height: settings.block });
  }
  /** Draws the chain as far as it has been sealed; `before` blocks of it stand there already. */
  function draw(now: Day, before: number): void {
    if (now.key !== day?.key || before === 0) {
      chain.clear();
      block.clear();
    }
    chain.add(blocksOf(now, now.key === day?.key ? before : 0));
    day = now;
    note.textContent = noteOf(now);
    if (now.error === null) trouble.hide();
    else trouble.show(t`The ledger could not be made.`, now.error);
    notary.hidden = now.done === null;
    element.toggleAttribute("data-ready", now.done !== null);
    table.refresh();
    select(now);
  }
  app.days.watch((now, before) => {
    if (app.settings().view === "ledger") draw(now, before);
  });

  return {
    element,
    show(next) {
      settings = next;
      const now = app.days.open(next);
      if (now === day) select(now);
      else draw(now, 0);
    },
  };
}
