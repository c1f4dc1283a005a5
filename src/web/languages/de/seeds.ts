/** What the comparison over many seeds says in German. */
import type { Table } from "../table.js";

export const seeds: Table = {
  // views/measurewords.ts
  "Saved, against the grid alone": "Gespart, gegenüber dem Netz allein",
  "Saved, of what the grid alone would have cost": "Gespart, von dem, was das Netz allein gekostet hätte",
  "Cost of all energy together": "Kosten aller Energie zusammen",
  "Inequality of the savings (Gini, 0: all save the same)":
    "Ungleichheit der Ersparnis (Gini, 0: Alle sparen gleich viel)",
  "Kept by the platform": "Behält die Plattform",
  "Paid to the supplier outside": "An den Versorger draußen gezahlt",
  "Paid to the grid’s operator": "An den Netzbetreiber gezahlt",
  "CO₂ of what was used": "CO₂ des Verbrauchs",
  "Orders refused": "Abgelehnte Gebote",
  "Gain from trade, of the most there could be": "Gewinn aus dem Handel, vom größtmöglichen",
  "Gain of buyers": "Gewinn der Käufer",
  "Gain of sellers": "Gewinn der Verkäufer",
  "How far prices lie apart (standard deviation)": "Wie weit Preise auseinanderliegen (Standardabweichung)",
  "Between what buyers pay and sellers get": "Zwischen dem, was Käufer zahlen und Verkäufer bekommen",
  "Bought inside the community": "In der Gemeinschaft gekauft",
  "Imported from the grid": "Aus dem Netz bezogen",
  "Exported to the grid": "Ins Netz eingespeist",
  "Offered, nobody took it": "Angeboten, niemand nahm es",
  "Asked for, not served": "Nachgefragt, nicht gedeckt",
  "Paused under contract": "Nach Vertrag abgeschaltet",
  "Own energy, of all that was used (self-sufficiency)":
    "Eigene Energie, vom ganzen Verbrauch (Autarkiegrad)",
  "Used inside, of all that was made (self-consumption)":
    "Selbst verbraucht, von der ganzen Erzeugung (Eigenverbrauch)",
  "Most imported at once": "Höchster Bezug auf einmal",
  "Most exported at once": "Höchste Einspeisung auf einmal",
  "Imported while offers lay idle": "Bezogen, während Angebote liegen blieben",
  // views/seeds.ts
  "higher in {0}": "höher in {0}",
  "better in {0}": "besser in {0}",
  "Days of {0} seeds by both sets of rules": "Tage mit {0} Zufallszahlen nach beiden Regelwerken",
  Measure: "Größe",
  "A: 5 %": "A: 5 %",
  "A: median": "A: Median",
  "A: 95 %": "A: 95 %",
  "B: 5 %": "B: 5 %",
  "B: median": "B: Median",
  "B: 95 %": "B: 95 %",
  "B is": "B ist",
  "A day by both, over many seeds": "Ein Tag nach beiden, mit vielen Zufallszahlen",
  "A: 5 % to 95 % of the seeds, the point is the median, each tick a seed":
    "A: 5 % bis 95 % der Zufallszahlen, der Punkt ist der Median, jeder Strich eine Zufallszahl",
  "B: the same": "B: ebenso",
  "{0} seeds. Both sets of rules have the same seeds: the same homes, weather and wishes.":
    "{0} Zufallszahlen, für beide Regelwerke dieselben: dieselben Häuser, dasselbe Wetter, dieselben Wünsche.",
  "Neither has a network here, because one price for all with a pool has none.":
    "Ein Netz hat hier keines von beiden, weil ein Preis für alle mit einem Pool keines hat.",
  "{0}: B is {1} of the seeds": "{0}: B ist {1} der Fälle",
  "Try {0} seeds": "{0} Zufallszahlen versuchen",
  Stop: "Anhalten",
  "Trading the first day…": "Der erste Tag wird gehandelt …",
  "{0} of {1} seeds": "{0} von {1} Zufallszahlen",
  "Stopped after {0} seeds.": "Nach {0} Zufallszahlen angehalten.",
  "Is it the rules, or this day?": "Liegt es an den Regeln oder an diesem Tag?",
  "Trades a whole day by A and by B with each seed, in this browser.":
    "Handelt mit jeder Zufallszahl einen ganzen Tag nach A und nach B, in diesem Browser.",
  Seeds: "Zufallszahlen",
  "Your own orders have no seeds: these are days of the community.":
    "Ihre eigenen Gebote haben keine Zufallszahlen: Das sind Tage der Gemeinschaft.",
};
