import { el, freshId } from "../dom.js";

/** A card with a heading and a note. */
export const part = (title: string, note: string, ...children: HTMLElement[]): HTMLElement => {
  const id = freshId("part");
  return el(
    "section",
    { class: "card", "aria-labelledby": id },
    el("div", { class: "head" }, el("h2", { id }, title), el("p", { class: "note" }, note)),
    ...children,
  );
};
/** A place for an answer that screen readers are told of. */
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
    into.replaceChildren(
      el("p", { class: "notice bad" }, error instanceof Error ? error.message : String(error)),
    );
  } finally {
    button.disabled = false;
  }
};
