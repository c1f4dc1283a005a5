/** `gridclear clear`: one clearing from a file of orders (docs/clear.md). */
import { openEngine } from "../../core/engine.js";
import { clearOrderFile, documentJson } from "../../files/cleardocument.js";
import { parseOrderFile } from "../../files/orderfile.js";
import { checkFileRules, type FileRules, maxRulesLength, parseRulesFile } from "../../files/rulesfile.js";
import { maxTextLength } from "../../files/text.js";
import { type Command, defineCommand } from "../command.js";
import { clearTable } from "../parts/cleartable.js";
import { readInput } from "../parts/document.js";

/** `gridclear clear`: clears one period and prints what came of it. */
export const clearCommand: Command = defineCommand({
  name: "clear",
  summary: "clear one period from a CSV of orders",
  forms: ["ORDERS.csv [--rules RULES.json] [--json]"],
  about: "Clears one period from a file and prints the result.",
  arguments: [
    {
      name: "ORDERS.csv",
      help: "header and rows: carrier (electricity, heat, cold, gas; may be left out), side (offer, bid), id, quantity (kWh), price (currency per kWh), poolPrice (limit in the pool; may be left out), area (of the rules; may be left out); row order is arrival order; - reads standard input",
    },
  ],
  options: {
    rules: {
      value: "RULES.json",
      help: "mechanism, pricing, pool, commission and areas (default: the paper's rules)",
    },
    json: { help: "one JSON document on standard output" },
  },
  exits: { 0: "cleared" },
  async run({ arguments: [path], options }, io) {
    const rules: FileRules =
      options.rules === undefined
        ? checkFileRules({})
        : await readInput(options.rules, 4 * maxRulesLength, parseRulesFile);
    const orders = await readInput(path!, maxTextLength, (text) =>
      parseOrderFile(text, rules.ticks, rules.areas),
    );
    const engine = await openEngine();
    const document = clearOrderFile(engine, orders, rules);
    engine.close();
    if (!options.json) io.out(clearTable(document, rules.areas));
    else {
      for (const piece of documentJson(document)) io.out(piece);
      io.out("\n");
    }
    return 0;
  },
});
