/** What a language says for each sentence of the page: the English one, with `{0}`, `{1}` … for its values. */
export type Table = Readonly<Record<string, string>>;
