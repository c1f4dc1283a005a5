/** What the fuzzer found worth keeping: a file a parser, a line an input, in base64. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The name of the file of a parser's inputs. */
export const corpusName = (name: string): string => `${name.replaceAll(/[^a-z]+/g, "-")}.txt`;

/** The inputs kept for a parser; none where there is no file. Tests run at the root of the repository. */
export function corpusOf(name: string): Uint8Array[] {
  const file = join("test", "fuzz", "corpus", corpusName(name));
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => Uint8Array.from(Buffer.from(line, "base64")));
}
