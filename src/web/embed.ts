/** Starts the walk that other pages embed, in the language that is wanted: words are said as modules load. */
import { mendLanguage } from "./language.js";
import { tableOf } from "./languages/tables.js";
import { language, preferred, speak } from "./say.js";
import { startAhead } from "./worker/start.js";

mendLanguage();
const wanted = preferred();
speak(wanted, await tableOf(wanted));
startAhead();
document.documentElement.lang = language();
(await import("./views/embedded.js")).openEmbedded(document.querySelector<HTMLElement>("#walk")!);
