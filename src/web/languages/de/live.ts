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
  "To the grid": "Ins Netz",
  "My price": "Mein Preis",
  "My orders now": "Meine Gebote jetzt",
  "My last price": "Mein letzter Preis",
  "shown to whom they belong": "sieht, wem sie gehören",
  "shown to whoever traded": "sieht, wer gehandelt hat",
  "A private market: beside the sums of each block you see your own orders, trades and prices, and nobody else’s. Nobody else sees yours but the platform, its operator and auditors.":
    "Ein privater Markt: Neben den Summen jedes Blocks sehen Sie Ihre eigenen Gebote, Geschäfte und Preise, und keine anderen. Ihre sieht sonst niemand außer der Plattform, dem Betreiber und Prüfern.",
  "A private market: everybody is shown what each block came to in sums, and can check that the chain holds. Orders, trades and prices are shown to the member that they belong to; with your key, below, you see yours.":
    "Ein privater Markt: Alle sehen die Summen jedes Blocks und können prüfen, dass die Kette hält. Gebote, Geschäfte und Preise sieht nur das Mitglied, dem sie gehören; mit Ihrem Schlüssel, unten, sehen Sie Ihre.",
  "Sums of fewer than {0} members are shown to nobody.":
    "Summen von weniger als {0} Mitgliedern sieht niemand.",
  "{0}: lowest to highest price of your own trades per kWh in {1}, by block.":
    "{0}: niedrigster bis höchster Preis Ihrer eigenen Geschäfte je kWh in {1}, je Block.",
  "No prices of yours yet.": "Noch keine Preise von Ihnen.",
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
  // views/liveshared.ts
  "nothing yet": "noch nichts",
  "I received last": "Zuletzt erhalten",
  "I supplied last": "Zuletzt geliefert",
  "Got for it, less paid": "Dafür bekommen, ohne Gezahltes",
  "shown to whom it belongs": "sieht, wem es gehört",
  "Shared last": "Zuletzt geteilt",
  "Paid for it": "Dafür gezahlt",
  "Paid, {0}": "Gezahlt, {0}",
  "Amount, {0}": "Betrag, {0}",
  "Settled up to period": "Abgerechnet bis Periode",
  "What members drew and gave in the same period, as the community’s key divides it: added up here from the records of each block, which are under the head that was checked. A correction settles a period again.":
    "Was Mitglieder in derselben Periode bezogen und eingespeist haben, geteilt nach dem Schlüssel der Gemeinschaft: hier zusammengezählt aus den Einträgen jedes Blocks, die unter dem geprüften Kopf stehen. Eine Berichtigung rechnet eine Periode noch einmal ab.",
  "A private market does not disclose what was shared altogether. Your own part stands below, out of your records with their proofs.":
    "Ein privater Markt legt nicht offen, was insgesamt geteilt wurde. Ihr eigener Teil steht unten, aus Ihren Einträgen mit ihren Beweisen.",
  "A private market does not disclose what was shared altogether. With your key, below, you see your own part.":
    "Ein privater Markt legt nicht offen, was insgesamt geteilt wurde. Mit Ihrem Schlüssel, unten, sehen Sie Ihren eigenen Teil.",
  "Shared energy": "Geteilte Energie",
  "Shared, by metered period": "Geteilt, nach gemessener Periode",
  Shared: "Geteilt",
  "Settled in block": "Abgerechnet in Block",
  "Nothing of yours was shared in the blocks that are shown.":
    "In den gezeigten Blöcken wurde nichts von Ihnen geteilt.",
  "Shared with neighbours; what you paid stands below zero":
    "Mit Nachbarn geteilt; was Sie zahlten, steht unter null",
  Received: "Erhalten",
  Supplied: "Geliefert",
  // views/livehome.ts
  "1 receipt waits for the block.": "1 Quittung wartet auf den Block.",
  "{0} receipts wait for the block.": "{0} Quittungen warten auf den Block.",
  "sold to": "verkauft an",
  sold: "verkauft",
  bought: "gekauft",
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
  "Your member’s name shows your trades. With your key the page signs: orders, and the question for your balance.":
    "Mit dem Namen Ihres Mitglieds sehen Sie Ihre Geschäfte. Mit Ihrem Schlüssel unterschreibt die Seite: Gebote, und die Frage nach Ihrem Saldo.",
  "With your key the page signs: orders, and the question for what is yours, which this market shows to nobody without it. A name alone shows nothing.":
    "Mit Ihrem Schlüssel unterschreibt die Seite: Gebote, und die Frage nach dem, was Ihres ist und was dieser Markt ohne ihn niemandem zeigt. Ein Name allein zeigt nichts.",
};
