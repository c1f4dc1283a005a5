import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { openEngine } from "../../core/engine.js";
import { fail, placed } from "../../errors.js";
import { clearOrderFile } from "../../files/cleardocument.js";
import { parseOrderFile } from "../../files/orderfile.js";
import { checkRules, type FileRules, parseRulesFile } from "../../files/rulesfile.js";
import { decodeText } from "../../files/text.js";
import type { Command } from "../command.js";
import { clearTable } from "../parts/cleartable.js";

const usage = `Usage: gridclear clear ORDERS.csv [--rules RULES.json] [--json]

Clears one period from a file and prints the result.

ORDERS.csv   header and rows: carrier (electricity, heat, cold, gas; may be left out), side (offer, bid),
             id, quantity (kWh), price (currency per kWh). Row order is arrival order.
--rules      mechanism, pricing, pool and commission; the paper's rules when left out (docs/clear.md)
--json       one JSON document on standard output

Exit code 0: cleared. 2: the input or the rules are not acceptable; standard error says where and why.
`;

/** Reads a file and hands its text on; every error then starts with the file's name. */
async function fromFile<T>(path: string, read: (text: string) => T): Promise<T> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) =>
    fail("invalid", path, "a file that can be read", error.code ?? error.message),
  );
  try {
    return read(decodeText(bytes));
  } catch (error) {
    throw placed(error, path);
  }
}

/** `gridclear clear`: one clearing from a file (docs/clear.md). */
export const clearCommand: Command = {
  name: "clear",
  summary: "clear one period from a CSV of orders",
  usage,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { rules: { type: "string", multiple: true }, json: { type: "boolean", default: false } },
    });
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0)
      return fail("invalid", "ORDERS.csv", "exactly one file", positionals.length);
    const [rulesPath, ...moreRules] = values.rules ?? [];
    if (moreRules.length > 0) return fail("invalid", "--rules", "at most one file", values.rules?.length);
    const rules: FileRules =
      rulesPath === undefined ? checkRules({}) : await fromFile(rulesPath, parseRulesFile);
    const orders = await fromFile(path, (text) => parseOrderFile(text, rules.ticks));
    const engine = await openEngine();
    const document = clearOrderFile(engine, orders, rules);
    io.out(values.json ? `${JSON.stringify(document)}\n` : clearTable(document));
    return 0;
  },
};
