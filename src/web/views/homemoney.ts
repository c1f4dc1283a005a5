/** What a member earned and paid over the day, in words, in tiles and part by part. */
import type { Carrier } from "../../units.js";
import { dataTable, type Table } from "../charts/figure.js";
import { el } from "../dom.js";
import { addingUp, difference, energy, moneyRound, price, share } from "../format.js";
import { t } from "../say.js";
import { carrierWords } from "../words.js";
import type { EnergyPart, HomeShown, PartName } from "../worker/home/account.js";
import { movedWords } from "./homecharts.js";
import { part, tile } from "./parts.js";

const size = (amount: bigint): bigint => (amount < 0n ? -amount : amount);

/** What it came to with the community, with a supplier alone, and the difference, in sentences. */
function moneyWords({ cost }: HomeShown, name: string): string {
  const [own, alone] = [cost.with, cost.without];
  const saved = difference(alone, own, moneyRound);
  if (own === 0n && alone === 0n)
    return t`Over this day ${name} had nothing to pay and nothing to get, with the community or without.`;
  const first =
    own < 0n
      ? t`Over this day the community brought ${name} ${moneyRound(-own)}.`
      : t`Over this day the community cost ${name} ${moneyRound(own)}.`;
  const second =
    alone < 0n
      ? t`With a supplier only it would have been paid ${moneyRound(-alone)}.`
      : t`With a supplier only it would have paid ${moneyRound(alone)}.`;
  const third =
    saved === 0
      ? t`That is the same.`
      : saved > 0
        ? t`So the community was worth ${moneyRound(saved)} to it.`
        : t`So it lost ${moneyRound(-saved)} by the community.`;
  return `${first} ${second} ${third}`;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The tiles: money over all carriers, energy of the carrier that is shown. */
export function moneyTiles({ cost, days }: HomeShown, carrier: Carrier): HTMLElement[] {
  const saved = difference(cost.without, cost.with, moneyRound);
  const { moved } = days[carrier];
  const sum = (...names: EnergyPart[]): number => names.reduce((all, name) => all + total(moved[name]), 0);
  const [bought, sold] = [sum("bought", "boughtPool", "imported"), sum("sold", "soldPool", "exported")];
  const paidOrEarned = (amount: bigint, paid: string, earned: string, also: string): HTMLElement =>
    tile(amount < 0n ? earned : paid, moneyRound(size(amount)), also);
  return [
    paidOrEarned(
      cost.with,
      t`Paid with the community`,
      t`Earned with the community`,
      t`over the day, all kinds of energy`,
    ),
    paidOrEarned(
      cost.without,
      t`Paid with a supplier only`,
      t`Earned with a supplier only`,
      t`the same energy at the grid’s tariffs`,
    ),
    tile(
      saved < 0 ? t`Worse off by` : t`Better off by`,
      moneyRound(Math.abs(saved)),
      t`than with a supplier only`,
    ),
    tile(t`Bought`, energy(bought), t`${share(sum("bought", "boughtPool"), bought)} in the community`),
    tile(t`Sold`, energy(sold), t`${share(sum("sold", "soldPool"), sold)} in the community`),
    tile(
      t`Its own battery`,
      days[carrier].charge === null ? t`none` : energy(sum("discharged")),
      days[carrier].charge === null ? "" : t`given, ${energy(sum("charged"))} charged`,
    ),
  ];
}

const partWords: Readonly<Record<PartName, string>> = {
  ...(Object.fromEntries(Object.entries(movedWords).map(([name, { label }]) => [name, label])) as Record<
    EnergyPart,
    string
  >),
  paused: t`paused under contract`,
  network: t`use of the lines between places`,
  fees: t`commission`,
  imbalance: t`deviation of the meter from what was traded`,
};

/** The parts as a table: what is shown of them adds up to what is shown of the whole. */
function partsTable({ cost, parts }: HomeShown): Table {
  const rest: (readonly [string, bigint])[] = [
    [t`cost of making what its plants delivered`, -cost.making],
    [t`what it went without, at the grid’s price`, -cost.forgone],
    [t`what its battery holds less than in the morning`, -cost.drained],
  ];
  const others = rest.filter(([, amount]) => amount !== 0n);
  const amounts = addingUp([...parts.map(({ amount }) => amount), ...others.map(([, amount]) => amount)]);
  return {
    caption: t`Parts of the day, and what they come to`,
    columns: [t`Part`, t`Amount`, t`Kind of energy`, t`Quantity`, t`Price per kWh`],
    rows: [
      ...parts.map((each, place) => [
        partWords[each.name],
        moneyRound(amounts[place]!),
        carrierWords[each.carrier],
        each.energy === 0n ? "" : energy(Number(each.energy)),
        each.energy === 0n ? "" : price(Number(size(each.amount)) / Number(each.energy)),
      ]),
      ...others.map(([label], place) => [label, moneyRound(amounts[parts.length + place]!), "", "", ""]),
      [t`With the community`, moneyRound(-cost.with), "", "", ""],
      [t`With a supplier only`, moneyRound(-cost.without), "", "", ""],
      [t`Difference`, moneyRound(difference(cost.without, cost.with, moneyRound)), "", "", ""],
    ],
  };
}

/** The parts, what they come to, and the comparison. */
export function openMoney(): { readonly element: HTMLElement; show(shown: HomeShown, name: string): void } {
  const said = el("p", {});
  const table = el("div", { class: "whole" });
  const element = part(
    t`What it earned and paid`,
    t`Part by part, from the ledger. What it paid stands below zero.`,
    el("div", { class: "stack" }, said, table),
  );
  return {
    element,
    show(shown, name) {
      said.textContent = moneyWords(shown, name);
      table.replaceChildren(dataTable(partsTable(shown)));
    },
  };
}
