/** What the notary finds, in German. */
import type { Table } from "../table.js";

export const judging: Table = {
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
  "The bill of {0} holds: its one line follows from the proofs in it.":
    "Die Rechnung von {0} stimmt: Ihre eine Zeile folgt aus den Beweisen darin.",
  "The bill of {0} holds: there is nothing to pay, as the proofs in it say.":
    "Die Rechnung von {0} stimmt: Nichts ist zu zahlen, wie die Beweise darin sagen.",
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
  "periods: {0}, orders: {1}, trades: {2}": "Perioden: {0}, Gebote: {1}, Geschäfte: {2}",
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
  "1 order": "1 Gebot",
  "1 reading": "1 Zählerstand",
  "{0} readings": "{0} Zählerstände",
  "1 contract": "1 Vertrag",
  "{0} contracts": "{0} Verträge",
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
