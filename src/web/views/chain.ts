/** The chain of blocks as a list that is walked with the arrow keys. */
import { el } from "../dom.js";
import { clock } from "../format.js";
import type { DayPeriod } from "../worker/day.js";

export interface Chain {
  readonly element: HTMLElement;
  /** Begins anew with the first block, which holds the contracts. */
  clear(): void;
  /** Puts blocks at the end. */
  add(periods: readonly DayPeriod[]): void;
  /** Shows which block is open. */
  select(height: number): void;
  /** Marks a block that was changed, and all that rest on it; −1: none. */
  mark(broken: number): void;
}

/** Where a key goes from the block that is open. */
const target = (key: string, open: number, last: number): number | undefined =>
  ({
    ArrowRight: open + 1,
    ArrowDown: open + 1,
    ArrowLeft: open - 1,
    ArrowUp: open - 1,
    PageDown: open + 10,
    PageUp: open - 10,
    Home: 0,
    End: last,
  })[key];

/** Marks one block of a chain in which the block at `broken` was changed; −1: none was. */
function markItem(item: HTMLElement, height: number, broken: number): void {
  const isBroken = broken >= 0 && height === broken;
  const isDoubtful = broken >= 0 && height > broken;
  item.classList.toggle("broken", isBroken);
  item.classList.toggle("doubtful", isDoubtful);
  if (isBroken) item.title = "Changed in your attempt";
  else if (isDoubtful) item.title = "Would no longer be valid: it rests on the block that was changed";
  else item.removeAttribute("title");
}

/** Makes the list; `onPick` is called with the height that was chosen. */
export function openChain(onPick: (height: number) => void): Chain {
  const options: HTMLElement[] = [];
  let open = 0;
  const element = el("div", {
    class: "chain",
    role: "listbox",
    tabindex: 0,
    "aria-label": "Blocks, oldest first",
  });
  const add = (height: number, lines: readonly string[]): void => {
    const item = el(
      "div",
      {
        role: "option",
        id: `block-${height}`,
        "aria-selected": String(height === open),
        onclick: () => onPick(height),
      },
      el("strong", {}, String(height)),
      ...lines.map((line) => el("div", {}, line)),
    );
    options[height] = item;
    element.append(item);
  };
  element.addEventListener("keydown", (event) => {
    const last = options.length - 1;
    const to = target(event.key, open, last);
    if (to === undefined) return;
    event.preventDefault();
    onPick(Math.max(0, Math.min(last, to)));
  });
  return {
    element,
    clear() {
      options.length = 0;
      element.replaceChildren();
      add(0, ["contracts", "genesis"]);
    },
    add(periods) {
      for (const { height, minutes, hash } of periods) add(height, [clock(minutes), `${hash.slice(0, 8)}…`]);
    },
    select(height) {
      open = Math.max(0, height);
      for (const [place, item] of options.entries())
        item.setAttribute("aria-selected", String(place === height));
      const chosen = options[height];
      if (chosen === undefined) return;
      element.setAttribute("aria-activedescendant", chosen.id);
      const from = chosen.offsetLeft - element.offsetLeft;
      if (from < element.scrollLeft || from + chosen.offsetWidth > element.scrollLeft + element.clientWidth)
        element.scrollLeft = from - element.clientWidth / 2;
    },
    mark(broken) {
      for (const [place, item] of options.entries()) markItem(item, place, broken);
    },
  };
}
