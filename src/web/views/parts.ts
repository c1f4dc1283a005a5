/** Pieces that several views are made of: cards, tiles, answers to buttons, tables behind a disclosure. */
import { dataTable, type Table } from "../charts/figure.js";
import { el, freshId } from "../dom.js";
import { words } from "../trouble.js";

/** The head of a view: its name and what it is about. */
export const head = (title: string, lead: HTMLElement): HTMLElement =>
  el("div", {}, el("h1", {}, title), lead);

/** A card with a heading and a note. */
export const part = (title: string, note: string | HTMLElement, ...children: HTMLElement[]): HTMLElement => {
  const id = freshId("part");
  const said = typeof note === "string" ? el("p", { class: "note" }, note) : note;
  return el(
    "section",
    { class: "card", "aria-labelledby": id },
    el("div", { class: "head" }, el("h2", { id }, title), said),
    ...children,
  );
};

/** One tile: its name, its figure, and what else there is to say. */
export const tile = (name: string, value: string, also: string): HTMLElement =>
  el("div", {}, el("dt", {}, name), el("dd", {}, value), el("dd", { class: "also" }, also));

/** A row of six tiles, with room for what is about to come, so that nothing moves when it does. */
export const tileRow = (): HTMLElement =>
  el("dl", { class: "tiles" }, ...Array.from({ length: 6 }, () => el("div")));

/** A card that asks for something: on paper it would be empty. */
export function asking(...given: Parameters<typeof part>): HTMLElement {
  const card = part(...given);
  card.classList.add("unprinted");
  return card;
}

/** A table behind a disclosure, made when it is opened and again by `refresh`. */
export function hiddenTable(
  summary: string,
  make: () => Table | null,
  onRow?: (index: number) => void,
): { readonly element: HTMLElement; refresh(): void } {
  const element = el("details", { class: "behind" }, el("summary", {}, summary));
  const refresh = (): void => {
    const table = element.open ? make() : null;
    if (table !== null) element.replaceChildren(element.firstElementChild!, dataTable(table, onRow));
  };
  element.addEventListener("toggle", refresh);
  return { element, refresh };
}

/** A place for an answer; screen readers read out what is put there. */
export const answer = (): HTMLElement => el("div", { class: "answer", role: "status" });

/** Runs what a button asks for and puts the answer, or what went wrong, in its place. */
export const busy = async (
  button: HTMLButtonElement,
  into: HTMLElement,
  act: () => Promise<HTMLElement[]>,
): Promise<void> => {
  button.disabled = true;
  try {
    into.replaceChildren(...(await act()));
  } catch (error) {
    into.replaceChildren(el("p", { class: "notice bad" }, words(error)));
  } finally {
    button.disabled = false;
  }
};
