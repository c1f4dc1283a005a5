/** `gridclear optimum`: what a ledger's market could have reached, by a linear program (docs/optimum.md). */
import { fail } from "../../errors.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { type CarrierOptimum, type Optimum, optimum } from "../../report/optimum/optimum.js";
import type { Solver } from "../../report/optimum/problem.js";
import { amountTick, carriers, formatTicks, type Tick } from "../../units.js";
import { type Command, defineCommand } from "../command.js";
import { progressLine } from "../parts/progress.js";
import { inWordsOfRange, readRange } from "../parts/range.js";
import { withSource } from "../parts/source.js";
import { grouped, rounded, table } from "../parts/table.js";

/** `gridclear optimum`: the best that could have been, as a reference. */
export const optimumCommand: Command = defineCommand({
  name: "optimum",
  summary: "show what a market reached beside the best it could have",
  forms: ["LEDGER [--period A..B] [--json]"],
  about:
    "Solves, for each carrier, the linear program of the same orders, edges, stores and tariffs with everything known in advance, and shows the welfare and the prices of its solution beside what the market reached. That is a bound: no market can reach more, and most must reach less. Limits count as what energy is worth. It takes the package highs, a solver that is not installed with gridclear: npm install highs. A private market's ledger needs its records and secrets.",
  arguments: [
    { name: "LEDGER", help: "directory of a ledger, or what gridclear export wrote of one as json or file" },
  ],
  options: {
    period: { value: "A..B", help: "places in the ledger (heights), half-open: 1..97 (default: all of it)" },
    json: { help: "one JSON document on standard output, with the prices of every period and area" },
  },
  exits: { 0: "shown", 1: "the ledger is not good" },
  async run({ arguments: [ledger], options }, io) {
    const range = options.period === undefined ? {} : readRange(options.period);
    const solver = await loadSolver();
    const hasher = await openHasher();
    const progress = progressLine(io);
    const found = await withSource(ledger!, { hasher, verify: "hashes" }, ({ blocks }) =>
      optimum(blocks(), {
        solver,
        hasher,
        ...range,
        progress: (what) =>
          progress(() => (typeof what === "number" ? `${grouped(what)} blocks` : `solving ${what}`)),
      }),
    ).catch(inWordsOfRange);
    progress(() => "solved", true);
    io.out(options.json ? `${JSON.stringify(optimumDocument(found))}\n` : optimumText(found));
    return 0;
  },
});

/** The solver, which is installed by whoever wants it. Throws `unsupported` where it is not. */
async function loadSolver(): Promise<Solver> {
  try {
    // Its types are those of its CommonJS build, in which the function is a property.
    const { default: load } = (await import("highs")) as unknown as { default: () => Promise<Solver> };
    return await load();
  } catch (error) {
    const got = error instanceof Error ? error.message : error;
    return fail("unsupported", "highs", "the solver, a package of its own (npm install highs)", got);
  }
}

/** Millionths of what could be reached; null where that is nothing. */
const shareOf = ({ reached, best }: CarrierOptimum): bigint | null =>
  best > 0n ? (reached * 1_000_000n) / best : null;

function optimumDocument({ ticks, currency, from, to, carriers: each }: Optimum): object {
  const amount = amountTick(ticks.quantity, ticks.price);
  return {
    from,
    to,
    currency,
    carriers: Object.fromEntries(
      carriers.map((carrier) => {
        const { reached, best, prices } = each[carrier];
        const share = shareOf(each[carrier]);
        return [
          carrier,
          {
            reached: formatTicks(reached, amount),
            best: formatTicks(best, amount),
            share: share === null ? null : Number(share) / 1e6,
            prices: prices.map((areas) => areas.map((price) => formatTicks(price, ticks.price))),
          },
        ];
      }),
    ),
  };
}

function optimumText({ ticks, currency, from, to, carriers: each }: Optimum): string {
  const amount = amountTick(ticks.quantity, ticks.price);
  const rows = carriers.map((carrier) => {
    const { reached, best, prices } = each[carrier];
    const share = shareOf(each[carrier]);
    const all = prices.flat();
    const price = (value: number): string => rounded(BigInt(value), ticks.price, 4);
    const [least = 0, most = 0] = [all, all].map((values, place) =>
      values.reduce((a, b) => (place === 0 ? Math.min(a, b) : Math.max(a, b)), values[0] ?? 0),
    );
    return [
      carrier,
      money(reached, amount),
      money(best, amount),
      share === null ? "-" : `${rounded(share, { mantissa: 1n, scale: 4 }, 1)} %`,
      price(least),
      price(most),
    ];
  });
  return [
    `Periods ${grouped(from)} to ${grouped(to - 1)} of the ledger; welfare by the limits of orders, in ${currency}.\n\n`,
    table(["", "reached", "could have been", "share", "lowest price", "highest"], rows),
  ].join("");
}

const money = (value: bigint, tick: Tick): string => rounded(value, tick, 2);
