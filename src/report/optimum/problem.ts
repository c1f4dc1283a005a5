/**
 * The most that the orders of a carrier could have come to in some periods, as a linear program: what is sold and
 * served, what goes up and down across each edge of the network, what the grid brings and takes, and what stores carry
 * from one period to the next. Written down for a solver, and its answer read back; docs/optimum.md has it as formulas.
 */
import { fail } from "../../errors.js";
import { ppm } from "../../units.js";

/**
 * A solver of linear programs: what `highs` gives when it is loaded. Takes a program in CPLEX's LP format.
 */
export interface Solver {
  solve(
    problem: string,
    options?: { readonly output_flag?: boolean },
  ): {
    readonly Status: string;
    readonly ObjectiveValue: number;
    /** Each with its value, `Primal`. */
    readonly Columns: { readonly [name: string]: object };
    /** Each with its `Name` and its price, `Dual`. */
    readonly Rows: readonly object[];
  };
}

/** Orders of one side: limits in price ticks, quantities in quantity ticks, and the places of their areas. */
export interface Lots {
  readonly price: number[];
  readonly quantity: number[];
  readonly area: number[];
}

/** An area, by its place in the tree of the carrier; the root is first, and its edge is none. */
export interface ProblemArea {
  readonly parent: number;
  /** Price ticks for a unit that crosses its edge, either way. */
  readonly fee: number;
  /** Quantity ticks; null: no limit. */
  readonly exportLimit: number | null;
  readonly importLimit: number | null;
}

/** A store in a period. Efficiencies and what is lost by standing in ppm, energies in quantity ticks. */
export interface ProblemStore {
  readonly device: number;
  readonly area: number;
  /** Its charge before the period where it is not carried over from the one before; else null. */
  readonly before: number | null;
  readonly capacity: number;
  readonly chargeLimit: number;
  readonly dischargeLimit: number;
  readonly chargeEfficiency: number;
  readonly dischargeEfficiency: number;
  readonly selfDischarge: number;
  /** What it used on the way here. */
  readonly used: number;
  /** Least charge after the period. */
  readonly least: number;
}

/** A period of a carrier. */
export interface ProblemPeriod {
  readonly offers: Lots;
  readonly bids: Lots;
  readonly areas: readonly ProblemArea[];
  /** What the grid takes and pays for a unit at the root, in price ticks; null: there is no grid. */
  readonly grid: { readonly retail: number; readonly feedIn: number } | null;
  readonly stores: readonly ProblemStore[];
}

/** The best that could have been. */
export interface Best {
  /** Limits of bids served − limits of offers sold − fees − imports + exports, in price ticks × quantity ticks. */
  readonly welfare: number;
  /** By period, what one unit more in each area would be worth, in price ticks. */
  readonly prices: readonly (readonly number[])[];
  /** By period, what each of the offers and bids sells and is served, in quantity ticks. */
  readonly sold: readonly (readonly number[])[];
  readonly served: readonly (readonly number[])[];
}

/** Most columns of a program. */
export const maxColumns = 500_000;

/** Quantities and prices are given to the solver in millions of ticks, so that its tolerances are a tenth of a tick. */
const scale = 1e-6;
/** A limit that can hold anything back; beyond it a solver sees none. */
const mostLimit = 2 ** 40;

/** A program while it is written. */
class Writer {
  readonly #objective: string[] = [];
  readonly #rows: string[] = [];
  readonly #bounds: string[] = [];
  #columns = 0;

