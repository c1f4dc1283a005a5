/** Every sentence that the page says: what stands under the tag `t` in its sources, and marked in its HTML. */
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { sentenceOf } from "../../../src/web/say.js";

const root = new URL("../../../src/web/", import.meta.url);

/** The sentences under the tag in a source. */
export function tagged(source: string): string[] {
  const found: string[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === "t") {
      const { template } = node;
      if (ts.isNoSubstitutionTemplateLiteral(template)) found.push(template.text);
      else
        found.push(
          sentenceOf([template.head.text, ...template.templateSpans.map(({ literal }) => literal.text)]),
        );
    }
    ts.forEachChild(node, walk);
  };
  walk(ts.createSourceFile("page.ts", source, ts.ScriptTarget.Latest, true));
  return found;
}

/** The sentences that stand in HTML, in elements marked `data-say` that hold text alone. */
export const standing = (html: string): string[] =>
  [...html.matchAll(/<[^>]* data-say[^>]*>([^<]*)</g)].map(([, text = ""]) => text);

/** Every sentence of the page, and the file that says it. */
export function sentencesOfPage(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
    const read = name.endsWith(".ts") ? tagged : name.endsWith(".html") ? standing : null;
    if (read === null) continue;
    for (const sentence of read(readFileSync(new URL(name, root), "utf8"))) found.set(sentence, name);
  }
  return found;
}
