/** What is said of a running market in German. */
import type { Table } from "../table.js";

export const live: Table = {
  // views/live.ts
  "A market as it runs: orders as they come, blocks as they fall. Every head is checked in this browser: signed by the platform, and grown out of all that were seen before.":
    "Ein laufender Markt: Gebote, wie sie kommen, Blöcke, wie sie fallen. Jeder Kopf wird in diesem Browser geprüft: von der Plattform unterschrieben und aus allen früheren gewachsen.",
  "No market here": "Hier läuft kein Markt",
  "This page is served without a market. A community’s own runs on one machine:":
    "Neben dieser Seite läuft kein Markt. Der einer Gemeinschaft läuft auf einem Rechner:",
  "prints its address; the page stands below it, at /page/, and this view follows the market.":
    "schreibt seine Adresse; die Seite steht darunter, unter /page/, und diese Ansicht folgt dem Markt.",
  "1 block": "1 Block",
  "no blocks": "keine Blöcke",
  "Newest blocks": "Neueste Blöcke",
  Local: "Hier gehandelt",
  "From the grid": "Aus dem Netz",
  Checked: "Geprüft",
  yes: "ja",
  "not yet": "noch nicht",
  "1 offer of {0}": "1 Angebot über {0}",
  "{0} offers of {1}": "{0} Angebote über {1}",
  "no offers": "keine Angebote",
  "1 bid for {0}": "1 Kaufgebot über {0}",
  "{0} bids for {1}": "{0} Kaufgebote über {1}",
  "no bids": "keine Kaufgebote",
  "private: nobody sees another’s": "privat: keiner sieht die der anderen",
  "Open period": "Offene Periode",
  "market {0}…": "Markt {0}…",
  "Gate closes in": "Annahme schließt in",
  "Orders now": "Gebote jetzt",
  "Last price": "Letzter Preis",
  "Traded here last": "Zuletzt hier gehandelt",
  "Checked here": "Hier geprüft",
  "up to the newest head": "bis zum neuesten Kopf",
  "The service told what is not so, and is followed no further: {0}":
    "Der Dienst hat etwas Falsches gesagt; ihm wird nicht weiter gefolgt: {0}",
  "{0}: lowest to highest price paid per kWh in {1}, by block.":
    "{0}: niedrigster bis höchster gezahlter Preis je kWh in {1}, je Block.",
  "Prices by block": "Preise je Block",
  "The market can be followed no further.": "Dem Markt kann nicht weiter gefolgt werden.",
  "The market could not be followed.": "Dem Markt konnte nicht gefolgt werden.",
  // views/livehome.ts
  "1 receipt waits for the block.": "1 Quittung wartet auf den Block.",
  "{0} receipts wait for the block.": "{0} Quittungen warten auf den Block.",
  "sold to": "verkauft an",
  "bought from": "gekauft von",
  "No trade of yours in the blocks that are shown.": "In den gezeigten Blöcken ist kein Geschäft von Ihnen.",
  "Newest trades": "Neueste Geschäfte",
  Whom: "Mit wem",
  "How much": "Wie viel",
  buy: "kaufe",
  sell: "verkaufe",
  "Sign and send": "Unterschreiben und senden",
  "An order for the open period": "Ein Gebot für die offene Periode",
  I: "Ich",
  "How much, kWh": "Wie viel, kWh",
  "Limit per kWh": "Grenze je kWh",
  Show: "Zeigen",
  "Taken: order {0} of period {1}. Its receipt is signed by the platform, and is held against the block when that falls.":
    "Angenommen: Gebot {0} der Periode {1}. Die Quittung ist von der Plattform unterschrieben und wird am Block geprüft, sobald er fällt.",
  "Balance: {0} {1}, as the service says.": "Saldo: {0} {1}, wie der Dienst sagt.",
  "Key file, to sign: it stays here": "Schlüsseldatei, zum Unterschreiben: Sie bleibt hier",
  "Your member’s name shows your trades in an open market. With your key the page signs: orders, and questions about what is private.":
    "Mit dem Namen Ihres Mitglieds sehen Sie in einem offenen Markt Ihre Geschäfte. Mit Ihrem Schlüssel unterschreibt die Seite: Gebote, und Fragen nach dem, was privat ist.",
};