  /** A column from 0 to `most` ticks (null: without limit); what a tick of it is worth. */
  column(name: string, most: number | null, worth: number): void {
    this.#columns += 1;
    if (this.#columns > maxColumns)
      fail("limit", "optimum", `at most ${maxColumns} columns of a linear program (fewer periods)`, "more");
    if (worth !== 0) this.#objective.push(term(worth * scale, name));
    if (most !== null && most < mostLimit) this.#bounds.push(` 0 <= ${name} <= ${most * scale}`);
  }

  row(name: string, terms: readonly string[], relation: "=" | "<=" | ">=", right: number): void {
    if (terms.length > 0) this.#rows.push(` ${name}: ${broken(terms)} ${relation} ${right * scale}`);
  }

  get isEmpty(): boolean {
    return this.#columns === 0;
  }

  toString(): string {
    const objective = this.#objective.length === 0 ? ["0 none"] : this.#objective;
    return [
      "Maximize",
      ` worth: ${broken(objective)}`,
      "Subject To",
      ...this.#rows,
      "Bounds",
      ...this.#bounds,
      "End",
      "",
    ].join("\n");
  }
}

const term = (factor: number, name: string): string =>
  `${factor < 0 ? "-" : "+"} ${Math.abs(factor)} ${name}`;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Terms on lines that are short enough for any reader of the format. */
function broken(terms: readonly string[]): string {
  const lines: string[] = [];
  for (let at = 0; at < terms.length; at += 8) lines.push(terms.slice(at, at + 8).join(" "));
  return lines.join("\n  ");
}

/** Writes the periods of a carrier, which follow on each other, as one program in CPLEX's LP format. */
export function writeProblem(periods: readonly ProblemPeriod[]): string | null {
  const writer = new Writer();
  for (const [period, each] of periods.entries()) {
    const rows: string[][] = each.areas.map(() => []);
    const lots = ({ price, quantity, area }: Lots, letter: string, sign: 1 | -1): void => {
      for (const [lot, most] of quantity.entries()) {
        const name = `${letter}${period}_${lot}`;
        writer.column(name, most, -sign * price[lot]!);
        rows[area[lot]!]!.push(term(sign, name));
      }
    };
    lots(each.offers, "o", 1);
    lots(each.bids, "b", -1);
    if (each.grid !== null) {
      // Not without end, even where the grid pays more than it takes.
      const most = (lots: Lots, limit: "chargeLimit" | "dischargeLimit"): number =>
        sum(lots.quantity) + sum(each.stores.map((store) => store[limit]));
      writer.column(`g${period}`, most(each.bids, "chargeLimit"), -each.grid.retail);
      writer.column(`x${period}`, most(each.offers, "dischargeLimit"), each.grid.feedIn);
      rows[0]!.push(`+ g${period}`, `- x${period}`);
    }
    for (const [place, { parent, fee, exportLimit, importLimit }] of each.areas.entries()) {
      if (place === 0) continue;
      const [up, down] = [`u${period}_${place}`, `d${period}_${place}`];
      writer.column(up, exportLimit, -fee);
      writer.column(down, importLimit, -fee);
      rows[place]!.push(`- ${up}`, `+ ${down}`);
      rows[parent]!.push(`+ ${up}`, `- ${down}`);
    }
    for (const store of each.stores) writeStore(writer, period, store, rows);
    for (const [place, terms] of rows.entries()) writer.row(`a${period}_${place}`, terms, "=", 0);
  }
  return writer.isEmpty ? null : `${writer}`;
}

/** What a store draws (`c`), delivers (`y`) and then holds (`e`). */
function writeStore(writer: Writer, period: number, store: ProblemStore, rows: readonly string[][]): void {
  const name = (letter: string, at = period): string => `${letter}${at}_${store.device}`;
  writer.column(name("c"), store.chargeLimit, 0);
  writer.column(name("y"), store.dischargeLimit, 0);
  writer.column(name("e"), store.capacity, 0);
  rows[store.area]!.push(`- ${name("c")}`, `+ ${name("y")}`);
  const kept = (ppm - store.selfDischarge) / ppm;
  // What is lost by standing is rounded down to whole ticks: one tick more may be left.
  const slack = store.selfDischarge > 0 ? 1 : 0;
  const terms = [
    `+ 1 ${name("e")}`,
    ...(store.before === null ? [term(-kept, name("e", period - 1))] : []),
    term(-store.chargeEfficiency / ppm, name("c")),
    term(ppm / store.dischargeEfficiency, name("y")),
  ];
  writer.row(name("s"), terms, "<=", slack - store.used + kept * (store.before ?? 0));
  if (store.least > 0) writer.row(name("l"), [`+ 1 ${name("e")}`], ">=", store.least);
}

/** Solves the periods of a carrier. Throws `unsupported` when the solver finds no optimum, naming what it says. */
export function solveProblem(periods: readonly ProblemPeriod[], solver: Solver): Best {
  const problem = writeProblem(periods);
  const none = periods.map(({ areas }) => areas.map(() => 0));
  if (problem === null) return { welfare: 0, prices: none, sold: [], served: [] };
  const { Status, ObjectiveValue, Columns, Rows } = solver.solve(problem, { output_flag: false });
  if (Status !== "Optimal") fail("unsupported", "optimum", "an optimal solution of the solver", Status);
  const columns = Columns as { readonly [name: string]: { readonly Primal?: number } };
  const rows = Rows as readonly { readonly Name?: string; readonly Dual?: number }[];
  const duals = new Map(rows.map(({ Name, Dual }) => [Name, Dual ?? 0]));
  const of = (letter: string, period: number, { quantity }: Lots): number[] =>
    quantity.map((_, lot) => Math.round((columns[`${letter}${period}_${lot}`]?.Primal ?? 0) / scale));
  return {
    welfare: ObjectiveValue / scale / scale,
    // One unit more than nothing comes for free: what it adds is its price, with the sign of the row.
    prices: periods.map(({ areas }, period) =>
      areas.map((_, place) => Math.round(-(duals.get(`a${period}_${place}`) ?? 0) / scale) + 0),
    ),
    sold: periods.map(({ offers }, period) => of("o", period, offers)),
    served: periods.map(({ bids }, period) => of("b", period, bids)),
  };
}
