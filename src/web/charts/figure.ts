/** A chart with its heading and the table of what it shows. */
import { download, el, freshId } from "../dom.js";
import { exactly } from "../format.js";
import { language, t } from "../say.js";

/** The numbers behind a chart, as a table shows them. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  /** Cells as text; the first of each row is its heading. */
  readonly rows: readonly (readonly string[])[];
}

/** Most rows a table in the page holds; files hold all. */
const mostRows = 500;

/** A cell that holds a figure with its unit, or says that there is none, stands right; words stand left. */
const figure =
  /^[+−]*(?:€|£|\$|CHF)?\s?[0-9][0-9,.]*\s?(?:%|Wh|kWh|MWh|GWh|kW|kg|µs|ms|s|ct|Rp\.|p|¢|€|£|\$|CHF)?$|^$/;

/** The columns that hold words: those with a cell that is no figure. */
export const wordColumns = ({ columns, rows }: Table): boolean[] =>
  columns.map((_, place) => rows.some(({ [place]: cell = "" }) => cell !== t`none` && !figure.test(cell)));

/** Makes a table that can be scrolled with the keyboard. */
export function dataTable(table: Table, onRow?: (index: number) => void): HTMLElement {
  const shown = table.rows.slice(0, mostRows);
  const more = table.rows.length - shown.length;
  const isWords = wordColumns({ ...table, rows: shown });
  const side = (place: number) => (isWords[place] ? { class: "words" } : {});
  const body = el("tbody");
  shown.forEach((cells, index) => {
    const [head = "", ...rest] = cells;
    const heading = onRow
      ? el("button", { type: "button", class: "link", onclick: () => onRow(index) }, head)
      : head;
    body.append(
      el(
        "tr",
        {},
        el("th", { scope: "row", ...side(0) }, heading),
        ...rest.map((cell, place) => el("td", side(place + 1), cell)),
      ),
    );
  });
  return el(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": table.caption },
    el(
      "table",
      {},
      el(
        "caption",
        {},
        more > 0 ? t`${table.caption} (the first ${mostRows}; the download has all)` : table.caption,
      ),
      el(
        "thead",
        {},
        el("tr", {}, ...table.columns.map((name, place) => el("th", { scope: "col", ...side(place) }, name))),
      ),
      body,
    ),
  );
}

/** Buttons that save a figure: its picture and its table. They wait until there is something to save. */
function saving(title: string, body: HTMLElement, said: () => string) {
  let table: (() => Table) | null = null;
  const button = (text: string, name: string, act: () => Promise<void>): HTMLButtonElement =>
    el(
      "button",
      {
        type: "button",
        class: "button plain",
        disabled: true,
        "aria-label": name,
        title: name,
        onclick: () => void act(),
      },
      text,
    );
  const picture = button("SVG", t`Save as SVG: ${title}`, async () => {
    const { fileName, pictureOf } = await import("./save.js");
    const text = await pictureOf(body, title, said());
    download(fileName(location.hash, title, "svg"), new Blob([text], { type: "image/svg+xml" }));
  });
  const csv = button("CSV", t`Save as CSV: ${title}`, async () => {
    const { csvOf, fileName } = await import("./save.js");
    if (table !== null)
      download(
        fileName(location.hash, title, "csv"),
        new Blob([csvOf(exactly(table))], { type: "text/csv" }),
      );
  });
  return {
    element: el("div", { class: "saves" }, picture, csv),
    use(make: () => Table): void {
      table = make;
      picture.disabled = false;
      csv.disabled = false;
    },
  };
}

/** A card with a heading, a chart, and the table of what the chart shows behind a disclosure. */
export interface Figure {
  readonly element: HTMLElement;
  /** Where the chart goes; its height is fixed by the style sheet, so that nothing moves when it is drawn. */
  readonly body: HTMLElement;
  readonly heading: HTMLHeadingElement;
  /** Says what the chart shows, and gives its table; the table is only made once it is opened. */
  describe(note: string, table: () => Table, onRow?: (index: number) => void): void;
}

export function createFigure(title: string, bodyClass: string): Figure {
  const id = freshId("figure");
  const heading = el("h2", { id }, title);
  const note = el("p", { class: "note" });
  const body = el("div", { class: bodyClass });
  const inside = language() === "en" ? title.charAt(0).toLowerCase() + title.slice(1) : title;
  const behind = el("details", { class: "behind" }, el("summary", {}, t`Table: ${inside}`));
  const saves = saving(title, body, () => note.textContent ?? "");
  const element = el(
    "section",
    { class: "card", "aria-labelledby": id },
    el("div", { class: "head" }, heading, note),
    body,
    el("div", { class: "figure-foot" }, behind, saves.element),
  );
  let make: (() => HTMLElement) | null = null;
  const render = (): void => {
    if (!behind.open || make === null) return;
    behind.replaceChildren(behind.firstElementChild!, make());
  };
  behind.addEventListener("toggle", render);
  return {
    element,
    body,
    heading,
    describe(text, table, onRow) {
      note.textContent = text;
      make = () => dataTable(table(), onRow);
      saves.use(table);
      render();
    },
  };
}
