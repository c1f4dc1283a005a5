/** What the story says in German. */
import type { Table } from "../table.js";

export const story: Table = {
  // The story
  Story: "Geschichte",
  "Who gets the sun?": "Wer bekommt die Sonne?",
  "A local energy market in ninety seconds.": "Ein lokaler Energiemarkt in neunzig Sekunden.",
  "One moment: the day of three homes is being traded…":
    "Einen Augenblick: Der Tag dreier Häuser wird gehandelt …",
  "The story could not be told.": "Die Geschichte konnte nicht erzählt werden.",
  "How far the story has come": "Wie weit die Geschichte ist",
  Back: "Zurück",
  "Leave for the market itself": "Gleich zum Markt",
  "wants {0}": "möchte {0}",
  "pays at most {0}": "zahlt höchstens {0}",
  "gets {0}": "bekommt {0}",
  "{0} to spare": "{0} übrig",
  "asks at least {0}": "verlangt mindestens {0}",
  "{0} at {1}": "{0} zu {1}",
  "Three homes, and sun to spare": "Drei Häuser, und Sonne übrig",
  "It is {0} on a summer afternoon. The panels on {1} make more than the people below them use: {2} will be to spare in the next quarter of an hour. The grid would pay {3} for a kWh of it, and asks {4} of the neighbours for theirs. Could they not do better among themselves?":
    "Es ist {0} Uhr an einem Sommertag. Die Module auf {1} liefern mehr, als man darunter braucht: {2} bleiben in der nächsten Viertelstunde übrig. Das Netz zahlte {3} für eine kWh davon und verlangt {4} von den Nachbarn für ihre. Ginge das untereinander nicht besser?",
  "They can. How?": "Doch. Aber wie?",
  "Who will be served first?": "Wer kommt zuerst dran?",
  "Both neighbours want it. {0} wants {1} and would pay more; {2} wants {3}. {4} has {5}: not enough for both. Place your bet.":
    "Beide Nachbarn möchten sie. {0} möchte {1} und würde mehr zahlen; {2} möchte {3}. {4} hat {5}: zu wenig für beide. Ihre Wette?",
  "You said {0}: right. ": "Sie haben auf {0} gesetzt: richtig. ",
  "You said {0}: not this time. ": "Sie haben auf {0} gesetzt: diesmal nicht. ",
  "{0} is first": "{0} ist zuerst dran",
  "By the rule of this market a seller picks a buyer that it can supply completely. {0} wants more than there is; {1} can have all it wants: {2} at {3}, the price that it offered.":
    "Nach der Regel dieses Marktes wählt ein Verkäufer einen Käufer, den er ganz beliefern kann. {0} möchte mehr, als da ist; {1} kann alles haben: {2} zu {3}, dem Preis, den es geboten hat.",
  "And the rest?": "Und der Rest?",
  "Nothing is left over": "Nichts bleibt übrig",
  "Now the buyers choose, and a buyer picks a seller whose rest it can use up. {0} takes all that is left: {1} at {2}, the least that {3} asked. The {4} that it still needs come from the grid, at {5}.":
    "Nun wählen die Käufer, und ein Käufer nimmt einen Verkäufer, dessen Rest er ganz verbraucht. {0} nimmt alles, was noch da ist: {1} zu {2}, dem Mindesten, was {3} verlangte. Die {4}, die noch fehlen, kommen aus dem Netz, zu {5}.",
  "And over the whole day?": "Und über den ganzen Tag?",
  "A day on the street": "Ein Tag in der Straße",
  "Over the day the three exchanged {0} and bought {1} from the grid.":
    "Über den Tag haben die drei {0} getauscht und {1} aus dem Netz gekauft.",
  "Without a market their energy would have cost them {0}; with it, {1}: {2} less, for one day of three homes.":
    "Ohne Markt hätte ihre Energie sie {0} gekostet; mit ihm {1}: {2} weniger, an einem Tag, für drei Häuser.",
  "from the neighbours": "von den Nachbarn",
  "from the grid": "aus dem Netz",
  "What the energy of the day cost; less than zero was earned":
    "Was die Energie des Tages gekostet hat; unter null wurde verdient",
  Home: "Haus",
  "With a supplier alone": "Nur mit Versorger",
  "With the neighbours": "Mit den Nachbarn",
  "Better by": "Besser um",
  "Who says that this is true?": "Wer sagt, dass das stimmt?",
  "Nobody has to be trusted": "Man muss niemandem glauben",
  "At {0} the period was sealed as block {1} of a chain: its orders, its trades, what each paid. The next block names its fingerprint, and so on. Whoever changes a number afterwards, even the one who runs the market, is found out by anybody who has a browser.":
    "Um {0} Uhr wurde die Periode als Block {1} einer Kette versiegelt: ihre Gebote, ihre Geschäfte, was jeder zahlte. Der nächste Block nennt seinen Fingerabdruck, und so fort. Wer danach eine Zahl ändert, und sei es der Betreiber, den überführt jeder, der einen Browser hat.",
  "Check it here": "Hier nachprüfen",
  "Change a price in it": "Einen Preis darin ändern",
  "It holds: everything was worked out again from the orders, and came out the same.":
    "Er stimmt: Alles wurde aus den Geboten neu gerechnet und kam gleich heraus.",
  "It does not hold.": "Er stimmt nicht.",
  "Found out: one price was changed in a copy, and {0} of {1} checks fail.":
    "Überführt: In einer Kopie wurde ein Preis geändert, und {0} von {1} Prüfungen schlagen fehl.",
  "Not found out.": "Nicht überführt.",
  "And now?": "Und jetzt?",
  "Now it is yours": "Jetzt sind Sie dran",
  "That was a market of three. The same rules serve a street, a town, or a million homes, over electricity, heat, cooling and gas; and everything you saw was computed in this browser, by the engine that runs a real one.":
    "Das war ein Markt von dreien. Dieselben Regeln dienen einer Straße, einer Stadt, einer Million Häusern, für Strom, Wärme, Kälte und Gas; und alles, was Sie sahen, wurde in diesem Browser gerechnet, vom Rechenwerk, das auch einen echten Markt betreibt.",
  "Walk through this period step by step": "Diese Periode Schritt für Schritt durchgehen",
  "A street of fourteen": "Eine Straße mit vierzehn",
  "The day of these three": "Der Tag dieser drei",
  "What other rules would have done": "Was andere Regeln getan hätten",
};
