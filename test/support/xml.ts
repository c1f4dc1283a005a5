/** Reads XML as payment files have it: elements, text and attributes, no more. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: { readonly [name: string]: string };
  readonly children: XmlNode[];
  text: string;
}

const entities: { readonly [name: string]: string } = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const plain = (text: string): string =>
  text.replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole);

/** The root of a document. Throws where elements don't close. */
export function readXml(text: string): XmlNode {
  const top: XmlNode = { name: "", attributes: {}, children: [], text: "" };
  const stack = [top];
  let at = 0;
  for (const match of text.matchAll(/<(\/?)([\w:.-]+|\?xml)([^<>]*?)(\/|\?)?>/g)) {
    stack.at(-1)!.text += plain(text.slice(at, match.index)).trim();
    at = match.index + match[0].length;
    const [, closes, name = "", rest = "", ends] = match;
    if (name === "?xml") continue;
    if (closes) {
      if (stack.pop()?.name !== name) throw new Error(`</${name}> closes another`);
      continue;
    }
    const attributes = Object.fromEntries(
      [...rest.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, key, value]) => [key!, plain(value!)]),
    );
    const node: XmlNode = { name, attributes, children: [], text: "" };
    stack.at(-1)!.children.push(node);
    if (!ends) stack.push(node);
  }
  if (stack.length !== 1) throw new Error(`<${stack.at(-1)!.name}> is not closed`);
  return top.children[0]!;
}

/** All elements on a path of names below a node. */
export function xmlAt(node: XmlNode, ...path: readonly string[]): XmlNode[] {
  const [name, ...rest] = path;
  if (name === undefined) return [node];
  return node.children.filter((child) => child.name === name).flatMap((child) => xmlAt(child, ...rest));
}
