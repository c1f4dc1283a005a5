/** What is said of a person's own orders, in German. */
import type { Table } from "../table.js";

export const own: Table = {
  // settings/ownorders.ts
  "The page still shows the community.": "Die Seite zeigt weiter die Gemeinschaft.",
  "The page still shows {0}.": "Die Seite zeigt weiter {0}.",
  Cancel: "Abbrechen",
  "Read it as Windows-1252": "Als Windows-1252 lesen",
  "{0} is not in UTF-8. As Windows-1252, which older programs write, line {1} reads “{2}”. If that is right, it can be read so; else save it again as UTF-8.":
    "{0} ist nicht in UTF-8. Als Windows-1252, wie es ältere Programme schreiben, lautet Zeile {1} „{2}“. Stimmt das, kann sie so gelesen werden; sonst speichern Sie sie noch einmal als UTF-8.",
  "{0} was not read to its end.": "{0} wurde nicht zu Ende gelesen.",
  "Reading {0}, {1}.": "{0} wird gelesen, {1}.",
  "{0}: 1 order.": "{0}: 1 Gebot.",
  "{0}: {1} orders.": "{0}: {1} Gebote.",
  "{0} was not taken.": "{0} wurde nicht angenommen.",
  "{0} was not taken: it has {1}, and this page reads at most {2}. The command line (gridclear clear) takes more.":
    "{0} wurde nicht angenommen: Sie hat {1}, und diese Seite liest höchstens {2}. Die Kommandozeile (gridclear clear) nimmt mehr.",
  "Drop a CSV of orders": "CSV mit Geboten hier ablegen",
  "Back to the community": "Zurück zur Gemeinschaft",
  "Your own orders": "Ihre eigenen Gebote",
  "Order file": "Datei mit Geboten",
  "Choose a CSV": "CSV wählen",
  "Sample file": "Beispieldatei",
  "A CSV with the columns side (offer or bid), id, quantity (kWh) and price (per kWh), up to {0}. Choose one, or drop it anywhere on the page. It stays in this browser, until the page is closed.":
    "Eine CSV-Datei mit den Spalten side (offer für ein Angebot, bid für ein Kaufgebot), id, quantity (kWh) und price (je kWh), bis {0}. Wählen Sie eine, oder legen Sie sie irgendwo auf der Seite ab. Sie bleibt in diesem Browser, bis die Seite geschlossen wird.",
  "Showing {0}.": "Gezeigt wird {0}.",
  "This view shows the community. {0} is in Period and Compare.":
    "Diese Ansicht zeigt die Gemeinschaft. {0} steht unter „Periode“ und „Vergleich“.",
};
