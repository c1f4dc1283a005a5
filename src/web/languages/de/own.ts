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
  "Drop a CSV of orders, or a scenario file": "CSV mit Geboten oder Szenariodatei hier ablegen",
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
  // settings/scenariofile.ts, worker/brought.ts
  "The market comes from a scenario file, which says this itself.":
    "Der Markt kommt aus einer Szenariodatei, die das selbst festlegt.",
  "The market comes from {0}.": "Der Markt kommt aus {0}.",
  "And {0} more.": "Und {0} weitere.",
  "A scenario file has at most {0} bytes.": "Eine Szenariodatei hat höchstens {0} Bytes.",
  "This is what gridclear scenario check would say as well, or what only this page lacks:":
    "Das würde auch gridclear scenario check beanstanden, oder nur diese Seite kann es nicht:",
  "{0} is traded: 1 member, periods of {1} minutes.":
    "{0} wird gehandelt: 1 Mitglied, Perioden von {1} Minuten.",
  "{0} is traded: {1} members, periods of {2} minutes.":
    "{0} wird gehandelt: {1} Mitglieder, Perioden von {2} Minuten.",
  "The page trades the first of its days.": "Die Seite handelt den ersten seiner Tage.",
  "Back to the settings": "Zurück zu den Einstellungen",
  "Save the market": "Markt speichern",
  "Choose a scenario": "Szenario wählen",
  "Scenario file": "Szenariodatei",
  "The market as a file": "Der Markt als Datei",
  "Saved, the market of these settings is a scenario file, which gridclear run trades on any machine. Such a file can be chosen, or dropped anywhere on the page, and is traded here. It stays in this browser, until the page is closed.":
    "Gespeichert ist der Markt dieser Einstellungen eine Szenariodatei, die gridclear run auf jedem Rechner handelt. Eine solche Datei kann gewählt oder irgendwo auf der Seite abgelegt werden und wird hier gehandelt. Sie bleibt in diesem Browser, bis die Seite geschlossen wird.",
  "This view shows the settings. {0} is in Period, Day, My home and Ledger.":
    "Diese Ansicht zeigt die Einstellungen. {0} steht unter „Periode“, „Tag“, „Mein Haus“ und „Hauptbuch“.",
  "{0} on this page": "{0} auf dieser Seite",
  "at least a whole day, {0}, on this page": "mindestens ein ganzer Tag, {0}, auf dieser Seite",
  "at most {0} together on this page": "zusammen höchstens {0} auf dieser Seite",
  "none on this page, which has no file beside it": "keine auf dieser Seite, die keine Datei daneben hat",
  "one that takes orders on this page; gridclear run shares as well, and the notary here checks its ledger":
    "auf dieser Seite eines, das Gebote annimmt; gridclear run teilt auch, und der Notar hier prüft sein Hauptbuch",
  // worker/own, trouble.ts
  file: "Datei",
  "line {0}": "Zeile {0}",
  "line {0}, {1}": "Zeile {0}, {1}",
  "at most {0} MiB": "höchstens {0} MiB",
  "Read as Windows-1252.": "Als Windows-1252 gelesen.",
  "the file that was read last": "die zuletzt gelesene Datei",
  "another: choose it again": "eine andere: Wählen Sie sie noch einmal",
  "from your file": "aus Ihrer Datei",
  "a text file, as “Save as CSV” writes it": "eine Textdatei, wie „Als CSV speichern“ sie schreibt",
  "one with bytes that are no text": "eine mit Bytes, die kein Text sind",
  "one column for the {0}": "eine Spalte für {0}",
  "two: {0} and {1}": "zwei: {0} und {1}",
  "The column “{0}” was read as {1}.": "Die Spalte „{0}“ wurde als {1} gelesen.",
  "a first line that names the columns side, id, quantity (kWh) and price (per kWh); {0} is missing":
    "eine erste Zeile, die die Spalten side, id, quantity (kWh) und price (je kWh) nennt; es fehlt {0}",
  "a first line that names the columns side, id, quantity (kWh) and price (per kWh); missing are {0}":
    "eine erste Zeile, die die Spalten side, id, quantity (kWh) und price (je kWh) nennt; es fehlen {0}",
  "The column {0} was not needed.": "Die Spalte {0} wurde nicht gebraucht.",
  "The columns {0} were not needed.": "Die Spalten {0} wurden nicht gebraucht.",
  "{0} or {1}, whichever is meant, in all lines": "{0} oder {1}, was eben gemeint ist, in allen Zeilen",
  "a number without marks between thousands: {0}": "eine Zahl ohne Zeichen zwischen den Tausendern: {0}",
  "a number such as 0.25": "eine Zahl wie 0.25",
  "the same decimal mark as in the lines before, a point or a comma":
    "dasselbe Dezimalzeichen wie in den Zeilen davor, Punkt oder Komma",
  "a quantity above 0": "eine Menge über 0",
  "at most {0}": "höchstens {0}",
  "at most 6 decimal places": "höchstens 6 Nachkommastellen",
  "Cells are separated by semicolons.": "Zellen sind durch Semikolons getrennt.",
  "Cells are separated by tabs.": "Zellen sind durch Tabulatoren getrennt.",
  "Cells are separated by bars.": "Zellen sind durch senkrechte Striche getrennt.",
  "a first line that names the columns": "eine erste Zeile, die die Spalten nennt",
  "an empty file": "eine leere Datei",
  "orders below the first line": "Gebote unter der ersten Zeile",
  "Commas in numbers were read as decimal commas.": "Kommas in Zahlen wurden als Dezimalkommas gelesen.",
  "{0} cells, as the first line has; a decimal comma needs semicolons between the cells":
    "{0} Zellen, wie in der ersten Zeile; mit Dezimalkomma braucht es Semikolons zwischen den Zellen",
  "{0} cells, as the first line has": "{0} Zellen, wie in der ersten Zeile",
  "an empty cell: this page has no use for it": "eine leere Zelle: Diese Seite braucht sie nicht",
  "Blanks around cells were left out.": "Leerzeichen um Zellen wurden weggelassen.",
  "offer (or sell) or bid (or buy)": "offer (oder sell) oder bid (oder buy)",
  "“{0}” was read as {1}.": "„{0}“ wurde als {1} gelesen.",
  "a name of 1 to 64 printable characters": "ein Name aus 1 bis 64 druckbaren Zeichen",
  "a name that no other {0} of {1} has": "ein Name, den kein anderes {0} von {1} hat",
  "a row that ends": "eine Zeile, die endet",
  "a quote that is never closed, or no table":
    "ein Anführungszeichen, das nie geschlossen wird, oder keine Tabelle",
  "a closing quote": "ein schließendes Anführungszeichen",
  "the end of the file": "das Ende der Datei",
  "quotes around a whole cell": "Anführungszeichen um eine ganze Zelle",
  "a separator after a closing quote": "ein Trennzeichen nach dem schließenden Anführungszeichen",
  // live/follow.ts, worker/client.ts, worker/period.ts
  "a key file as gridclear keys make writes it": "eine Schlüsseldatei, wie gridclear keys make sie schreibt",
  "a longer file": "eine längere Datei",
  "another file": "eine andere Datei",
  "an answer": "eine Antwort",
  "a worker that runs": "ein laufender Rechenteil",
  "one that could not be started": "einer, der sich nicht starten ließ",
  "one that has been cleared": "eine, die geräumt wurde",
};
