/** What the view of one member says in German. */
import type { Table } from "../table.js";

export const home: Table = {
  // views/home.ts
  "Whose door": "Wessen Tür",
  "Pick one member of the community and see its day from its own door: what it earned and paid, why its orders were served or not, and its bill with the proofs.":
    "Wählen Sie ein Mitglied und sehen Sie seinen Tag von der eigenen Tür aus: was es einnahm und zahlte, warum seine Gebote zum Zug kamen oder nicht, und seine Rechnung mit den Beweisen.",
  "{0}, {1}. Energy in the pictures: {2}.": "{0}, {1}. Energie in den Bildern: {2}.",
  "{0} neither buys nor sells any of this: choose {1} under Energy.":
    "{0} kauft und verkauft davon nichts: Wählen Sie unter Energie {1}.",
  "My home": "Mein Haus",
  "The day of {0}.": "Der Tag von {0}.",
  "This home could not be shown.": "Dieses Haus konnte nicht gezeigt werden.",
  "The day could not be traded.": "Der Tag konnte nicht gehandelt werden.",
  "Trading the day: {0}": "Der Tag wird gehandelt: {0}",
  // views/homebill.ts
  "bought from neighbours": "von Nachbarn gekauft",
  "sold to neighbours": "an Nachbarn verkauft",
  "bought from the pool": "aus dem Pool gekauft",
  "sold through the pool": "über den Pool verkauft",
  "bought for stores": "für Speicher gekauft",
  "charged into its own battery": "in die eigene Batterie geladen",
  "delivered by its own battery": "aus der eigenen Batterie geliefert",
  "to the grid": "ins Netz",
  "paused under contract": "laut Vertrag abgeschaltet",
  "use of the lines between places": "Nutzung der Leitungen zwischen Orten",
  "commission on purchases": "Gebühr auf Käufe",
  "commission on sales": "Gebühr auf Verkäufe",
  "deviation of the meter from what was traded": "Abweichung des Zählers vom Gehandelten",
  "corrections of meter readings": "Berichtigungen von Zählerständen",
  "sales not delivered": "nicht gelieferte Verkäufe",
  "purchases not delivered": "nicht gelieferte Käufe",
  "received by sharing": "aus der Gemeinschaft erhalten",
  "supplied by sharing": "an die Gemeinschaft geliefert",
  "✓ proved": "✓ bewiesen",
  "✗ no record says it": "✗ kein Eintrag sagt das",
  "✗ the proofs say something else": "✗ die Beweise sagen etwas anderes",
  "✗ the proofs say {0}": "✗ die Beweise sagen {0}",
  "Lines of the bill; what is paid to the member stands below zero":
    "Zeilen der Rechnung; was das Mitglied bekommt, steht unter null",
  Line: "Zeile",
  Amount: "Betrag",
  "Kind of energy": "Energieart",
  Quantity: "Menge",
  "Price per kWh": "Preis je kWh",
  "✓ Nothing has to be paid: {0} proved records in {1} blocks account for its balance.":
    "✓ Nichts ist zu zahlen: {0} bewiesene Einträge in {1} Blöcken erklären den Saldo.",
  "✓ All {0} lines follow from {1} proved records in {2} blocks. Checked here in {3}, with code independent of what sealed them.":
    "✓ Alle {0} Zeilen folgen aus {1} bewiesenen Einträgen in {2} Blöcken. Hier geprüft in {3}, mit anderem Code als dem, der sie versiegelte.",
  "✓ The one line follows from {0} proved records in {1} blocks. Checked here in {2}, with code independent of what sealed them.":
    "✓ Die eine Zeile folgt aus {0} bewiesenen Einträgen in {1} Blöcken. Hier geprüft in {2}, mit anderem Code als dem, der sie versiegelte.",
  "{0} is missing: {1}.": "{0} fehlt: {1}.",
  "The total says {0}, the proofs say {1}.": "Die Summe sagt {0}, die Beweise sagen {1}.",
  "The records do not account for the balance: one that moved money is missing.":
    "Die Einträge erklären den Saldo nicht: Einer, der Geld bewegte, fehlt.",
  "✗ This bill does not hold.": "✗ Diese Rechnung stimmt nicht.",
  "{0}, {1}: {2} to pay.": "{0}, {1}: {2} zu zahlen.",
  "{0}, {1}: {2} to be paid out.": "{0}, {1}: {2} auszuzahlen.",
  "Only one day of this month is simulated, so the bill is that of the day. Each line is rounded to whole hundredths.":
    "Von diesem Monat ist nur ein Tag simuliert, die Rechnung ist also die des Tages. Jede Zeile ist auf ganze Hundertstel gerundet.",
  "Download the bill that checks itself (HTML)": "Rechnung laden, die sich selbst prüft (HTML)",
  "Download it as data (JSON)": "Als Daten laden (JSON)",
  Print: "Drucken",
  "Try to cheat: change a line": "Betrügen Sie: eine Zeile ändern",
  "Put it right": "Richtigstellen",
  "Executing the day again, to prove every record: {0}":
    "Der Tag wird noch einmal ausgeführt, um jeden Eintrag zu beweisen: {0}",
  "One line and the total now ask {0} more than was due.":
    "Eine Zeile und die Summe verlangen nun {0} zu viel.",
  "The bill of its month": "Die Rechnung des Monats",
  "Made from the ledger, and held line by line against the proofs of its own records.":
    "Aus dem Hauptbuch gemacht und Zeile für Zeile an den Beweisen der eigenen Einträge geprüft.",
  "Making the bill…": "Die Rechnung wird gemacht …",
  // views/homecharts.ts
  "given by its own battery": "von der eigenen Batterie gegeben",
  "What came in and what went out": "Was hereinkam und was hinausging",
  "{0} traded nothing.": "{0} hat nichts gehandelt.",
  "The day of {0}: {1}.": "Der Tag von {0}: {1}.",
  "What comes in stands above the line, what goes out below.":
    "Was hereinkommt, steht über der Linie, was hinausgeht, darunter.",
  "Energy by period": "Energie je Periode",
  "What its meter showed": "Was der Zähler zeigte",
  taken: "bezogen",
  given: "abgegeben",
  "What the meter of {0} showed: {1} taken, {2} given.":
    "Was der Zähler von {0} zeigte: {1} bezogen, {2} abgegeben.",
  "Readings come a period or more later; of the last ones there are none yet.":
    "Zählerstände kommen eine Periode oder mehr später; von den letzten gibt es noch keine.",
  "Readings by period": "Zählerstände je Periode",
  Taken: "Bezogen",
  Given: "Abgegeben",
  "In its battery": "In der Batterie",
  stored: "gespeichert",
  "stored at the end of each period": "gespeichert am Ende jeder Periode",
  "Stored over the day, at the end {0}.": "Über den Tag gespeichert, am Ende {0}.",
  "At the end of the day {0}.": "Am Ende des Tages {0}.",
  "Stored by period": "Gespeichert je Periode",
  Stored: "Gespeichert",
  // views/homemoney.ts
  "Over this day {0} had nothing to pay and nothing to get, with the community or without.":
    "An diesem Tag hatte {0} nichts zu zahlen und nichts zu bekommen, mit der Gemeinschaft wie ohne.",
  "Over this day the community brought {0} {1}.": "An diesem Tag brachte die Gemeinschaft {0} {1} ein.",
  "Over this day the community cost {0} {1}.": "An diesem Tag kostete die Gemeinschaft {0} {1}.",
  "With a supplier only it would have been paid {0}.": "Nur mit Versorger hätte es {0} bekommen.",
  "With a supplier only it would have paid {0}.": "Nur mit Versorger hätte es {0} gezahlt.",
  "That is the same.": "Das ist dasselbe.",
  "So the community was worth {0} to it.": "Die Gemeinschaft war ihm also {0} wert.",
  "So it lost {0} by the community.": "Durch die Gemeinschaft verlor es also {0}.",
  "Paid with the community": "Gezahlt mit der Gemeinschaft",
  "Earned with the community": "Verdient mit der Gemeinschaft",
  "over the day, all kinds of energy": "über den Tag, alle Energien",
  "Paid with a supplier only": "Gezahlt nur mit Versorger",
  "Earned with a supplier only": "Verdient nur mit Versorger",
  "the same energy at the grid’s tariffs": "dieselbe Energie zu den Tarifen des Netzes",
  "Worse off by": "Schlechter um",
  "Better off by": "Besser um",
  "than with a supplier only": "als nur mit Versorger",
  "{0} in the community": "{0} in der Gemeinschaft",
  "Its own battery": "Die eigene Batterie",
  "given, {0} charged": "abgegeben, {0} geladen",
  commission: "Gebühr",
  "What it earned and paid": "Was es einnahm und zahlte",
  "Part by part, from the ledger. What it paid stands below zero.":
    "Posten für Posten, aus dem Hauptbuch. Was es zahlte, steht unter null.",
  "cost of making what its plants delivered": "Kosten dessen, was seine Anlagen lieferten",
  "what it went without, at the grid’s price": "worauf es verzichtete, zum Preis des Netzes",
  "what its battery holds less than in the morning": "was seine Batterie weniger enthält als am Morgen",
  "Parts of the day, and what they come to": "Posten des Tages und ihre Summe",
  Part: "Posten",
  "With the community": "Mit der Gemeinschaft",
  "With a supplier only": "Nur mit Versorger",
  Difference: "Unterschied",
  // views/homewhy.ts
  "{0} offered {1} for at least {2}.": "{0} bot {1} für mindestens {2} an.",
  "{0} asked for {1} and would pay at most {2}.": "{0} wollte {1} und zahlte höchstens {2}.",
  "All of it went to one neighbour, at {0}.": "Alles ging an einen Nachbarn, zu {0}.",
  "One neighbour bought {0}, at {1}.": "Ein Nachbar kaufte {0}, zu {1}.",
  "All of it went to {0} neighbours, at {1} on average.": "Alles ging an {0} Nachbarn, im Mittel zu {1}.",
  "{0} neighbours bought {1}, at {2} on average.": "{0} Nachbarn kauften {1}, im Mittel zu {2}.",
  "All of it was sold through the pool or to a battery, at {0}.":
    "Alles wurde über den Pool oder an eine Batterie verkauft, zu {0}.",
  "Through the pool or to a battery went {0}, at {1}.":
    "Über den Pool oder an eine Batterie gingen {0}, zu {1}.",
  "All of it went to the grid, which pays {0}.": "Alles ging ins Netz, das {0} zahlt.",
  "To the grid went {0}, at {1}.": "Ins Netz gingen {0}, zu {1}.",
  "None of it was sold.": "Nichts davon wurde verkauft.",
  "The rest, {0}, was not sold.": "Der Rest, {0}, wurde nicht verkauft.",
  "All of it came from one neighbour, at {0}.": "Alles kam von einem Nachbarn, zu {0}.",
  "One neighbour sold it {0}, at {1}.": "Ein Nachbar verkaufte ihm {0}, zu {1}.",
  "All of it came from {0} neighbours, at {1} on average.": "Alles kam von {0} Nachbarn, im Mittel zu {1}.",
  "{0} neighbours sold it {1}, at {2} on average.": "{0} Nachbarn verkauften ihm {1}, im Mittel zu {2}.",
  "All of it came through the pool, at {0}.": "Alles kam über den Pool, zu {0}.",
  "From the pool came {0}, at {1}.": "Aus dem Pool kamen {0}, zu {1}.",
  "{0} was paused, as its contract allows; for that it was paid {1}.":
    "{0} wurden abgeschaltet, wie es der Vertrag erlaubt; dafür gab es {1}.",
  "All of it came from the grid, which asks {0}.": "Alles kam aus dem Netz, das {0} verlangt.",
  "From the grid came {0}, at {1}.": "Aus dem Netz kamen {0}, zu {1}.",
  "{0} was not served.": "{0} wurden nicht gedeckt.",
  "Nobody asked for any.": "Niemand wollte welche.",
  "Nobody else offered any.": "Niemand sonst bot welche an.",
  "Nobody asked for it at that price: the highest bid was {0}.":
    "Zu diesem Preis wollte sie niemand: Das höchste Gebot war {0}.",
  "Nobody sold at that price: the lowest offer was {0}.":
    "Zu diesem Preis verkaufte niemand: Das niedrigste Angebot war {0}.",
  "The one buyer at that price got the rest of what it wanted from other sellers.":
    "Der einzige Käufer zu diesem Preis bekam den Rest von anderen Verkäufern.",
  "The one buyer at that price got all it wanted from other sellers.":
    "Der einzige Käufer zu diesem Preis bekam alles von anderen Verkäufern.",
  "The one seller at that price sold the rest to other buyers.":
    "Der einzige Verkäufer zu diesem Preis verkaufte den Rest an andere Käufer.",
  "The one seller at that price sold all it had to other buyers.":
    "Der einzige Verkäufer zu diesem Preis verkaufte alles an andere Käufer.",
  "The {0} buyers at that price got the rest of what they wanted from other sellers.":
    "Die {0} Käufer zu diesem Preis bekamen den Rest von anderen Verkäufern.",
  "The {0} buyers at that price got all they wanted from other sellers.":
    "Die {0} Käufer zu diesem Preis bekamen alles von anderen Verkäufern.",
  "The {0} sellers at that price sold the rest to other buyers.":
    "Die {0} Verkäufer zu diesem Preis verkauften den Rest an andere Käufer.",
  "The {0} sellers at that price sold all they had to other buyers.":
    "Die {0} Verkäufer zu diesem Preis verkauften alles an andere Käufer.",
  "The line of {0} was full and held some of it back.":
    "Die Leitung von {0} war voll und hielt einen Teil zurück.",
  "At its place, {0}, the price was {1}.": "An seinem Ort, {0}, war der Preis {1}.",
  "There is no pool.": "Es gibt keinen Pool.",
  "Its contract keeps what is left out of the pool.": "Sein Vertrag hält den Rest aus dem Pool heraus.",
  "The pool pays {0}; its contract asks for {1} there.":
    "Der Pool zahlt {0}; sein Vertrag verlangt dort {1}.",
  "The pool sells at {0}; its contract pays at most {1} there.":
    "Der Pool verkauft zu {0}; sein Vertrag zahlt dort höchstens {1}.",
  "The pool, which sells at {0}, had nothing left for it.":
    "Der Pool, der zu {0} verkauft, hatte nichts mehr dafür.",
  "The pool, which pays {0}, had no buyer for the rest.":
    "Der Pool, der {0} zahlt, hatte für den Rest keinen Käufer.",
  "The pool, which pays {0}, had no buyer for it.": "Der Pool, der {0} zahlt, hatte dafür keinen Käufer.",
  "Asking {0}, it would have sold all of it in the community.":
    "Mit {0} hätte es alles in der Gemeinschaft verkauft.",
  "Offering {0}, it would have got all of it in the community.":
    "Mit {0} hätte es alles in der Gemeinschaft bekommen.",
  "Even asking {0}, which is what the grid pays, it would have sold only {1} of it in the community.":
    "Selbst mit {0}, was das Netz zahlt, hätte es nur {1} davon in der Gemeinschaft verkauft.",
  "Even offering {0}, which is what the grid asks, it would have got only {1} of it in the community.":
    "Selbst mit {0}, was das Netz verlangt, hätte es nur {1} davon in der Gemeinschaft bekommen.",
  "Even asking {0}, which is what the grid pays, it would have sold no more of it in the community.":
    "Selbst mit {0}, was das Netz zahlt, hätte es in der Gemeinschaft nicht mehr davon verkauft.",
  "Even offering {0}, which is what the grid asks, it would have got no more of it in the community.":
    "Selbst mit {0}, was das Netz verlangt, hätte es in der Gemeinschaft nicht mehr davon bekommen.",
  "Why it was served, or not": "Warum es zum Zug kam, oder nicht",
  "Everything here follows from the block of the period. Where a price is named that would have been enough, the period was cleared again with it.":
    "Alles hier folgt aus dem Block der Periode. Wo ein Preis genannt ist, der gereicht hätte, wurde die Periode damit noch einmal geräumt.",
  "{0} had no order in this period.": "{0} hatte in dieser Periode kein Gebot.",
  // views/participant.ts
  "See the day from the door of {0}": "Den Tag von der Tür von {0} aus sehen",
};
