/** Files that are dropped anywhere on the page, with a cover that says that they may be. */
import { el } from "./dom.js";

/** Who takes what is dropped. */
export interface Taker {
  /** What the cover says. */
  readonly words: string;
  /** Whether it wants what is dropped now. */
  wants(): boolean;
  take(dropped: DataTransfer): void;
}

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;

/** Takes files that are dropped, while they are wanted. */
export function takeDrops({ words, wants, take }: Taker): void {
  const cover = el("div", { class: "cover", hidden: true }, el("p", {}, words));
  document.body.append(cover);
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event) || !wants()) return;
    event.preventDefault();
    cover.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) cover.hidden = true;
  });
  document.addEventListener("drop", (event) => {
    cover.hidden = true;
    if (!carriesFiles(event) || !wants()) return;
    event.preventDefault();
    if (event.dataTransfer !== null) take(event.dataTransfer);
  });
}
