/** What the bench says in German. */
import type { Table } from "../table.js";

export const bench: Table = {
  "gridclear, quantity × price": "gridclear, Menge × Preis",
  "JavaScript, quantity × price": "JavaScript, Menge × Preis",
  "gridclear, merit order": "gridclear, Merit-Order",
  "JavaScript, merit order": "JavaScript, Merit-Order",
  "{0} on {1}": "{0} auf {1}",
  "{0}, {1} logical processors.": "{0}, {1} logische Prozessoren.",
  "{0}, {1} logical processors, {2} GiB of memory or more.":
    "{0}, {1} logische Prozessoren, {2} GiB Speicher oder mehr.",
  "This machine: {0}": "Dieser Rechner: {0}",
  "Somebody else’s result, out of a link. It was not measured here, and nothing proves it. Their machine: {0}":
    "Das Ergebnis von jemand anderem, aus einem Link. Es wurde nicht hier gemessen, und nichts beweist es. Der andere Rechner: {0}",
  "All that is warm, the best of the runs. The first run of each with {0} orders, when a browser may not have compiled it yet, took {1} against {2}.":
    "All das ist warm, der beste der Läufe. Der jeweils erste Lauf mit {0} Geboten, wenn ein Browser womöglich noch nicht alles übersetzt hat, dauerte {1} gegenüber {2}.",
  "First run": "Erster Lauf",
  "How it is measured": "Wie gemessen wird",
  "Offers and bids with quantities and prices drawn evenly, from one seed: the same for all, and on every machine.":
    "Angebote und Kaufgebote mit gleichmäßig gezogenen Mengen und Preisen, aus einem Startwert: für alle dieselben, auf jedem Rechner.",
  "A run clears the orders, then writes the trades as records of a block and hashes them to their root. Both parts are timed apart.":
    "Ein Lauf gleicht die Gebote aus, schreibt dann die Geschäfte als Einträge eines Blocks und bildet ihre Wurzel. Beide Teile werden getrennt gemessen.",
  "At each size each has 0.6 seconds, at least 3 runs and at most 9. The best of them is what is warm; the first stands beside it.":
    "Bei jeder Größe hat jeder 0,6 Sekunden, mindestens 3 und höchstens 9 Läufe. Der beste davon gilt als warm; der erste steht daneben.",
  "The JavaScript has typed arrays, the browser’s own sort over packed numbers, two pointers for the merit order, for quantity × price a tree that finds the next order that fits, and SHA-256 by @noble/hashes. Tests hold its trades to those of the engine, on every change.":
    "Das JavaScript hat typisierte Felder, die Sortierung des Browsers über gepackte Zahlen, zwei Zeiger für die Merit-Order, für Menge × Preis einen Baum, der das nächste passende Gebot findet, und SHA-256 von @noble/hashes. Tests vergleichen bei jeder Änderung seine Geschäfte mit denen der Engine.",
  "All of it runs in one thread. Whatever else the machine does meanwhile counts as well.":
    "Alles läuft in einem einzigen Thread. Was der Rechner währenddessen sonst tut, zählt mit.",
  "The link was copied.": "Der Link wurde kopiert.",
  "The link is in the address bar: this browser copies nothing.":
    "Der Link steht in der Adresszeile: Dieser Browser kopiert nichts.",
  "Copy a link to this result": "Link zu diesem Ergebnis kopieren",
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
  "Best time of the runs, and the first run": "Beste Zeit der Läufe, und der erste Lauf",
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
