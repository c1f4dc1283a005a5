/**
 * A figure as files: its picture as an SVG that stands alone, in light colours and with what it says and shows in it,
 * and its table as CSV. Fetched when somebody asks for one.
 */
import { csvText } from "../../report/export/csvtext.js";
import { version } from "../about.js";
import { svg } from "../dom.js";
import { t } from "../say.js";

/** What a table says, as {@link "./figure.js"} has it. */
interface Rows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A cell with a figure as a program reads it, and its unit; null for words. What there is none of is empty. */
function figureOf(cell: string): { readonly value: string; readonly unit: string } | null {
  const [, value, unit = ""] = /^(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?: (\S+))?$/.exec(cell) ?? [];
  return value === undefined ? null : { value, unit };
}

/** The columns of a table, with units out of the cells: in the heading where there is one, else in a column beside. */
function bare({ columns, rows }: Rows): { columns: string[]; rows: string[][] } {
  const made = columns.map((name, place) => {
    const cells = rows.map(({ [place]: cell = "" }) => cell);
    const figures = cells.map(figureOf);
    const words = cells.some((cell, index) => figures[index] === null && cell !== "" && cell !== t`none`);
    const units = [...new Set(figures.flatMap((found) => (found === null ? [] : [found.unit])))];
    if (words || units.length === 0) return [{ name, cells: cells.map(csvText) }];
    const values = { name, cells: figures.map((found) => found?.value ?? "") };
    if (units.length > 1)
      return [values, { name: t`Unit of ${name}`, cells: figures.map((found) => found?.unit ?? "") }];
    return [units[0] === "" ? values : { ...values, name: `${name} (${units[0]})` }];
  });
  const all = made.flat();
  return {
    columns: all.map(({ name }) => csvText(name)),
    rows: rows.map((_, row) => all.map(({ cells }) => cells[row]!)),
  };
}

/**
 * The table as CSV with a mark for UTF-8, by which spreadsheets know it. Make its cells within `exactly`
 * (../format.ts): then figures are bare and whole, and their units stand in the headings.
 */
export function csvOf(table: Rows): string {
  const { columns, rows } = bare(table);
  return `\uFEFF${[columns, ...rows].map((row) => row.join(",")).join("\r\n")}\r\n`;
}

const plain = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{Mn}/gu, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

/** A name for a file: the view, the figure, and what is set. `hash` is that of the address. */
export function fileName(hash: string, title: string, ending: string): string {
  const [view = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const parts = ["gridclear", plain(view), plain(title), plain(query)].filter((part) => part !== "");
  return `${parts.join("-").slice(0, 120).replace(/-$/, "")}.${ending}`;
}

/** What the style sheet says of a drawn element, and what the attribute of the same name says in a file. */
const styles = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-linejoin",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "paint-order",
  "display",
] as const;

/** A copy of what is drawn that needs no style sheet. */
function standalone(drawn: SVGSVGElement): SVGSVGElement {
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const copies = [copy, ...copy.querySelectorAll("*")];
  [drawn, ...drawn.querySelectorAll("*")].forEach((element, index) => {
    const computed = getComputedStyle(element);
    const target = copies[index]!;
    for (const name of ["style", "class", "tabindex"]) target.removeAttribute(name);
    for (const name of styles) target.setAttribute(name, computed.getPropertyValue(name));
  });
  return copy;
}

const textAt = (x: number, y: number, size: number, colour: string, text: string): SVGTextElement =>
  svg("text", { x, y, "font-size": size, "font-family": "system-ui, sans-serif", fill: colour }, text);

/** A text in lines that fit a width. */
export function inLines(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.flatMap((line) => line.match(new RegExp(`.{1,${most}}`, "gu")) ?? []);
}

/** The entries of a legend where they stand. */
function entriesOf(body: HTMLElement, left: number, top: number): SVGElement[] {
  return [...body.querySelectorAll<HTMLElement>(".legend li")].flatMap((entry) => {
    const box = entry.getBoundingClientRect();
    const swatch = entry.querySelector(".swatch")!;
    const mark = swatch.getBoundingClientRect();
    const { backgroundColor, borderTopColor, borderTopStyle, color } = getComputedStyle(swatch);
    const isLine = borderTopStyle === "dashed";
    return [
      svg("rect", {
        x: mark.left - left,
        y: mark.top - top,
        width: mark.width,
        height: Math.max(3, mark.height),
        fill: isLine ? borderTopColor : backgroundColor,
        stroke: borderTopStyle === "solid" ? borderTopColor : "none",
      }),
      textAt(mark.right - left + 7, box.top - top + 15, 13, color, entry.textContent ?? ""),
    ];
  });
}

/** Everything that is drawn in a figure, where it stands. */
function partsOf(body: HTMLElement): SVGElement[] {
  const { left, top } = body.getBoundingClientRect();
  const placed = (element: Element) => {
    const box = element.getBoundingClientRect();
    return { x: box.left - left, y: box.top - top, width: box.width, height: box.height };
  };
  const drawn = [...body.querySelectorAll("svg")].filter(
    (each) => each.parentElement?.closest("svg") === null,
  );
  const painted = [...body.querySelectorAll("canvas")];
  return [
    ...drawn.map((each) => {
      const copy = standalone(each);
      for (const [name, value] of Object.entries(placed(each))) copy.setAttribute(name, String(value));
      return copy;
    }),
    ...painted.map((each) => svg("image", { ...placed(each), href: each.toDataURL() })),
    ...entriesOf(body, left, top),
  ];
}

/** What the page shows in light colours while `act` looks at it; it is dark again before anybody sees it. */
async function inLight<T>(act: () => T): Promise<T> {
  const { dataset } = document.documentElement;
  const before = dataset.theme;
  const to = async (theme: string | undefined): Promise<void> => {
    if (theme === undefined) delete dataset.theme;
    else dataset.theme = theme;
    dispatchEvent(new Event("theme"));
    // Charts on a canvas paint at the end of the turn.
    await Promise.resolve();
    await Promise.resolve();
  };
  await to("light");
  try {
    return act();
  } finally {
    await to(before);
  }
}

/** A figure as a picture: its title, what is said of it, what is drawn, and the address that shows it again. */
export async function pictureOf(body: HTMLElement, title: string, note: string): Promise<string> {
  const [side, width, height] = [24, Math.max(320, body.clientWidth), body.clientHeight];
  const most = Math.floor(width / 6.6);
  const [ink, muted] = ["#14201f", "#52605f"];
  const said = inLines(note, most).map((line, index) => textAt(side, 60 + index * 17, 12.5, muted, line));
  const top = 66 + said.length * 17;
  const foot = inLines(`gridclear ${version}, ${location.hash}`, most).map((line, index) =>
    textAt(side, top + height + 34 + index * 15, 11, muted, line),
  );
  const [across, down] = [width + 2 * side, top + height + 44 + foot.length * 15];
  const parts = await inLight(() => partsOf(body));
  const root = svg(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${across} ${down}`, width: across, height: down },
    svg("title", {}, title),
    svg("desc", {}, note),
    svg("rect", { width: across, height: down, fill: "#ffffff" }),
    textAt(side, 38, 18, ink, title),
    ...said,
    svg("g", { transform: `translate(${side} ${top})` }, ...parts),
    ...foot,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}
