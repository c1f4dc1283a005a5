/** What the page says in German. */
import type { Table } from "./table.js";

export const table: Table = {
  // The page around the views
  "Skip to the content": "Zum Inhalt springen",
  Period: "Periode",
  Day: "Tag",
  Compare: "Vergleich",
  Ledger: "Hauptbuch",
  Bench: "Tempo",
  Live: "Live",
  "Everything on this page is computed in your browser. Only Live asks anybody: the market that is served beside the page.":
    "Alles auf dieser Seite wird in Ihrem Browser berechnet. Nur „Live“ fragt jemanden: den Markt, der neben der Seite läuft.",
  Language: "Sprache",
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
  // Settings
  Money: "Geld",
  "Members of the community": "Mitglieder der Gemeinschaft",
  "A day is simulated for at most {0} members: for {1} here.":
    "Ein Tag wird für höchstens {0} Mitglieder simuliert: hier für {1}.",
  // The market of one period
  "Trading the day up to {0}: {1}": "Der Tag wird bis {0} gehandelt: {1}",
  "This could not be cleared.": "Das konnte nicht geräumt werden.",
  "Not sold here": "Hier nicht verkauft",
  "Not served here": "Hier nicht gedeckt",
  "of {0} offered": "von {0} angeboten",
  "of {0} asked for": "von {0} nachgefragt",
  "of {0} offered; {1} went to the grid": "von {0} angeboten; {1} gingen ins Netz",
  "of {0} asked for; {1} came from the grid": "von {0} nachgefragt; {1} kamen aus dem Netz",
  "The walk came to other trades than the engine, so it is not shown. Please report this link.":
    "Der Rundgang kam auf andere Geschäfte als das Rechenwerk und wird nicht gezeigt. Bitte melden Sie diesen Link.",
  "This market is too large to follow order by order; the curves below show all of it.":
    "Dieser Markt ist zu groß, um ihm Gebot für Gebot zu folgen; die Kurven unten zeigen alles.",
  "In this period plants that turn one energy into another, or lines that were full, had a say as well. The walk knows neither, so it is not shown; the curves below show what was traded.":
    "In dieser Periode bestimmten auch Anlagen mit, die eine Energie in eine andere wandeln, oder volle Leitungen. Der Rundgang kennt beides nicht und wird nicht gezeigt; die Kurven unten zeigen, was gehandelt wurde.",
  // The thread through the views
  "Walk through this period": "Diese Periode durchgehen",
  "See it in the day": "Im Tag ansehen",
  "Open its block": "Ihren Block öffnen",
  // Two mechanisms
  "This could not be compared.": "Das konnte nicht verglichen werden.",
  // page.ts
  "the notary": "der Notar",
  // settings/effects.ts
  "What was handed over says itself what it is.": "Was übergeben wurde, sagt selbst, was es ist.",
  // settings/panel.ts
  "The notary looks at what you hand over: no setting changes it.":
    "Der Notar sieht sich an, was Sie ihm geben: Keine Einstellung ändert das.",
  // views/chain.ts
  "Changed in your attempt": "In Ihrem Versuch geändert",
  "Would no longer be valid: it rests on the block that was changed":
    "Würde nicht mehr gelten: ruht auf dem geänderten Block",
  "Blocks, oldest first": "Blöcke, die ältesten zuerst",
  // views/fornotary.ts
  "Saved as ledger.gclf: send it to somebody, or drop it on the notary.":
    "Gespeichert als ledger.gclf: Schicken Sie es jemandem, oder legen Sie es dem Notar vor.",
  "Have all of it checked by the notary": "Alles vom Notar prüfen lassen",
  "Save it as a ledger file": "Als Datei speichern",
  // views/ledger.ts
  contracts: "Verträge",
  genesis: "Anfang",
  // views/notary.ts
  Checking: "Prüfen",
  "Reading what you handed over…": "Wird gelesen …",
  "End it": "Beenden",
  "Checked and executed again: {0} of {1} blocks": "Geprüft und noch einmal ausgeführt: {0} von {1} Blöcken",
  "64 hexadecimal digits, or a line as gridclear keys show prints it":
    "64 hexadezimale Ziffern, oder eine Zeile, wie gridclear keys show sie druckt",
  "the lines that begin with gridclear/…": "die Zeilen, die mit gridclear/ beginnen …",
  "Whom you trust (optional)": "Wem Sie trauen (freiwillig)",
  "A file can hold in itself and still be another one than everybody else’s. A head, or the platform’s key, from a source of your own settles that. They may be dropped as files too.":
    "Eine Datei kann in sich stimmen und doch eine andere sein als die der anderen. Ein Kopf oder der Schlüssel der Plattform aus eigener Quelle klärt das. Auch sie können als Dateien vorgelegt werden.",
  "The platform’s public key": "Der öffentliche Schlüssel der Plattform",
  "A head of the ledger": "Ein Kopf des Hauptbuchs",
  "Check again with it": "Damit noch einmal prüfen",
  "Files to check": "Dateien zum Prüfen",
  "Folder to check": "Ordner zum Prüfen",
  "Hand it over": "Übergeben",
  "It stays in this browser, and is found out by what stands in it.":
    "Es bleibt in diesem Browser, und was es ist, sagt sein Inhalt.",
  "Drop it anywhere on this page, or choose it: a ledger as gridclear export writes it (file or JSON) or its whole folder, a block, a statement, a proof, a bill. A snapshot, a head or the platform’s key may come with it. At most {0} MB together.":
    "Ziehen Sie es auf die Seite oder wählen Sie es: ein Hauptbuch, wie gridclear export es schreibt (Datei oder JSON), oder seinen ganzen Ordner, einen Block, einen Auszug, einen Beweis, eine Rechnung. Ein Schnappschuss, ein Kopf oder der Schlüssel der Plattform darf dabei sein. Zusammen höchstens {0} MB.",
  "Choose files": "Dateien wählen",
  "Choose a folder": "Ordner wählen",
  "Nothing at hand?": "Nichts zur Hand?",
  "Try a good one": "Ein gutes versuchen",
  "Try a forged one": "Ein gefälschtes versuchen",
  "Keys, heads and snapshots are held against something: hand over the ledger, the statement or the proof as well.":
    "Schlüssel, Köpfe und Schnappschüsse prüft man an etwas: Geben Sie auch das Hauptbuch, den Auszug oder den Beweis.",
  "Keeping {0} of {1} blocks…": "Block {0} von {1} wird aufbewahrt …",
  "Kept in this browser, under the id of its market.":
    "In diesem Browser aufbewahrt, unter der Kennung seines Marktes.",
  "Saved as ledger.gclf.": "Gespeichert als ledger.gclf.",
  "Ended before everything was checked: nothing can be said.":
    "Beendet, bevor alles geprüft war: Es lässt sich nichts sagen.",
  "Drop what you were sent": "Legen Sie vor, was man Ihnen schickte",
  "Were you sent a ledger, a statement, a proof or a bill? Hand it over: every hash is worked out and every period executed again, here, and you see whether it holds, and if not, what should stand there.":
    "Hat man Ihnen ein Hauptbuch, einen Auszug, einen Beweis oder eine Rechnung geschickt? Legen Sie es vor: Hier wird jeder Hash berechnet und jede Periode noch einmal ausgeführt, und Sie sehen, ob es stimmt, und wenn nicht, was da stehen müsste.",
  "The notary": "Der Notar",
  // views/notary/badblock.ts
  "{0}: {1}": "{0}: {1}",
  "What does not hold": "Was nicht stimmt",
  Where: "Wo",
  "Should stand there": "Müsste da stehen",
  "Stands there": "Steht da",
  Field: "Feld",
  "What stands there": "Was da steht",
  "no such record": "kein solcher Eintrag",
  "All differences": "Alle Unterschiede",
  Record: "Eintrag",
  "Block {0}: what should stand there beside what does":
    "Block {0}: was da stehen müsste, neben dem, was da steht",
  "Table: all differences": "Tabelle: alle Unterschiede",
  "{0} more records differ.": "{0} weitere Einträge weichen ab.",
  // views/notary/chain.ts
  "Block {0}": "Block {0}",
  Sealed: "Versiegelt",
  "Orders and trades": "Gebote und Geschäfte",
  "{0} orders, {1} trades": "{0} Gebote, {1} Geschäfte",
  Hash: "Hash",
  "Block before": "Block davor",
  "All blocks": "Alle Blöcke",
  Block: "Block",
  Found: "Gefunden",
  Orders: "Gebote",
  Trades: "Geschäfte",
  "Not what it should be": "Nicht, was er sein müsste",
  "Builds on a block that is not what it should be":
    "Baut auf einem Block auf, der nicht ist, was er sein müsste",
  "Table: all blocks": "Tabelle: alle Blöcke",
  "{0} of {1} blocks are drawn.": "{0} von {1} Blöcken sind gezeichnet.",
  // views/notary/kept.ts
  "Kept in this browser": "In diesem Browser aufbewahrt",
  "They stay here, and open without a network.": "Sie bleiben hier und öffnen sich auch ohne Netz.",
  "This browser keeps nothing for this page: {0}": "Dieser Browser bewahrt für diese Seite nichts auf: {0}",
  "Everything else works without that; a ledger can be saved as a file.":
    "Alles andere geht ohne das; ein Hauptbuch lässt sich als Datei speichern.",
  "{0} blocks": "{0} Blöcke",
  "Open the ledger {0}": "Das Hauptbuch {0} öffnen",
  Open: "Öffnen",
  "Remove the ledger {0}": "Das Hauptbuch {0} entfernen",
  Remove: "Entfernen",
  "Nothing yet: a ledger that holds can be kept.":
    "Noch nichts: Ein Hauptbuch, das stimmt, kann aufbewahrt werden.",
  // views/notary/verdict.ts
  "Not judged.": "Nicht beurteilt.",
  "It holds.": "Es stimmt.",
  "Who signed": "Wer unterschrieben hat",
  Who: "Wer",
  What: "Was",
  Signatures: "Unterschriften",
  "not checked: whose key it is, nobody said": "nicht geprüft: Wessen Schlüssel es ist, hat niemand gesagt",
  "✓ valid": "✓ gültig",
  "✗ not valid": "✗ ungültig",
  "Execute it from the first block": "Vom ersten Block an ausführen",
  "Execute it from the snapshot of block {0} on": "Vom Schnappschuss von Block {0} an ausführen",
  "Keep it in this browser": "In diesem Browser aufbewahren",
  "Whom you trust for it": "Wem Sie dafür trauen",
  // views/notary/words.ts
  Statement: "Auszug",
  Proof: "Beweis",
  "Proof of growth": "Beweis des Wachstums",
  Contradiction: "Widerspruch",
  Receipts: "Quittungen",
  Bill: "Rechnung",
  "Bill without proofs": "Rechnung ohne Beweise",
  Snapshot: "Schnappschuss",
  Head: "Kopf",
  Key: "Schlüssel",
  "Unknown file": "Unbekannte Datei",
  holds: "stimmt",
  "not executed": "nicht ausgeführt",
  withheld: "zurückgehalten",
  "does not hold": "stimmt nicht",
  "builds on it": "baut darauf auf",
  unreadable: "unlesbar",
  "What was sealed": "Was versiegelt wurde",
  "What follows from the orders": "Was aus den Geboten folgt",
  "What would follow": "Was folgen würde",
  "The header": "Der Kopf des Blocks",
  "Order {0}": "Gebot {0}",
  "Trade {0}": "Geschäft {0}",
  "Flow {0}": "Fluss {0}",
  "Reading {0}": "Zählerstand {0}",
  "Payment {0}": "Zahlung {0}",
  "Record {0} of the {1}": "Eintrag {0} ({1})",
  // worker/notary/audit.ts
  "the block before the snapshot": "der Block vor dem Schnappschuss",
  "the one of which it was taken": "der, von dem er genommen wurde",
  another: "ein anderer",
  "The hash of block {0}, which block {1} names": "Der Hash von Block {0}, den Block {1} nennt",
  "The hash at the end of the file": "Der Hash am Ende der Datei",
  // worker/notary/bad.ts
  "The file": "Die Datei",
  "what can be read": "etwas Lesbares",
  "It can’t be read to its end, or the market’s rules refuse what stands in it: nothing follows from it.":
    "Er lässt sich nicht zu Ende lesen, oder die Regeln des Marktes weisen ab, was darin steht: Daraus folgt nichts.",
  "The block is the one that was sealed; what the file says around it was changed.":
    "Der Block ist der versiegelte; geändert wurde, was die Datei um ihn herum sagt.",
  "Everything in the block follows, but it is not the one that was sealed: others name another hash for it. Its time was changed, or all of it; what it said can’t be worked out from this file.":
    "Alles im Block folgt, doch er ist nicht der versiegelte: Andere nennen für ihn einen anderen Hash. Seine Zeit wurde geändert, oder alles; was er sagte, lässt sich aus dieser Datei nicht errechnen.",
  "With what should stand there the block has exactly the hash that was sealed: this is what it said.":
    "Mit dem, was da stehen müsste, hat der Block genau den versiegelten Hash: Das hat er gesagt.",
  "An order, a reading or a contract was changed after the block was sealed. What it said can’t be worked out from this file; below is what would follow from what stands there now.":
    "Ein Gebot, ein Zählerstand oder ein Vertrag wurde nach dem Versiegeln geändert. Was er sagte, lässt sich aus dieser Datei nicht errechnen; unten steht, was aus dem folgen würde, was jetzt da steht.",
  "All its records follow from its orders; what does not hold is told above.":
    "Alle Einträge folgen aus den Geboten; was nicht stimmt, steht oben.",
  "This is what follows from the orders, readings and contracts that stand in the block.":
    "Das folgt aus den Geboten, Zählerständen und Verträgen, die im Block stehen.",
  // worker/notary/bills.ts
  "the data of the bill": "die Daten der Rechnung",
  "a bill with its proofs": "eine Rechnung mit ihren Beweisen",
  "no line": "keine Zeile",
  "The text of the page": "Der Text der Seite",
  "The bill": "Die Rechnung",
  "what the proofs say": "was die Beweise sagen",
  Member: "Mitglied",
  Month: "Monat",
  Lines: "Zeilen",
  "Total that the proofs come to": "Summe, auf die die Beweise kommen",
  Tariff: "Tarif",
  none: "keine",
  Market: "Markt",
  "Blocks under its head": "Blöcke unter seinem Kopf",
  "Root of its head": "Wurzel seines Kopfes",
  "The bill of {0} holds: all {1} lines follow from the proofs in it.":
    "Die Rechnung von {0} stimmt: Alle {1} Zeilen folgen aus den Beweisen darin.",
  "The bill of {0} does not hold: what it says is not what its proofs come to.":
    "Die Rechnung von {0} stimmt nicht: Was sie sagt, ist nicht, worauf ihre Beweise kommen.",
  "the bill": "die Rechnung",
  // worker/notary/blocks.ts
  "a ledger": "ein Hauptbuch",
  "The end of the file": "Das Ende der Datei",
  "a whole block, or the end of the ledger": "ein ganzer Block, oder das Ende des Hauptbuchs",
  "nothing: the file is cut off": "nichts: Die Datei ist abgeschnitten",
  "{0} bytes that are neither": "{0} Bytes, die keines von beiden sind",
  "Checksum of block {0} in the file": "Prüfsumme von Block {0} in der Datei",
  "that of the bytes which were written": "die der geschriebenen Bytes",
  "that of others": "die von anderen",
  "{0} blocks, as the file’s head says": "{0} Blöcke, wie der Anfang der Datei sagt",
  "Line {0}": "Zeile {0}",
  "its last line, with the root": "ihre letzte Zeile, mit der Wurzel",
  "{0}, hash": "{0}, Hash",
  "a block as JSON": "ein Block als JSON",
  "the file that begins with it": "die Datei, die mit ihm beginnt",
  "one that begins with block {0}": "eine, die mit Block {0} beginnt",
  // worker/notary/differences.ts
  nobody: "niemand",
  "participant {0}": "Teilnehmer {0}",
  "deposit of {0}": "Einlage von {0}",
  "{0} {1} per kWh": "{0} {1} je kWh",
  member: "Mitglied",
  "kind of energy": "Energieart",
  side: "Seite",
  "which of its orders": "welches seiner Gebote",
  energy: "Energie",
  price: "Preis",
  kind: "Art",
  "what sells": "was verkauft",
  "what buys": "was kauft",
  "number of the seller’s order": "Nummer des Gebots des Verkäufers",
  "number of the buyer’s order": "Nummer des Gebots des Käufers",
  "price for the seller": "Preis für den Verkäufer",
  "price for the buyer": "Preis für den Käufer",
  "fee of the seller": "Gebühr des Verkäufers",
  "fee of the buyer": "Gebühr des Käufers",
  "lost on the way": "unterwegs verloren",
  amount: "Betrag",
  "drawn from the grid": "aus dem Netz bezogen",
  "fed into the grid": "ins Netz gespeist",
  "to the account": "auf das Konto",
  "from the account": "von dem Konto",
  period: "Periode",
  "the grid": "das Netz",
  "store {0}": "Speicher {0}",
  "{0} to {1}": "{0} bis {1}",
  height: "Höhe",
  "hash of the block before": "Hash des Blocks davor",
  "root over all blocks before": "Wurzel über alle Blöcke davor",
  market: "Markt",
  flags: "Kennzeichen",
  "total of {0}, {1}": "Summe von {0}, {1}",
  "what is carried over ({0}), records": "was übertragen wird ({0}), Einträge",
  "what is carried over ({0}), root": "was übertragen wird ({0}), Wurzel",
  // worker/notary/judge.ts
  "This bill has no proofs in it. Bring the statement from which it was made too (gridclear statement --bundle), or the bill as a page (gridclear bill --html).":
    "Diese Rechnung hat keine Beweise in sich. Bringen Sie auch den Auszug, aus dem sie gemacht wurde (gridclear statement --bundle), oder die Rechnung als Seite (gridclear bill --html).",
  "Receipts and contradictions are judged by the ledger and its signatures, on the command line: gridclear verify.":
    "Quittungen und Widersprüche werden am Hauptbuch und seinen Unterschriften beurteilt, auf der Kommandozeile: gridclear verify.",
  "This is none of the files that the notary knows: a ledger, a block, a statement, a proof or a bill of gridclear.":
    "Das ist keine der Dateien, die der Notar kennt: ein Hauptbuch, ein Block, ein Auszug, ein Beweis oder eine Rechnung von gridclear.",
  "This head is not signed by the key that you brought.":
    "Dieser Kopf ist nicht mit dem Schlüssel unterschrieben, den Sie brachten.",
  "This is the head of a ledger of {0} blocks. Bring the ledger, or a proof, to see whether it leads there.":
    "Das ist der Kopf eines Hauptbuchs von {0} Blöcken. Bringen Sie das Hauptbuch oder einen Beweis, um zu sehen, ob es dorthin führt.",
  "Block {0} of the ledger that was checked here": "Block {0} des Hauptbuchs, das hier geprüft wurde",
  "This block does not hold.": "Dieser Block stimmt nicht.",
  "This is block {0} of the ledger that was checked here.":
    "Das ist Block {0} des Hauptbuchs, das hier geprüft wurde.",
  "It holds in itself, but it does not lead where it should.":
    "Es stimmt in sich, führt aber nicht dahin, wohin es müsste.",
  "It does not hold: what it says does not lead to the head that it names.":
    "Es stimmt nicht: Was es sagt, führt nicht zu dem Kopf, den es nennt.",
  // worker/notary/kept.ts
  "The storage of this browser": "Der Speicher dieses Browsers",
  "leave to keep something": "die Erlaubnis, etwas aufzubewahren",
  "The ledger that is kept of this market": "Das Hauptbuch, das von diesem Markt aufbewahrt ist",
  "one with the same block {0}": "eines mit demselben Block {0}",
  "another: the platform may have shown two ledgers":
    "ein anderes: Die Plattform könnte zwei Hauptbücher gezeigt haben",
  // worker/notary/ledgers.ts
  "kept beside the ledger": "die beim Hauptbuch liegt",
  "that you brought": "die Sie brachten",
  "the signature of {0} on {1}": "die Unterschrift von {0} auf {1}",
  "a valid one": "eine gültige",
  "The platform’s key": "Der Schlüssel der Plattform",
  "There is no block in it.": "Es ist kein Block darin.",
  "This ledger does not hold: block {0} is not what it should be, and the {1} blocks behind it build on it.":
    "Dieses Hauptbuch stimmt nicht: Block {0} ist nicht, was er sein müsste, und die {1} Blöcke dahinter bauen darauf auf.",
  "This ledger does not hold: block {0}, the last one, is not what it should be.":
    "Dieses Hauptbuch stimmt nicht: Block {0}, der letzte, ist nicht, was er sein müsste.",
  "The blocks hold, but something around them does not: {0}.":
    "Die Blöcke stimmen, aber etwas um sie herum nicht: {0}.",
  "As far as it is there, this ledger holds: {0} blocks, each linked to the one before. The records of {1} are withheld, so those could not be executed again.":
    "Soweit es da ist, stimmt dieses Hauptbuch: {0} Blöcke, jeder mit dem davor verbunden. Die Einträge von {1} sind zurückgehalten und konnten nicht noch einmal ausgeführt werden.",
  "This ledger holds: {0} blocks, each linked to the one before. The {1} behind the snapshot were executed again, to the same results; the {2} before were not.":
    "Dieses Hauptbuch stimmt: {0} Blöcke, jeder mit dem davor verbunden. Die {1} hinter dem Schnappschuss wurden noch einmal ausgeführt, mit gleichem Ergebnis; die {2} davor nicht.",
  "This ledger holds: {0} blocks, each linked to the one before, and every period executed again from its orders, to the same results.":
    "Dieses Hauptbuch stimmt: {0} Blöcke, jeder mit dem davor verbunden, und jede Periode aus ihren Geboten noch einmal ausgeführt, mit gleichem Ergebnis.",
  "For what happened up to block {0} you trust whoever sealed that block: the snapshot is the one that its header names, and what led there was not executed.":
    "Für alles bis Block {0} trauen Sie dem, der ihn versiegelte: Der Schnappschuss ist der, den sein Kopf nennt, und was dahin führte, wurde nicht ausgeführt.",
  "Good up to block": "Gut bis Block",
  "Hash of that block": "Hash dieses Blocks",
  "{0}, in {1}": "{0}, in {1}",
  Blocks: "Blöcke",
  "{0} to {1} (UTC)": "{0} bis {1} (UTC)",
  "Executed again": "Noch einmal ausgeführt",
  "{0} periods with {1} orders and {2} trades": "{0} Perioden mit {1} Geboten und {2} Geschäften",
  "Id of the market": "Kennung des Marktes",
  "Key of the platform": "Schlüssel der Plattform",
  "This market is not a signed one: no signatures stand in its blocks.":
    "Dieser Markt wird nicht unterschrieben: In seinen Blöcken stehen keine Unterschriften.",
  // worker/notary/notary.ts
  "The files": "Die Dateien",
  "at most 256 MB together": "zusammen höchstens 256 MB",
  more: "mehr",
  "The forged sample": "Das gefälschte Beispiel",
  "The good sample": "Das gute Beispiel",
  "The day traded on this page": "Der auf dieser Seite gehandelte Tag",
  "It can’t be read as what it says it is.": "Es lässt sich nicht als das lesen, was es zu sein behauptet.",
  "What you wrote": "Was Sie schrieben",
  "What you wrote under “Whom you trust”": "Was Sie unter „Wem Sie trauen“ schrieben",
  "a public key, or a head": "ein öffentlicher Schlüssel, oder ein Kopf",
  "something else": "etwas anderes",
  "The ledger": "Das Hauptbuch",
  "one that was checked here": "eines, das hier geprüft wurde",
  "one that holds": "eines, das stimmt",
  "one that does not": "eines, das nicht stimmt",
  // worker/notary/papers.ts
  "The statement of {0} holds: every record has its proof, and together they account for the balance.":
    "Der Auszug von {0} stimmt: Jeder Eintrag hat seinen Beweis, und zusammen erklären sie den Saldo.",
  "The proofs in the statement of {0} hold, but its records don’t account for the balance: one that moved money is missing.":
    "Die Beweise im Auszug von {0} stimmen, doch seine Einträge erklären den Saldo nicht: Einer, der Geld bewegte, fehlt.",
  Periods: "Perioden",
  Records: "Einträge",
  Bought: "Gekauft",
  Sold: "Verkauft",
  "Balance before": "Saldo davor",
  "Balance after": "Saldo danach",
  "block {0}": "Block {0}",
  "record {0} of the {1} of block {2}": "Eintrag {0} ({1}) von Block {2}",
  "meter {0} of a book of block {1}": "Zähler {0} eines Buchs von Block {1}",
  "The proof holds: {0} belongs to the ledger with the head below.":
    "Der Beweis stimmt: {0} gehört zu dem Hauptbuch mit dem Kopf unten.",
  "Hash of the block": "Hash des Blocks",
  "The proof holds: the first {0} of {1} blocks are those of the earlier head.":
    "Der Beweis stimmt: Die ersten {0} von {1} Blöcken sind die des früheren Kopfes.",
  "Earlier head, blocks": "Früherer Kopf, Blöcke",
  "Earlier head, root": "Früherer Kopf, Wurzel",
  "Later head, blocks": "Späterer Kopf, Blöcke",
  "Later head, root": "Späterer Kopf, Wurzel",
  "The block": "Der Block",
  "This is the header of block {0} of a private market, which everybody may have. Its records are shown to those whom they concern.":
    "Das ist der Kopf von Block {0} eines privaten Marktes, den jeder haben darf. Seine Einträge sehen die, die sie betreffen.",
  "Block {0} is whole: its records have the roots that stand in its header. Whether they follow from its orders takes the blocks before it: bring the ledger too.":
    "Block {0} ist ganz: Seine Einträge haben die Wurzeln, die in seinem Kopf stehen. Ob sie aus den Geboten folgen, zeigen erst die Blöcke davor: Bringen Sie auch das Hauptbuch.",
  "Records: {0}": "Einträge: {0}",
  "Hash of the block before": "Hash des Blocks davor",
  // worker/notary/signers.ts
  "{0} orders, {1} readings, {2} contracts": "{0} Gebote, {1} Zählerstände, {2} Verträge",
  "{0} others": "{0} andere",
  "the gateway {0}…": "das Gateway {0} …",
  "the platform": "die Plattform",
  // worker/notary/trust.ts
  "the head of {0} blocks": "der Kopf von {0} Blöcken",
  "the witness {0}": "der Zeuge {0}",
  "It leads to the head that you brought, of {0} blocks: as far as that it is the ledger that whoever gave you the head sees.":
    "Es führt zu dem Kopf von {0} Blöcken, den Sie brachten: So weit ist es das Hauptbuch, das auch sieht, wer Ihnen den Kopf gab.",
  "The platform’s key in it is the one that you brought.":
    "Der Schlüssel der Plattform darin ist der, den Sie brachten.",
  "It holds in itself, and the platform whose key stands in its first block signed it. Whether that is your platform, and whether everybody sees this ledger, it can’t say: compare the key or the head below with one from a source that you trust.":
    "Es stimmt in sich, und die Plattform, deren Schlüssel im ersten Block steht, hat es unterschrieben. Ob das Ihre Plattform ist und ob alle dieses Hauptbuch sehen, kann es nicht sagen: Vergleichen Sie den Schlüssel oder den Kopf unten mit einem aus einer Quelle, der Sie trauen.",
  "It holds in itself, but nobody signed it: whoever made it could have made another one. Compare its head below with one from a source that you trust.":
    "Es stimmt in sich, aber niemand hat es unterschrieben: Wer es machte, hätte auch ein anderes machen können. Vergleichen Sie seinen Kopf unten mit einem aus einer Quelle, der Sie trauen.",
  "It leads to the ledger that was checked here.": "Es führt zu dem Hauptbuch, das hier geprüft wurde.",
  "the head that you brought": "der Kopf, den Sie brachten",
  "one of this market": "einer dieses Marktes",
  "The head that you brought has {0} blocks, this leads to one of {1}: they can’t be compared.":
    "Der Kopf, den Sie brachten, hat {0} Blöcke, dies führt zu einem von {1}: Sie lassen sich nicht vergleichen.",
  "It leads to the head that you brought.": "Es führt zu dem Kopf, den Sie brachten.",
  "The head is signed with the key that you brought.":
    "Der Kopf ist mit dem Schlüssel unterschrieben, den Sie brachten.",
  "Nobody vouches for the head here: compare it with one from a source that you trust, or bring the platform’s key.":
    "Für den Kopf bürgt hier niemand: Vergleichen Sie ihn mit einem aus einer Quelle, der Sie trauen, oder bringen Sie den Schlüssel der Plattform.",
};
