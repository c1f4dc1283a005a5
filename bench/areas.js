// @ts-check

import { openEngine } from "gridclear";
import loadHighs from "highs";
import { randomFrom } from "./inputs.js";
import { rounds, row } from "./measure.js";

export const question =
  "What do areas cost beside the flat market, and beside the same problem in a solver of linear programs?";

/** @typedef {import("gridclear").Area} Area @typedef {import("gridclear").AreaBook} AreaBook */
/** @typedef {{ areas: Area[], book: AreaBook }} Grid */

const half = 500_000;
/** A solver that takes longer has given up. */
const patienceSeconds = 60;

/**
 * A root, `regions` below it, and `leaves` below each; every area has orders. Prices are a tariff's spread apart, fees
 * a thirtieth of that; limits are left out or about what an area would send. @param {number} size orders @param
 * {number} regions @param {number} leaves @param {boolean} limited @returns {Grid}
 */
function grid(size, regions, leaves, limited) {
  const random = randomFrom(777);
  const between = (/** @type {number} */ low, /** @type {number} */ high) =>
    low + Math.floor(random() * (high - low + 1));
  /** @type {Area[]} */
  const areas = [{}];
  const most = Math.ceil((size / (1 + regions + regions * leaves)) * 400);
  const limits = () => (limited ? { exportLimit: between(0, most), importLimit: between(0, most) } : {});
  const add = (/** @type {number} */ parent) =>
    areas.push({ parent, fee: between(0, 20_000), ...limits() }) - 1;
  const tops = Array.from({ length: regions }, () => add(0));
  for (const top of tops) for (let leaf = 0; leaf < leaves; leaf++) add(top);
  const count = size >>> 1;
  const side = (/** @type {number} */ low) => ({
    quantity: Uint32Array.from({ length: count }, () => between(1, 5_000)),
    price: Int32Array.from({ length: count }, () => between(low, low + 600_000)),
    area: Uint16Array.from({ length: count }, () => between(0, areas.length - 1)),
  });
  return { areas, book: { offers: side(0), bids: side(100_000) } };
}

/** Welfare of what a clearing trades, in whole money ticks. @param {Grid} grid @param {any} clearing */
function welfareOf({ areas, book }, { remaining, areas: outcome }) {
  let welfare = 0;
  book.bids.quantity.forEach((quantity, bid) => {
    welfare += book.bids.price[bid] * (quantity - remaining.bids[bid]);
  });
  book.offers.quantity.forEach((quantity, offer) => {
    welfare -= book.offers.price[offer] * (quantity - remaining.offers[offer]);
  });
  areas.forEach(({ fee = 0 }, area) => {
    welfare -= fee * Math.abs(Number(outcome.flow[area]));
  });
  return welfare;
}

/**
 * The same as a linear program: what is sold, served, goes up and comes down, and a balance for each area.
 * @param {any} highs @param {Grid} grid
 */
function program(highs, { areas, book }) {
  const { offers, bids } = book;
  const cost = [];
  const upper = [];
  const starts = [0];
  const rows = [];
  const factors = [];
  const column = (
    /** @type {number} */ value,
    /** @type {number} */ most,
    /** @type {(readonly [number, number])[]} */ entries,
  ) => {
    cost.push(value);
    upper.push(most);
    for (const [place, factor] of entries) {
      rows.push(place);
      factors.push(factor);
    }
    starts.push(rows.length);
  };
  offers.quantity.forEach((quantity, offer) => {
    column(-offers.price[offer], quantity, [[/** @type {Uint16Array} */ (offers.area)[offer], 1]]);
  });
  bids.quantity.forEach((quantity, bid) => {
    column(bids.price[bid], quantity, [[/** @type {Uint16Array} */ (bids.area)[bid], -1]]);
  });
  areas.forEach(({ parent, fee = 0, exportLimit, importLimit }, area) => {
    if (parent === undefined) return;
    column(-fee, exportLimit ?? highs.infinity, [
      [area, -1],
      [parent, 1],
    ]);
    column(-fee, importLimit ?? highs.infinity, [
      [area, 1],
      [parent, -1],
    ]);
  });
  const numCols = cost.length;
  const numRows = areas.length;
  return {
    numCols,
    numRows,
    sense: highs.constants.objectiveSense.maximize,
    colCost: cost,
    colLower: new Float64Array(numCols),
    colUpper: upper,
    rowLower: new Float64Array(numRows),
    rowUpper: new Float64Array(numRows),
    matrix: { format: "csc", numRows, numCols, starts, indices: rows, values: factors },
  };
}

/**
 * Solves a program; its welfare, or null where the solver gave up.
 * @param {any} highs @param {any} model @returns {number | null}
 */
function solve(highs, model) {
  return highs.withModel(model, (/** @type {any} */ made) => {
    made.options.set({ output_flag: false, time_limit: patienceSeconds });
    made.run();
    return made.getModelStatus() === highs.constants.modelStatus.optimal ? made.getObjectiveValue() : null;
  });
}

/** @param {import("./run.js").Context} context @returns {Promise<import("./measure.js").Row[]>} */
export async function run({ sizes, smoke, budgetMs, say }) {
  const engine = await openEngine();
  const rows = [];
  for (const size of sizes) {
    const flat = grid(size, 31, 31, false);
    const limited = grid(size, 31, 31, true);
    const { offers, bids } = flat.book;
    const byMerit = /** @type {const} */ ({ mechanism: "merit", pricing: "uniform", k: half });
    const one = {
      offers: { quantity: offers.quantity, price: offers.price },
      bids: { quantity: bids.quantity, price: bids.price },
    };
    rows.push(
      ...rounds(
        { work: "areas", size, unit: "orders" },
        [
          { name: "flat merit", run: () => engine.clear({ offers, bids }, byMerit) },
          { name: "one area", run: () => engine.clear(one, { ...byMerit, areas: [{}] }) },
          { name: "993 areas, fees", run: () => engine.clear(flat.book, { ...byMerit, areas: flat.areas }) },
          {
            name: "993 areas, fees and limits",
            run: () => engine.clear(limited.book, { ...byMerit, areas: limited.areas }),
          },
        ],
        { budgetMs: budgetMs * 4, least: 5 },
      ),
    );
  }

  // The package's types are those of its CommonJS build, in which the function is a property.
  const highs = await /** @type {any} */ (loadHighs)();
  for (const size of smoke ? [200] : [1_000, 10_000, 100_000, 1_000_000]) {
    const drawn = grid(size, 6, 5, true);
    const rules = /** @type {const} */ ({ mechanism: "merit", k: half });
    const about = { work: "areas as a linear program", size, unit: "orders" };
    const model = program(highs, drawn);
    const started = performance.now();
    let solved = null;
    try {
      solved = solve(highs, model);
    } catch (error) {
      say(`HiGHS gives up at ${size} orders: ${error}`);
    }
    const took = performance.now() - started;
    const own = () => engine.clear(drawn.book, { ...rules, areas: drawn.areas });
    const welfare = `${welfareOf(drawn, own())}`;
    const [gridclear] = rounds(about, [{ name: "gridclear", run: own }], { budgetMs });
    rows.push({ ...gridclear, hash: welfare });
    if (solved === null) {
      say(`HiGHS has nothing at ${size} orders after ${(took / 1000).toFixed(0)} s`);
      break;
    }
    // Doubles hold the sum to a part in 10¹⁵; the solver's own tolerance is far coarser.
    const same = Math.abs(solved - Number(welfare)) <= Math.abs(solved) * 1e-9;
    rows.push(row(about, "HiGHS", [took], same ? welfare : `${solved}`));
  }
  engine.close();
  return rows;
}
