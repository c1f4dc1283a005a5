/** What the bench says in German. */
import type { Table } from "../table.js";

export const bench: Table = {
  "gridclear, quantity × price": "gridclear, Menge × Preis",
  "JavaScript, quantity × price": "JavaScript, Menge × Preis",
  "gridclear, merit order": "gridclear, Merit-Order",
  "JavaScript, merit order": "JavaScript, Merit-Order",
  "{0} on {1}": "{0} auf {1}",
  "This machine: {0}, {1} logical processors.": "Dieser Rechner: {0}, {1} logische Prozessoren.",
  "This machine: {0}, {1} logical processors, {2} GiB of memory or more.":
    "Dieser Rechner: {0}, {1} logische Prozessoren, {2} GiB Speicher oder mehr.",
  "Measuring…": "Wird gemessen …",
  "{0} orders by quantity × price, cleared and sealed: {1} orders a second.":
    "{0} Gebote nach Menge × Preis, ausgeglichen und besiegelt: {1} Gebote in der Sekunde.",
  "Cleared in {0} against {1} in JavaScript, {2} times as fast; sealed in {3} against {4}, {5} times as fast.":
    "Ausgeglichen in {0} gegenüber {1} in JavaScript, {2}-mal so schnell; besiegelt in {3} gegenüber {4}, {5}-mal so schnell.",
  "Merit order: cleared in {0} against {1}, {2} times as fast; sealed in {3} against {4}, {5} times as fast.":
    "Merit-Order: ausgeglichen in {0} gegenüber {1}, {2}-mal so schnell; besiegelt in {3} gegenüber {4}, {5}-mal so schnell.",
  "Time to clear and seal one period": "Zeit, um eine Periode auszugleichen und zu besiegeln",
  "Nothing measured yet.": "Noch nichts gemessen.",
  "Time over number of orders, both in powers of ten.":
    "Zeit über der Zahl der Gebote, beide in Zehnerpotenzen.",
  "Same roots from both, every time.": "Beide kommen jedes Mal zu denselben Wurzeln.",
  "The roots differ: one of them is wrong.": "Die Wurzeln sind verschieden: Eine davon ist falsch.",
  "Best time of the runs": "Beste Zeit der Läufe",
  Clearing: "Ausgleichen",
  Sealing: "Besiegeln",
  "Orders a second": "Gebote in der Sekunde",
  Runs: "Läufe",
  "Clears a period of random orders, writes the trades as ledger records and hashes them to their Merkle root: in the engine, and in JavaScript that is written for speed (typed arrays, a search tree, SHA-256 by @noble/hashes). Both must come to the same root. The best of at least three runs counts.":
    "Gleicht eine Periode zufälliger Gebote aus, schreibt die Geschäfte als Einträge des Hauptbuchs und bildet daraus ihre Merkle-Wurzel: einmal in der Engine, einmal in JavaScript, das auf Tempo geschrieben ist (typisierte Felder, ein Suchbaum, SHA-256 von @noble/hashes). Beide müssen zur selben Wurzel kommen. Es zählt der beste von mindestens drei Läufen.",
  "About a minute for all sizes. The page stays usable meanwhile.":
    "Etwa eine Minute für alle Größen. Die Seite lässt sich währenddessen weiter benutzen.",
  "Not run yet.": "Noch nicht gelaufen.",
  "Run the bench": "Tempo messen",
  "Speed in this browser": "Tempo in diesem Browser",
  "Orders, at most": "Gebote, höchstens",
  "Measured {0} with {1} orders.": "{0} mit {1} Geboten gemessen.",
  "Done.": "Fertig.",
  "Stopped.": "Angehalten.",
  "The bench failed.": "Die Messung ist fehlgeschlagen.",
};
