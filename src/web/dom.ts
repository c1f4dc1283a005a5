/** Making elements: text is always text, nothing is parsed as markup. */
/**
 * What an element takes: attributes by name, `on` followed by an event's name for a listener; null and false leave it
 * out.
 */
export type Attributes = Record<string, unknown>;
/** What an element holds; null is left out. */
export type Child = Node | string | number | null | undefined;

const svgSpace = "http://www.w3.org/2000/svg";

function fill(element: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children)
    if (child !== null && child !== undefined)
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
}

/** Makes an HTML element. Text is always text: nothing is parsed as markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

/** Makes an SVG element. */
export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(svgSpace, tag);
  fill(element, attributes, children);
  return element;
}

let lastId = 0;
/** An id for an element that a label or a description refers to. */
export const freshId = (prefix: string): string => `${prefix}-${++lastId}`;

/** Whether the person asked for less motion. */
export const stillness = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Offers `file` to keep under a name. */
export function download(name: string, file: Blob): void {
  const url = URL.createObjectURL(file);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
