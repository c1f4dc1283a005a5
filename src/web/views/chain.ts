/** The chain of blocks as a list that is walked with the arrow keys. */
import { el } from "../dom.js";
import { t } from "../say.js";

/** A block as the chain shows it. */
export interface ChainBlock {
  readonly height: number;
  /** What stands below its height. */
  readonly lines: readonly string[];
}

/** What a block that is marked says when it is pointed at, and what those say that rest on it. */
export interface MarkWords {
  readonly broken: string;
  readonly after: string;
}

export interface Chain {
  readonly element: HTMLElement;
  /** Begins anew, without blocks. */
  clear(): void;
  /** Puts blocks at the end. */
  add(blocks: readonly ChainBlock[]): void;
  /** Shows which block is open. */
  select(height: number): void;
  /** Marks a block that does not hold, and all that rest on it; −1: none. */
  mark(broken: number, words?: MarkWords): void;
}

/** Where a key goes from the block that is open. */
const target = (key: string, open: number, first: number, last: number): number | undefined =>
  ({
    ArrowRight: open + 1,
    ArrowDown: open + 1,
    ArrowLeft: open - 1,
    ArrowUp: open - 1,
    PageDown: open + 10,
    PageUp: open - 10,
    Home: first,
    End: last,
  })[key];

/** What is said where a person tried to cheat. */
const attempted = (): MarkWords => ({
  broken: t`Changed in your attempt`,
  after: t`Would no longer be valid: it rests on the block that was changed`,
});

/** Marks one block of a chain in which the block at `broken` does not hold; −1: none. */
function markItem(item: HTMLElement, height: number, broken: number, words: MarkWords): void {
  const isBroken = broken >= 0 && height === broken;
  const isDoubtful = broken >= 0 && height > broken;
  item.classList.toggle("broken", isBroken);
  item.classList.toggle("doubtful", isDoubtful);
  if (isBroken) item.title = words.broken;
  else if (isDoubtful) item.title = words.after;
  else item.removeAttribute("title");
}

/** Makes the list; `onPick` is called with the height that was chosen. Ids of its blocks begin with `prefix`. */
export function openChain(onPick: (height: number) => void, prefix = "block"): Chain {
  const options = new Map<number, HTMLElement>();
  let open = 0;
  const element = el("div", {
    class: "chain",
    role: "listbox",
    tabindex: 0,
    "aria-label": t`Blocks, oldest first`,
  });
  const add = ({ height, lines }: ChainBlock): void => {
    const item = el(
      "div",
      {
        role: "option",
        id: `${prefix}-${height}`,
        "aria-selected": String(height === open),
        onclick: () => onPick(height),
      },
      el("strong", {}, String(height)),
      ...lines.map((line) => el("div", {}, line)),
    );
    options.set(height, item);
    element.append(item);
  };
  element.addEventListener("keydown", (event) => {
    const heights = [...options.keys()];
    const [first, last] = [heights[0] ?? 0, heights.at(-1) ?? 0];
    const to = target(event.key, open, first, last);
    if (to === undefined) return;
    event.preventDefault();
    onPick(Math.max(first, Math.min(last, to)));
  });
  return {
    element,
    clear() {
      options.clear();
      element.replaceChildren();
    },
    add(blocks) {
      for (const block of blocks) add(block);
    },
    select(height) {
      open = Math.max(0, height);
      for (const [place, item] of options) item.setAttribute("aria-selected", String(place === height));
      const chosen = options.get(height);
      if (chosen === undefined) return;
      element.setAttribute("aria-activedescendant", chosen.id);
      const from = chosen.offsetLeft - element.offsetLeft;
      if (from < element.scrollLeft || from + chosen.offsetWidth > element.scrollLeft + element.clientWidth)
        element.scrollLeft = from - element.clientWidth / 2;
    },
    mark(broken, words = attempted()) {
      for (const [place, item] of options) markItem(item, place, broken, words);
    },
  };
}
