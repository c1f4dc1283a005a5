/** What the page says in German. */
import { along } from "./de/along.js";
import { bench } from "./de/bench.js";
import { charts } from "./de/charts.js";
import { compare } from "./de/compare.js";
import { day } from "./de/day.js";
import { frame } from "./de/frame.js";
import { home } from "./de/home.js";
import { indicators } from "./de/indicators.js";
import { judging } from "./de/judging.js";
import { ledger } from "./de/ledger.js";
import { live } from "./de/live.js";
import { notary } from "./de/notary.js";
import { own } from "./de/own.js";
import { period } from "./de/period.js";
import { seeds } from "./de/seeds.js";
import { story } from "./de/story.js";
import type { Table } from "./table.js";

export const table: Table = {
  ...along,
  ...bench,
  ...charts,
  ...compare,
  ...day,
  ...frame,
  ...home,
  ...indicators,
  ...judging,
  ...ledger,
  ...live,
  ...notary,
  ...own,
  ...period,
  ...seeds,
  ...story,
  // The page around the views
  "Skip to the content": "Zum Inhalt springen",
  Period: "Periode",
  Day: "Tag",
  Compare: "Vergleich",
  Ledger: "Hauptbuch",
  Bench: "Tempo",
  Live: "Live",
  Notary: "Notar",
  "Everything on this page is computed in your browser. Only Live asks anybody: the market that is served beside the page.":
    "Alles auf dieser Seite wird in Ihrem Browser berechnet. Nur „Live“ fragt jemanden: den Markt, der neben der Seite läuft.",
  Language: "Sprache",
  // Settings
  Money: "Geld",
  "Members of the community": "Mitglieder der Gemeinschaft",
  "A day is simulated for at most {0} members: for {1} here.":
    "Ein Tag wird für höchstens {0} Mitglieder simuliert: hier für {1}.",
  // The market of one period
  "Trading the day up to {0}: {1}": "Der Tag wird bis {0} gehandelt: {1}",
  "This could not be cleared.": "Das konnte nicht geräumt werden.",
  "Not sold here": "Hier nicht verkauft",
  "Not served here": "Hier nicht gedeckt",
  "of {0} offered": "von {0} angeboten",
  "of {0} asked for": "von {0} nachgefragt",
  "of {0}; {1} to the grid": "von {0}; {1} ins Netz",
  "of {0}; {1} from the grid": "von {0}; {1} aus dem Netz",
  "The walk came to other trades than the engine, so it is not shown. Please report this link.":
    "Der Rundgang kam auf andere Geschäfte als das Rechenwerk und wird nicht gezeigt. Bitte melden Sie diesen Link.",
  "This market is too large to follow order by order; the curves below show all of it.":
    "Dieser Markt ist zu groß, um ihm Gebot für Gebot zu folgen; die Kurven unten zeigen alles.",
  "Plants that turn one energy into another, or lines that were full, had a say as well, so some orders are left unfilled among others that are filled.":
    "Auch Anlagen, die eine Energie in eine andere wandeln, oder volle Leitungen bestimmten mit; darum blieben manche Gebote unbedient zwischen anderen, die bedient wurden.",
  "In this period plants that turn one energy into another, or lines that were full, had a say as well. The walk knows neither, so it is not shown; the curves below show what was traded.":
    "In dieser Periode bestimmten auch Anlagen mit, die eine Energie in eine andere wandeln, oder volle Leitungen. Der Rundgang kennt beides nicht und wird nicht gezeigt; die Kurven unten zeigen, was gehandelt wurde.",
  // The thread through the views
  "Walk through this period": "Diese Periode durchgehen",
  "See it in the day": "Im Tag ansehen",
  "Open its block": "Ihren Block öffnen",
};
