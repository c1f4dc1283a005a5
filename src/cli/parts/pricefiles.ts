/** Files of prices, which lie beside the tariff, scenario or market file that names them. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fail, GridclearError } from "../../errors.js";
import { maxTariffLength, type PriceFiles } from "../../files/tarifffile.js";
import { decodeText } from "../../files/text.js";
import { reasonOf } from "./problem.js";

/** The files of prices beside a file. */
export const pricesBeside =
  (path: string): PriceFiles =>
  (name) => {
    const file = join(dirname(path), name);
    try {
      if (statSync(file).size > maxTariffLength)
        return fail("limit", name, `at most ${maxTariffLength} bytes`, "more");
      return decodeText(readFileSync(file)).replaceAll("\r\n", "\n");
    } catch (error) {
      if (error instanceof GridclearError) throw error;
      return fail("invalid", name, "a file that can be read", reasonOf(error));
    }
  };
