/** What if: the day of the ledger under other rules, chosen here and kept in the link. */
import type { App } from "../app.js";
import { dataTable, type Table } from "../charts/figure.js";
import { el } from "../dom.js";
import { count, difference, duration, energy, money, moneyChange, price, share } from "../format.js";
import { latest } from "../latest.js";
import { counted, t } from "../say.js";
import { createFields } from "../settings/fields.js";
import { defaults, otherRules, ranges, type Settings } from "../settings/settings.js";
import { words } from "../trouble.js";
import { carrierNames, otherRuleWords } from "../words.js";
import type { MemberShown, WhatIfInput, WhatIfShown } from "../worker/whatif.js";
import { answer, hiddenTable, part } from "./parts.js";

/** The settings that say what is otherwise. */
const names = ["ifRule", "ifPool", "ifRetail", "ifFeedIn"] as const;
const isOther = (settings: Settings): boolean => names.some((name) => settings[name] !== defaults[name]);

/** What comes of it, in words that are true of these figures. */
export function saidOf({ members, sums, orders, refused, noPool, took }: WhatIfShown): string {
  const better = members.filter(({ gain }) => gain > 0n).length;
  const worse = members.filter(({ gain }) => gain < 0n).length;
  const more = difference(sums.members.after, sums.members.before, money);
  const [gain, lose] = [count(better), count(worse)];
  return [
    more === 0
      ? t`Members together bear the same: ${gain} gain, ${lose} lose.`
      : more < 0
        ? t`Members together would bear ${money(-more)} less: ${gain} gain, ${lose} lose.`
        : t`Members together would bear ${money(more)} more: ${gain} gain, ${lose} lose.`,
    counted(
      orders,
      t`1 order cleared again in ${duration(took)}.`,
      t`${count(orders)} orders cleared again in ${duration(took)}.`,
    ),
    counted(
      refused,
      t`1 order would not have been taken.`,
      t`${count(refused)} orders would not have been taken.`,
      "",
    ),
    noPool ? t`Prices by place leave no pool, so its price is left aside.` : "",
  ]
    .filter((text) => text !== "")
    .join(" ");
}

const columns = [t`Who`, t`Bore`, t`Would bear`, t`Gain`, t`Got`, t`Would get`];
const rowOf = ({ name, before, after, got, wouldGet }: MemberShown): string[] => [
  name,
  money(before),
  money(after),
  moneyChange(difference(before, after, money)),
  energy(Number(got)),
  energy(Number(wouldGet)),
];

/** Most members in a table of those who gain or lose most. */
const mostMovers = 5;

function tablesOf({ members, sums }: WhatIfShown): HTMLElement[] {
  const movers = (caption: string, nobody: string, list: readonly MemberShown[]): HTMLElement =>
    list.length === 0
      ? el("p", { class: "note" }, nobody)
      : dataTable({
          caption,
          columns: columns.slice(0, 4),
          rows: list.map((each) => rowOf(each).slice(0, 4)),
        });
  const sum = (name: string, { before, after }: WhatIfShown["sums"]["members"]): string[] => [
    name,
    money(before),
    money(after),
    moneyChange(difference(after, before, money)),
  ];
  return [
    dataTable({
      caption: t`All together`,
      columns: ["", t`As it was`, t`Would be`, t`More`],
      rows: [
        sum(t`Members bear`, sums.members),
        sum(t`The platform keeps`, sums.platform),
        sum(t`The retailer gets`, sums.retailer),
        sum(t`The grid’s operator gets`, sums.operator),
        sum(t`All of it costs`, sums.system),
      ],
    }),
    el(
      "div",
      { class: "pair" },
      movers(t`Gain most`, t`Nobody gains.`, members.filter(({ gain }) => gain > 0n).slice(0, mostMovers)),
      movers(
        t`Lose most`,
        t`Nobody loses.`,
        members
          .filter(({ gain }) => gain < 0n)
          .slice(-mostMovers)
          .reverse(),
      ),
    ),
  ];
}

