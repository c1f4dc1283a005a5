/** Starts the page in the language that is wanted: words are said as modules load, so the language comes first. */
import { mendLanguage } from "./language.js";
import { tableOf } from "./languages/tables.js";
import { language, preferred, sayStanding, speak } from "./say.js";
import { startAhead } from "./worker/start.js";

mendLanguage();
const wanted = preferred();
speak(wanted, await tableOf(wanted));
// A page beside a market that is served follows that, and may never compute.
if (document.querySelector('meta[name="gridclear-market"]') === null) startAhead();
document.documentElement.lang = language();
sayStanding(document);
(await import("./page.js")).start();
