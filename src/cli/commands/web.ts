/** `gridclear web`: serves the simulator page from this machine. */
import { once } from "node:events";
import { fail } from "../../errors.js";
import { type Command, defineCommand } from "../command.js";
import { interruptible } from "../parts/interrupt.js";
import { builtPage, servePage } from "../parts/page.js";

/** `gridclear web`: serves the simulator page. */
export const webCommand: Command = defineCommand({
  name: "web",
  summary: "serve the simulator page on this machine",
  forms: ["[--port N] [--host H]"],
  about:
    "Serves the simulator page from this machine until it is interrupted. Nothing leaves the machine: the page computes everything in the browser.",
  options: {
    port: { value: "N", default: "8310", help: "port to listen on, 0 for any that is free" },
    host: { value: "H", default: "127.0.0.1", help: "address to listen on; that of this machine alone" },
  },
  exits: { 0: "served until a signal stopped it" },
  async run({ options }, io) {
    const port = /^[0-9]{1,5}$/.test(options.port) ? Number(options.port) : Number.NaN;
    if (!(port <= 65_535)) return fail("invalid", "--port", "a number from 0 to 65535", options.port);
    const page = await servePage(builtPage, options.host, port);
    io.out(`${page.url}\n`);
    io.err("Serving the simulator page; stop it with Ctrl-C.\n");
    await interruptible(async ({ signal }) => {
      if (!signal.aborted) await once(signal, "abort");
    });
    await page.close();
    return 0;
  },
});
