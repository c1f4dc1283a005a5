/** What the view of one period says in German, and its walk and charts. */
import type { Table } from "../table.js";

export const period: Table = {
  // views/period.ts
  "The market of one period": "Der Markt einer Periode",
  "The orders of {0}.": "Die Gebote von {0}.",
  "Traded directly": "Direkt gehandelt",
  "1 trade, {0} of demand": "1 Geschäft, {0} der Nachfrage",
  "{0} trades, {1} of demand": "{0} Geschäfte, {1} der Nachfrage",
  "Through the pool": "Über den Pool",
  "Clearing price": "Markträumungspreis",
  "Clearing price {0}.": "Markträumungspreis {0}.",
  "per kWh, the same for all": "je kWh, für alle gleich",
  "Average price": "Mittlerer Preis",
  "No trades": "Keine Geschäfte",
  "per kWh": "je kWh",
  "Cleared in, median": "Geräumt in, Median",
  "1 order; the first {0}": "1 Gebot; das erste Mal {0}",
  "{0} orders; the first {1}": "{0} Gebote; das erste Mal {1}",
  "1 trade, {0} of {1} served.": "1 Geschäft, {0} von {1} gedeckt.",
  "{0} trades, {1} of {2} served.": "{0} Geschäfte, {1} von {2} gedeckt.",
  "Sellers around here": "Verkäufer hier herum",
  "Buyers around here": "Käufer hier herum",
  "{0}: {1}, asks at least {2}": "{0}: {1}, verlangt mindestens {2}",
  "{0}: {1}, pays at most {2}": "{0}: {1}, zahlt höchstens {2}",
  "{0} sold": "{0} verkauft",
  "{0} served": "{0} gedeckt",
  "Supply and demand": "Angebot und Nachfrage",
  "supply, cheapest first; shaded where sold": "Angebot, das billigste zuerst; getönt, wo verkauft",
  "demand, highest bid first; shaded where served": "Nachfrage, das höchste Gebot zuerst; getönt, wo gedeckt",
  "Supply and demand curves.": "Kurven von Angebot und Nachfrage.",
  "{0} offered by 1 seller.": "{0} angeboten von 1 Verkäufer.",
  "{0} offered by {1} sellers.": "{0} angeboten von {1} Verkäufern.",
  "{0} asked for by 1 buyer.": "{0} nachgefragt von 1 Käufer.",
  "{0} asked for by {1} buyers.": "{0} nachgefragt von {1} Käufern.",
  "{0} sold.": "{0} verkauft.",
  "Point at an order, or use the arrow keys; click or Enter opens it.":
    "Zeigen Sie auf ein Gebot, oder nehmen Sie die Pfeiltasten; Klick oder Eingabetaste öffnet es.",
  "Each step stands for many orders.": "Jede Stufe steht für viele Gebote.",
  "Orders in order of arrival, sellers first": "Gebote in der Reihenfolge des Eingangs, Verkäufer zuerst",
  Direct: "Direkt",
  Left: "Übrig",
  "Both curves, in steps": "Beide Kurven, in Stufen",
  Price: "Preis",
  Filled: "Erfüllt",
  "Who gains what": "Wer was gewinnt",
  "the buyer pays this much less than it would have":
    "so viel weniger zahlt der Käufer, als er gezahlt hätte",
  "the seller gets this much more than it asked": "so viel mehr bekommt der Verkäufer, als er verlangte",
  "the price": "der Preis",
  "through the pool": "über den Pool",
  "Sellers gain {0}, buyers {1} against their limits.":
    "Verkäufer gewinnen {0}, Käufer {1} gegenüber ihren Grenzen.",
  "1 column, trades in order of execution.": "1 Säule, Geschäfte in der Reihenfolge der Ausführung.",
  "{0} columns, trades in order of execution.": "{0} Säulen, Geschäfte in der Reihenfolge der Ausführung.",
  "Trades in order of execution": "Geschäfte in der Reihenfolge der Ausführung",
  "Trades in order of execution, in groups": "Geschäfte in der Reihenfolge der Ausführung, in Gruppen",
  "Seller’s limit": "Grenze des Verkäufers",
  "Buyer’s limit": "Grenze des Käufers",
  Way: "Weg",
  pool: "Pool",
  direct: "direkt",
  // views/participant.ts
  "Sold nothing in this period.": "In dieser Periode nichts verkauft.",
  "Got nothing in this period.": "In dieser Periode nichts bekommen.",
  "Sold {0} of {1} for {2}, {3} more than its minimum.":
    "{0} von {1} verkauft, für {2}: {3} mehr als mindestens verlangt.",
  "Got {0} of {1} for {2}, {3} less than it would have paid.":
    "{0} von {1} bekommen, für {2}: {3} weniger, als es gezahlt hätte.",
  Offers: "Bietet an",
  "Asks for": "Fragt nach",
  "At least": "Mindestens",
  "At most": "Höchstens",
  "{0} per kWh": "{0} je kWh",
  "Not sold": "Nicht verkauft",
  Buyer: "Käufer",
  Seller: "Verkäufer",
  "{0} (pool)": "{0} (Pool)",
  "{0}, offer {1} in order of arrival": "{0}, Angebot {1} nach Eingang",
  "{0}, bid {1} in order of arrival": "{0}, Kaufgebot {1} nach Eingang",
  Close: "Schließen",
  // views/downloads.ts
  "Writing {0}: {1}": "{0} wird geschrieben: {1}",
  "{0} was not written.": "{0} wurde nicht geschrieben.",
  "Download trades (CSV)": "Geschäfte laden (CSV)",
  "Download everything (JSON)": "Alles laden (JSON)",
  // views/walk.ts, views/player.ts
  Place: "Platz",
  "Step {0}: who stands where, and what they have left or still need":
    "Schritt {0}: wer wo steht, und was noch übrig ist oder fehlt",
  "Walk through a small one": "Einen kleinen durchgehen",
  "a seller has this left": "das hat ein Verkäufer noch übrig",
  "a buyer still needs this": "das fehlt einem Käufer noch",
  "battery, sells through the pool (not to scale)": "Batterie, verkauft über den Pool (nicht maßstäblich)",
  "passed over in this step": "in diesem Schritt übergangen",
  "energy changing hands": "Energie, die den Besitzer wechselt",
  "Where in the period": "Wo in der Periode",
  "Table: the queues at this step": "Tabelle: die Schlangen bei diesem Schritt",
  "Width is quantity, height is price limit.": "Die Breite ist die Menge, die Höhe die Preisgrenze.",
  "The queues at step {0}.": "Die Schlangen bei Schritt {0}.",
  Play: "Abspielen",
  Pause: "Anhalten",
  "First step": "Erster Schritt",
  "Step back": "Schritt zurück",
  "Next step": "Nächster Schritt",
  "Last step": "Letzter Schritt",
  "Step of the walk": "Schritt des Rundgangs",
  "Step {0} of {1}: {2}": "Schritt {0} von {1}: {2}",
  // views/sentences.ts
  "{0} and {1}": "{0} und {1}",
  "{0}, {1} and {2} more": "{0}, {1} und {2} weitere",
  "Merit order: sellers line up from the lowest price, buyers from the highest. The two at the front trade for as long as the buyer pays at least what the seller asks.":
    "Merit-Order: Verkäufer stellen sich vom niedrigsten Preis an auf, Käufer vom höchsten. Die beiden Vordersten handeln, solange der Käufer mindestens zahlt, was der Verkäufer verlangt.",
  "Phase B, led by buyers. Both sides line up again with what they have left. Now each buyer in turn picks a seller whose rest it can use up.":
    "Phase B, die Käufer wählen. Beide Seiten stellen sich mit dem neu auf, was noch übrig ist oder fehlt. Nun wählt reihum jeder Käufer einen Verkäufer, dessen Rest er ganz verbraucht.",
  "Phase A, led by sellers. Sellers line up by quantity × price, smallest first; buyers by quantity × price, largest first. Each seller in turn picks a buyer it can supply completely.":
    "Phase A, die Verkäufer wählen. Verkäufer stellen sich nach Menge × Preis auf, das Kleinste zuerst; Käufer nach Menge × Preis, das Größte zuerst. Reihum wählt jeder Verkäufer einen Käufer, den er ganz beliefern kann.",
  "Round {0}, phase A. Everyone with something left lines up again, and sellers choose first.":
    "Runde {0}, Phase A. Alle, denen etwas bleibt, stellen sich neu auf, und die Verkäufer wählen zuerst.",
  Two: "Zwei",
  Three: "Drei",
  Four: "Vier",
  Five: "Fünf",
  Six: "Sechs",
  Seven: "Sieben",
  Eight: "Acht",
  Nine: "Neun",
  Ten: "Zehn",
  Eleven: "Elf",
  Twelve: "Zwölf",
  "One buyer ahead offered too little.": "Ein Käufer davor bot zu wenig.",
  "{0} buyers ahead offered too little.": "{0} Käufer davor boten zu wenig.",
  "One buyer ahead wanted too much.": "Ein Käufer davor wollte zu viel.",
  "{0} buyers ahead wanted too much.": "{0} Käufer davor wollten zu viel.",
  "{0} buyers ahead wanted too much or offered too little.":
    "{0} Käufer davor wollten zu viel oder boten zu wenig.",
  "One seller ahead asked too much.": "Ein Verkäufer davor verlangte zu viel.",
  "{0} sellers ahead asked too much.": "{0} Verkäufer davor verlangten zu viel.",
  "One seller ahead had too much left.": "Ein Verkäufer davor hatte zu viel übrig.",
  "{0} sellers ahead had too much left.": "{0} Verkäufer davor hatten zu viel übrig.",
  "{0} sellers ahead had too much left or asked too much.":
    "{0} Verkäufer davor hatten zu viel übrig oder verlangten zu viel.",
  "{0} and {1} are at the front and agree: {2} at {3}, between their two limits.":
    "{0} und {1} stehen vorn und einigen sich: {2} zu {3}, zwischen ihren beiden Grenzen.",
  "{0} and {1} are at the front and agree: {2}.": "{0} und {1} stehen vorn und einigen sich: {2}.",
  "{0} sells {1} all it wants: {2} at {3}, between their two limits.":
    "{0} deckt den ganzen Bedarf von {1}: {2} zu {3}, zwischen ihren beiden Grenzen.",
  "{0} sells {1} all it wants: {2} at {3}, the buyer’s price.":
    "{0} deckt den ganzen Bedarf von {1}: {2} zu {3}, dem Preis des Käufers.",
  "{0} buys all that {1} has left: {2} at {3}, between their two limits.":
    "{0} kauft alles, was {1} noch hat: {2} zu {3}, zwischen ihren beiden Grenzen.",
  "{0} buys all that {1} has left: {2} at {3}, the seller’s price.":
    "{0} kauft alles, was {1} noch hat: {2} zu {3}, dem Preis des Verkäufers.",
  "{0}: no buyer that can be supplied completely and pays enough. Next.":
    "{0}: kein Käufer, der ganz beliefert werden kann und genug zahlt. Weiter.",
  "{0}: no seller whose whole rest fits at a price they would pay. Next.":
    "{0}: kein Verkäufer, dessen ganzer Rest zu einem annehmbaren Preis passt. Weiter.",
  "{0} stays out: its contract asks {1}, the pool pays {2}.":
    "{0} bleibt draußen: Der Vertrag verlangt {1}, der Pool zahlt {2}.",
  "{0} stay out: their contracts ask {1}, the pool pays {2}.":
    "{0} bleiben draußen: Die Verträge verlangen {1}, der Pool zahlt {2}.",
  "{0} stays out: the contract keeps what is left from the pool.":
    "{0} bleibt draußen: Der Vertrag hält den Rest aus dem Pool heraus.",
  "{0} stay out: the contract keeps what is left from the pool.":
    "{0} bleiben draußen: Der Vertrag hält den Rest aus dem Pool heraus.",
  "Direct trading is over.": "Der direkte Handel ist vorbei.",
  "What {0} still has, {1}, joins the pool, which sells at {2} and pays {3} for what it sells.":
    "Was {0} noch hat, {1}, geht in den Pool; der verkauft zu {2} und zahlt {3} für das, was er verkauft.",
  "What {0} still have, {1}, joins the pool, which sells at {2} and pays {3} for what it sells.":
    "Was {0} noch haben, {1}, geht in den Pool; der verkauft zu {2} und zahlt {3} für das, was er verkauft.",
  "{0} adds {1} at its own price.": "{0} gibt {1} zum eigenen Preis dazu.",
  "{0} add {1} at their own price.": "{0} geben {1} zum eigenen Preis dazu.",
  "Buyers who would get the rest from the grid pay up to {0} here, what the grid asks.":
    "Käufer, die den Rest aus dem Netz bekämen, zahlen hier bis zu {0}: so viel, wie das Netz verlangt.",
  "{0} buys {1} that {2} left in the pool, at {3}; {4} gets {5}.":
    "{0} kauft {1}, die {2} in den Pool gab, zu {3}; {4} bekommt {5}.",
  "{0} buys {1} from {2}, at {3}.": "{0} kauft {1} von {2}, zu {3}.",
  "1 seller offers {0}.": "1 Verkäufer bietet {0} an.",
  "{0} sellers offer {1}.": "{0} Verkäufer bieten {1} an.",
  "1 buyer asks for {0}.": "1 Käufer fragt {0} nach.",
  "{0} buyers ask for {1}.": "{0} Käufer fragen {1} nach.",
  "In each block below, width is quantity and height is the price limit, so its area is quantity × price.":
    "Bei jedem Klotz unten ist die Breite die Menge und die Höhe die Preisgrenze, seine Fläche also Menge × Preis.",
  "The period is closed: {0} traded directly in 1 trade, {1} through the pool, {2} not sold, {3} not served.":
    "Die Periode ist zu Ende: {0} direkt gehandelt in 1 Geschäft, {1} über den Pool, {2} nicht verkauft, {3} nicht gedeckt.",
  "The period is closed: {0} traded directly in {1} trades, {2} through the pool, {3} not sold, {4} not served.":
    "Die Periode ist zu Ende: {0} direkt gehandelt in {1} Geschäften, {2} über den Pool, {3} nicht verkauft, {4} nicht gedeckt.",
  "The period is closed: nothing traded directly, {0} through the pool, {1} not sold, {2} not served.":
    "Die Periode ist zu Ende: nichts direkt gehandelt, {0} über den Pool, {1} nicht verkauft, {2} nicht gedeckt.",
  "The next seller asks more than the next buyer would pay, so trading stops. Everyone who traded gets the same price: {0}.":
    "Der nächste Verkäufer verlangt mehr, als der nächste Käufer zahlen würde: Der Handel endet. Alle, die handelten, bekommen denselben Preis: {0}.",
};
