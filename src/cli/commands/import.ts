/** `gridclear import`: a community's past out of meter files (docs/import.md). */
import { fail, within } from "../../errors.js";
import { type CommunityFile, maxCommunityLength, parseCommunity } from "../../files/communityfile.js";
import { CommunityReadings, shareIntervals } from "../../files/communityshare.js";
import { ppm } from "../../units.js";
import { type Command, defineCommand } from "../command.js";
import { inputName, readInput } from "../parts/document.js";
import { importLedger } from "../parts/importledger.js";
import { importDocument, importText } from "../parts/importtext.js";
import { readMeterFiles, readSpan } from "../parts/meterfiles.js";

/** `gridclear import`: reads meter files, shares what they say by a community's key, and makes a ledger of it. */
export const importCommand: Command = defineCommand({
  name: "import",
  summary: "try a community on its past, from meter files",
  forms: ["READINGS… --community COMMUNITY.json [--out LEDGER]\n[--from TIME] [--to TIME] [--json]"],
  about:
    "Reads what meters said from CSV and Parquet files of stated forms, shares every interval by the community's key, and shows what each member would have received, supplied and paid. Nothing about the files is guessed: what they are stands in COMMUNITY.json, what contradicts it is refused with its line, and what is not said and matters is asked for.\n\nWith --out it seals a period for each interval into a ledger, whose blocks have the times of the readings; without it nothing is written. Interrupted, by Ctrl-C or in any other way, the same command goes on where it stopped; the ledger comes out the same.",
  arguments: [
    {
      name: "READINGS…",
      help: "files of one form, CSV or Parquet, in any order; rows may come in any order too",
      many: true,
    },
  ],
  options: {
    community: {
      value: "COMMUNITY.json",
      help: "members, price, key, and what the readings look like (docs/import.md)",
    },
    out: {
      value: "LEDGER",
      help: "directory of the ledger, made when it is not there; one with other files is refused",
    },
    from: {
      value: "TIME",
      help: "leave aside what was before: a day of the readings' zone, or a moment such as 2026-01-31T12:00Z",
    },
    to: { value: "TIME", help: "leave aside what was from then on" },
    json: { help: "one JSON document on standard output" },
  },
  exits: {
    0: "read and shared, and the ledger is complete",
    1: "the ledger that is there is not good",
  },
  async run({ arguments: paths, options }, io) {
    const file = options.community ?? fail("invalid", "--community", "COMMUNITY.json", "nothing");
    const community = await readInput(file, maxCommunityLength, parseCommunity);
    const span = readSpan(options.from, options.to, community.readings.time.zone);
    const table = within(inputName(file), () => community.table());
    const extent = await readMeterFiles(paths, { community, table, span }, io);
    const readings = new CommunityReadings(table, extent, community.readings);
    const key = within(inputName(file), () => community.keyFor(readings.members));
    const factors = factorsOf(community, readings.members.length);
    const { missing } = community.readings;
    const sums = shareIntervals(readings, { key, factors, missing });
    const written =
      options.out === undefined
        ? null
        : await importLedger({ community, readings, factors, folder: options.out }, io);
    const imported = { community, readings, extent, sums, left: [...table.left], written };
    io.out(options.json ? `${JSON.stringify(importDocument(imported))}\n` : importText(imported));
    return written?.exitCode ?? 0;
  },
});

/** How much of each member's meter takes part; all of it where the file says nothing. */
const factorsOf = ({ members }: CommunityFile, count: number): readonly number[] =>
  members?.map(({ factor = ppm }) => factor) ?? new Array<number>(count).fill(ppm);