function controls(app: App) {
  const fields = createFields(app);
  const percent = (name: "ifRetail" | "ifFeedIn", label: string): HTMLElement =>
    fields.slider({
      name,
      label,
      least: ranges[name][0],
      most: ranges[name][1],
      step: 5,
      read: (settings) => settings[name],
      text: (settings) => (settings[name] === 100 ? t`as it was` : share(settings[name], 100)),
      write: (value) => ({ [name]: value }),
    });
  const element = el(
    "div",
    { class: "other-rules" },
    fields.select(
      "ifRule",
      t`Cleared by`,
      otherRules.map((rule) => [rule, otherRuleWords[rule]]),
      (rule) => ({ ifRule: rule as Settings["ifRule"] }),
    ),
    fields.slider({
      name: "ifPool",
      label: t`Price of the pool`,
      least: -10,
      most: ranges.ifPool[1],
      step: 10,
      read: ({ ifPool }) => (ifPool < 0 ? -10 : ifPool),
      text: ({ ifPool }) => (ifPool < 0 ? t`as it was` : price(ifPool * 1000)),
      write: (value) => ({ ifPool: Math.max(-1, value) }),
    }),
    percent("ifRetail", t`Retail tariff`),
    percent("ifFeedIn", t`Feed-in tariff`),
  );
  return { element, follow: (settings: Settings) => fields.follow(settings) };
}

/** The place for what comes of it: a sentence, sums, those who gain or lose most, and everybody behind a disclosure. */
function openResult() {
  const found = answer();
  const tables = el("div", { class: "stack" });
  let members: readonly MemberShown[] = [];
  const all = hiddenTable(t`Table: all members`, (): Table | null =>
    members.length === 0
      ? null
      : { caption: t`All members, by what they gain`, columns, rows: members.map(rowOf) },
  );
  return {
    elements: [found, tables],
    say(text: string): void {
      found.textContent = text;
    },
    put(...parts: HTMLElement[]): void {
      members = [];
      tables.replaceChildren();
      found.replaceChildren(...parts);
    },
    show(shown: WhatIfShown): void {
      members = shown.members;
      found.replaceChildren(el("p", {}, saidOf(shown)));
      tables.replaceChildren(...tablesOf(shown), all.element);
      all.refresh();
    },
  };
}

/** The card; `show` is told the key of a day that is sealed to its end, or null while there is none. */
export function openWhatIf(app: App): {
  readonly element: HTMLElement;
  show(ledger: string | null, settings: Settings): void;
} {
  const { element: chosen, follow } = controls(app);
  const said = el("p", { class: "note" });
  const result = openResult();
  const element = part(t`What if`, said, el("div", { class: "stack" }, chosen, ...result.elements));
  let asked: string | null = null;
  let controller = new AbortController();

  const replay = latest(async ({ key, input }: { key: string; input: WhatIfInput }) => {
    if (key !== asked) return;
    controller = new AbortController();
    const onNews = (done: number): void => {
      if (key === asked) result.say(t`Clearing the day again: ${share(done, 1)}`);
    };
    try {
      const shown = await app.client.call("whatIf", input, { signal: controller.signal, onNews });
      if (key !== asked) return;
      result.show(shown);
      element.dataset.answered = "";
    } catch (error) {
      if (key === asked) result.put(el("p", { class: "notice bad" }, words(error)));
    }
  });

  return {
    element,
    show(ledger, settings) {
      follow(settings);
      const { carrier, ifRule, ifPool, ifRetail, ifFeedIn } = settings;
      said.textContent = t`The same orders of ${carrierNames[carrier]} under other rules, in this browser. Nobody signed or sealed what comes of it.`;
      const input = { ledger: ledger ?? "", carrier, ifRule, ifPool, ifRetail, ifFeedIn };
      const key = ledger === null || !isOther(settings) ? "" : JSON.stringify(Object.values(input));
      if (key === asked) return;
      asked = key;
      controller.abort();
      element.removeAttribute("data-answered");
      const hint = el("p", { class: "note" }, t`Choose another rule, and see who would have gained.`);
      result.put(...(isOther(settings) ? [] : [hint]));
      if (key !== "") replay({ key, input });
    },
  };
}
