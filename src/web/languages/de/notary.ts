/** What the notary says in German. */
import type { Table } from "../table.js";

export const notary: Table = {
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
  // views/notary/chain.ts
  "Shared in this block, the first {0} of {1}; what goes back is below zero":
    "In diesem Block geteilt, die ersten {0} von {1}; was zurückgeht, steht unter null",
  "Shared in this block; what goes back is below zero":
    "In diesem Block geteilt; was zurückgeht, steht unter null",
  "Who supplied": "Wer geliefert hat",
  "Who received": "Wer erhalten hat",
  "Metered in": "Gemessen in",
  Shared: "Geteilt",
  "{0} times": "{0}-mal",
  "period {0}": "Periode {0}",
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
};
