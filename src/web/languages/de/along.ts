/** What the page says in German of what one takes along: a citation, a walk to embed, code. */
import type { Table } from "../table.js";

export const along: Table = {
  "Cite, embed, code": "Zitieren, einbetten, Code",
  "gridclear contributors: {0}. gridclear, version {1}. {2} (accessed {3})":
    "gridclear contributors: {0}. gridclear, Version {1}. {2} (abgerufen am {3})",
  Citation: "Zitat",
  BibTeX: "BibTeX",
  Frame: "Rahmen",
  Element: "Element",
  Code: "Code",
  "Copied.": "Kopiert.",
  "Copy: {0}": "Kopieren: {0}",
  "The walk through the period, on a page of yours. It asks nobody but the host of this page, and has a policy of its own.":
    "Der Rundgang durch die Periode, auf einer Seite von Ihnen. Er fragt niemanden als den Rechner, von dem diese Seite kommt, und hat eigene Sicherheitsregeln.",
  "There is no walk of this to embed.": "Hiervon gibt es keinen Rundgang zum Einbetten.",
  "What this view shows follows from no settings, so there is no code for it.":
    "Was diese Ansicht zeigt, folgt aus keinen Einstellungen; darum gibt es dafür keinen Code.",
  "Your own orders are in no link: gridclear clear takes their file.":
    "Ihre eigenen Gebote stehen in keinem Link: gridclear clear nimmt ihre Datei.",
  "A region this large has no day, and is in no block: the code is that of a community.":
    "Eine so große Region hat keinen Tag und steht in keinem Block: Code gibt es für eine Gemeinschaft.",
  "For Node, where gridclear is installed: it trades the day as far as {0} and prints the block of that period. Its hash is the one that Ledger shows.":
    "Für Node, wo gridclear installiert ist: Er handelt den Tag bis {0} und gibt den Block dieser Periode aus. Dessen Hash ist der, den das Hauptbuch zeigt.",
  "Open this in gridclear": "Das in gridclear öffnen",
  "gridclear: the market of one period": "gridclear: der Markt einer Periode",
};
