/** What the page says in German. */
import type { Table } from "./table.js";

export const table: Table = {
  // The page around the views
  "Skip to the content": "Zum Inhalt springen",
  Period: "Periode",
  Day: "Tag",
  Compare: "Vergleich",
  Ledger: "Hauptbuch",
  Bench: "Tempo",
  Live: "Live",
  "Everything on this page is computed in your browser. Only Live asks anybody: the market that is served beside the page.":
    "Alles auf dieser Seite wird in Ihrem Browser berechnet. Nur „Live“ fragt jemanden: den Markt, der neben der Seite läuft.",
  Language: "Sprache",
  // Settings
  Money: "Geld",
};
