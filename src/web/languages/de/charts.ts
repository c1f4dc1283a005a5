/** What the charts say in German. */
import type { Table } from "../table.js";

export const charts: Table = {
  "Unit of {0}": "Einheit von {0}",
  "No seller and buyer could agree in this period.":
    "In dieser Periode konnten sich kein Verkäufer und kein Käufer einigen.",
  "{0} at {1} from the pool": "{0} zu {1} aus dem Pool",
  "{0} at {1} from the pool, the seller gets {2}": "{0} zu {1} aus dem Pool, der Verkäufer bekommt {2}",
  "{0} at {1}, the seller gets {2}": "{0} zu {1}, der Verkäufer bekommt {2}",
  "asked {0}, offered to pay {1}": "verlangt {0}, geboten {1}",
  "{0}, sells {1} at {2} per kWh": "{0}, verkauft {1} zu {2} je kWh",
  "{0}, buys {1} at {2} per kWh": "{0}, kauft {1} zu {2} je kWh",
  "pool’s own price": "Preis des Pools",
  "clearing price": "Markträumungspreis",
  "Orders along the curves: left and right go from order to order, up and down change side, Enter opens one":
    "Gebote entlang der Kurven: links und rechts von Gebot zu Gebot, hoch und runter auf die andere Seite, die Eingabetaste öffnet eines",
  "{0} (the first {1}; the download has all)": "{0} (die ersten {1}; der Download hat alle)",
  "Table: {0}": "Tabelle: {0}",
  "orders in the period": "Gebote in der Periode",
  Control: "Steuerung",
  Use: "Verbrauch",
  "{0} to {1}: {2}": "{0} an {1}: {2}",
  "No energy of this kind moved in this period.": "In dieser Periode floss keine Energie dieser Art.",
  "trade {0}": "Geschäft {0}",
  "trades {0} to {1}": "Geschäfte {0} bis {1}",
  "root in the block’s header": "Wurzel im Kopf des Blocks",
  "price per kWh": "Preis je kWh",
  "No prices yet.": "Noch keine Preise.",
  "{0} left": "{0} übrig",
  "{0} still needed": "{0} fehlen noch",
};
