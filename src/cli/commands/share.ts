/** `gridclear share`: one period of a community's readings, shared by a key (docs/sharing.md). */
import { within } from "../../errors.js";
import { documentJson } from "../../files/cleardocument.js";
import { parseReadingsFile } from "../../files/readingsfile.js";
import { shareReadings } from "../../files/sharedocument.js";
import { maxKeyLength, parseSharingKey } from "../../files/sharingkeyfile.js";
import { maxTextLength } from "../../files/text.js";
import { type Command, defineCommand } from "../command.js";
import { inputName, readInput } from "../parts/document.js";
import { shareTable } from "../parts/sharetable.js";

/** `gridclear share`: says what each participant receives and supplies of what was metered. */
export const shareCommand: Command = defineCommand({
  name: "share",
  summary: "share metered energy in a community by a key",
  forms: ["READINGS.csv [--key KEY.json] [--json]"],
  about: "Shares one period's metered energy among the members of a community and prints the result.",
  arguments: [
    {
      name: "READINGS.csv",
      help: "header and rows: participant, in (kWh drawn), out (kWh injected); row order is the participants' order; - reads standard input",
    },
  ],
  options: {
    key: {
      value: "KEY.json",
      help: "key (proportional, static, cascade, equal, priority) with its shares or classes, supply, quantityTick (default: proportional to what each drew)",
    },
    json: { help: "one JSON document on standard output" },
  },
  exits: { 0: "shared" },
  async run({ arguments: [path], options }, io) {
    const key =
      options.key === undefined
        ? parseSharingKey("{}")
        : await readInput(options.key, maxKeyLength, parseSharingKey);
    const readings = await readInput(path!, maxTextLength, (text) =>
      parseReadingsFile(text, key.quantityTick),
    );
    // What the key does not say well about these readings is its file's fault.
    const document = within(inputName(options.key ?? "key"), () => shareReadings(readings, key));
    if (!options.json) io.out(shareTable(document));
    else {
      for (const piece of documentJson(document)) io.out(piece);
      io.out("\n");
    }
    return 0;
  },
});
