/** What the indicators of a day say in German. */
import type { Table } from "../table.js";

export const indicators: Table = {
  // views/indicators.ts, daycards, comparecards
  Indicator: "Kennzahl",
  Value: "Wert",
  "Indicators of the day": "Kennzahlen des Tages",
  "Indicators of the day by both": "Kennzahlen des Tages nach beiden",
  Better: "Besser",
  "What it says": "Was sie sagt",
  "Save as JSON: {0}": "Als JSON speichern: {0}",
  "What the day came to": "Was der Tag ergab",
  "For the whole community, and for the kind of energy that is shown.":
    "Für die ganze Gemeinschaft und für die gezeigte Energieart.",
  "The day by both, in figures": "Der Tag nach beiden, in Zahlen",
  "Trades this whole day by A and by B, in this browser, and measures both.":
    "Handelt diesen ganzen Tag nach A und nach B, in diesem Browser, und misst beide.",
  "Trade the day by A and by B": "Den Tag nach A und nach B handeln",
  "Trading the day by A and by B…": "Der Tag wird nach A und nach B gehandelt …",
  "Your own orders are of one period only: a day is traded by the community.":
    "Ihre eigenen Gebote gelten für eine Periode: Einen Tag handelt die Gemeinschaft.",
  // views/measurewords.ts
  "What all members together pay less than if each had only a supplier.":
    "Was alle Mitglieder zusammen weniger zahlen, als hätte jedes nur einen Versorger.",
  "The same, as a part of what they would have paid the supplier.":
    "Dasselbe, als Teil dessen, was sie dem Versorger gezahlt hätten.",
  "What everybody pays in the end: making energy, the grid, and what people went without.":
    "Was am Ende alle tragen: Erzeugung, Netz und das, worauf verzichtet wurde.",
  "0: all save the same. 1: one member saves everything.":
    "0: Alle sparen gleich viel. 1: Ein Mitglied spart alles.",
  "What is left with the platform from pool and commission.":
    "Was der Plattform aus Pool und Provision bleibt.",
  "Paid for energy from the grid, less what the grid paid for energy that was left.":
    "Gezahlt für Energie aus dem Netz, abzüglich dessen, was das Netz für Übriges zahlte.",
  "Paid for the use of the lines.": "Gezahlt für die Nutzung der Leitungen.",
  "What the energy that was used has caused, that from the grid included.":
    "Was die verbrauchte Energie verursacht hat, die aus dem Netz eingeschlossen.",
  "Orders beyond what their sender may order or owe.":
    "Gebote über das hinaus, was ihr Absender bestellen oder schulden darf.",
  "What trading was worth, of the most that any matching of these orders could reach.":
    "Was der Handel wert war, gemessen am Höchsten, was diese Gebote hergeben.",
  "What buyers would have paid at most, less what sellers wanted at least, for all that was sold.":
    "Was Käufer höchstens gezahlt hätten, abzüglich dessen, was Verkäufer mindestens wollten, für alles Verkaufte.",
  "What buyers paid less than they would have paid at most.":
    "Was Käufer weniger zahlten, als sie höchstens gezahlt hätten.",
  "What sellers got above what they wanted at least.": "Was Verkäufer über ihr Mindestes hinaus bekamen.",
  "What a kilowatt-hour cost inside the community, on average.":
    "Was eine Kilowattstunde in der Gemeinschaft im Mittel kostete.",
  "0: all paid the same price.": "0: Alle zahlten denselben Preis.",
  "What lies between both: commission, the pool’s part, batteries and lines.":
    "Was dazwischen liegt: Provision, der Teil des Pools, Batterien und Leitungen.",
  "Bought from neighbours, the pool and batteries.": "Gekauft von Nachbarn, aus dem Pool und aus Batterien.",
  "Bought from the supplier, because the community had none or asked too much.":
    "Beim Versorger gekauft, weil die Gemeinschaft nichts hatte oder zu viel verlangte.",
  "Sold to the grid, because nobody in the community took it.":
    "Ins Netz verkauft, weil es in der Gemeinschaft niemand nahm.",
  "Offered energy that nobody took, not even the grid.":
    "Angebotene Energie, die niemand nahm, auch das Netz nicht.",
  "Asked for, and delivered by nobody.": "Nachgefragt und von niemandem geliefert.",
  "Switched off for a while, as contracts allow, against payment.":
    "Zeitweise abgeschaltet, wie Verträge es erlauben, gegen Bezahlung.",
  "Which part of what people bought came from the community itself.":
    "Welcher Teil des Gekauften aus der Gemeinschaft selbst kam.",
  "Which part of what was for sale stayed in the community.":
    "Welcher Teil des Verkauften in der Gemeinschaft blieb.",
  "The highest mean power from the grid in a period: what its line has to carry.":
    "Die höchste mittlere Leistung aus dem Netz in einer Periode: was seine Leitung tragen muss.",
  "The highest mean power into the grid in a period.":
    "Die höchste mittlere Leistung ins Netz in einer Periode.",
  "Energy from the grid in periods in which energy of the community found no buyer.":
    "Energie aus dem Netz in Perioden, in denen Energie der Gemeinschaft keinen Käufer fand.",
};
