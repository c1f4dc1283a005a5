/** Text that becomes HTML: what came from elsewhere is escaped, so that no name can be markup. */

/** A piece of markup, made by {@link html} alone. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in {@link html}: text and numbers are escaped, markup stays, lists are joined. */
export type Piece = string | number | Markup | readonly Piece[];

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function textOf(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  if (typeof piece === "string" || typeof piece === "number")
    return `${piece}`.replace(/[&<>"']/g, (character) => entities[character]!);
  return piece.map(textOf).join("");
}

/** Markup with pieces in it. */
export const html = (parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup =>
  new Markup(
    parts.map((part, index) => part + (index < pieces.length ? textOf(pieces[index]!) : "")).join(""),
  );
