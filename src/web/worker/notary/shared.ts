/** What a block says of energy that members shared: who received it of whom, how much, and for what. */
import type { Block } from "../../../ledger/format/block.js";
import { readRecord } from "../../../ledger/format/layout.js";
import { flowLayout } from "../../../ledger/format/records.js";
import { formatTicks } from "../../../units.js";
import { t } from "../../say.js";
import { carrierNames } from "../../words.js";
import { memberOf, type Names } from "./differences.js";
import type { SharedShown } from "./shown.js";

/** Most lines of one block, and of all blocks of a ledger together, that are kept to be shown. */
const mostOfBlock = 50;
const mostOfAll = 20_000;

/** Gathers what was shared, block by block. */
export class SharedBlocks {
  readonly #byHeight = new Map<number, SharedShown>();
  #lines = 0;

  /** Takes a block that holds. */
  add({ header, sections }: Block, names: Names): void {
    const { ticks, currency } = names;
    const lines: SharedShown["lines"][number][] = [];
    let count = 0;
    for (let index = 0; index < header.sections.flows.count; index += 1) {
      const { kind, carrier, party, order, quantity, amount, extra } = readRecord(
        flowLayout,
        sections.flows,
        index,
      );
      if (kind !== "shared" && kind !== "unshared") continue;
      count += 1;
      if (lines.length === mostOfBlock || this.#lines === mostOfAll) continue;
      this.#lines += 1;
      const back = kind === "unshared" ? "−" : "";
      lines.push({
        supplier: memberOf(names, order),
        receiver: memberOf(names, party),
        carrier: carrierNames[carrier],
        energy: `${back}${formatTicks(quantity, ticks.quantity)} kWh`,
        amount: `${back}${formatTicks(amount, ticks.amount)} ${currency}`,
        period: t`period ${Number(extra)}`,
      });
    }
    if (count > 0) this.#byHeight.set(header.height, { count, lines });
  }

  /** What a block shared; null: nothing. */
  at(height: number): SharedShown | null {
    return this.#byHeight.get(height) ?? null;
  }
}
