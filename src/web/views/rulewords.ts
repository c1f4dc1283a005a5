/** Two sets of rules in words: A, which the settings say, and B, which is held against it. */
import { count, price } from "../format.js";
import { t } from "../say.js";
import { againstOf, type RuleSet } from "../settings/against.js";
import type { Settings } from "../settings/settings.js";
import { mechanismWords, pricingWords } from "../words.js";

/** Both sets of rules of the settings. */
export const bothRules = (settings: Settings): readonly [Settings, Settings] => [
  settings,
  againstOf(settings),
];

const pricingOf = ({ pricing, blend }: RuleSet): string =>
  pricing === "counterparty"
    ? pricingWords.counterparty.choice
    : t`${pricingWords[pricing].choice}, ${count(blend)} % of the way from the seller’s limit to the buyer’s`;

const poolOf = ({ pool, poolPrice, lots }: RuleSet): string =>
  !pool
    ? t`no pool`
    : lots === "whole"
      ? t`a pool at ${price(poolPrice * 1000)}, only whole lots`
      : t`a pool at ${price(poolPrice * 1000)}, lots may be divided`;

/** All that a set of rules says. */
export const rulesInWords = (rules: RuleSet): string =>
  t`Matching: ${mechanismWords[rules.mechanism].name}. Price of a trade: ${pricingWords[rules.pricing].does}. What is left: ${poolOf(rules)}.`;

/** What each of two sets is called beside the other, by the first thing in which they differ. */
export function namesOf([a, b]: readonly [RuleSet, RuleSet]): readonly [string, string] {
  const by = (say: (rules: RuleSet) => string): readonly [string, string] => [
    t`A: ${say(a)}`,
    t`B: ${say(b)}`,
  ];
  if (a.mechanism !== b.mechanism) return by(({ mechanism }) => mechanismWords[mechanism].name);
  if (a.pricing !== b.pricing) return by(({ pricing }) => pricingWords[pricing].choice);
  if (a.pricing !== "counterparty" && a.blend !== b.blend) return by(pricingOf);
  if (a.pool !== b.pool || a.poolPrice !== b.poolPrice || a.lots !== b.lots) return by(poolOf);
  return [t`A`, t`B: the same rules`];
}
