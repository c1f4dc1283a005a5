/** What other rules would have made of a ledger's past, for people, sorted by who gains most, and for programs. */
import type { Cost } from "../../report/cost.js";
import type { BeforeAfter, MemberChange, MemberOutcome, WhatIf } from "../../report/whatif/whatif.js";
import { carriers, formatTicks, type Tick } from "../../units.js";
import { count, grouped, rounded, table } from "./table.js";

/** What was asked, and how long the answer took. */
export interface WhatIfFacts {
  readonly ledger: string;
  readonly rules: string;
  readonly durationMs: number;
}

const energyOf = (outcome: MemberOutcome | null): bigint =>
  outcome === null ? 0n : carriers.reduce((sum, carrier) => sum + outcome.served[carrier], 0n);

/** Whoever gains most first; last those who are there under one of the rules alone. */
function byGain(a: MemberChange, b: MemberChange): number {
  if (a.gain === null || b.gain === null) return Number(a.gain === null) - Number(b.gain === null);
  return a.gain === b.gain ? 0 : a.gain > b.gain ? -1 : 1;
}

/** The comparison as a person reads it. */
export function whatIfText(found: WhatIf, { ledger, rules, durationMs }: WhatIfFacts): string {
  const { ticks, currency, together, refused } = found;
  const money = (amount: bigint | undefined): string =>
    amount === undefined ? "-" : rounded(amount, ticks.amount, 2);
  const energy = (outcome: MemberOutcome | null): string =>
    outcome === null ? "-" : rounded(energyOf(outcome), ticks.quantity, 1);
  const members = [...found.members].sort(byGain).map((member) => {
    const { participant, before, after, gain } = member;
    const left = after === null ? " (left)" : before === null ? " (copy)" : "";
    return [
      `${participant}${left}`,
      money(before?.with),
      money(after?.with),
      gain === null ? "-" : money(gain),
      energy(before),
      energy(after),
      grouped(member.refused),
    ];
  });
  const change = (name: string, { before, after }: BeforeAfter): string[] => [
    name,
    money(before),
    money(after),
    money(after - before),
  ];
  const bore = { before: together.before.with, after: together.after.with };
  return [
    `${ledger} under the rules of ${rules}, ${currency} and kWh\n\n`,
    table(["member", "bore", "would bear", "gains", "got", "would get", "refused"], members),
    "\n",
    table(
      ["", "as it was", "would be", "more"],
      [
        change("members who are there under both bear", bore),
        change("the platform keeps", found.platform),
        change("the retailer behind the grid gets", found.retailer),
        change("the operator of the grid gets", found.operator),
        change("all of it costs", found.systemCost),
      ],
    ),
    refusedText(refused),
    `\n${count(found.blocks, "block")} with ${count(found.orders, "order")} executed twice in ${(durationMs / 1000).toFixed(1)} s. `,
    "This is a calculation: members are taken to order what they\nordered, and nothing of it is signed or sealed.\n",
  ].join("");
}

function refusedText({ orders, readings, contracts, first }: WhatIf["refused"]): string {
  if (first === null) return "";
  const parts = [count(orders, "order"), count(readings, "reading"), count(contracts, "contract")];
  return `\nNot taken under these rules: ${parts.join(", ")}. The first: ${first}\n`;
}

const decimals = (parts: Readonly<Record<string, bigint>>, tick: Tick): Record<string, string> =>
  Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, formatTicks(value, tick)]));

/** The comparison as one JSON document: kWh and amounts as exact decimal strings. */
export function whatIfDocument(found: WhatIf, facts: WhatIfFacts): Record<string, unknown> {
  const { ticks, currency, blocks, orders, refused } = found;
  const cost = (given: Cost): Record<string, string> => {
    const { without, with: bears, paid, supplier, imbalances, making, forgone, drained } = given;
    const parts = { without, with: bears, paid, supplier, imbalances, making, forgone, drained };
    return decimals({ ...parts, saved: without - bears }, ticks.amount);
  };
  const outcome = (given: MemberOutcome | null): Record<string, unknown> | null =>
    given === null
      ? null
      : {
          ...cost(given),
          served: decimals(given.served, ticks.quantity),
          sold: decimals(given.sold, ticks.quantity),
        };
  const change = ({ before, after }: BeforeAfter): Record<string, string> =>
    decimals({ before, after, more: after - before }, ticks.amount);
  const { together } = found;
  return {
    ...facts,
    currency,
    blocks,
    orders,
    members: found.members.map(({ participant, before, after, gain, refused: missing }) => ({
      participant,
      before: outcome(before),
      after: outcome(after),
      gain: gain === null ? null : formatTicks(gain, ticks.amount),
      refused: missing,
    })),
    together: {
      before: cost(together.before),
      after: cost(together.after),
      gain: formatTicks(together.gain, ticks.amount),
    },
    platform: change(found.platform),
    retailer: change(found.retailer),
    operator: change(found.operator),
    systemCost: change(found.systemCost),
    refused,
  };
}
