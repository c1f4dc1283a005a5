/** `gridclear replay`: a ledger's past under other rules, and who gains what (docs/replay.md). */
import { object } from "../../check.js";
import { fail, within } from "../../errors.js";
import { parseJson } from "../../files/jsonfile.js";
import type { Blocks } from "../../ledger/format/chain.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { openHasher } from "../../ledger/tree/hashwasm.js";
import { checkedBlocks } from "../../report/blocks.js";
import type { MarketTicks } from "../../report/columns.js";
import { checkWhatIf, type WhatIfRules } from "../../report/whatif/rules.js";
import { replayWith, ticksOf } from "../../report/whatif/whatif.js";
import { type Command, defineCommand } from "../command.js";
import { readText } from "../parts/document.js";
import { progressLine } from "../parts/progress.js";
import { withSource } from "../parts/source.js";
import { grouped } from "../parts/table.js";
import { whatIfDocument, whatIfText } from "../parts/whatiftable.js";

/** Most characters of RULES.json. */
const maxRulesLength = 1 << 20;

/** `gridclear replay`: the real past under other rules. */
export const replayCommand: Command = defineCommand({
  name: "replay",
  summary: "clear a ledger's past again under other rules",
  forms: ["LEDGER --with RULES.json [--json]"],
  about:
    "Executes a ledger, and beside it the same orders and readings under other rules: another mechanism, pool, tariff, fees and limits of areas, members who leave or are there twice, a battery more. Shows for each member what it bore, what it would have borne, and what it gains. Stores act anew, by their contracts. What comes of it is a calculation: nothing is signed or sealed, and nothing in the ledger is changed. A private market's ledger needs its records and secrets.",
  arguments: [
    { name: "LEDGER", help: "directory of a ledger, or what gridclear export wrote of one as json or file" },
  ],
  options: {
    with: { value: "RULES.json", help: "the other rules (docs/replay.md); {} changes nothing" },
    json: { help: "one JSON document on standard output" },
  },
  exits: { 0: "shown", 1: "the ledger is not good" },
  async run({ arguments: [ledger], options }, io) {
    const path = options.with ?? fail("invalid", "--with", "a file with other rules", "none");
    const text = await readText(path, { limit: 4 * maxRulesLength });
    const hasher = await openHasher();
    const progress = progressLine(io);
    const start = performance.now();
    // Links only: every section is hashed by the replay, and once is enough.
    const found = await withSource(ledger!, { hasher, verify: "hashes" }, async ({ blocks, store }) => {
      const rules = within(path, readRules(text, await genesisTicks(blocks(), hasher)));
      const of = store === null ? "" : ` of ${grouped(store.size)}`;
      return replayWith(blocks(), rules, {
        hasher,
        progress: (done) => progress(() => `${grouped(done)}${of} blocks`, done === store?.size),
      });
    });
    const facts = { ledger: ledger!, rules: path, durationMs: Math.round(performance.now() - start) };
    io.out(options.json ? `${JSON.stringify(whatIfDocument(found, facts))}\n` : whatIfText(found, facts));
    return 0;
  },
});

/** The ticks in which a ledger counts, for the check of the rules alone: whoever replays reads them again. */
async function genesisTicks(blocks: Blocks, hasher: Hasher): Promise<MarketTicks> {
  for await (const { block } of checkedBlocks(blocks, hasher)) return ticksOf(block);
  return fail("invalid", "LEDGER", "a ledger with blocks", "none");
}

/** Rules as JSON gives them, after they were checked; what is wrong with them stands on a line. */
const readRules = (text: string, ticks: MarketTicks) => (): WhatIfRules =>
  parseJson(text, { root: "rules", most: maxRulesLength }, (value) => {
    checkWhatIf(object(value, "rules"), ticks);
    return value as WhatIfRules;
  });
