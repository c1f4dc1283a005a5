/** Names that are short enough for a small block and still tell everyone apart. */

/** A name's words by their first letters, and its number whole: `Battery of Home 7` is `BoH7`. */
function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== "");
  return words.map((word) => (/^[0-9]+$/.test(word) ? word : (word.match(/^./u)?.[0] ?? ""))).join("");
}

/**
 * A short name for each: its initials where they tell it from all others, else more letters of its first word, and
 * the name itself where nothing shorter does.
 */
export function shortNames(names: readonly string[]): string[] {
  const unique = [...new Set(names)];
  const short = new Map<string, string>();
  const candidates = (name: string): string[] => {
    const [first = "", ...rest] = name.split(/\s+/);
    const tail = initials(rest.join(" "));
    return [...[1, 2, 3, 4].map((letters) => [...first].slice(0, letters).join("") + tail), name];
  };
  let open = unique;
  for (let level = 0; level < 5 && open.length > 0; level++) {
    const made = open.map((name) => candidates(name)[level]!);
    const next: string[] = [];
    for (const [index, name] of open.entries()) {
      const one = made[index]!;
      const alone = made.indexOf(one) === made.lastIndexOf(one) && ![...short.values()].includes(one);
      if (alone || level === 4) short.set(name, one);
      else next.push(name);
    }
    open = next;
  }
  return names.map((name) => short.get(name) ?? name);
}
