// Makes the studies of docs/studies.md that are no `gridclear compare`; `npm run build:lib` comes first.
//   node scripts/studies.mjs manipulation [MARKETS]   what lying brings one participant, and what is left when all lie
import { openEngine } from "../dist/index.js";
import { attacks, manipulation, played } from "../dist/study/manipulation.js";

const rulesOf = {
  "value, counterparty": { mechanism: "value", pricing: "counterparty" },
  "value, blend": { mechanism: "value", pricing: "blend" },
  "merit, one price": { mechanism: "merit", pricing: "uniform" },
  "merit, blend": { mechanism: "merit", pricing: "blend" },
};
const seed = 1;

const shown = ({ mean, half }, places = 1) => `${mean.toFixed(places)} ± ${half.toFixed(places)}`;
const row = (...cells) => console.log(`| ${cells.join(" | ")} |`);

/** Tables of what each lie brings, as Markdown. */
async function lies(markets = 500) {
  const engine = await openEngine();
  for (const size of [15, 60]) {
    console.log(`\n${size} offers, ${size} bids, ${markets} markets: gain in % of what the truth is worth`);
    row("rules", "who", ...attacks);
    for (const [name, rules] of Object.entries(rulesOf))
      for (const side of ["seller", "buyer"]) {
        const found = manipulation(engine, { seed, markets, size, rules, side });
        row(
          name,
          side,
          ...attacks.map((attack) => `${shown(found[attack].gain)} (${found[attack].pays.toFixed(0)} %)`),
        );
      }
  }
  const few = Math.ceil(markets / 5);
  console.log(`\nall shade as is best for them, 8 rounds, ${few} markets of 15 + 15`);
  row("rules", "rounds", "% of the best welfare", "mean price", "% of the gain that sellers have");
  for (const [name, rules] of Object.entries(rulesOf))
    for (const rounds of [0, 8]) {
      const { welfare, price, sellers } = played(engine, { seed, markets: few, size: 15, rules }, rounds);
      const coins = { mean: price.mean / 1e6, half: price.half / 1e6 };
      row(name, rounds, shown(welfare), shown(coins, 3), shown(sellers));
    }
}

const studies = { manipulation: lies };
const [what, size] = process.argv.slice(2);
const wanted = studies[what];
if (wanted === undefined || (size !== undefined && !/^[1-9]\d{0,4}$/.test(size))) {
  console.error(`node scripts/studies.mjs ${Object.keys(studies).join("|")} [SIZE]`);
  process.exitCode = 2;
} else await wanted(size === undefined ? undefined : Number(size));
